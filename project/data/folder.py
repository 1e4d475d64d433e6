"""Any folder of images: the user's own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import numpy as np

from project.data.listing import images_in
from project.data.picture_files import PictureFiles
from project.data.source import Draw
from project.errors import UserError


class Folder(PictureFiles):
    """All images in a folder and in the folders in it, which are classes where all are in some.

    Images are ``channels x size x size``; labels are ``N x 1``, the place of the first folder below
    ``root`` in ``classes``, or ``N x 0`` without classes; names are the paths below ``root``.
    Hidden and other files are left out, and counted.

    Args:
        root: the folder.
        channels: 3 for colour, 1 for grey.
        draw: which images are drawn, and how they are decoded.

    Raises:
        UserError: ``root`` is not given, missing, not a folder, or holds no images.
    """

    def __init__(
        self,
        *,
        root: str | Path | None,
        channels: int,
        **draw: Unpack[Draw],
    ) -> None:
        if root in (None, ""):
            raise UserError("data=folder needs to know which: data.root=<folder of images>.")
        if channels not in (1, 3):
            raise UserError(
                f"data.channels={channels} is not possible. Allowed: 3 (colour), 1 (grey)."
            )
        self.root = Path(str(root))
        self.paths, self.left_out = images_in(self.root, "data.root")
        names = [path.relative_to(self.root).as_posix() for path in self.paths]
        folders = [name.partition("/")[0] if "/" in name else "" for name in names]
        self.classes = () if "" in folders else tuple(sorted(set(folders)))
        numbers = [[self.classes.index(name)] if self.classes else [] for name in folders]
        super().__init__(
            names=names,
            labels=np.array(numbers, np.int64),
            label_names=("folder",) if self.classes else (),
            channels=channels,
            **draw,
        )

    def describe(self) -> str:
        """Names the folder."""
        return f"the folder {self.root}"
