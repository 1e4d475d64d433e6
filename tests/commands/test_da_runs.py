"""Study A's conditions through the command line, at their smallest."""

from __future__ import annotations

import collections
import csv
import json
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf
from PIL import Image
from tiny import TINY, result_of, run_here

from project import generate
from project.cli.compose import options
from project.errors import UserError
from project.run import main

SHORT = [*TINY, "epochs=1", "trainer.limit_train_batches=2"]


def runs_below(folder: Path) -> dict[str, Path]:
    found = {}
    for path in folder.glob("**/result.json"):
        words = dict(word.split("=", 1) for word in result_of(path.parent)["overrides"])
        found[words.get("da", "")] = path.parent
    return found


def manifest_of(folder: Path) -> collections.Counter[str]:
    with (folder / "manifest.csv").open(newline="") as file:
        return collections.Counter(row["kind"] for row in csv.DictReader(file))


def test_a_multirun_over_every_da_trains_the_gen_gan_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, ["-m", *SHORT, "da=glob(*)"], monkeypatch)
    runs = runs_below(tmp_path / "multirun")
    assert sorted(runs) == [name for name, _ in options("da")]
    assert {result_of(run)["status"] for run in runs.values()} == {"finished"}
    generators = {
        result_of(run)["prerequisites"]["generator"] for name, run in runs.items() if "gen" in name
    }
    assert generators == {str(runs["none"].relative_to(tmp_path))}
    assert manifest_of(runs["flip_gen"]) == {"original": 64, "flip": 32, "gen": 32}
    assert manifest_of(runs["none"]) == {"original": 64}


def test_another_ratio_reuses_the_gen_gan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, [*SHORT, "da=flip_gen", "ratio=1:1"], monkeypatch)
    run_here(main, [*SHORT, "da=flip_gen", "ratio=1:3", "da.size=20"], monkeypatch)
    folders = sorted(path.parent for path in (tmp_path / "outputs").glob("*/*/result.json"))
    kinds = [manifest_of(folder) for folder in folders]
    assert len(folders) == 3
    assert {"original": 64, "flip": 5, "gen": 15} in kinds
    assert {"original": 64, "flip": 32, "gen": 32} in kinds


def test_any_list_of_kinds_in_bf16(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["da=[invert,vflip,flip]", "ratio=1:2:1", "trainer.precision=bf16-mixed"]
    run_here(main, [*SHORT, *words], monkeypatch)
    (folder,) = (path.parent for path in (tmp_path / "outputs").glob("*/*/result.json"))
    assert manifest_of(folder) == {"original": 64, "invert": 16, "vflip": 32, "flip": 16}


def test_generate_makes_pictures_and_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, SHORT, monkeypatch)
    (folder,) = (path.parent for path in (tmp_path / "outputs").glob("*/*/result.json"))
    for _ in range(2):
        run_here(generate.main, [f"run={folder}", "n=5"], monkeypatch)
    first, second = folder / "generated", folder / "generated_2"
    assert sorted(path.name for path in first.iterdir()) == [f"{i:05d}.png" for i in range(5)]
    with Image.open(first / "00003.png") as picture:
        assert picture.size == (32, 32)
    one, other = (path.with_name(f"{path.name}_grid.png") for path in (first, second))
    assert one.read_bytes() == other.read_bytes()
    with pytest.raises(Exception, match="nothing is overwritten"):
        run_here(generate.main, [f"run={folder}", f"out={first}"], monkeypatch)


def test_a_gan_of_other_parts_that_is_told_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for number in range(24):
        folder = tmp_path / "pictures" / ("cat" if number < 15 else "dog")
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    data = ["data=folder", "data.root=pictures", "n=24", "conditional=true", "da=flip"]
    data += ["scored_images=24", "metrics.splits=[1]"]
    parts = ["network=fastgan", "network.base_channels=4", "loss=hinge", "penalty=[r1,lecam]"]
    run_here(main, [*SHORT, *data, *parts], monkeypatch)
    (run,) = (path.parent for path in (tmp_path / "outputs").glob("*/*/result.json"))
    result = result_of(run)
    assert result["status"] == "finished"
    assert result["data"]["classes"] == {"cat": 15, "dog": 9}
    (by_class,) = result["scores_by_class"].values()
    assert {name: scores["images"] for name, scores in by_class.items()} == {"cat": 15, "dog": 9}
    assert by_class["cat"]["fid"] > 0
    header = (run / "metrics.csv").read_text().split("\n")[0].split(",")
    assert {"L_D_real", "L_D_fake", "L_reconstruction", "LeCam", "L_G"} <= set(header)
    run_here(generate.main, [f"run={run}", "n=4"], monkeypatch)
    assert len(list((run / "generated").glob("*.png"))) == 4
    with pytest.raises(UserError, match="da=gen does not go with conditional="):
        run_here(main, [*SHORT, *data, "da=gen"], monkeypatch)


def test_old_runs_know_neither_losses_nor_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, SHORT, monkeypatch)
    (run,) = (path.parent for path in (tmp_path / "outputs").glob("*/*/result.json"))
    config, result = OmegaConf.load(run / "config.yaml"), result_of(run)
    for key in ("loss", "penalties"):
        del config.module[key]
    del config["conditional"], result["data"]["classes"]
    OmegaConf.save(config, run / "config.yaml")
    (run / "result.json").write_text(json.dumps(result))
    run_here(generate.main, [f"run={run}", "n=2"], monkeypatch)
    assert len(list((run / "generated").glob("*.png"))) == 2
