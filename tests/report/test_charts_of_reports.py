"""Charts show what they say, and take labels as text."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from made_studies import KEY, made_study
from PIL import Image

from project.report.charts import Bars, Line, draw_bars, draw_lines, printable
from project.report.chosen_charts import choose_charts, pair_bars, side_by_side
from project.report.statistics import estimate

SCORES = {"none": [2.0, 2.2], "flip": [1.0], "contrast+flip": [3.0], "contrast+flip x2": [4.0]}


def shades(content: bytes) -> float:
    with Image.open(io.BytesIO(content)) as picture:
        return float(np.asarray(picture.convert("L")).mean())


def test_pairs_stand_beside_each_other() -> None:
    study = made_study("CelebA", SCORES)
    bars = pair_bars(study, study.rows[2:], KEY)
    assert bars.labels == ["none", "contrast+flip 1:1"]
    assert bars.series == [
        ("60 DA images", [[2.0, 2.2], [3.0]]),
        ("120 DA images", [[], [4.0]]),
    ]


def test_data_sets_stand_beside_each_other() -> None:
    studies = [made_study("CelebA", SCORES), made_study("Pets", {"none": [5.0]})]
    bars = side_by_side(studies, KEY)
    assert bars.labels == ["none", "flip", "contrast+flip 1:1", "contrast+flip 1:1, DA x 2"]
    assert bars.series[1] == ("Pomeranian", [[5.0], [], [], []])
    names = [chart.name for chart in choose_charts(studies)]
    assert names == [
        "study_1_inception_score_single",
        "study_1_inception_score_pairs",
        "study_2_inception_score_single",
        "side_by_side_inception_score",
    ]


@pytest.mark.parametrize("label", ["flip", "$\\frac{", "\u4e2d\n" * 50, "_x"])
def test_any_label_can_be_drawn(label: str) -> None:
    bars = Bars(label, label, [label], [(label, [[1.0, 2.0]]), ("other", [[]])], None)
    light, dark = draw_bars(bars), draw_bars(bars, "dark")
    assert shades(light) > 180 > 90 > shades(dark)
    lines = [Line(label, [1, 2], [estimate([1.0]), estimate([1.0, 3.0])])]
    assert shades(draw_lines(label, label, lines)) > 180


def test_the_same_numbers_give_the_same_bytes() -> None:
    bars = Bars("a", "b", ["c"], [("", [[1.0, 2.0]])], None)
    assert draw_bars(bars) == draw_bars(bars)
    assert draw_bars(bars) != draw_bars(Bars("a", "b", ["c"], [("", [[1.0, 2.1]])], None))
    assert draw_bars(bars) != draw_bars(replace(bars, real=1.5))


def test_long_texts_are_cut() -> None:
    assert printable("a" * 300) == "a" * 117 + "..."
    assert math.isnan(estimate([1.0]).low)
