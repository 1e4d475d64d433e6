"""The shipped backbones' values, and weights made up for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import yaml

from project.backbones.inception_v3_network import _Architecture

CONF = Path(__file__).parents[2] / "conf" / "backbone"


def shipped(name: str, **changes: Any) -> dict[str, Any]:
    """The shipped values of a backbone, without `_target_`, with some of them changed."""
    values = yaml.safe_load((CONF / f"{name}.yaml").read_text())
    values.pop("_target_")
    unknown = set(changes) - set(values)
    assert not unknown
    return values | changes


def save_random_inception(path: Path) -> Path:
    """Saves a complete state dict of Inception v3 with random weights."""
    with torch.device("meta"):
        names = _Architecture().state_dict()
    random = torch.Generator().manual_seed(0)
    state = {}
    for name, like in names.items():
        if name.endswith("num_batches_tracked"):
            state[name] = torch.tensor(0)
        elif name.endswith(("running_var", "bn.weight")):
            state[name] = torch.ones(like.shape)
        elif like.ndim > 1:
            fan_in = like[0].numel()
            state[name] = torch.randn(like.shape, generator=random) * (2 / fan_in) ** 0.5
        else:
            state[name] = torch.randn(like.shape, generator=random) * 0.1
    torch.save(state, path)
    return path
