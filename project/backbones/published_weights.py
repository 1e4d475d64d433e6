"""A backbone whose weights are published as a file: local, in torch hub's cache, or downloaded."""

from __future__ import annotations

import abc
import os
from pathlib import Path
from typing import ClassVar, final
from urllib.parse import urlparse

from project.backbones.backbone import Backbone
from project.backbones.weights_download import DownloadError, download
from project.errors import UserError


class PublishedWeights(Backbone, abc.ABC):
    """Finds the weights file; a subclass builds the network.

    Args:
        weights: a local weights file (a state dict), of any hash; None takes the published file
            from torch hub's cache folder, downloading it on first use.
        url: where the published file is; its last part is the file's name in the cache.
        sha256: hash of the published file, or how it begins.
        download_timeout: seconds without an answer after which the download is given up.
        batch_size: images that go through the network at once.
    """

    title: ClassVar[str]
    """How sentences call the network."""
    version: ClassVar[str]
    """Which of its weights are meant."""

    def __init__(
        self,
        *,
        weights: str | Path | None,
        url: str,
        sha256: str,
        download_timeout: float,
        batch_size: int,
    ) -> None:
        super().__init__(batch_size=batch_size)
        self.weights = None if weights is None else Path(weights).expanduser()
        self.url = url
        self.sha256 = sha256.lower()
        self.download_timeout = download_timeout

    @final
    def find_weights(self) -> Path:
        """Returns the local file, or the cached one, or downloads it.

        Raises:
            UserError: there is none, with the two ways out.
        """
        if self.weights is not None:
            if not self.weights.is_file():
                raise UserError(
                    f"backbone.weights={self.weights} is no file: name the state dict of "
                    f"{self.title} ({self.version}), or choose backbone=efficientnet_lite0, "
                    "which works offline."
                )
            return self.weights
        path = hub_checkpoints() / Path(urlparse(self.url).path).name
        if not path.is_file():
            try:
                download(self.url, path, sha256=self.sha256, timeout=self.download_timeout)
            except DownloadError as error:
                raise UserError(
                    f"The weights of {self.title} are not at {path} and could not be downloaded "
                    f"from {self.url} ({error}): put the file there, give backbone.weights=<path>, "
                    "or choose backbone=efficientnet_lite0, which works offline."
                ) from error
        return path

    @final
    def check_hash(self, path: Path, digest: str) -> None:
        """Accepts any local file (its hash is recorded); the cached one must be the published one.

        Raises:
            UserError: the cached file is damaged or another one.
        """
        if self.weights is None and not digest.startswith(self.sha256):
            raise UserError(
                f"The weights of {self.title} at {path} have the sha256 {digest[:16]}..., expected "
                f"{self.sha256[:16]}...: delete the file so that it is downloaded again, give "
                "backbone.weights=<path>, or choose backbone=efficientnet_lite0."
            )


def hub_checkpoints() -> Path:
    """Returns the folder where torch hub keeps weights; ``TORCH_HOME`` moves it."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or Path(cache) / "torch"
    return Path(home).expanduser() / "hub" / "checkpoints"
