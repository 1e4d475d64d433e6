"""Curves in Weights & Biases, offline unless the user is logged in."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import wandb
from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.utilities import rank_zero_only

from project.loggers.csv_log import STEP

LONGEST = 64  # that W&B takes of a job type or a tag
EARLIER = "earlier"  # beside a resumed run: what W&B had written before


class WandbLog(WandbLogger):
    """A W&B run that needs no account and that ends with its training.

    A resumed run stays one W&B run. W&B itself cannot take up an offline run: that is written anew
    under its own id, with its history.

    Args:
        save_dir: the run folder.
        project: name under which W&B gathers the runs.
        group: runs whose curves lie over each other; None: those of the experiment.
        job_type: kind of run within the group; None: its augmentation, where the study has one.
        name: the run's own name; None: the folder's.
        choices: option of each config group.
        kinds: of augmentation; None: the study has none.
        seed: of the run.
    """

    def __init__(
        self,
        *,
        save_dir: str | Path,
        project: str,
        group: str | None,
        job_type: str | None,
        name: str | None,
        choices: Mapping[str, str],
        kinds: Mapping[str, Any] | None,
        seed: int,
    ) -> None:
        chosen = os.environ.get("WANDB_MODE")
        unsent = ("offline", "dryrun", "disabled")
        offline = chosen in unsent if chosen else not wandb.login(prompt=False)
        mode: Literal["online", "offline", "disabled"] = "offline" if offline else "online"
        if chosen == "disabled":
            mode = "disabled"
        # Of several words, such as da=[flip,invert], Hydra names no choice.
        augmented = None if kinds is None else f"da={choices.get('da') or '+'.join(kinds)}"
        before = next(reversed(runs_in(save_dir)), None)
        going_on = before is not None and not offline and not before.name.startswith("offline")
        kind = job_type or augmented
        tags = [f"data={choices['data']}", augmented, f"seed={seed}"]
        super().__init__(
            save_dir=str(save_dir),
            id=before.name.rpartition("-")[2] if before else None,
            project=project,
            group=group or choices["experiment"],
            job_type=kind and shortened(kind),
            name=name or Path(save_dir).name,
            tags=[shortened(tag) for tag in tags if tag],
            offline=offline,
            resume="must" if going_on else "allow",
            settings=wandb.Settings(silent=True, console="off", mode=mode),
        )
        self._going_on = going_on
        # Lightning passes on a setting that W&B has given up, and is warned for it.
        self._wandb_init.pop("anonymous", None)

    @rank_zero_only
    def replay(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Writes the history of a resumed run again, where W&B does not have it.

        Args:
            rows: of ``metrics.csv``, up to where the run goes on.
        """
        if self._going_on:
            return
        for row in rows:
            values = {name: number(text) for name, text in row.items() if text and name != STEP}
            self.log_metrics(values, step=int(row[STEP]))
        now = Path(self.experiment.dir).parent
        for folder in runs_in(str(self.save_dir)):
            if folder.resolve() != now.resolve():
                # Uploaded as well, it would be two runs of one id.
                aside = folder.parent / EARLIER
                aside.mkdir(exist_ok=True)
                folder.rename(aside / folder.name)

    @rank_zero_only
    def log_summary(self, values: Mapping[str, float]) -> None:
        """Puts values beside the curves that have no course of their own."""
        self.experiment.summary.update(dict(values))

    def finalize(self, status: str) -> None:
        """Ends the W&B run, or the next job of a multirun would write into it."""
        super().finalize(status)
        if self._experiment is not None:
            self._experiment.finish(exit_code=0 if status == "success" else 1)
            self._experiment = None


def runs_in(save_dir: str | Path) -> list[Path]:
    """Returns the folders of W&B's runs in a run folder, by their time."""
    found = [*Path(save_dir).glob("wandb/offline-run-*-*"), *Path(save_dir).glob("wandb/run-*-*")]
    return sorted(found, key=lambda folder: folder.name.removeprefix("offline-"))


def number(text: str) -> float:
    """Reads a value of ``metrics.csv``: whole numbers stay whole."""
    return int(text) if text.lstrip("-").isdigit() else float(text)


def shortened(words: str) -> str:
    """Cuts words that W&B would refuse: keys to their last part, then whole words from the end.

    They end in their hash then, so that no two conditions become one.
    """
    if len(words) <= LONGEST:
        return words
    end = "-" + hashlib.sha256(words.encode()).hexdigest()[:8]
    short = " ".join(re.sub(r"^[\w.]*\.(?=\w+=)", "", word) for word in words.split())
    room = LONGEST - len(end)
    if len(short) > room:
        whole = short[: room + 1].rpartition(" ")[0]
        short = whole or short[:room]
    return short + end
