from __future__ import annotations

from pathlib import Path

import pytest
import torch
from shipped_backbones import save_random_inception, shipped

from project.metrics.efficientnet_lite0 import EfficientNetLite0
from project.metrics.inception_v3 import InceptionV3


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
