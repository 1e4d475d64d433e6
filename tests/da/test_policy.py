from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from original_images import make_originals, make_policy, treated

from project.da.contrast import Contrast
from project.da.flip import Flip
from project.da.gen import Gen
from project.da.invert import Invert
from project.da.kind import Kind, Transform
from project.da.manifest import ManifestRow, write_manifest
from project.da.policy import JoinedSet, Policy
from project.da.vflip import VFlip
from project.errors import UserError

ALL: dict[str, Kind] = {
    "contrast": Contrast(factor=1.5),
    "invert": Invert(),
    "flip": Flip(),
    "vflip": VFlip(),
}


def policy(
    *names: str, size: Any = "all", ratio: Any = None, seed: int = 0, kinds: Any = ALL
) -> Policy:
    return make_policy({n: kinds[n] for n in names}, size=size, ratio=ratio, seed=seed)


def part(joined: JoinedSet, kind: str) -> tuple[np.ndarray, list[ManifestRow]]:
    places = [i for i, row in enumerate(joined.manifest) if row.kind == kind]
    return joined.images[places], [joined.manifest[i] for i in places]


@pytest.mark.parametrize(
    ("made", "originals", "counts"),
    [
        (policy("flip"), 1000, {"flip": 1000}),
        (policy("contrast", "flip"), 1000, {"contrast": 500, "flip": 500}),
        (policy("contrast", "flip", size=2000), 1000, {"contrast": 1000, "flip": 1000}),
        (policy("contrast", "flip", size=2000, ratio="1:3"), 9, {"contrast": 500, "flip": 1500}),
        (policy("contrast", "flip", ratio="0:1"), 9, {"contrast": 0, "flip": 9}),
        (policy("flip", size=0), 9, {"flip": 0}),
        (policy(), 9, {}),
        (policy(size=5), 9, {}),
    ],
)
def test_counts(made: Policy, originals: int, counts: dict[str, int]) -> None:
    found = made.counts(originals)
    assert found == counts
    assert list(found) == list(counts)


@pytest.mark.parametrize("size", [-1, 1.5, "many", "5", True, None])
def test_a_bad_size_is_refused(size: Any) -> None:
    with pytest.raises(UserError, match=f"da.size={size} is not a number of images"):
        policy("flip", size=size)


@pytest.mark.parametrize("ratio", ["1:1:1", "1"])
def test_a_ratio_for_another_number_of_kinds_is_refused(ratio: str) -> None:
    parts = ratio.count(":") + 1
    sentence = f"{parts} parts?, but the DA policy has 2 kinds: contrast, flip"
    with pytest.raises(UserError, match=sentence):
        policy("contrast", "flip", ratio=ratio)


def test_a_ratio_without_kinds_is_refused() -> None:
    with pytest.raises(UserError, match=r"has no kind"):
        policy(ratio="1:1")


def test_a_ratio_that_yaml_read_as_a_number_is_refused() -> None:
    with pytest.raises(UserError, match="ratio=61"):
        policy("contrast", "flip", ratio=61)


def test_without_da_the_set_is_the_originals() -> None:
    originals = make_originals(5)
    joined = policy().join(originals, None)
    assert np.array_equal(joined.images, originals.images)
    assert [row.source for row in joined.manifest] == list(originals.names)


def test_originals_come_first_and_untouched() -> None:
    originals = make_originals(6)
    before = originals.images.copy()
    joined = policy(*ALL, size=10).join(originals, None)
    assert joined.images.dtype == np.uint8
    assert len(joined.images) == 16
    assert np.array_equal(joined.images[:6], before)
    assert np.array_equal(originals.images, before)
    assert joined.manifest[:6] == tuple(
        ManifestRow("original", name, "{}") for name in originals.names
    )
    kinds = [row.kind for row in joined.manifest[6:]]
    # 10 over four kinds: 2.5 each, the first two take what is left; kind by kind.
    assert [(k, len(list(g))) for k, g in itertools.groupby(kinds)] == [
        ("contrast", 3),
        ("invert", 3),
        ("flip", 2),
        ("vflip", 2),
    ]


@pytest.mark.parametrize("channels", [1, 3])
def test_every_row_says_how_its_image_was_made(channels: int) -> None:
    originals = make_originals(6, channels=channels)
    by_name = dict(zip(originals.names, originals.images, strict=True))
    joined = policy(*ALL, size=50, ratio="1:2:3:4").join(originals, None)
    assert len(joined.manifest) == len(joined.images) == 56
    for image, row in zip(joined.images, joined.manifest, strict=True):
        original = by_name[row.source][None]
        if row.kind == "original":
            assert np.array_equal(image, original[0])
            continue
        kind = ALL[row.kind]
        assert isinstance(kind, Transform)
        assert json.loads(row.parameters) == ({"factor": 1.5} if row.kind == "contrast" else {})
        assert np.array_equal(image, treated(kind, original)[0])


def test_skipped_files_are_recorded_last(tmp_path: Path) -> None:
    originals = make_originals(3, skipped=("bad_1", "bad_2"))
    joined = policy("flip", size=2).join(originals, None)
    assert len(joined.images) == 5
    assert joined.manifest[5:] == (
        ManifestRow("skipped", "bad_1", "{}"),
        ManifestRow("skipped", "bad_2", "{}"),
    )
    write_manifest(joined.manifest, tmp_path)
    with (tmp_path / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["index"] for row in rows] == ["0", "1", "2", "3", "4", "", ""]
    assert [row["kind"] for row in rows] == [row.kind for row in joined.manifest]
    assert list(rows[0]) == ["index", "kind", "source", "parameters"]
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.csv"]


def test_a_manifest_keeps_names_with_commas_and_quotes(tmp_path: Path) -> None:
    rows = [ManifestRow("contrast", 'a,"b"\n.png', '{"factor": 1.5}')]
    write_manifest(rows, tmp_path)
    with (tmp_path / "manifest.csv").open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert read == [
        {"index": "0", "kind": "contrast", "source": 'a,"b"\n.png', "parameters": '{"factor": 1.5}'}
    ]


def test_one_kinds_draw_does_not_depend_on_the_others() -> None:
    originals = make_originals(20)
    alone = policy("flip", size=5).join(originals, None)
    first = policy("flip", "invert", size=10).join(originals, None)
    last = policy("contrast", "invert", "flip", size=15).join(originals, None)
    images, rows = part(alone, "flip")
    for joined in (first, last):
        assert np.array_equal(part(joined, "flip")[0], images)
        assert part(joined, "flip")[1] == rows


def test_kinds_draw_sources_of_their_own() -> None:
    joined = policy("flip", "invert", size=10).join(make_originals(50), None)
    flipped, inverted = (
        [row.source for row in part(joined, kind)[1]] for kind in ("flip", "invert")
    )
    assert flipped != inverted


def test_the_seed_decides_the_draw() -> None:
    originals = make_originals(20)
    once, again, other = (policy("flip", size=5, seed=s).join(originals, None) for s in (0, 0, 1))
    assert np.array_equal(once.images, again.images)
    assert once.manifest == again.manifest
    assert once.manifest != other.manifest


def test_gen_with_a_share_of_nothing_needs_no_images(tmp_path: Path) -> None:
    kinds: dict[str, Kind] = {"flip": Flip(), "gen": Gen()}
    made = make_policy(kinds, size=4, ratio="1:0")
    joined = made.join(make_originals(4), None)
    assert [row.kind for row in joined.manifest] == ["original"] * 4 + ["flip"] * 4
