"""A whole race: `python -m project.recommend`."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest
from hydra.errors import HydraException
from tiny import run_here

from project import recommend
from project.cli.sentences import explain
from project.errors import UserError

# Little to train and to score, as few jobs as a race can have.
WORDS = ["data=faces", "data.total=100", "size=32", "network.base_channels=4", "kimg=0.15"]
WORDS += ["references=untreated", "scored_weights=average", "scored_images=10", "parallel=1"]
WORDS += ["race_seeds=1", "final_seeds=2", "most_final_seeds=2", "conditions=[none,vflip]"]
WORDS += ["callbacks.grid.images=4"]


def test_a_race_goes_on_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for hours in (3, 2):
        run_here(recommend.main, [*WORDS, "plan=true", f"hours={hours}"], monkeypatch)
        assert "1 and none" in capsys.readouterr().err
        (folder,) = Path("multirun").glob("recommend_*")
        assert json.loads((folder / "race.json").read_text())["plan"]["hours"] == hours
    assert sorted(path.name for path in folder.iterdir()) == [".race.lock", "race.json"]
    run_here(recommend.main, WORDS, monkeypatch)
    told = capsys.readouterr().out
    page = html.unescape((folder / "report" / "report.html").read_text())
    kept = json.loads((folder / "race_answer.json").read_text())["answer"]
    assert kept[0] in told.replace("\n", " ")
    assert kept[0] in page
    assert "vflip" in told
    assert "project.generate" in told
    runs = {path.parent: json.loads(path.read_text()) for path in folder.glob("*/result.json")}
    # Runs went on from round to round; nothing was trained beside them.
    seeds = sorted(map(_entry, runs.values()))
    fresh = 100 + len([s for _, s in seeds if s >= 100]) // 2
    assert seeds == sorted(
        (name, seed) for name in ("da=none", "da=vflip") for seed in [0, *range(100, fresh)]
    )
    scores = json.loads((folder / "scores.json").read_text())
    assert list(scores) == ["1", "2", "3"]
    assert list(scores["3"]) == ["da=none", "da=vflip"]
    for name, by_seed in scores["3"].items():
        for seed, value in by_seed.items():
            (of_it,) = [r for r in runs.values() if _entry(r) == (name, int(seed))]
            assert of_it["scores_average"]["efficientnet_lite0"]["fid_held_out"] == value
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/last.ckpt")}
    run_here(recommend.main, WORDS, monkeypatch)
    # Behind what its runs printed.
    assert told.endswith(capsys.readouterr().out)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/last.ckpt")} == before


def _entry(result: dict[str, Any]) -> tuple[str, int]:
    return result["sweep"]["condition"], result["seed"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["hours=2"], "data= is missing"),
        (["data=faces", "hours=0"], "hours=0 is not allowed"),
        (["data=faces", "conditions=[flop]"], "da=flop is not there. Did you mean 'flip'?"),
        (["data=faces", "conditions=['flip da.mod=online']"], "Did you mean 'mode'?"),
        (["data=faces", "conditions=['flip n=10']"], "n=10 is what all conditions have in common"),
        (["data=faces", "conditions=[gen]"], "needs a GAN of its own first"),
        (["data=faces", "seed=3"], "is what the race decides on"),
        (["data=faces", "data.total=90"], "has 90 pictures: too few to tell"),
        (["data=faces", "n=1990"], "leaves 10 to compare with"),
        (["data=folder", "data.root=nowhere"], "nowhere does not exist"),
        (["data=faces", "race_seeds=0"], "race_seeds=0 is not allowed"),
        (["data=faces", "conditions=[none]"], "names none alone"),
        (["data=faces", "held_out=1.5"], "Give a share below 1"),
        (["data=faces", "hours=null"], "hours=None is not allowed"),
    ],
)
def test_bad_input(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((UserError, HydraException)) as raised:
        run_here(recommend.main, words, monkeypatch)
    assert sentence in (explain(raised.value, words, "recommend") or "")
    assert not (tmp_path / "multirun").exists()
