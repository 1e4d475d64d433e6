"""Which files of a folder are images, and how many others there are, by kind."""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from project.errors import UserError

EXTENSIONS = frozenset((
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".bmp", ".gif", ".tif", ".tiff",
    ".ppm", ".pgm",
))  # fmt: skip
HEIC = frozenset((".heic", ".heif", ".hif"))
LISTED = 6


class Listing(NamedTuple):
    """What a folder holds.

    Attributes:
        paths: the image files, sorted.
        left_out: how many others of each kind: an ending, or ``hidden``.
    """

    paths: list[Path]
    left_out: Counter[str]


@functools.cache
def reads_heic() -> bool:
    """Says whether pillow-heif is installed, and if so lets Pillow open HEIC files with it."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def is_image_name(name: str) -> bool:
    """Says whether a file name has an ending that is read here, and is not hidden."""
    kind = kind_of(name)
    return kind in EXTENSIONS or (kind in HEIC and reads_heic())


def kind_of(name: str) -> str:
    """Returns a file name's ending in small letters, or ``hidden``, or ``no ending``."""
    if name.startswith("."):
        return "hidden"
    # Not Path.suffix: a folder may hold a million names.
    return os.path.splitext(name)[1].lower() or "no ending"  # noqa: PTH122


def list_images(folder: str | Path) -> Listing:
    """Lists the image files in a folder and the folders in it.

    Hidden files and folders, and files without an image's ending, are left out (what is in a
    hidden folder is not counted). Linked folders are followed, each once.

    Raises:
        OSError: the folder itself cannot be read.
    """
    found: list[str] = []
    left_out: Counter[str] = Counter()
    seen: set[str] = set()

    def stop(error: OSError) -> None:
        raise error

    for here, folders, files in os.walk(folder, followlinks=True, onerror=stop):
        real = os.path.realpath(here)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        hidden = [f for f in folders if f.startswith(".") or f == "__MACOSX"]
        folders[:] = sorted(set(folders) - set(hidden))
        images = [f for f in files if is_image_name(f)]
        found += [str(Path(here, f)) for f in images]
        left_out += Counter(["hidden"] * len(hidden))
        left_out += Counter(kind_of(f) for f in set(files) - set(images))
    return Listing([Path(path) for path in sorted(found)], left_out)


def images_in(folder: Path, key: str) -> Listing:
    """Lists the images in a folder that the user named as ``key``.

    Raises:
        UserError: the folder is missing, not a folder, unreadable, or holds no images.
    """
    if not folder.exists():
        raise UserError(
            f"The folder {folder} does not exist. Name an existing one: {key}=<folder>."
        )
    if not folder.is_dir():
        raise UserError(
            f"{folder} is a file; a folder of images is needed. Name one: {key}=<folder>."
        )
    try:
        listing = list_images(folder)
    except OSError as error:
        raise UserError(
            f"{error.filename or folder} cannot be read ({error.strerror}). "
            f"Change its permissions, or name another folder: {key}=<folder>."
        ) from error
    if not listing.paths:
        others = f" Left out: {told(listing.left_out)}." if listing.left_out else ""
        raise UserError(
            f"The folder {folder} holds no images (looked for {' '.join(sorted(EXTENSIONS))}, in "
            f"the folders in it too).{others} Put images there, or name another: {key}=<folder>."
        )
    return listing


def told(left_out: Mapping[str, int]) -> str:
    """Says what was left out, most first: ``.heic 12, hidden 3``; empty where nothing was.

    Args:
        left_out: how many of each kind.
    """
    counts = Counter(left_out).most_common()
    parts = [f"{kind} {count}" for kind, count in counts[:LISTED]]
    if rest := sum(count for _, count in counts[LISTED:]):
        parts.append(f"other kinds {rest}")
    if HEIC & set(left_out):
        parts[-1] += "; HEIC is read once pillow-heif is installed: pip install pillow-heif"
    return ", ".join(parts)
