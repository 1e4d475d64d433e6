from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from project.race.duplicates import kindest_split, near_duplicates, seen_before


def photographs(count: int) -> NDArray[np.uint8]:
    """Smooth pictures of chance, ``count x 3 x 32 x 32``."""
    coarse = np.random.default_rng(0).integers(0, 255, (count, 6, 6, 3), np.uint8)
    large = [np.asarray(Image.fromarray(one).resize((32, 32))) for one in coarse]
    return np.stack(large).transpose(0, 3, 1, 2)


def compressed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(image.transpose(1, 2, 0)).save(file, "JPEG", quality=40)
    return np.asarray(Image.open(file)).transpose(2, 0, 1)


def test_compressed_and_brighter_ones_are_found_and_no_others() -> None:
    images = photographs(1200)
    # Beyond the thousand that are compared at a time, too.
    images[1100] = compressed(images[3])
    images[7] = (0.8 * images[5]).astype(np.uint8) + 20
    images[1190] = images[1180]
    found = {(int(a), int(b)) for a, b in near_duplicates(images)}
    assert found == {(3, 1100), (5, 7), (1180, 1190)}


def test_pictures_of_one_colour_are_alike() -> None:
    images = photographs(3)
    images[0], images[2] = 10, 200
    assert near_duplicates(images).tolist() == [[0, 2]]
    assert near_duplicates(images[:1]).shape == (0, 2)


def test_a_split_that_parts_no_pair_is_found() -> None:
    pairs = np.array([[0, 1], [2, 3], [4, 5], [6, 7]])
    seed = kindest_split(pairs, total=100, n=80)
    trained = set(np.random.default_rng(seed).permutation(100)[:80].tolist())
    assert all((a in trained) == (b in trained) for a, b in pairs.tolist())
    assert seen_before(pairs, 100, 80, seed) == 0
    # Of ten alike, the two held out were seen.
    all_pairs = np.array([[a, b] for a in range(10) for b in range(a + 1, 10)])
    assert seen_before(all_pairs, 10, 8, 0) == 2
