"""Data augmentation: one file per kind, how they are shared out, and the joined data set."""
