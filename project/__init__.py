"""Data augmentation for GANs on little data, and three studies beside it."""
