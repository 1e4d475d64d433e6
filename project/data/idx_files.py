"""The idx format of MNIST's files: a magic number, the lengths, the bytes."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from project.errors import UserError

# 0x08 says unsigned bytes, the last byte the number of dimensions.
MAGIC = {3: 0x0803, 1: 0x0801}


def find_idx(root: Path, stem: str, dimensions: int) -> Path:
    """Finds an idx file, gzipped or not, in ``root`` or where torchvision puts it.

    Raises:
        UserError: it is not there.
    """
    names = [f"{stem}-idx{dimensions}-ubyte", f"{stem}.idx{dimensions}-ubyte"]
    for folder in (root, root / "raw", root / "MNIST" / "raw"):
        for name in names:
            for path in (folder / name, folder / f"{name}.gz"):
                if path.is_file():
                    return path
    state = "lacks it" if root.is_dir() else "is not a folder that exists"
    raise UserError(
        f"The file {names[0]}.gz is needed, but {root} {state}. Expected there (or in raw/ or "
        "MNIST/raw/): train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
        "t10k-labels-idx1-ubyte, each with .gz or without. Name the folder with data.root=<folder>,"
        " or take the built-in digits with data=digits."
    )


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Reads an idx file of unsigned bytes: images are ``N x H x W``, labels N.

    Raises:
        UserError: the file is truncated, too long, or not of this kind.
    """
    again = "Copy or download it again."
    try:
        raw = path.read_bytes()
        # By content: browsers unpack a download and leave its .gz name.
        data = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be read to its end ({error}). {again}") from error
    head = 4 + 4 * dimensions
    if len(data) < head:
        raise UserError(f"{path} has {len(data)} bytes, too few for an idx file. {again}")
    magic, *shape = struct.unpack(f">{1 + dimensions}I", data[:head])
    if magic != MAGIC[dimensions]:
        kind = "images" if dimensions == 3 else "labels"
        raise UserError(
            f"{path} is not an idx file of {kind}: its magic number is {magic}, expected "
            f"{MAGIC[dimensions]}. {again}"
        )
    if len(data) - head != math.prod(shape):
        raise UserError(
            f"{path} announces {' x '.join(map(str, shape))} bytes but holds {len(data) - head}. "
            f"{again}"
        )
    if not math.prod(shape):
        raise UserError(f"{path} holds nothing ({' x '.join(map(str, shape))}). {again}")
    return np.frombuffer(data, np.uint8, offset=head).reshape(shape)
