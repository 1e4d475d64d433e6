"""What all tests share: harmless messages hidden by name, fixed random states, W&B offline."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from project.quiet import HARMLESS

# Tiny networks lose more than they gain by a second thread, and children must count as we do.
torch.set_num_threads(1)


def pytest_configure(config: pytest.Config) -> None:
    """Hides what the program hides; every other warning is an error."""
    for message in HARMLESS:
        config.addinivalue_line("filterwarnings", f"ignore:{message}")


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keeps whatever a test logs on this machine."""
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path / "wandb_config"))
    monkeypatch.setenv("WANDB_CACHE_DIR", str(tmp_path / "wandb_cache"))


@pytest.fixture(autouse=True)
def own_random_states() -> None:
    """Seeds all that draws, so that no test depends on those before it."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
