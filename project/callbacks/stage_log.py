"""Which stage a training is in, told and logged when it changes."""

from __future__ import annotations

from lightning import Callback, LightningModule, Trainer
from rich.console import Console

from project.callbacks.watched import Counts
from project.modules.stages import Stages

STAGE = "stage"


class StageLog(Callback):
    """Logs the number of the stage, counted from 1, at each of its first epochs (Study B).

    Args:
        module: what is trained.
        stages: of the training.
    """

    def __init__(self, *, module: Counts, stages: Stages) -> None:
        self.module = module
        self.stages = stages
        self._logged = 0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Says and logs a change; the charts draw it."""
        epoch, stages = trainer.current_epoch, self.stages
        stage, number = stages.at(epoch), stages.number(epoch) + 1
        if number == self._logged:
            return
        self._logged = number
        for logger in trainer.loggers:
            logger.log_metrics({STAGE: number}, step=self.module.batches)
        if trainer.is_global_zero and len(stages.stages) > 1:
            weights = "; ".join(
                f"{network}: " + ", ".join(f"{w:.4g} {term}" for term, w in terms.items())
                for network, terms in stage.weights.items()
            )
            told = f"Stage {number}, '{stage.name}', epochs {stage.begin + 1} to {stage.end}. "
            Console(stderr=True).print(told + weights)

    def state_dict(self) -> dict[str, int]:
        """Keeps which stage was logged."""
        return {"logged": self._logged}

    def load_state_dict(self, state_dict: dict[str, int]) -> None:
        """Takes it up again."""
        self._logged = state_dict["logged"]
