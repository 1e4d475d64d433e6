"""Scores, and the backbones that make them."""
