"""A checkpoint that is chosen by its score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lightning import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from project.callbacks.watched import Choice, OffersChoices
from project.metrics.audit import collapsed, meaningless
from project.metrics.score_names import LOWER, check_directed
from project.runs.best_checkpoint import Best, in_name, kept


class BestCheckpoint(Checkpoint):
    """Keeps the weights of the best scoring so far: the luckiest of k, never the headline.

    Of k scorings of weights that are equally good, the best is better than they are.

    Args:
        score: its name; None keeps nothing.
    """

    def __init__(self, *, score: str | None) -> None:
        self.score = None if score is None else str(score)
        self.choice: Choice | None = None
        self.values: dict[str, float] = {}  # epoch, counted from 1 -> score

    def look_at(self, callbacks: Sequence[Callback]) -> None:
        """Finds the score among those that other callbacks make.

        Raises:
            UserError: there is none of this name, or neither way of it is better.
        """
        if self.score is None:
            return
        found: dict[str, Choice] = {}
        for callback in callbacks:
            if isinstance(callback, OffersChoices):
                found |= callback.choices()
        check_directed(self.score, {name: choice.better for name, choice in found.items()})
        self.choice = found[self.score]

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Saves the weights where they were scored and are the best so far."""
        if self.choice is None:
            return
        value = trainer.strategy.broadcast(self._scored(trainer, self.choice))
        if value is None:
            return
        epoch = trainer.current_epoch + 1
        # An epoch that ends again, after a resume, is one scoring.
        self.values[str(epoch)] = value
        best = self._best(self.choice)
        file = Path(trainer.default_root_dir) / best.name
        if best.epoch == epoch:
            trainer.save_checkpoint(file, weights_only=True)
        if trainer.is_global_zero:
            _keep(file, best)

    def _scored(self, trainer: Trainer, choice: Choice) -> float | None:
        """Takes the score of this epoch; None where there is none, or it means nothing."""
        metrics = trainer.callback_metrics
        place, _, name = choice.key.rpartition("/")
        beside = {k.rpartition("/")[2]: float(v) for k, v in metrics.items() if _is_in(k, place)}
        scored = metrics.pop(choice.key, None)
        if scored is None or not math.isfinite(scored):
            return None
        # One good image over and over has the best of these.
        return None if meaningless([name]) and collapsed(beside) else float(scored)

    def _best(self, choice: Choice) -> Best:
        sign = 1 if choice.better == LOWER else -1
        epoch = min(self.values, key=lambda at: (sign * self.values[at], int(at)))
        return Best(str(self.score), choice.weights, int(epoch), len(self.values))

    def state_dict(self) -> dict[str, Any]:
        """Keeps the scores so far for a resume."""
        return {"score": self.score, "values": self.values} if self.score else {}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Takes them up again, unless the resumed run chooses by another score."""
        if state_dict["score"] == self.score:
            self.values = dict(state_dict["values"])

    def result(self) -> dict[str, Any]:
        """What was kept, of how many, and that it is luck."""
        if self.choice is None:
            return {}
        if not self.values:
            return {"best": {"score": self.score, "scorings": 0}}
        best = self._best(self.choice)
        value = self.values[str(best.epoch)]
        return {"best": {**best._asdict(), "value": value, "file": best.name, "note": best.note}}


def _is_in(key: str, place: str) -> bool:
    return key.rpartition("/")[0] == place


def _keep(file: Path, best: Best) -> None:
    """Gives the best checkpoint its name of now, and removes what is not the best any more."""
    for other, what in kept(file.parent).items():
        if other == file or what.score != in_name(best.score):
            continue
        if what.epoch == best.epoch and not file.exists():
            other.replace(file)
        else:
            other.unlink()
