"""Oxford-IIIT Pet by breed, topped up from other folders where a breed has too few images."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import numpy as np

from project.data.listing import Listing, images_in, list_images
from project.data.picture_files import PictureFiles
from project.data.source import Draw
from project.errors import UserError, nearest

# As the image files spell them: cats with a capital, dogs without.
BREEDS = (
    "Abyssinian", "Bengal", "Birman", "Bombay", "British_Shorthair", "Egyptian_Mau", "Maine_Coon",
    "Persian", "Ragdoll", "Russian_Blue", "Siamese", "Sphynx", "american_bulldog",
    "american_pit_bull_terrier", "basset_hound", "beagle", "boxer", "chihuahua",
    "english_cocker_spaniel", "english_setter", "german_shorthaired", "great_pyrenees", "havanese",
    "japanese_chin", "keeshond", "leonberger", "miniature_pinscher", "newfoundland", "pomeranian",
    "pug", "saint_bernard", "samoyed", "scottish_terrier", "shiba_inu",
    "staffordshire_bull_terrier", "wheaten_terrier", "yorkshire_terrier",
)  # fmt: skip
LAYOUT = "oxford-iiit-pet/images/<breed>_<number>.jpg"


class Pets(PictureFiles):
    """Images of one or more of the 37 breeds of Oxford-IIIT Pet.

    Images are ``3 x size x size``; labels are ``N x 1``, the breed's place in ``breeds``.

    Args:
        root: the folder ``oxford-iiit-pet``, the one above it, or its ``images``. It may be
            missing where ``extra_dirs`` give all images.
        breeds: names of breeds; case, spaces, hyphens and underscores do not matter.
        extra_dirs: folders of more images, all of them of the breed named first; None or empty
            for none.
        draw: which images are drawn, and how they are decoded.

    Raises:
        UserError: a breed is unknown or has no images, or a folder is missing or empty.
    """

    def __init__(
        self,
        *,
        root: str | Path,
        breeds: Sequence[str] | str,
        extra_dirs: Sequence[str | Path] | str | Path | None,
        **draw: Unpack[Draw],
    ) -> None:
        self.root = Path(str(root))
        known = _known(breeds)
        # In an order of their own: the same images are of the same classes, however written.
        self.breeds = self.classes = tuple(sorted(known, key=BREEDS.index))
        found, left_out = _oxford_images(self.root)
        more, extra_left_out = _extra_images(extra_dirs, known[0] if len(known) > 1 else "")
        self.left_out = left_out + extra_left_out
        images = [(path, path.name, breed) for path, breed in found if breed in self.breeds]
        images += [(path, name, known[0]) for path, name in more]
        self._check(images, found)
        self.paths = [path for path, _, _ in images]
        super().__init__(
            names=[name for _, name, _ in images],
            labels=np.array([[self.breeds.index(breed)] for _, _, breed in images], np.int64),
            label_names=("breed",),
            channels=3,
            **draw,
        )

    def _check(self, images: list[tuple[Path, str, str]], found: list[tuple[Path, str]]) -> None:
        have = {breed for _, _, breed in images}
        for breed in self.breeds:
            if breed not in have:
                counts = Counter(breed for _, breed in found)
                there = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
                raise UserError(
                    f"No image of the breed {breed} is in {self.root} ({LAYOUT}). "
                    f"Breeds there: {there or 'none'}. Take one of these with data.breeds=[...], "
                    "name a folder of that breed with data.extra_dirs=[<folder>], or the data "
                    "set's folder with data.root=<folder>."
                )
        paths = Counter(path.resolve() for path, _, _ in images)
        twice = [path for path, count in paths.items() if count > 1]
        if twice:
            raise UserError(
                f"{len(twice)} images would be used twice (the first is {twice[0]}), because two "
                "of data.root and data.extra_dirs name the same folder. Name each once."
            )

    def describe(self) -> str:
        """Names the breeds and the folder."""
        return f"Oxford-IIIT Pet ({', '.join(self.breeds)}) in {self.root}"


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]", "", name.casefold())


BY_FOLDED = {_folded(breed): breed for breed in BREEDS}


def _known(breeds: Sequence[str] | str) -> tuple[str, ...]:
    """Brings the user's names to the data set's spelling."""
    wanted = [breeds] if isinstance(breeds, str) else list(breeds)
    if not wanted:
        raise UserError("data.breeds is empty. Name at least one, as data.breeds=[pomeranian].")
    known = []
    for name in wanted:
        if _folded(str(name)) not in BY_FOLDED:
            raise UserError(
                f"data.breeds names '{name}', which is none of the 37 breeds of Oxford-IIIT Pet. "
                f"{nearest(str(name), BREEDS)}"
            )
        known.append(BY_FOLDED[_folded(str(name))])
    return tuple(dict.fromkeys(known))


def _oxford_images(root: Path) -> tuple[list[tuple[Path, str]], Counter[str]]:
    """Lists the data set's images with their breeds, and what else is there.

    By the files' names and not by annotations/list.txt, which lacks a few images that are there
    (Abyssinian_34 and Abyssinian_82 among them).
    """
    for folder in (root / "images", root / "oxford-iiit-pet" / "images", root):
        paths, left_out = list_images(folder) if folder.is_dir() else Listing([], Counter())
        named = []
        for path in paths:
            match = re.fullmatch(r"(.+)_\d+", path.stem)
            breed = BY_FOLDED.get(_folded(match[1])) if match else None
            if breed and path.parent == folder:
                named.append((path, breed))
        if named:
            return named, left_out + Counter({"images without a breed": len(paths) - len(named)})
    return [], Counter()


def _extra_images(
    folders: Sequence[str | Path] | str | Path | None, breed: str
) -> tuple[list[tuple[Path, str]], Counter[str]]:
    """Lists extra images, and what else is there.

    Each name is led by its folder's, and that by the breed where there are several: the names stand
    for what an image is taken for.
    """
    wanted = [folders] if isinstance(folders, str | Path) else list(folders or ())
    images: list[tuple[Path, str]] = []
    left_out: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for folder in (Path(f) for f in wanted):
        title = folder.resolve().name
        used[title] += 1
        # Two folders of one name (first/pug and second/pug) must not give one name to two images.
        lead = title if used[title] == 1 else f"{title}.{used[title]}"
        lead = f"{breed}/{lead}" if breed else lead
        listing = images_in(folder, "data.extra_dirs")
        left_out += listing.left_out
        for path in listing.paths:
            images.append((path, f"{lead}/{path.relative_to(folder).as_posix()}"))
    return images, left_out
