"""Finds out whether images can be scored, in seconds and without torch; then what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.utils import instantiate
from omegaconf import DictConfig

from project.backbones.backbone import Backbone
from project.cli.compose import plain
from project.data.source import ImageSource
from project.errors import UserError
from project.metrics.folder_pictures import Survey, folder_pictures, survey
from project.runs import run_folder
from project.runs.best_checkpoint import require_best
from project.runs.generating import loaded
from project.runs.identity import config_of

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

    from project.metrics.measures import Measures
    from project.metrics.pictures import Pictures, Treatment

# Words that ask how probable the wanted class is, and of whom.
WANTED = ("wanted_class=", "wanted_backbone", "backbone@wanted_backbone")
FOLDERS = ("images", "reference", "held_out")


@dataclass(frozen=True)
class Checked:
    """What was found out without torch.

    Attributes:
        config: of the evaluation.
        measures: which measures.
        treatments: DA kinds by name.
        backbone: with its weights checked.
        asked: networks to be asked for the wanted class; the first that can be had is.
        run: config of the run; None for folders.
        source: the run's data; None for folders.
        surveys: the folders, by their names on the command line.
        size: side in pixels; of a run its own.
    """

    config: DictConfig
    measures: Measures
    treatments: Mapping[str, Treatment]
    backbone: Backbone
    asked: Sequence[Backbone]
    run: DictConfig | None
    source: ImageSource | None
    surveys: Mapping[str, Survey]
    size: int


def check(config: DictConfig, words: list[str]) -> Checked:
    """Finds out in seconds, without torch, whether the images can be scored.

    Raises:
        UserError: they cannot.
    """
    if (config.run is None) == (config.images is None):
        raise UserError(
            "Name what is to be scored: run=<run folder>, or images=<folder> "
            "reference=<folder of real images>."
        )
    if config.weights not in (None, "best"):
        raise UserError(
            f"weights={config.weights} is unknown: G and its moving average are both scored. "
            "Allowed: best, for the checkpoint that a run with best=<score> kept."
        )
    if config.out:
        run_folder.check_new(Path(str(config.out)))
    # Scoring takes minutes: whether the scores can be written is found out before.
    place = Path(str(config.out or config.run or config.paths.outputs))
    run_folder.check_writable(place, run_folder.NAMED_OUT)
    if config.run is None:
        checked = check_folders(config)
    else:
        own_backbone = not any(w.startswith("backbone=") for w in words)
        checked = check_run(config, own_backbone=own_backbone)
    if any(word.lstrip("+").startswith(WANTED) for word in words):
        return checked
    # A data set may want classes of which nobody asked: no other network is fetched for them.
    return replace(checked, asked=checked.asked[-1:])


def check_folders(config: DictConfig) -> Checked:
    """Surveys the folders.

    Raises:
        UserError: one is missing or unfit, or too small.
    """
    if config.weights:
        raise UserError("weights=best is of a run: name it, run=<run folder>.")
    if config.reference is None:
        raise UserError("images=<folder> needs real images to compare with: reference=<folder>.")
    found = _survey_all(config)
    size = config.size or found["images"].side("images")
    backbone: Backbone = instantiate(config.backbone)
    backbone.check()
    return _checked(config, backbone, None, None, found, size)


def check_run(config: DictConfig, *, own_backbone: bool) -> Checked:
    """Reads what the run was, and finds its data.

    Raises:
        UserError: it is no run folder, makes no colour images, or its data are gone.
    """
    folder = Path(str(config.run))
    run_folder.require(folder)
    if config.weights:
        require_best(folder)
    run = config_of(folder)
    values = plain(run)
    if "data" not in run:
        raise UserError(f"{folder / run_folder.CONFIG} has no section 'data'. {run_folder.AS_LEFT}")
    for section in ("data", "backbone"):
        run_folder.check_targets(values.get(section), folder / run_folder.CONFIG)
    data = {**values["data"], "cache": config.paths.cache}
    source: ImageSource = instantiate(data)
    if source.channels != 3:
        raise UserError(
            f"{folder} is a run on digits or other grey images, and an ImageNet network knows "
            "colour photographs alone. Digits are scored by the digit judges: see its result.json."
        )
    if "backbone" not in run:
        raise UserError(
            f"{folder} has the scores of its study in its result.json. If it has a generator, make "
            f"images with python -m project.generate run={folder} n={config.n}, and name their "
            "folder: images=<folder> reference=<folder of real images>."
        )
    instantiate(config.metrics).check(config.n, f"n={config.n}")
    backbone: Backbone = instantiate(run.backbone if own_backbone else config.backbone)
    backbone.check()
    return _checked(config, backbone, run, source, _survey_all(config), source.size)


def _survey_all(config: DictConfig) -> dict[str, Survey]:
    found = {key: survey(config[key], key) for key in FOLDERS if config[key] is not None}
    measures: Measures = instantiate(config.metrics)
    for key, folder in found.items():
        count = len(folder.paths)
        measures.check(count, f"The {count} images in {config[key]} ({key})")
    return found


def _checked(
    config: DictConfig,
    backbone: Backbone,
    run: DictConfig | None,
    source: ImageSource | None,
    surveys: Mapping[str, Survey],
    size: int,
) -> Checked:
    offline: Backbone = instantiate(config.offline_backbone)
    return Checked(
        config=config,
        measures=instantiate(config.metrics),
        treatments=instantiate(config.references.kinds),
        backbone=backbone,
        asked=[
            instantiate(config.wanted_backbone),
            *([backbone] if backbone.imagenet else [offline]),
        ],
        run=run,
        source=source,
        surveys=surveys,
        size=size,
    )


def real_pictures(checked: Checked) -> tuple[Pictures, Pictures | None]:
    """Returns the real images, and those that were not trained on where there are any."""
    from project.metrics.pictures import Pictures

    batch = checked.config.batch_size
    folders = {
        key: folder_pictures(found, checked.size, batch)
        for key, found in checked.surveys.items()
        if key != "images"
    }
    if checked.source is None:
        return folders["reference"], folders.get("held_out")
    training = folders.get("reference") or Pictures.of(_trained_on(checked, checked.source), batch)
    held_out = folders.get("held_out")
    if held_out is None and len(checked.source.left_over):
        held_out = Pictures.of(checked.source.held_out(checked.config.n).images, batch)
    return training, held_out


def _trained_on(checked: Checked, source: ImageSource) -> NDArray[np.uint8]:
    """Returns the images that a run was trained on.

    Raises:
        UserError: others are there now.
    """
    folder, images = Path(str(checked.config.run)), source.load()
    trained = run_folder.require(folder).get("data", {}).get("fingerprint", images.fingerprint)
    if images.fingerprint != trained:
        raise UserError(
            f"{source.describe()} does not give the images any more that {folder} was trained on: "
            "pictures came or went, the folder is another one, or Pillow reads them otherwise. "
            "Name the images to compare with: reference=<folder> (and held_out=<folder>)."
        )
    return images.images


def generated_pictures(checked: Checked, device: torch.device) -> dict[str, Pictures]:
    """Returns the images to be scored: a folder's, or those of a generator and of its average.

    Raises:
        UserError: the run has no generator of images from noise.
    """
    from project.metrics.pictures import Pictures

    config = checked.config
    if checked.run is None:
        return {
            "images": folder_pictures(checked.surveys["images"], checked.size, config.batch_size)
        }
    import numpy as np

    folder = Path(str(config.run))
    module, best = loaded(folder, str(config.weights or "generator"))
    module.to(device)
    sources = module.sample_sources(config.n, config.seed)

    def of(weights: str) -> Pictures:
        def pick(chosen: list[int]) -> Any:
            made = module.generate(sources[chosen], weights, config.batch_size)
            return np.concatenate([batch.cpu().numpy() for batch in made])

        return Pictures(
            config.n, lambda: module.generate(sources, weights, config.batch_size), pick, None
        )

    if config.weights:
        return {f"luckiest_of_{require_best(folder)[1].scorings}": of(best)}
    return {"generator": of("generator"), "average": of("average")}
