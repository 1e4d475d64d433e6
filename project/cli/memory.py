"""What the C library does with memory that is freed."""

from __future__ import annotations

import contextlib
import ctypes

# glibc's parameters of mallopt, and a gigabyte.
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
KEPT = 1 << 30


def keep_freed_memory() -> None:
    """Has the C library keep freed memory for the next step; nothing where it is not glibc.

    By default a large tensor is given back to the system when it is freed, and each page of the
    next one is fetched anew: half of the time of a scoring.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, size in (
            (TRIM_THRESHOLD, KEPT),
            (MMAP_THRESHOLD, KEPT),
            (TOP_PAD, KEPT // 16),
        ):
            mallopt(parameter, size)
