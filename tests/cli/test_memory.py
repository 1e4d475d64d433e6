from __future__ import annotations

import platform
import resource

import pytest
import torch

from project.cli.memory import keep_freed_memory


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_pages_of_freed_tensors_are_used_again() -> None:
    def faults() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(8):
            torch.zeros(48, 1 << 20, dtype=torch.uint8)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    keep_freed_memory()
    faults()  # fetches them
    pages = 48 * (1 << 20) // resource.getpagesize()
    # Not 1, since the system may take some back meanwhile.
    assert faults() < 4 * pages, "eight times as many, were they given back each time"
