"""From many runs to one page."""
