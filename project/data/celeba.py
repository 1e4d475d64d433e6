"""CelebA: aligned faces with 40 attributes, in the layouts that people really have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from project.data.celeba_download import download_celeba
from project.data.celeba_layout import Faces, find_faces, find_list, read_attributes, read_partition
from project.data.features import Labels, select_rows
from project.data.picture_files import PictureFiles
from project.data.source import Draw
from project.errors import UserError, nearest

SPLITS = {"train": 0, "valid": 1, "test": 2}


class CelebA(PictureFiles):
    """Faces of CelebA, chosen by split and by signed attributes, at any size.

    Images are ``3 x size x size``; labels are ``N x 40``, 1 where the attribute is present. The
    folder may hold a part of CelebA: rows without a file, and files without a row, are left out.

    Args:
        root: folder as torchvision or Kaggle lays it out, or the one above or below it; the images
            in a folder or still in ``img_align_celeba.zip``.
        split: ``train``, ``valid`` or ``test``; None takes all.
        select: attributes with signs, as ``[+Bald, -No_Beard]``; no sign means plus; None or an
            empty list takes all.
        download: try to download what is missing.
        draw: which images are drawn, and how they are decoded.

    Raises:
        UserError: the folder, the images, the attribute file or (with ``split``) the partition
            file is missing or malformed; an attribute or split is unknown; nothing is left.
    """

    def __init__(
        self,
        *,
        root: str | Path,
        split: str | None,
        select: Sequence[str] | str | None,
        download: bool,
        **draw: Unpack[Draw],
    ) -> None:
        self.root = Path(str(root))
        if split is not None and split not in SPLITS:
            raise UserError(f"data.split={split} is unknown. {nearest(str(split), SPLITS)}")
        if download:
            download_celeba(self.root)
        self._faces: Faces = find_faces(self.root)
        names, labels, attributes = read_attributes(find_list(self.root, "list_attr_celeba"))
        files = [self._faces.find(name) for name in names]
        here = np.array([file is not None for file in files])
        self.left_out = self._faces.left_out + Counter(
            {
                "rows without an image": int((~here).sum()),
                "images without a row": len(self._faces) - len(set(files) - {None}),
            }
        )
        if not here.any():
            raise UserError(
                f"None of the {len(names)} images in the attribute file under {self.root} is among "
                f"the {len(self._faces)} files of {self._faces.place}. The file names must be "
                "CelebA's own, such as 000001.jpg."
            )
        available = np.flatnonzero(here & self._in_split(split, names, here))
        kept = available[select_rows(Labels(labels[available], attributes), select)]
        super().__init__(
            names=[str(files[i]) for i in kept],
            labels=labels[kept],
            label_names=attributes,
            channels=3,
            **draw,
        )

    def _in_split(
        self, split: str | None, names: list[str], here: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        if split is None:
            return np.ones(len(names), np.bool_)
        parts = read_partition(find_list(self.root, "list_eval_partition"))
        part = np.fromiter((parts.get(name, -1) for name in names), np.int64, len(names))
        wanted: NDArray[np.bool_] = part == SPLITS[split]
        if not (wanted & here).any():
            counts = ", ".join(f"{s}: {int((here & (part == i)).sum())}" for s, i in SPLITS.items())
            raise UserError(
                f"data.split={split} has no image in {self.root} ({counts}). "
                "Take a split that has images, or data.split=null for all."
            )
        return wanted

    def describe(self) -> str:
        """Names the data set and its folder."""
        return f"CelebA in {self.root}"

    def file_identity(self, index: int) -> str:
        """Says which version of image ``index``'s file this is."""
        return self._faces.identity(self.names[index])

    def file(self, index: int) -> Path | bytes:
        """Gives what an image reader reads of image ``index``."""
        return self._faces.open(self.names[index])
