"""Curves in Weights & Biases, offline unless the user is logged in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import wandb
from lightning.pytorch.loggers import WandbLogger

LONGEST_JOB_TYPE = 64  # that W&B takes


class WandbLog(WandbLogger):
    """A W&B run that needs no account and that ends with its training.

    Args:
        save_dir: the run folder.
        project: name under which W&B gathers the runs.
        group: runs whose curves lie over each other.
        job_type: kind of run within the group.
        name: the run's own name.
    """

    def __init__(
        self,
        *,
        save_dir: str | Path,
        project: str,
        group: str | None,
        job_type: str | None,
        name: str | None,
    ) -> None:
        chosen = os.environ.get("WANDB_MODE")
        offline = chosen in ("offline", "dryrun") if chosen else not wandb.login(prompt=False)
        super().__init__(
            save_dir=str(save_dir),
            project=project,
            group=group,
            job_type=job_type and shortened(job_type),
            name=name or Path(save_dir).name,
            offline=offline,
            settings=wandb.Settings(
                silent=True, console="off", mode="offline" if offline else "online"
            ),
        )
        # Lightning passes on a setting that W&B has given up, and is warned for it.
        self._wandb_init.pop("anonymous", None)

    def finalize(self, status: str) -> None:
        """Ends the W&B run, or the next job of a multirun would write into it."""
        super().finalize(status)
        if self._experiment is not None:
            self._experiment.finish(exit_code=0 if status == "success" else 1)
            self._experiment = None


def shortened(job_type: str) -> str:
    """Cuts a name that W&B would refuse, and ends it in its hash, so that no two become one."""
    if len(job_type) <= LONGEST_JOB_TYPE:
        return job_type
    end = "-" + hashlib.sha256(job_type.encode()).hexdigest()[:8]
    return job_type[: LONGEST_JOB_TYPE - len(end)] + end
