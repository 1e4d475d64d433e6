"""Steps without data: what is optimised are the pixels."""

from __future__ import annotations

from collections.abc import Iterator

import lightning
import torch

from project.data.source import ImageSource
from project.datamodules.labelled import check_classes


class Steps:
    """An epoch of so many steps."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.skip = 0  # steps of the next epoch that were taken before a resume

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[torch.Tensor]:
        skip, self.skip = self.skip, 0
        yield from torch.zeros(self.count - skip, 1)


class InversionSteps(lightning.LightningDataModule):
    """Steps of the inversion (Study D).

    Args:
        source: where the images came from that the classifier was trained on.
        steps_per_epoch: steps between two looks at the images.

    Raises:
        UserError: these have no digits for classes.
    """

    def __init__(self, *, source: ImageSource, steps_per_epoch: int) -> None:
        super().__init__()
        check_classes(source)
        self.steps_per_epoch = steps_per_epoch

    def train_dataloader(self) -> Steps:
        """Returns the steps of an epoch."""
        return Steps(self.steps_per_epoch)
