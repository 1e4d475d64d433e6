"""The torch side of a backbone: images in, features and logits out, nothing ever trained."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import final

import torch
from torch import Tensor, nn

from project.errors import UserError

ON_A_CARD = 128  # images at once, at least: with fewer a card waits for the next launch


class FrozenNetwork(nn.Module, abc.ABC):
    """A network in eval mode without gradients; a subclass says how it resizes and computes.

    Args:
        batch_size: images that go through at once; larger inputs are cut, to bound memory.
    """

    def __init__(self, *, batch_size: int) -> None:
        super().__init__()
        self.batch_size = batch_size

    @abc.abstractmethod
    def extract(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Maps uint8 images ``n x 3 x H x W`` to features ``n x D`` and logits ``n x K``."""

    @final  # type: ignore[misc]  # torch declares forward as a writable attribute
    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Maps images to features and logits, in full precision whatever the training runs in.

        Args:
            images: ``N x 3 x H x W``, uint8.

        Returns:
            features ``N x D`` and logits ``N x K``, float32, on the images' device.

        Raises:
            UserError: the images are not colour images of bytes.
        """
        if images.dtype != torch.uint8 or images.ndim != 4 or images.shape[1] != 3:
            raise UserError(
                "An ImageNet network scores uint8 colour images (N x 3 x H x W), not "
                f"{images.dtype} {tuple(images.shape)}: score digits and other grey images with a "
                "network of theirs."
            )
        if len(images) == 0:
            raise UserError(
                "There is no image to score: 0 images were given, at least 1 is needed."
            )
        # Mixed precision of the training must not reach the scores: a score is a float32 number.
        with (
            torch.no_grad(),
            torch.autocast(images.device.type, enabled=False),
            _without_tf32() if images.is_cuda else contextlib.nullcontext(),
        ):
            at_once = max(self.batch_size, ON_A_CARD) if images.is_cuda else self.batch_size
            parts = [self.extract(part) for part in torch.split(images, at_once)]
        features, logits = zip(*parts, strict=True)
        return torch.cat(features).float(), torch.cat(logits).float()

    @final
    def train(self, mode: bool = True) -> FrozenNetwork:
        """Stays in eval mode, also when the module that holds it is set to training."""
        return super().train(False)


def _without_tf32() -> contextlib.AbstractContextManager[None]:
    """Convolutions of a card in float32, and all else as it is set."""
    cudnn = torch.backends.cudnn
    kept = {name: getattr(cudnn, name) for name in ("enabled", "benchmark", "deterministic")}
    return cudnn.flags(**kept, allow_tf32=False)


def read_state(path: Path, network: nn.Module) -> dict[str, Tensor]:
    """Reads a state dict and holds it against the network's own names and shapes.

    Args:
        path: the weights file.
        network: the network that the weights are for; may be on the meta device.

    Returns:
        float32 tensors by name, exactly the network's.

    Raises:
        UserError: no state dict, or tensors are missing, unexpected or of another shape; named.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise UserError(
            f"The weights file {path} is no state dict that can be read safely "
            "(torch.save of tensors by name): name another file with backbone.weights=<path>."
        ) from error
    if not isinstance(found, Mapping) or not all(isinstance(v, Tensor) for v in found.values()):
        raise UserError(
            f"The weights file {path} holds something else than tensors by name (a state dict): "
            "name another file with backbone.weights=<path>."
        )
    # Counts of training batches have no part in scoring, and old files lack them.
    state = {k: torch.zeros((), dtype=torch.long) for k in network.state_dict() if _is_count(k)}
    state |= {k: v.float() for k, v in found.items() if not _is_count(k)}
    wanted = network.state_dict()
    faults = {
        "missing": [k for k in wanted if k not in state],
        "unexpected": [k for k in state if k not in wanted],
        "of another shape": [k for k in state if k in wanted and state[k].shape != wanted[k].shape],
    }
    told = [f"{len(names)} {what} ({_some(names)})" for what, names in faults.items() if names]
    if told:
        raise UserError(
            f"The weights file {path} does not fit the network, tensors: {'; '.join(told)}. "
            "Give a complete file with backbone.weights=<path>, "
            "or choose backbone=efficientnet_lite0, which works offline."
        )
    return state


def _is_count(name: str) -> bool:
    return name.endswith("num_batches_tracked")


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
