"""The networks of the studies."""
