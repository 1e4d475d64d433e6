"""A run's life: its folder, its identity, what it needs, its training."""
