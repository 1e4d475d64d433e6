"""The whole program: from run folders to a page, tables and charts."""

from __future__ import annotations

import csv
import html.parser
import itertools
import math
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from run_folders import config_of, write_run

from project.errors import UserError
from project.report.__main__ import main
from project.report.page import commands, number, p_value, share, signed
from project.report.tables import to_csv

EVIL = "<script>alert(1)</script>"


def make_report(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["report", *words])
    main()


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on two data sets, three conditions, two seeds; some runs went wrong."""
    folder = tmp_path_factory.mktemp("report") / "runs"
    for data, shift in (("CelebA", 0.0), ("Pets", 0.5)):
        for kinds in ([], ["flip"], ["flip", "gen"]):
            for seed in range(2):
                name = f"2026-01-01_00-00-00_{data}_{'-'.join(kinds)}_{seed}"
                scores = {
                    "inception_score": 2 + shift + 0.1 * seed - 0.2 * len(kinds),
                    "fid": 50.0 - seed * (1 + len(kinds)),
                    "nearest_train_distance_ratio": 0.4,
                    "never_heard_of": 3.0,
                }
                config = config_of(kinds=kinds, seed=seed, data=data)
                words = [f"da=[{','.join(kinds)}]", f"seed={seed}"]
                run = write_run(folder, name, scores=scores, config=config, overrides=words)
                grids = run / "grids"
                grids.mkdir()
                noise = np.random.default_rng(seed).integers(0, 255, (64, 64, 3), np.uint8)
                Image.fromarray(noise).save(grids / "epoch_0002.png")
                Image.fromarray(noise[:32]).save(grids / "real.png")
                (grids / "epoch_0003.png").write_text("no picture")
                score = "scores/efficientnet_lite0/inception_score"
                rows = f"epoch,{score}\n0,1.5\n1,{scores['inception_score']}\n"
                (run / "metrics.csv").write_text(rows)
                if seed:
                    (grids / "epoch_0003.png").unlink()
    config = config_of(kinds=["flip"], seed=2, data="CelebA")
    write_run(folder, "2026-01-02_a", config=config, status="failed", error=f"no memory {EVIL}")
    broken = write_run(folder, "2026-01-02_b", config=config_of(seed=3, data="CelebA"))
    (broken / "result.json").write_text('{"sta')
    nan = {"inception_score": math.nan}
    evil = config_of(kinds=[EVIL, "$x^2"], seed=0, data="CelebA")
    words = [f"da={EVIL}", "'); x"]
    write_run(folder, EVIL.replace("/", "_"), config=evil, overrides=words, scores=nan)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        make_report(patch, "runs=runs/2026*,runs/<*")
    return folder.parent / "report"


class Tags(html.parser.HTMLParser):
    """Collects the tags of a page, and what they link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.folded: list[str] = []
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        # A chart refers to its own parts.
        linked = ("src", "srcset", "href") if tag != "use" else ()
        self.links += [v or "" for k, v in attrs if k in linked]
        if tag == "section":
            self.ids.append(dict(attrs)["id"] or "")
        elif tag == "details" and self.found[-2] == "section":
            self.folded.append(self.ids[-1])
        elif tag in ("h1", "h2", "h3"):
            self.headings.append(f"{tag}: ")

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1] in ("h1", "h2", "h3") and self.headings[-1].endswith(": "):
            self.headings[-1] += data


def test_a_report_is_whole(out: Path) -> None:
    text = (out / "report.html").read_text()
    tags = Tags(text)
    assert tags.found.count("script") == 1
    assert EVIL not in text
    assert "&lt;script&gt;alert(1)" in text
    assert all(link.startswith(("data:", "#")) for link in tags.links)
    assert "http://" not in text
    assert "https://" not in text
    for said in (
        "no memory",
        "2026-01-02_b",
        "broken",
        "not finite",
        "never heard of",
        "look like copies",
    ):
        assert said in text
    assert {
        "study_1_fid_differences.png",
        "study_1_inception_score_pairs.png",
        "study_2_inception_score_differences.png",
        "side_by_side_fid.png",
    } <= {path.name for path in out.iterdir()}
    for path in out.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.width == 810


def test_the_answer_comes_first_and_the_rest_is_listed(out: Path) -> None:
    tags = Tags((out / "report.html").read_text())
    assert tags.headings[:2] == [
        "h1: Which augmentation helps my GAN, and how sure are you?",
        "h2: The answer",
    ]
    heads = [int(heading[1]) for heading in tags.headings]
    assert all(later <= before + 1 for before, later in itertools.pairwise(heads))
    contents = [link[1:] for link in tags.links if link.startswith("#")]
    assert set(contents) == set(tags.ids) - {"answer"}
    assert [name for name in tags.ids if name in tags.folded] == [
        "warnings",
        "together",
        "other",
        "hypotheses",
        "lost",
        "reproduce",
    ]
    assert {"answer", "images", "scores"} <= set(tags.ids)


def test_each_condition_stands_against_none(out: Path) -> None:
    text = (out / "report.html").read_text()
    table = text[text.index('<section id="compared">') : text.index('<section id="scores">')]
    with (out / "answer.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["data"] == "CelebA"]
    assert {row["condition"] for row in rows} == {"flip", "flip+gen 1:1"}
    for row in rows:
        assert f">{signed(float(row['difference']))}</td>" in table
    heads = re.findall(r'<button type="button">([^<]+)</button>', table)
    assert heads[:2] == ["condition", "seeds"]
    assert "better than none, of 100" in heads


def test_an_interval_stands_wherever_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fid = {"": [50.0, 54.0, 52.0], "flip": [49.0, 48.0, 52.0], "gen": [47.0]}
    for kind, values in fid.items():
        for seed, value in enumerate(values):
            config = config_of(kinds=[kind] if kind else [], seed=seed)
            write_run(tmp_path / "r", f"{kind} {seed}", config=config, scores={"fid": value})
    make_report(monkeypatch, f"runs={tmp_path / 'r'}", f"out={tmp_path / 'out'}")
    with (tmp_path / "out" / "answer.csv").open(newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["condition"] == "gen"]
    low, high = (signed(float(row[f"{end}_95_together"])) for end in ("low", "high"))
    text = (tmp_path / "out" / "report.html").read_text()
    table = text[text.index('<section id="compared">') : text.index('<section id="scores">')]
    assert f">{low} to {high}</td>" in table


def test_real_images_stand_above_the_generated_ones(out: Path) -> None:
    text = (out / "report.html").read_text()
    alts = re.findall(r'alt="([^"]+)"', text)
    assert alts[0] == "Real images, to compare with"
    assert alts[1] == "Images generated under none"
    # Of 64 x 64 pixels, a row of two images of 32 enlarged to 64 would be 68: the whole is shown.
    assert 'style="aspect-ratio: 64 / 64"' in text


def test_every_run_stands_in_the_table_with_its_command(out: Path) -> None:
    with (out / "runs.csv").open(newline="") as file:
        rows = {row["run"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {path.name for path in (out.parent / "runs").iterdir()}
    command = rows["2026-01-01_00-00-00_CelebA_flip-gen_1"]["command"]
    assert shlex.split(command)[3:] == ["experiment=da_faces", "da=[flip,gen]", "seed=1"]
    states = [row["state"] for row in rows.values()]
    assert {s: states.count(s) for s in set(states)} == {
        "finished": 12,
        "failed": 1,
        "broken": 1,
        "not finite": 1,
    }


def test_the_table_of_conditions(out: Path) -> None:
    with (out / "conditions.csv").open(newline="") as file:
        rows = {(r["data"], r["condition"], r["score"]): r for r in csv.DictReader(file)}
    row = rows["CelebA", "flip", "inception_score"]
    assert (row["seeds"], row["absent"]) == ("2", "2: failed; 3: not run")
    assert float(row["mean"]) == pytest.approx(1.85)
    assert float(row["difference"]) == pytest.approx(-0.2)
    row = rows["Pomeranian", "flip+gen 1:1", "fid"]
    assert float(row["difference"]) == pytest.approx(-1.0)
    assert row["better"] == "lower"
    # diffs are 0 and -2: mean -1, sd sqrt(2), t = -1, two-sided p with one degree of freedom
    assert float(row["p"]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "runs= is missing"),
        (["runs=nowhere"], "not there"),
        (["runs=."], "holds no run"),
        (["runs=full", "out=full"], "not empty"),
    ],
)
def test_bad_input_is_told(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "out=full" in words:
        write_run(tmp_path, "full")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UserError, match=said):
        make_report(monkeypatch, *words)
    assert sorted(tmp_path.iterdir()) == before


def test_one_run_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(tmp_path / "odd, [name]=1", "2026 a", scores={"inception_score": 2.0})
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        make_report(monkeypatch, f"runs={folder}")
    text = (tmp_path / "report_2" / "report.html").read_text()
    assert "there is no answer yet" in text
    assert "1 of 1 run is in it" in text
    assert text == (tmp_path / "report" / "report.html").read_text()


def test_runs_of_other_studies_are_shown_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(2):
        config = {"seed": seed, "data": {"_target_": "project.data.digits.Digits"}, "epochs": 3}
        folder = write_run(tmp_path / "r", f"a{seed}", config=config, scores={"judge_accuracy": 1})
    (tmp_path / "r" / "empty").mkdir()
    (folder / "result.json").write_text("")
    make_report(monkeypatch, f"runs={tmp_path / 'r'}", f"out={tmp_path / 'out'}")
    text = (tmp_path / "out" / "report.html").read_text()
    assert "accuracy of the judges" in text
    assert re.search(r"<td>empty</td>", text)


def test_numbers_as_people_read_them() -> None:
    assert [number(v) for v in (None, math.nan, 3, 1.23456)] == ["\u2013", "\u2013", "3", "1.235"]
    assert [number(v) for v in (20000, 202599, 12345.6)] == ["20000", "202599", "12350"]
    assert [share(v) for v in (0.0, 0.004, 0.705, 0.996, 1.0, math.nan)] == [
        *("< 1", "< 1", "70", "> 99", "> 99", "\u2013"),
    ]
    assert [signed(v) for v in (0.5, -0.5, None)] == ["+0.5", "-0.5", "\u2013"]
    assert [p_value(v) for v in (0.5, 0.0001, math.nan)] == ["0.500", "< 0.001", "\u2013"]


def test_a_command_can_be_copied() -> None:
    told = commands("Train 2 < 3 seeds: python -m project.run 'a=<b>' seeds=3.")
    assert told == (
        "Train 2 &lt; 3 seeds: <code>python -m project.run &#39;a=&lt;b&gt;&#39; seeds=3</code> "
        '<button type="button" class="copy">copy</button>'
    )
    assert commands("Nothing < to do.") == "Nothing &lt; to do."


def test_a_table_holds_no_formulas() -> None:
    rows = [{"a": "=HYPERLINK(1)", "b": -1.5}, {"a": "x", "c": math.nan}]
    assert to_csv(rows) == "a,b,c\n'=HYPERLINK(1),-1.5,\nx,,\n"
