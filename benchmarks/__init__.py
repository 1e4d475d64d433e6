"""What the speed claims rest on: each is a ratio, measured alternately in one process."""
