"""Drawn faces with exact labels, built in."""
