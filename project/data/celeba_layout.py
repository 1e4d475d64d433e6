"""Where CelebA's images and lists lie: torchvision's layout, Kaggle's, or still zipped."""

from __future__ import annotations

import os
import threading
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from project.data.image_files import CorruptImageError, identity
from project.data.listing import is_image_name, kind_of
from project.errors import UserError

# The same faces as JPEG and as PNG files; where both are there, the first.
JPEG, PNG = "img_align_celeba", "img_align_celeba_png"
ATTRIBUTES = 40
LAYOUT = (
    f"Expected there: {JPEG}/*.jpg (or {JPEG}/{JPEG}/*.jpg, or {JPEG}.zip; or {PNG} in their "
    "place), list_attr_celeba.txt (or .csv) and list_eval_partition.txt (or .csv)."
)
DOWNLOAD = "or try data.download=true; "
WAYS = (
    f"Name the folder with data.root=<folder>; {DOWNLOAD}or take "
    "CelebA's files from its home page or from Kaggle (jessicali9530/celeba-dataset); or train on "
    "the built-in faces with data=faces."
)


class Faces:
    """The image files of CelebA in a folder, found by name without touching each.

    Args:
        place: the folder.
        names: file names in it.

    Attributes:
        left_out: how many of them are no images, of each kind.
    """

    def __init__(self, place: Path, names: Iterable[str]) -> None:
        self.place = place
        every = sorted(names)
        self._names = {name for name in every if is_image_name(name)}
        self._by_stem = {name.rpartition(".")[0]: name for name in every if name in self._names}
        self.left_out = Counter(kind_of(name) for name in every if name not in self._names)

    def find(self, row: str) -> str | None:
        """Returns the file of a row of CelebA's lists, which name JPEG files; None without one."""
        return row if row in self._names else self._by_stem.get(row.rpartition(".")[0])

    def __len__(self) -> int:
        return len(self._names)

    def identity(self, name: str) -> str:
        """Says which version of the file this is."""
        return identity(self.place / name)

    def open(self, name: str) -> Path | bytes:
        """Gives what an image reader reads."""
        return self.place / name


class ZippedFaces(Faces):
    """The image files of CelebA in a zip file, read from there without unpacking it."""

    def __init__(self, place: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(place)
        except (zipfile.BadZipFile, OSError) as error:
            raise UserError(
                f"{place} is not a whole zip file ({error}). Copy or download it again; the "
                f"complete {JPEG}.zip has 1,443,490,838 bytes."
            ) from error
        files = [member for member in self._zip.infolist() if not member.is_dir()]
        self._members = {PurePosixPath(member.filename).name: member for member in files}
        # One open file for all threads: its directory of 202,599 entries takes seconds to read.
        # Reading is a small part of the work, the decoding after it runs in parallel.
        self._lock = threading.Lock()
        super().__init__(place, self._members)

    def identity(self, name: str) -> str:
        """Says which version of the packed file this is: its bytes and checksum."""
        member = self._members[name]
        return f"{name}:{member.file_size}:{member.CRC:08x}"

    def open(self, name: str) -> Path | bytes:
        """Reads the packed file's bytes."""
        try:
            with self._lock:
                return self._zip.read(self._members[name])
        except Exception as error:  # zipfile and zlib raise many kinds for one broken entry
            raise CorruptImageError(name, f"broken in {self.place.name}: {error}") from error


def find_faces(root: Path) -> Faces:
    """Finds the images in ``root``, in the folders in it, or in the one above.

    Raises:
        UserError: none are there.
    """
    # The one that was named itself comes first.
    for images in sorted((JPEG, PNG), key=lambda name: name != root.stem):
        for base in _places(root):
            for folder in (base / images / images, base / images):
                if faces := _faces_in(folder):
                    return faces
            packed = base / f"{images}.zip"
            if packed.is_file() and (zipped := ZippedFaces(packed)):
                return zipped
    if faces := _faces_in(root):
        return faces
    state = "holds no image of CelebA" if root.is_dir() else "is not a folder that exists"
    raise UserError(f"{root} {state}. {LAYOUT} {WAYS}")


def find_list(root: Path, stem: str) -> Path:
    """Finds ``list_attr_celeba`` or ``list_eval_partition``, as .txt or .csv, near ``root``.

    Raises:
        UserError: it is not there.
    """
    for base in _places(root):
        for ending in (".txt", ".csv"):
            if (path := base / f"{stem}{ending}").is_file():
                return path
    need = " (it is needed because data.split is given)" if "partition" in stem else ""
    raise UserError(f"CelebA in {root} lacks {stem}.txt or {stem}.csv{need}. {LAYOUT} {WAYS}")


def read_attributes(path: Path) -> tuple[list[str], NDArray[np.int64], tuple[str, ...]]:
    """Reads the attribute list: N file names, ``N x 40`` labels in {0, 1}, the 40 names.

    Raises:
        UserError: the file is not CelebA's attribute list.
    """
    # The first line of the .txt counts the rows; a part of CelebA often keeps the whole's count.
    header, *rows = _lines(path)[path.suffix == ".txt" :] or [""]
    attributes = tuple(_cells(header)[path.suffix == ".csv" :])
    if len(attributes) != ATTRIBUTES or not rows:
        raise UserError(
            f"{path} is not CelebA's attribute list: its header names {len(attributes)} "
            f"attributes and {len(rows)} rows follow. Expected: {ATTRIBUTES} names, then one row "
            "for each image."
        )
    names, values = _table(path, rows, ATTRIBUTES)
    return names, (values > 0).astype(np.int64), attributes


def read_partition(path: Path) -> dict[str, int]:
    """Reads the official split: 0 train, 1 valid, 2 test, by file name."""
    names, values = _table(path, _lines(path)[path.suffix == ".csv" :], 1)
    return dict(zip(names, values[:, 0].tolist(), strict=True))


def _cells(line: str) -> list[str]:
    return line.replace(",", " ").split()


def _table(path: Path, rows: list[str], width: int) -> tuple[list[str], NDArray[np.int8]]:
    """Splits rows of one name and ``width`` small integers."""
    names: list[str] = []
    values = np.empty((len(rows), width), np.int8)
    for at, row in enumerate(rows):
        name, *numbers = _cells(row) or [""]
        try:
            values[at] = np.array(numbers, np.int8).reshape(width)
        except (ValueError, OverflowError):
            raise UserError(
                f"{path} has a malformed row for '{name[:40]}': expected a file name and {width} "
                f"whole number(s), found {len(numbers)} value(s). Copy or download the file again."
            ) from None
        names.append(name)
    return names, values


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as text ({error}). Copy it again.") from error
    return [line for line in text.splitlines() if line.strip()]


def _places(root: Path) -> Iterator[Path]:
    """The folder named, those in it, then the one above: people name any of the three."""
    yield root
    if root.is_dir():
        with os.scandir(root) as entries:
            inner = sorted(e.path for e in entries if not e.name.startswith(".") and e.is_dir())
        yield from (Path(path) for path in inner)
    yield root.parent


def _faces_in(folder: Path) -> Faces | None:
    if not folder.is_dir():
        return None
    with os.scandir(folder) as entries:
        return Faces(folder, [e.name for e in entries if not e.is_dir(follow_symlinks=False)])
