"""What every backbone is to the program: a weights file, checked in seconds; then a network.

Nothing here imports torch at the top, so that a missing file is reported before heavy imports.
"""

from __future__ import annotations

import abc
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, final

from project.errors import UserError

if TYPE_CHECKING:
    import torch

    from project.backbones.frozen_network import FrozenNetwork


class Backbone(abc.ABC):
    """A frozen network that scores are computed with, known by its name and its weights' hash.

    Args:
        batch_size: images that go through the network at once.
    """

    name: ClassVar[str]
    """The name that its scores are grouped under: ``scores.<name>``."""
    imagenet: ClassVar[bool] = False
    """Whether its logits are of ImageNet's 1000 classes, in their order."""

    def __init__(self, *, batch_size: int) -> None:
        if batch_size < 1:
            raise UserError(f"backbone.batch_size={batch_size} is not allowed. Allowed: 1 or more.")
        self.batch_size = batch_size
        self._weights_hash: str | None = None

    @abc.abstractmethod
    def find_weights(self) -> Path:
        """Finds the weights file, fetching it where that is allowed and needed.

        Raises:
            UserError: it is not there and cannot be had.
        """

    @abc.abstractmethod
    def check_hash(self, path: Path, digest: str) -> None:
        """Accepts or refuses the file by its sha256.

        Raises:
            UserError: the file is not the one that this backbone asks for.
        """

    @abc.abstractmethod
    def build(self, weights: Path) -> FrozenNetwork:
        """Builds the network from its weights file; torch is imported here and not before.

        Raises:
            UserError: the file does not hold this network's tensors.
        """

    @final
    def check(self) -> None:
        """Makes sure that the weights are there and are the right ones; imports no torch.

        Raises:
            UserError: they are not, with the ways to get them.
        """
        path = self.find_weights()
        digest = sha256_of(path)
        self.check_hash(path, digest)
        self._weights_hash = digest

    @final
    @property
    def weights_hash(self) -> str:
        """The sha256 of the weights file, which travels with every score."""
        if self._weights_hash is None:
            self.check()
        assert self._weights_hash is not None
        return self._weights_hash

    @final
    def load(self, device: torch.device | str) -> FrozenNetwork:
        """Returns the network on ``device``: frozen, in eval mode, resizing included.

        It maps uint8 images ``N x 3 x H x W`` to float32 features ``N x D`` and logits ``N x K``.
        The random generators are left as they were.

        Raises:
            UserError: the weights cannot be had or are not this network's.
        """
        self.check()
        return self.build(self.find_weights()).to(device)


def sha256_of(path: Path) -> str:
    """Returns the sha256 of a file as 64 hexadecimal digits.

    Raises:
        UserError: the file is missing, empty or unreadable.
    """
    try:
        if path.stat().st_size == 0:
            raise UserError(f"The weights file {path} is empty (0 bytes): replace or delete it.")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(
            f"The weights file {path} cannot be read ({error.strerror}): name a readable file."
        ) from error
