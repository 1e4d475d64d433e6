from __future__ import annotations

import pytest
import torch

from project.losses.precision import at_least_float32


@pytest.mark.parametrize(
    ("given", "returned"),
    [
        (torch.bfloat16, torch.float32),
        (torch.float16, torch.float32),
        (torch.float32, torch.float32),
        (torch.float64, torch.float64),
    ],
)
def test_half_precision_alone_is_raised(given: torch.dtype, returned: torch.dtype) -> None:
    assert at_least_float32(torch.ones(2, dtype=given)).dtype == returned
