"""Data sets, one file each, and the batches made of them."""
