"""Every shipped YAML composes, and each of its keys is received: stale config cannot survive."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Unpack, cast, get_args, get_origin, get_type_hints

import pytest
import yaml
from hydra import compose, initialize_config_dir
from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf

from project.cli.compose import CONF, as_written, load_config, options, plain
from project.runs.building import offered
from project.runs.identity import TRAINS
from project.runs.preflight import Inputs

GROUPS = sorted(path.name for path in CONF.iterdir() if path.is_dir())
FILES = sorted(CONF.rglob("*.yaml"))
EXPERIMENTS = [name for name, _ in options("experiment")]
ROOT = CONF.parent
# Required arguments that the code passes: a pattern of the node's place -> their names.
OFFERED = {*offered(cast(Inputs, None), {}, {}), "module"}
PASSED = {
    r"module|datamodule|callbacks\.\w+": OFFERED,
    r"task": {"stages"},
    r"logger\.\w+": {"save_dir"},
    r"trainer": {"callbacks", "logger", "plugins", "default_root_dir"},
    r".*optimizer": {"params"},
}
# Keys that the code takes out before the rest is handed on.
TAKEN = {"trainer": {"capture"}}
# Groups whose options belong to one study each: an experiment chooses, a user does not.
OF_ONE_STUDY = {"module", "datamodule", "callbacks"}
HYDRA_KEYS = {"_target_", "_partial_", "_args_", "_convert_", "_recursive_"}


@cache
def chosen(experiment: str) -> dict[str, str]:
    """Returns the groups that an experiment is put together from, with its own options."""
    with initialize_config_dir(str(CONF), version_base="1.3", job_name="test"):
        config = compose("config", [f"experiment={experiment}"], return_hydra_config=True)
    return {
        str(group): option
        for group, option in config.hydra.runtime.choices.items()
        if not group.startswith("hydra") and option is not None and group != "experiment"
    }


@cache
def composed(*words: str) -> DictConfig:
    return load_config("config", words)


def combinations() -> list[tuple[str, str]]:
    """Every experiment, with each option of each group that belongs to it."""
    found = []
    for experiment in EXPERIMENTS:
        for key, own in chosen(experiment).items():
            group = key.split("@")[0]
            there = [own] if group in OF_ONE_STUDY else [option for option, _ in options(group)]
            found += [(f"experiment={experiment}", f"{key}={option}") for option in there]
    return found


def targets(node: Any, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields every node with a ``_target_`` and its place."""
    if isinstance(node, Mapping):
        if "_target_" in node:
            yield place, node
        for key, value in node.items():
            yield from targets(value, f"{place}.{key}".lstrip("."))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from targets(value, f"{place}.{i}")


def passed(place: str) -> set[str]:
    return {name for at, names in PASSED.items() if re.fullmatch(at, place) for name in names}


def parameters_of(target: Any) -> dict[str, inspect.Parameter]:
    """Returns a signature's parameters, ``**draw: Unpack[Draw]`` as those that Draw has."""
    found = {}
    for name, parameter in inspect.signature(target).parameters.items():
        packed = parameter.kind is parameter.VAR_KEYWORD
        hints = get_type_hints(getattr(target, "__init__", target)) if packed else {}
        if get_origin(hints.get(name)) is Unpack:
            (draw,) = get_args(hints[name])
            found |= {
                key: inspect.Parameter(key, parameter.KEYWORD_ONLY) for key in draw.__annotations__
            }
        else:
            found[name] = parameter
    return found


def faults(place: str, node: Mapping[str, Any]) -> list[str]:
    """Holds a node against the signature that receives it."""
    parameters = parameters_of(get_object(str(node["_target_"])))
    kinds = {parameter.kind for parameter in parameters.values()}
    keys = {str(key) for key in node if key not in HYDRA_KEYS} - TAKEN.get(place, set())
    given = keys | (passed(place) & set(parameters))
    required = {name for name, p in parameters.items() if p.default is p.empty}
    required -= {n for n, p in parameters.items() if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    found = []
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        found += [f"{place}.{key} is received by nobody" for key in keys - set(parameters)]
    found += [f"{place} lacks {name}" for name in required - given]
    if place not in ("module", "datamodule") and not place.startswith("callbacks"):
        found += [f"{place}.{name} is passed by the code too" for name in keys & passed(place)]
    if str(node["_target_"]).startswith("project."):
        found += [
            f"{place}: {name} of {node['_target_']} is not keyword-only without default"
            for name, p in parameters.items()
            if p.kind is not p.KEYWORD_ONLY or p.default is not p.empty
        ]
    return found


def test_the_check_finds_what_it_looks_for() -> None:
    good = {"_target_": "project.da.contrast.Contrast", "factor": 1.0}
    assert not faults("da.kinds.contrast", good)
    assert faults("x", {**good, "factr": 1.0}) == ["x.factr is received by nobody"]
    assert faults("x", {"_target_": good["_target_"]}) == ["x lacks factor"]
    adam = {"_target_": "torch.optim.Adam", "_partial_": True}
    assert not faults("module.d_optimizer", adam)
    assert faults("module.d", adam) == ["module.d lacks params"]
    assert faults("x", {"_target_": "project.errors.nearest", "word": "", "allowed": []}) == [
        f"x: {name} of project.errors.nearest is not keyword-only without default"
        for name in ("word", "allowed")
    ]


@pytest.mark.parametrize("words", combinations(), ids=" ".join)
def test_every_option_composes_and_every_key_is_received(words: tuple[str, str]) -> None:
    config = composed(*words)
    assert OmegaConf.is_struct(config)
    values = plain(config)
    found = list(targets(values))
    assert found
    assert not [fault for place, node in found for fault in faults(place, node)]
    assert "???" not in str(values)


@pytest.mark.parametrize("words", combinations(), ids=" ".join)
def test_no_study_beats_the_option_that_was_chosen(words: tuple[str, str]) -> None:
    experiment, choice = words
    key, option = choice.split("=")
    group, _, package = key.partition("@")
    file = CONF / group / f"{option}.yaml"
    values = yaml.safe_load(file.read_text()) or {}
    values.pop("defaults", None)
    config: Any = composed(*words)
    header = re.match(r"# @package (\S+)", file.read_text())
    if header is None:
        config = OmegaConf.select(config, package or group.replace("/", "."))
    elif header[1] != "_global_":
        config = OmegaConf.select(config, header[1])
    if isinstance(config, DictConfig):
        config = OmegaConf.to_container(config)
    assert not list(differences(values, config, choice)), experiment


def differences(wanted: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(wanted, Mapping):
        for key, value in wanted.items():
            inner = found.get(key) if isinstance(found, Mapping) else None
            yield from differences(value, inner, f"{place}.{key}")
    elif str(wanted) != str(found):
        yield f"{place} is {found}"


@pytest.mark.parametrize("group", sorted(OF_ONE_STUDY))
def test_every_option_of_one_study_is_chosen_by_an_experiment(group: str) -> None:
    files = {path.stem: yaml.safe_load(path.read_text()) for path in (CONF / group).glob("*.yaml")}
    defaults = [base for values in files.values() for base in values.get("defaults", [])]
    bases = {base for base in defaults if isinstance(base, str)} - {"_self_"}
    assert set(files) == {chosen(experiment)[group] for experiment in EXPERIMENTS} | bases


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_a_misspelt_key_is_an_error(experiment: str) -> None:
    for word in ("sede=1", "da.sise=1", "paths.dta=x", "trainer.max_epoch=1"):
        with pytest.raises(Exception, match="Could not override"):
            load_config("config", [f"experiment={experiment}", word])


def test_every_group_belongs_to_a_study() -> None:
    used = {key.split("@")[0] for experiment in EXPERIMENTS for key in chosen(experiment)}
    assert used == set(GROUPS) - {"experiment", "study", "sweep"}


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_an_experiment_chooses_options_and_sets_top_level_values(experiment: str) -> None:
    values = yaml.safe_load((CONF / "experiment" / f"{experiment}.yaml").read_text())
    values.pop("defaults")
    sections = {key for key, value in values.items() if isinstance(value, dict)}
    assert sections <= {"task", "prerequisites", "judges"}


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(CONF)))
def test_a_file_begins_by_saying_what_it_is(file: Path) -> None:
    lines = file.read_text().splitlines()
    lines = lines[1:] if lines[0].startswith("# @package") else lines
    assert re.match("# .{3}", lines[0])


@pytest.mark.parametrize("group", GROUPS)
def test_every_option_is_described(group: str) -> None:
    described = dict(options(group))
    assert described
    assert all(described.values())
    assert len(set(described.values())) == len(described), "two options read alike"


def test_no_top_level_value_is_stale() -> None:
    code = "".join(path.read_text() for path in (ROOT / "project").rglob("*.py"))
    shipped = "".join(path.read_text() for path in FILES)
    for experiment in EXPERIMENTS:
        for key in composed(f"experiment={experiment}"):
            word = re.escape(str(key))
            read = rf"config\.{word}\b|\"{word}\""
            assert re.search(rf"\$\{{{word}[.}}]", shipped + code) or re.search(read, code), key


# Keys that no hashed section refers to, and why a run with another value is the same run.
UNHASHED = {
    "data": "the images are hashed themselves",
    "prerequisites": "the hashes of its runs are part of the hash",
    "judges": "they look on",
    "callbacks": "they look on",
    "backbone": "scores are made with it",
    "metrics": "scores are made with them",
    "best": "keeps weights besides",
    "references": "scores are read against them",
    "wanted_class": "a score",
    "scored_images": "of scores",
    "score_every": "when scores are made",
    "kimg": "sets epochs, which are hashed",
    "scorings": "when scores are made",
    "last_epochs": "over which scores are averaged",
    "scored_weights": "which of G's weights are scored",
    "compare": "runs that are shown beside this one",
    "logger": "where curves go",
    "paths": "where things are",
    "resume": "that a run is continued",
    "sweep": "that it is one of several",
    "parallel": "how many run at a time",
    "job_minutes": "how long one may take",
    "choices": "names of the options whose values are hashed",
    "D_1": "the hash of the named run is part of the hash",
    "D_2": "the hash of the named run is part of the hash",
    "classifier": "the hash of the named run is part of the hash",
    "D_experiment": "part of the hashes of D_1 and D_2",
    "D_epochs": "part of the hashes of D_1 and D_2",
    "D_1_eps": "part of the hash of D_1",
    "D_2_eps": "part of the hash of D_2",
    "classifier_experiment": "part of the hash of the classifier",
    "digits": "which images are drawn",
    "n": "which images are drawn",
    "size": "of the images",
    "pictures": "what refers to it is hashed, or only looks on",
}


def referred_to(values: Any) -> set[str]:
    """Returns the top-level keys that a part of a config refers to."""
    return set(re.findall(r"\$\{(?:\w+:[^{}]*)?(\w+)", str(values)))


def test_every_key_is_hashed_or_left_out_for_a_reason() -> None:
    named: set[str] = set()
    for experiment in EXPERIMENTS:
        values = as_written(composed(f"experiment={experiment}"))
        hashed = {key for key in TRAINS if key in values}
        reached = set(hashed)
        while more := referred_to([values[key] for key in reached if key in values]) - reached:
            reached |= more
        left_out = set(values) - reached
        if "classifier_experiment" in values:
            left_out -= {"network"}  # the classifier's, so part of the classifier's hash
        assert left_out <= set(UNHASHED), f"{experiment}: {left_out - set(UNHASHED)}"
        named |= left_out
    assert named == set(UNHASHED), set(UNHASHED) - named


def test_the_other_programs_compose() -> None:
    for option, _ in options("data"):
        config = load_config("prepare", [f"data={option}", "size=32", "n=5"])
        values = plain(config)
        assert not [fault for place, node in targets(values) for fault in faults(place, node)]
        assert (config.data.size, config.data.n) == (32, 5)
    assert load_config("generate", ["run=x", "n=3"]).n == 3


def test_every_kind_that_makes_one_image_of_one_is_a_reference() -> None:
    complete = set()
    for path in (CONF / "da").glob("*.yaml"):
        complete |= set((yaml.safe_load(path.read_text()) or {}).get("kinds") or {})
    for config in (composed("experiment=da_celeba"), load_config("evaluate", [])):
        kinds = plain(config)["references"]["kinds"]
        assert set(kinds) == complete
        assert {"contrast", "flip", "invert", "vflip"} <= set(kinds)
        assert "gen" not in kinds


def test_top_level_words_reach_where_they_are_used() -> None:
    words = ["experiment=da_celeba", "size=32", "n=7", "epochs=3", "seed=5", "ratio=1:3"]
    config = load_config("config", [*words, "da=contrast_flip", "scored_images=9", "paths.data=d"])
    assert (config.data.size, config.network.size, config.module.network.size) == (32, 32, 32)
    assert (config.data.n, config.data.seed, config.data.root) == (7, 0, "d/celeba")
    assert (config.trainer.max_epochs, config.callbacks.score.images) == (3, 9)
    assert (config.datamodule.seed, config.da.seed, config.da.ratio) == (5, 5, "1:3")
    assert list(config.da.kinds) == ["contrast", "flip"]


def test_the_study_is_what_was_decided() -> None:
    """Study A's numbers, which hypotheses rest on: changed only on purpose."""
    for experiment in ("da_celeba", "da_pets"):
        config = composed(f"experiment={experiment}")
        assert (config.size, config.n, config.epochs, config.scored_images) == (
            128,
            1000,
            300,
            1000,
        )
        assert (config.network.latent, config.network.base_channels) == (100, 64)
        assert (config.datamodule.batch_size, config.da.size, config.ratio) == (64, "all", None)
        for optimizer in (config.module.d_optimizer, config.module.g_optimizer):
            assert (optimizer.lr, list(optimizer.betas)) == (2e-4, [0.5, 0.999])
    contrast = load_config("config", ["experiment=da_celeba", "da=contrast"])
    assert contrast.da.kinds.contrast.factor == 1.5


def test_the_learning_rate_of_g_can_be_turned_by_itself() -> None:
    config = load_config("config", ["experiment=da_faces", "module.g_optimizer.lr=1e-3"])
    assert (config.module.d_optimizer.lr, config.module.g_optimizer.lr) == (2e-4, 1e-3)
