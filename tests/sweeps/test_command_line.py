"""Which jobs a sweep's command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from project.cli.compose import load_config, options
from project.cli.sentences import explain
from project.sweeps.command_line import is_sweep, read

FACES = ["experiment=da_faces"]


def conditions(*words: str) -> list[str]:
    return [job.condition for job in read([*FACES, *words]).jobs]


def test_study_a_has_twelve_conditions() -> None:
    assert conditions("sweep=da_all") == [
        *("da=none", "da=contrast", "da=invert", "da=flip", "da=vflip", "da=gen"),
        "da=contrast_flip da.size=1000",
        "da=contrast_gen da.size=1000",
        "da=flip_gen da.size=1000",
        "da=contrast_flip da.size=2000",
        "da=contrast_gen da.size=2000",
        "da=flip_gen da.size=2000",
    ]


def test_single_kinds_and_pairs_are_parts_of_all() -> None:
    all_conditions = conditions("sweep=da_all", "n=50")
    assert conditions("sweep=da_single", "n=50") == all_conditions[:6]
    assert conditions("sweep=da_pairs", "n=50") == [all_conditions[0], *all_conditions[6:]]
    assert all_conditions[-1] == "da=flip_gen da.size=100"


def test_ratios_of_kinds_and_of_originals_to_da() -> None:
    sizes = {
        (str(config.ratio), config.da.size)
        for job in read([*FACES, "sweep=da_ratio", "sweep.pair=contrast_gen"]).jobs[1:]
        for config in [load_config("config", list(job.words))]
        if list(config.da.kinds) == ["contrast", "gen"]
    }
    assert sizes == {
        *(("1:3", 1000), ("1:1", 1000), ("3:1", 1000)),
        *(("1:1", 500), ("1:1", 2000)),
    }


@pytest.mark.parametrize("word", ["seeds=3", "seed=range(3)", "seed=0,1,2"])
def test_seeds_are_the_outer_loop(word: str) -> None:
    jobs = read([*FACES, "sweep=da_single", word]).jobs
    assert len(jobs) == 18
    assert jobs[0].title == "da=none seed=0"
    assert [job.words[1] for job in jobs[:7]] == ["seed=0"] * 6 + ["seed=1"]
    assert jobs[7].words == ("experiment=da_faces", "seed=1", "da=contrast")
    assert jobs[7].condition == "da=contrast"


def test_lists_are_conditions_too() -> None:
    assert conditions("-m", "epochs=1,2", "da=glob(*flip)", "size=32") == [
        f"epochs={epochs} da={da}" for epochs in (1, 2) for da in ("contrast_flip", "flip", "vflip")
    ]
    assert conditions("sweep=da_pairs", "n=10,20")[8] == "n=20 da=contrast_flip da.size=20"


@pytest.mark.parametrize("option", [name for name, _ in options("sweep")])
def test_every_condition_of_every_sweep_composes(option: str) -> None:
    sweep = read([*FACES, f"sweep={option}"])
    if sweep.search:
        return  # it has trials instead
    jobs = sweep.jobs
    assert len({job.condition for job in jobs}) == len(jobs) > 1
    for job in jobs:
        config = load_config("config", list(job.words))
        assert config.sweep == {"name": None, "condition": None}
    first = jobs[0].condition
    assert first in ("da=none", "gan=study", "gan=study_small"), "what is compared with comes first"


def test_what_asks_for_a_sweep() -> None:
    assert is_sweep([*FACES, "-m"])
    assert is_sweep(["--multirun"])
    assert is_sweep(["sweep=da_all"])
    assert is_sweep(["seeds=2"])
    assert not is_sweep(FACES)
    assert not is_sweep(["sweep=da_all", "--cfg", "job"])
    assert not is_sweep(["sweep.name=x"])


def test_a_sweep_is_found_again() -> None:
    name = read([*FACES, "sweep=da_all", "size=64", "epochs=30"]).folder.name
    assert name == "da_faces_da_all_epochs-30_size-64"
    for more in (["seeds=5"], ["logger=csv"], ["paths.data=x"], ["trainer=gpu"], ["parallel=2"]):
        assert read([*more, "epochs=30", *FACES, "sweep=da_all", "size=64"]).folder.name == name


def test_another_sweep_has_another_folder() -> None:
    others: list[list[str]] = [
        [],
        ["epochs=31"],
        ["backbone=inception_v3"],
        ["sweep.pair=contrast_gen"],
        ["data=folder", "data.root=a/b"],
        ["data=folder", "data.root=a/c"],
        ["wanted_class=[" + "Pomeranian," * 9 + "Samoyed]"],
        ["wanted_class=[" + "Pomeranian," * 9 + "Pug]"],
    ]
    names = [read([*FACES, "sweep=da_ratio", *words]).folder.name for words in others]
    assert len(set(names)) == len(others)
    assert all(len(name) < 120 and "/" not in name for name in names)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sweep=da_all", "da=flip"], "sweep=da_all sets da by itself: leave da=flip out"),
        (["sweep=da_pairs", "da.size=5"], "sets da.size by itself"),
        (["sweep=da_al"], "sweep=da_al is not there. Did you mean 'da_all'?"),
        (["sweep=da_all", "n=null"], "Give the number: n=<images>"),
        (["sweep=da_ratio", "n=null"], "Give the number: n=<images>"),
        (["seeds=0"], "seeds=0 is not allowed. Give the number of seeds"),
        (["seeds=a"], "seeds=a is not allowed"),
        (["seeds=2", "seed=0,1"], "seeds=2 and seed=0,1 say the same thing differently"),
        (["sweep=da_all", "sweep=da_single"], "sweep=da_all and sweep=da_single say the same"),
        (["sweep=null"], "sweep=null is not allowed. Allowed for sweep: da_all"),
        (["-m", "epochs=interval(1,2)"], "does not say which values. Give a list of them"),
        (["sweep=da_all", "parallel=0"], "parallel=0 is not allowed. Give a whole number from 1."),
        (["sweep=da_all", "hydra.launcher.nodes=1"], "Add hydra/launcher=submitit_slurm"),
        (["sweep=da_all", "job_minutes=x"], "job_minutes=x is not allowed"),
        (["-m", "da=glob(z*)"], "da=glob(z*) stands for nothing"),
        (["experiment=digit_judge", "sweep=da_all"], "it is a sweep of another study"),
        (["sweep=da_all", "resume=x"], "A sweep goes on when it is started again"),
        (["-m", "epochs"], "'epochs' is not of the form key=value"),
        (["-m", "epochs=[1"], "cannot be read"),
        (["sweep=da_all", "epoch=3"], "Did you mean 'epochs'?"),
    ],
)
def test_bad_words_are_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it says is checked below
        read([*FACES, *words])
    assert sentence in str(explain(caught.value, [*FACES, *words]))


def test_the_folder_is_below_multirun() -> None:
    sweep = read([*FACES, "paths.multirun=elsewhere", "sweep=da_single"])
    assert sweep.folder == Path("elsewhere/da_faces_da_single")


def test_words_about_the_sweep_reach_no_job() -> None:
    own = ["parallel=2", "hydra/launcher=submitit_slurm", "hydra.launcher.nodes=1"]
    sweep = read([*FACES, "sweep=da_single", *own])
    assert sweep.launch_options == tuple(own)
    assert {word.split("=")[0] for job in sweep.jobs for word in job.words} == {"experiment", "da"}
