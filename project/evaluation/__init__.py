"""Scores of a finished run, or of any folder of images."""
