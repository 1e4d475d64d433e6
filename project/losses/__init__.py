"""The equations of the studies, one pure function each."""
