"""What all tests share: harmless messages hidden by name, fixed random states, W&B offline."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from shipped_backbones import save_random_inception, shipped

from project.backbones.efficientnet_lite0 import EfficientNetLite0
from project.backbones.inception_v3 import InceptionV3
from project.runs.quiet import HARMLESS

# CUDA reads it once, and tests of a card differ in whether they ask for determinism.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
# Tiny networks lose more than they gain by a second thread, and children must count as we do.
torch.set_num_threads(1)


def pytest_configure(config: pytest.Config) -> None:
    """Hides what the program hides; every other warning is an error."""
    for message in HARMLESS:
        config.addinivalue_line("filterwarnings", f"ignore:{message}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the files that take longest, so that no process works on alone at the end."""
    items.sort(key=lambda item: item.path.parent.name not in ("tests", "commands"))


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


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all tests of a file: what one has decoded or trained, another finds."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="session")
def random_inception(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_random_inception(tmp_path_factory.mktemp("weights") / "random.pth")


@pytest.fixture(scope="session")
def inception(random_inception: Path) -> InceptionV3:
    return InceptionV3(**shipped("inception_v3", weights=str(random_inception)))


@pytest.fixture(scope="session")
def lite() -> EfficientNetLite0:
    return EfficientNetLite0(**shipped("efficientnet_lite0"))


@pytest.fixture
def images() -> torch.Tensor:
    """5 x 3 x 40 x 40 random bytes."""
    random = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (5, 3, 40, 40), generator=random, dtype=torch.uint8)
