"""How long something takes, as one would say it."""


def readable_time(seconds: float) -> str:
    """Says a time in the unit in which one would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
