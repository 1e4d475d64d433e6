"""The page in a browser: no errors, every image there, tables sorted by a click."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import CHROMIUM, dump
from PIL import Image
from run_folders import config_of, write_run

from project.report.__main__ import report, write

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

MEANS = {"": 9.5, "flip": 10.25, "gen": 1.5, "vflip": 100.0}
SCRIPT = """
const tell = (name, value) => document.body.setAttribute('data-' + name, JSON.stringify(value));
tell('images', [...document.images].map(i => i.complete && i.naturalWidth > 0));
tell('first', [document.querySelector('.answer'), document.querySelector('main svg')].map(
  part => part.getBoundingClientRect().bottom));
tell('high', document.documentElement.scrollHeight);
for (const part of document.querySelectorAll('details')) part.open = true;
const charts = [...document.querySelectorAll('main svg')];
tell('charts', charts.map(chart => chart.getBoundingClientRect().width));
tell('wide', [document.documentElement.scrollWidth, innerWidth]);
const table = document.querySelector('table.scores');
const heads = [...table.tHead.rows[0].cells];
const rows = () => [...table.tBodies[0].rows].map(row => row.cells[0].textContent);
const head = heads.find(cell => cell.textContent.trim() === 'mean');
head.querySelector('button').click();
tell('up', [rows(), head.getAttribute('aria-sort')]);
head.querySelector('button').click();
tell('down', [rows(), head.getAttribute('aria-sort')]);
heads[0].querySelector('button').click();
tell('name', [rows(), head.getAttribute('aria-sort')]);
const minus = heads.find(cell => cell.textContent.trim() === 'minus none');
minus.querySelector('button').click();
tell('last', rows());
"""

RESULTS = Path(__file__).parents[2] / "docs" / "results"
FRAME = """<body><iframe src="report.html" width="400" height="800"></iframe><script>
onload = () => {
  const page = document.querySelector('iframe').contentDocument;
  for (const part of page.querySelectorAll('details')) part.open = true;
  const { scrollWidth, clientWidth } = page.documentElement;
  document.body.setAttribute('data-wide', JSON.stringify([scrollWidth, clientWidth]));
};
</script></body>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    for kind, mean in MEANS.items():
        for seed in range(3):
            config = config_of(kinds=[kind] if kind else [], seed=seed)
            scores = {"inception_score": mean + 0.01 * seed * (1 + len(kind))}
            run = write_run(folder / "runs", f"{kind}_{seed}", scores=scores, config=config)
            (run / "grids").mkdir()
            Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(run / "grids/epoch_0002.png")
    evil = config_of(kinds=["<img src=x onerror=alert(1)>"])
    write_run(folder / "runs", "x", scores={"inception_score": 1.0}, config=evil)
    texts, charts, _ = report([str(folder / "runs")])
    write(folder / "out", texts, charts)
    return folder / "out" / "report.html"


@pytest.fixture(scope="module")
def seen(page: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    text, console = dump(page, tmp_path_factory.mktemp("profile"), SCRIPT)
    told = re.search(r"<body([^>]*)>", text)
    assert told, text[:500]
    found = dict(re.findall(r'data-(\w+)="([^"]*)"', told[1]))
    return {"console": console, **{k: json.loads(unescape(v)) for k, v in found.items()}}


def test_the_console_is_silent(seen: dict[str, Any]) -> None:
    assert seen["console"] == []


def test_the_console_would_have_told(page: Path, tmp_path: Path) -> None:
    _, console = dump(page, tmp_path, "null.missing")
    assert len(console) == 1


def test_every_image_loads(seen: dict[str, Any]) -> None:
    assert len(seen["images"]) == len(MEANS)
    assert all(seen["images"])
    # Differences from none; the study's bars of single kinds.
    assert len(seen["charts"]) == 2
    assert all(width > 300 for width in seen["charts"])


def test_the_page_is_no_wider_than_the_window(seen: dict[str, Any]) -> None:
    wide, window = seen["wide"]
    assert wide <= window


def test_a_whole_study_fits_a_telephone(tmp_path: Path) -> None:
    texts, charts, _ = report([str(RESULTS / "da_celeba")])
    write(tmp_path, texts, charts)
    assert (tmp_path / "report.html").stat().st_size < 2e6
    frame = tmp_path / "telephone.html"
    frame.write_text(FRAME, encoding="utf-8")
    text, console = dump(frame, tmp_path / "profile")
    told = re.search(r'data-wide="([^"]*)"', text)
    assert told, text[:500]
    wide, window = json.loads(unescape(told[1]))
    assert wide <= window <= 400
    assert console == []


def test_the_answer_and_its_chart_are_seen_at_once(seen: dict[str, Any]) -> None:
    assert all(bottom < 800 for bottom in seen["first"])
    assert seen["high"] < 5000


def test_a_click_sorts(seen: dict[str, Any]) -> None:
    evil = "<img src=x onerror=alert(1)>"
    rising: Sequence[str] = [evil, "gen", "none", "flip", "vflip"]
    assert seen["up"] == [rising, "ascending"]
    assert seen["down"] == [rising[::-1], "descending"]
    assert seen["name"][1] == "none"
    assert seen["name"][0][1:] == ["flip", "gen", "none", "vflip"]
    # What has no difference from none stands last, up or down.
    assert seen["last"][-1] == "none"
