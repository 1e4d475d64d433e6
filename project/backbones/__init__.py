"""Frozen networks that scores are computed with: weights, hashes, features."""
