"""`resume=<run folder> epochs=600`: a run goes on for longer, and ends as one begun with 600."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from omegaconf import DictConfig

from project.callbacks.schedule import falls_due
from project.cli.compose import load_config
from project.cli.shell import typed
from project.errors import UserError
from project.modules.stages import Stages
from project.replacing import write_text
from project.runs import run_folder
from project.runs.identity import changed, check_same, config_of, hashed
from project.runs.preflight import Inputs, check
from project.runs.resume import lengths, named, nothing_left, told, without_lengths

# What of a config may follow them: all that comes before the end stays as it was.
FOLLOWS = ("trainer.max_epochs", "stages.epochs", "datamodule.batches")


@runtime_checkable
class FollowsLength(Protocol):
    """A module that says by which setting its steps depend on the length of the training."""

    def follows_length(self) -> str:
        """Returns the setting; nothing where there is none."""


def check_goes_on(
    folder: Path, config: DictConfig, overrides: Sequence[str], inputs: Inputs
) -> None:
    """Checks that a run is continued with the settings it was begun with, or for longer.

    Args:
        folder: of the run.
        config: that it is continued with.
        overrides: that this was composed from.
        inputs: of this config.

    Raises:
        UserError: another setting would change its weights; the length is no longer one; or what
            was trained already would have been other in a run begun with it.
    """
    result = run_folder.require(folder)
    if result.get("config_hash") == inputs.config_hash:
        if result.get("status") == "finished":
            raise nothing_left(folder)
        return
    said = lengths(list(map(str, result["overrides"])))
    begun_with = [*without_lengths(overrides, lengths(overrides)), *said]
    before = load_config("config", begun_with)
    begun = check(before)
    check_same(folder, before, begun.config_hash)
    was, now = _length(before), _length(config)
    if any(new < old for old, new in zip(was, now, strict=True)):
        raise UserError(
            f"{folder} was begun as a training of {told(before)}, and "
            f"{' '.join(named(overrides))} is a shorter one ({told(config)}). Give more, or "
            "leave it out."
        )
    reason = next(_reasons(before, begun, config, inputs), "")
    if reason:
        raise _other(folder, reason, overrides)


def check_module(folder: Path, config_hash: str, module: object, overrides: Sequence[str]) -> None:
    """Checks that no step of a training that is made longer depends on its length.

    Args:
        folder: of the run.
        config_hash: that it is continued with.
        module: what is trained.
        overrides: of the longer run.

    Raises:
        UserError: a step does.
    """
    same = run_folder.require(folder).get("config_hash") == config_hash
    if same or not isinstance(module, FollowsLength):
        return
    setting = module.follows_length()
    if setting:
        reason = f"{setting} is stretched over the whole length, from the first batch on"
        raise _other(folder, reason, overrides)


def keep_result(folder: Path) -> None:
    """Keeps the scores of a finished run, which the longer one will have others than."""
    result = run_folder.read_result(folder) or {}
    if result.get("status") == "finished":
        epochs = config_of(folder).trainer.max_epochs
        kept = run_folder.free(folder / f"result_epoch_{epochs:04d}.json")
        write_text(kept, (folder / run_folder.RESULT).read_text(encoding="utf-8"))


def _reasons(
    before: DictConfig, begun: Inputs, config: DictConfig, inputs: Inputs
) -> Iterator[str]:
    """Yields why what was trained would have been other in the longer training."""
    others = [c for c in changed(hashed(before), hashed(config)) if not c.startswith(FOLLOWS)]
    if others:
        yield f"other settings follow its length ({', '.join(others)})"
    if begun.needs != inputs.needs:
        names = ", ".join(sorted({*begun.prerequisites, *inputs.prerequisites}))
        kept = f" (not with D_epochs={before.D_epochs})" if "D_epochs" in before else ""
        yield f"the networks that it needs ({names}) would be trained longer as well{kept}"
    trained = range(before.trainer.max_epochs)
    if isinstance(begun.stages, Stages) and isinstance(inputs.stages, Stages):
        old, new = ([_stage(s, e) for e in trained] for s in (begun.stages, inputs.stages))
        if old != new:
            yield "its stages are shares of the length, and would have had other borders"
    old_due, new_due = (_scored(one, len(trained)) for one in (before, config))
    if old_due != new_due:
        more = config.scorings * config.trainer.max_epochs / len(trained)
        yield (
            f"it would have been scored after other epochs (a multiple of its kimg, with "
            f"scorings={more:g}, keeps them)"
        )


def _stage(stages: Stages, epoch: int) -> object:
    return stages.weights(epoch), stages.at(epoch).real


def _scored(config: DictConfig, epochs: int) -> list[int]:
    """Returns after which of the epochs before the last of so many there is a scoring."""
    every = config.get("score_every", 0)
    return [e for e in range(1, epochs) if falls_due(e, config.trainer.max_epochs, every)]


def _other(folder: Path, reason: str, overrides: Sequence[str]) -> UserError:
    words = [word for word in overrides if not word.startswith("resume=")]
    return UserError(
        f"{folder} cannot go on as one that was begun with {' '.join(named(overrides))}: "
        f"{reason}. Start a new run: python -m project.run {typed(words)}"
    )


def _length(config: DictConfig) -> tuple[int, int]:
    return config.trainer.max_epochs, config.datamodule.get("batches", 0)
