"""Charts show what they say, and take labels as text."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from made_studies import KEY, made_study
from PIL import Image
from run_folders import BACKBONE

from project.report.chart_style import printable
from project.report.charts import Bars, Curves, Forest, Line, draw_bars, draw_curves, draw_forest
from project.report.chosen_charts import choose_charts, forest
from project.report.figure_files import png, svg
from project.report.measure import real_score
from project.report.statistics import Estimate, estimate
from project.report.study_bars import pair_bars, side_by_side

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
    found = [(chart.name, chart.place) for chart in choose_charts(studies)]
    assert found == [
        ("study_1_inception_score_differences", "answer"),
        ("study_1_inception_score_single", "other measure"),
        ("study_1_inception_score_pairs", "other measure"),
        ("study_2_inception_score_all", "answer"),
        ("side_by_side_inception_score", "together"),
    ]


def test_differences_are_sorted_and_marked() -> None:
    scores = {"none": [2.0, 3.1, 4.0], "gen": [5.0, 9.0, 4.1], "flip": [1.0, 2.0, 3.0]}
    study = made_study("CelebA", scores)
    found = forest(study, KEY)
    assert found is not None
    # flip: -1, -1.1 and -1 from none; gen: 3, 5.9 and 0.1.
    assert found.labels == ["flip", "gen"]
    assert [difference.mean for difference in found.differences] == pytest.approx([-3.1 / 3, 3])
    assert found.clear == [True, False]
    assert found.sides == ("better to the study", "to the field")
    assert found.real is None
    assert forest(made_study("CelebA", {"none": [2.0]}), KEY) is None


def test_one_seed_has_an_interval_where_others_tell_the_scatter() -> None:
    def drawn(low: float, high: float) -> int:
        differences = [Estimate(1, -2.0, math.nan, low, high, 0.3)]
        chart = Forest("a", "at the end", ("b", "c"), ["d"], differences, [False], None)
        return svg(draw_forest(chart), "name", "text").count("stroke-width: 1.4")

    assert drawn(-5.0, 1.0) > drawn(math.nan, math.nan)


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("fid", {"training": {"fid": 0.0}, "held_out": {"fid": 9.0}}, 9.0),
        ("fid", {"training": {"fid": 0.0}}, None),
        ("fid_held_out", {"training": {"fid_held_out": 8.0}, "held_out": {}}, 8.0),
        ("inception_score", {"training": {"inception_score": 2.0}}, 2.0),
        ("inception_score", {}, None),
    ],
)
def test_what_real_images_score(
    name: str, rows: dict[str, dict[str, float]], expected: float | None
) -> None:
    (row,) = made_study("CelebA", {"none": [2.0]}).rows
    result = {**row.runs[0].result, "references": {BACKBONE: rows}}
    row = replace(row, runs=(replace(row.runs[0], result=result),))
    assert real_score([row], ("scores", BACKBONE, name)) == expected


@pytest.mark.parametrize("label", ["flip", "$\\frac{", "\u4e2d\n" * 50, "_x"])
def test_any_label_can_be_drawn(label: str) -> None:
    line = Line(label, [1, 2], [estimate([1.0]), estimate([1.0, 3.0])])
    difference = estimate([1.0, 2.5])
    for figure in (
        draw_bars(Bars(label, label, [label], [(label, [[1.0, 2.0]]), ("other", [[]])], None)),
        draw_curves(Curves(label, "kimg", [line], line, 2.0), [line]),
        draw_forest(
            Forest(label, "at the end", ("less", "more"), [label], [difference], [True], 2.0)
        ),
    ):
        assert shades(png(figure)) > 180
        ElementTree.fromstring(svg(figure, "name", label).replace("xlink:href", "href"))


def test_the_same_numbers_give_the_same_bytes() -> None:
    bars = Bars("a", "b", ["c"], [("", [[1.0, 2.0]])], None)
    others = [Bars("a", "b", ["c"], [("", [[1.0, 2.1]])], None), replace(bars, real=1.5)]
    for drawn in (lambda b: png(draw_bars(b)), lambda b: svg(draw_bars(b), "name", "text")):
        assert drawn(bars) == drawn(bars)
        assert drawn(bars) not in [drawn(other) for other in others]


def test_real_images_far_off_do_not_squeeze_a_chart() -> None:
    near, off = (
        Forest("a", "at the end", ("b", "c"), ["d"], [estimate([1.0, 2.0])], [False], real)
        for real in (-3.0, -3000.0)
    )
    assert ">real images<" in svg(draw_forest(near), "name", "text")
    assert ">real images<" not in svg(draw_forest(off), "name", "text")
    assert "real images -3000<" in svg(draw_forest(off), "name", "text")


def test_a_drawing_takes_the_colours_of_the_page() -> None:
    bars = Bars("a", "b", ["<c>"], [("", [[1.0, 2.0]])], None)
    drawn = svg(draw_bars(bars), "name", 'it says "<d>"')
    assert drawn.startswith('<svg role="img" viewBox="0 0 324 ')
    assert "currentColor" in drawn
    assert "#1b1b1b" not in drawn
    assert 'aria-label="it says &#34;&lt;d&gt;&#34;"' in drawn
    assert "&lt;c&gt;" in drawn


def test_long_texts_are_cut() -> None:
    assert printable("a" * 300) == "a" * 117 + "..."
    assert math.isnan(estimate([1.0]).low)
