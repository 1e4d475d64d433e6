"""Steps without data: what is optimised is given by other runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import nn

from project.data.source import ImageSet, ImageSource
from project.data.wanted import WantedDigits
from project.datamodules.labelled import check_classes
from project.errors import UserError
from project.networks.committee import Committee


class Steps:
    """An epoch of so many steps."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[torch.Tensor]:
        return iter(torch.zeros(self.count, 1))


class InversionSteps(lightning.LightningDataModule):
    """Steps of the inversion, with the classifier to invert (Study D).

    Args:
        data: what the classifier was trained on; the judges compare with it, nothing else does.
        runs: those of the classifiers, whose names begin with ``classifier``, and of the judges.
        wanted: what is to be found.
        steps_per_epoch: steps between two looks at the images.

    Attributes:
        classifier: images ``N x 1 x H x W`` in [0, 1] -> logits.
        training: the images that the classifier was trained on.
        testing: images that it was not.

    Raises:
        UserError: the wish does not fit the data, or the classifier does not fit the wish.
    """

    def __init__(
        self,
        *,
        data: ImageSource,
        runs: Mapping[str, Path],
        wanted: WantedDigits,
        steps_per_epoch: int,
    ) -> None:
        super().__init__()
        check_classes(data)
        self.runs = runs
        self.steps_per_epoch = steps_per_epoch
        self.training: ImageSet = data.load()
        self.testing: ImageSet = data.test().load()
        wanted.check(self.training)
        folders = {run for name, run in runs.items() if name.startswith("classifier")}
        self.classifier: nn.Module = convene(sorted(folders), data.size, wanted.classes)

    def train_dataloader(self) -> Steps:
        """Returns the steps of an epoch."""
        return Steps(self.steps_per_epoch)

    def on_after_batch_transfer(self, batch: Any, dataloader_idx: int) -> Any:
        """There is nothing to prepare."""
        return batch


def convene(folders: Sequence[Path], size: int, classes: int) -> nn.Module:
    """Loads the classifier to invert, or several as one.

    Raises:
        UserError: one has other classes.
    """
    # Late: most data modules read no run.
    from project.runs.trained import load_module

    networks: list[nn.Module] = [load_module(folder).network for folder in folders]
    for network, folder in zip(networks, folders, strict=True):
        check_outputs(network, size, classes, folder)
    return networks[0] if len(networks) == 1 else Committee(networks)


@torch.no_grad()
def check_outputs(classifier: nn.Module, size: int, classes: int, folder: Path) -> None:
    """Checks that a classifier tells the digits apart, and at most one thing more, noise.

    Raises:
        UserError: it has other classes.
    """
    outputs = classifier(torch.zeros(1, 1, size, size)).shape[-1]
    if outputs not in (classes, classes + 1):
        raise UserError(
            f"The classifier in {folder} has {outputs} classes. Allowed: {classes} digits, or "
            f"{classes + 1} with the noise label (network.classes)."
        )
