"""The checkpoint of a run's best score: a lucky draw, as its name says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from project.errors import UserError

NAME = re.compile(
    r"best_(?P<score>.+)_of_(?P<weights>generator|average)_epoch_(?P<epoch>\d+)"
    r"_luckiest_of_(?P<scorings>\d+)\.ckpt"
)


class Best(NamedTuple):
    """A checkpoint that was chosen by a score.

    Attributes:
        score: by which.
        weights: whose score it was: ``generator``'s, or that of its moving ``average``.
        epoch: after which it was saved, counted from 1.
        scorings: of how many it was the best.
    """

    score: str
    weights: str
    epoch: int
    scorings: int

    @property
    def name(self) -> str:
        """The name of its file."""
        return (
            f"best_{in_name(self.score)}_of_{self.weights}_epoch_{self.epoch:04d}"
            f"_luckiest_of_{self.scorings}.ckpt"
        )

    @property
    def note(self) -> str:
        """What must be said wherever it is shown."""
        if self.scorings == 1:
            return f"the only scoring by {self.score} so far"
        return (
            f"the luckiest of {self.scorings} scorings by {self.score}, chosen by the score "
            "itself: not the run's result, which last.ckpt is"
        )


def in_name(score: str) -> str:
    """Returns a score's name as it stands in the name of a file."""
    return re.sub(r"[^\w.-]", "-", score)


def kept(folder: Path) -> dict[Path, Best]:
    """Returns the files of best checkpoints in a run folder, by name."""
    matches = {file: NAME.fullmatch(file.name) for file in sorted(folder.glob("best_*.ckpt"))}
    return {
        file: Best(match["score"], match["weights"], int(match["epoch"]), int(match["scorings"]))
        for file, match in matches.items()
        if match
    }


def require_best(folder: Path) -> tuple[Path, Best]:
    """Returns a run's best checkpoint.

    Raises:
        UserError: there is none, or there are several, by different scores.
    """
    found = list(kept(folder).items())
    if not found:
        raise UserError(
            f"{folder} kept no best checkpoint. A run that is started with best=<score>, such as "
            "best=fid, keeps one; leave weights=best out for its last one."
        )
    if len(found) > 1:
        names = ", ".join(file.name for file, _ in found)
        raise UserError(f"{folder} has several best checkpoints: leave one of {names} there.")
    return found[0]
