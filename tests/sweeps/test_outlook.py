"""The fast way to plan many jobs finds what each job, looked at alone, would find."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import DictConfig, OmegaConf

from project.cli.compose import compose_anew, load_config, options
from project.errors import UserError
from project.runs.preflight import check
from project.sweeps.command_line import read
from project.sweeps.outlook import Outlooks

FACES = ("experiment=da_faces", "n=8", "size=32")
# Of every sweep option that lists conditions; more of what a job's words may be.
LISTED = sorted(
    {
        job.words
        for option, _ in options("sweep")
        for sweep in [read([*FACES, "seed=1", f"sweep={option}"])]
        if not sweep.search
        for job in sweep.jobs
    }
)
MORE = [
    (*FACES, "seed=1", "da=gen", "kimg=1"),
    (*FACES, "seed=1", "da=[flip,gen]", "da.seed=4", "+da.kinds.flip.odd=1"),
    (*FACES, "seed=1", "~callbacks.real_grid", "logger=[csv]", "n=9"),
    ("experiment=classifier_inversion", "data=digits", "seed=1", "n=200"),
    ("experiment=two_feature_joint", "data=faces", "data.total=600", "seed=1"),
]


def told(config: DictConfig) -> tuple[str, str]:
    return OmegaConf.to_yaml(config), OmegaConf.to_yaml(config, resolve=True)


@pytest.mark.parametrize("words", [*LISTED, *MORE], ids=" ".join)
def test_values_set_on_composed_options_make_the_config_that_the_files_make(
    words: tuple[str, ...],
) -> None:
    anew = compose_anew("config", words)
    for _ in range(2):
        quick = load_config("config", words)
        assert told(quick) == told(anew)
        quick.seed = 5  # which the next one does not see
    with pytest.raises(Exception, match="unknown"):
        quick.unknown = 1


@pytest.mark.parametrize(
    "words", [words for words in [*LISTED, *MORE] if "odd" not in str(words)], ids=" ".join
)
def test_what_differs_in_its_seed_alone_is_what_it_would_be_alone(
    words: tuple[str, ...], shared_folder: Path
) -> None:
    outlooks = Outlooks()
    places = [f"paths.{name}={shared_folder / name}" for name in ("outputs", "multirun", "cache")]
    lines = [[*words, *places, f"seed={seed}"] for seed in (1, 2)]
    found = [outlooks.of(line) for line in lines]
    alone = check(compose_anew("config", lines[1]))
    assert found[1].config_hash == alone.config_hash != found[0].config_hash
    assert found[1].needs == alone.needs
    assert found[1].work == found[0].work > 0


def test_images_are_loaded_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from project.data.faces.faces import Faces

    loaded = []
    load = Faces.load
    monkeypatch.setattr(Faces, "load", lambda self: (loaded.append(1), load(self))[1])
    outlooks = Outlooks()
    for more in (["da=flip"], ["da=vflip"], ["epochs=3"], ["seed=7"]):
        words = [*FACES, f"paths.cache={tmp_path}", f"paths.outputs={tmp_path}", *more]
        outlooks.of(words)
    assert len(loaded) == 1


def test_a_seed_that_no_generator_takes_is_refused_after_one_that_is_fine(tmp_path: Path) -> None:
    outlooks = Outlooks()
    words = [*FACES, f"paths.cache={tmp_path}", f"paths.outputs={tmp_path}"]
    outlooks.of(words)
    for seed in ("4294967296", "-1", "x", "null"):
        line = [*words, f"seed={seed}"]
        with pytest.raises(UserError, match=r"seed=\S+ is not allowed"):
            outlooks.of(line)
