"""Images that have Bald, No_Beard, both or neither."""

from __future__ import annotations

import numpy as np

from project.data.source import ImageSet

BEARDED_AND_BALD = ["-No_Beard", "+Bald"]


def faces(labels: list[tuple[int, int]]) -> ImageSet:
    """Black images with the given values of Bald and No_Beard."""
    return ImageSet(
        images=np.zeros((len(labels), 3, 2, 2), np.uint8),
        names=tuple(map(str, range(len(labels)))),
        labels=np.array(labels, np.int64),
        label_names=("Bald", "No_Beard"),
        skipped=(),
        fingerprint="f",
    )


#        both,   bald,   beard,  neither, both,   bald,   beard
FACES = [(1, 0), (1, 1), (0, 0), (0, 1), (1, 0), (1, 1), (0, 0)]
