"""Batches for the modules."""
