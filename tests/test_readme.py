"""The README is true: its commands run, its examples of adding things work as they stand."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from data_layouts import write_image, write_txt_lists
from tiny_program import run_program

from project import evaluate, generate, prepare, recommend
from project.report.__main__ import main as report
from project.run import main

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()

SMOKE = ["trainer=smoke", "size=32", "network.base_channels=4", "logger=csv"]
SMOKE += ["backbone=efficientnet_lite0", "callbacks.grid.images=4", "scored_images=10"]
PROGRAMS = {
    "project.run": main,
    "project.prepare": prepare.main,
    "project.generate": generate.main,
    "project.evaluate": evaluate.main,
    "project.report": report,
    "project.recommend": recommend.main,
}


def commands() -> list[str]:
    found = re.findall(r"^    (python -m project\..*)$", README, re.MULTILINE)
    return [command for command in found if "<" not in command]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiny data where the README's commands look for them."""
    tmp_path = tmp_path_factory.mktemp("home")
    celeba = tmp_path / "data" / "celeba"
    names = [f"{i:06d}.jpg" for i in range(1, 31)]
    for name in names:
        write_image(celeba / "img_align_celeba" / name)
    write_txt_lists(celeba, names, [0] * len(names))
    for i in range(1, 4):
        write_image(tmp_path / "data" / "oxford-iiit-pet" / "images" / f"Abyssinian_{i}.jpg")
    for i in range(30):
        write_image(tmp_path / "data" / "stanford-dogs" / "n02112018-Pomeranian" / f"n_{i}.jpg")
        write_image(tmp_path / "my_pictures" / f"{i}.png")
        write_image(tmp_path / "generated" / f"{i}.png")
    for i in range(110):
        write_image(tmp_path / "many_pictures" / f"{i}.png", seed=i)
    return tmp_path


@pytest.fixture
def home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, in which one command is typed after the other, as the current one."""
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("command", commands(), ids=lambda command: command[18:80])
def test_every_command_runs(command: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, module, *words = shlex.split(command)
    if "experiment=classifier" in command:
        words += ["trainer=smoke", "logger=csv", "data=digits", "n_per_digit=2"]
    elif "experiment=reversed" in command:
        words += ["trainer=smoke", "logger=csv", "data=digits", "callbacks.score.images=20"]
    elif "experiment=two_feature" in command or "experiment=attribute" in command:
        words += ["trainer=smoke", "logger=csv", "data=faces", "data.total=120", "size=32"]
        words += ["datamodule.batch_size=8"]
        if "two_feature" in command:
            words += ["network.base_channels=4"]
        if "photographs" in command:
            words += ["further=[Smiling]"]
    elif "experiment=" in command:
        words += [*SMOKE, "n=20"]
    elif module == "project.recommend":
        words += [
            "data.root=many_pictures",
            "size=32",
            "network.base_channels=4",
            "scored_images=20",
            "parallel=1",
        ]
        words += ["kimg=0.3", "plan=true"]
    elif module == "project.prepare":
        words += ["n=20"]
    elif module == "project.evaluate":
        words += ["backbone=efficientnet_lite0"]
    monkeypatch.setattr(sys, "argv", ["project", *words])
    PROGRAMS[module]()


def test_what_is_made_from_a_run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(home / "data")
    monkeypatch.chdir(tmp_path)
    words = ["experiment=da_faces", *SMOKE, "n=20"]
    monkeypatch.setattr(sys, "argv", ["project", *words])
    main()
    (result,) = Path("outputs").glob("*/*/result.json")
    folder = result.parent
    for name in ("config.yaml", "manifest.csv", "metrics.csv", "grids", "last.ckpt"):
        assert name in README
        assert (folder / name).exists()
    ran = []
    for command in re.findall(r"^    (python -m project\..*<.*)$", README, re.MULTILINE):
        here = re.sub(r"=\S*<run>", f"={folder}", command).replace("multirun/<sweep>", "outputs")
        _, _, module, *words = shlex.split(here)
        words += ["n=10"] if module == "project.evaluate" else []
        if module == "project.run":
            # As if killed after its last epoch, before its last scores: only such runs go on.
            result.write_text(result.read_text().replace('"finished"', '"running"'))
        monkeypatch.setattr(sys, "argv", ["project", *words])
        PROGRAMS[module]()
        ran.append(module)
    programs = ["project.evaluate", *["project.generate"] * 2, "project.report", "project.run"]
    assert sorted(ran) == programs
    assert Path("report/report.html").is_file()
    assert json.loads(result.read_text())["status"] == "finished"
    assert (folder / "evaluation" / "scores.json").is_file()
    assert len(list((folder / "generated").glob("0*.png"))) == 64


def examples() -> Iterator[tuple[str, str]]:
    """Yields the README's files: path and text."""
    for before, text in re.findall(r"([^\n]*)\n\n```(?:python|yaml)\n(.*?)```", README, re.DOTALL):
        paths = re.findall(r"`((?:project|conf)/\w+/\w+\.(?:py|yaml))`", before)
        yield paths[-1], text


def test_what_the_readme_adds_works_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("project", "conf"):
        shutil.copytree(
            REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    added = dict(examples())
    assert len(added) == 14
    for path, text in added.items():
        assert not (tmp_path / path).exists()
        (tmp_path / path).write_text(text)
    words = ["experiment=da_smooth", "loss=wasserstein", "data=noise"]
    words += [
        "da=[crop,blur,flip]",
        "ratio=1:1:2",
        *SMOKE,
        "n=20",
        "score=[dark_share,centre_distance]",
        "references=treated",
    ]
    done = run_program(words, tmp_path)
    assert done.returncode == 0, done.stderr
    (result,) = (tmp_path / "outputs").glob("*/*/result.json")
    found = json.loads(result.read_text())
    # Noise is as dark as chance has it: 1/8 in each of three channels.
    assert found["references"]["pixels"]["training"]["dark_share"] == pytest.approx(8**-3, rel=0.2)
    assert set(found["scores"]) == {"efficientnet_lite0", "pixels"}
    centres = {
        "real": found["references"]["efficientnet_lite0"]["training"]["centre_distance"],
        "generated": found["scores"]["efficientnet_lite0"]["centre_distance"],
    }
    # Ten of twenty real images are compared with all of them.
    assert 0 < centres["real"] < centres["generated"]
    assert found["scored"]["efficientnet_lite0"]["names"]["centre_distance"]["better"] == "lower"
    assert {"leak_crop", "leak_blur"} <= set(found["scores"]["efficientnet_lite0"])
    (manifest,) = (tmp_path / "outputs").glob("*/*/manifest.csv")
    with manifest.open(newline="") as file:
        rows = list(csv.DictReader(file))
    sides = {json.loads(row["parameters"])["side"] for row in rows if row["kind"] == "crop"}
    assert len(sides) == 5
    assert all(0.7 <= side < 1 for side in sides)
    kinds = [row["kind"] for row in rows]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "original": 20,
        "crop": 5,
        "blur": 5,
        "flip": 10,
    }
