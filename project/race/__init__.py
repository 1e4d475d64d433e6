"""The race of conditions that `python -m project.recommend` runs."""
