"""What a sweep costs beside the training steps and the scorings of its jobs.

A sweep of six jobs of a minute or more, from its command line to its table: importing, planning,
building, loading, checkpoints, pictures, curves and tables are all on top. The real images'
features are in the cache, as they are for all jobs of a sweep but the first.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from typing import Any

WORDS = ["experiment=da_faces", "logger=csv"]
SWEEP = ["sweep=da_single", "epochs=30", "score_every=10"]
TARGET = "at most 1.10"


def rows() -> list[tuple[str, ...]]:
    """Measures once: it takes thirteen minutes on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        places = [f"paths.{name}={folder}/{name}" for name in ("outputs", "multirun", "cache")]
        first = [*WORDS, *places, "trainer=smoke", "scored_images=1000"]
        subprocess.run([sys.executable, "-m", "project.run", *first], check=True)
        begun = time.perf_counter()
        spent = _run([*WORDS, *SWEEP, *places])
        whole = time.perf_counter() - begun
    jobs = f"{spent:.0f} s steps and scorings"
    return [("sweep of 6 jobs", f"{whole:.0f} s", jobs, f"{whole / spent:.3f}", TARGET)]


def _run(words: list[str]) -> float:
    """Runs a command line; returns the seconds that its training steps and scorings took."""
    # Late: importing is a part of what is measured.
    from project.callbacks.loss_log import LossLog
    from project.callbacks.score_generator import ScoreGenerator
    from project.run import main

    spent: list[float] = []
    score, result = ScoreGenerator._score, LossLog.result

    def timed(self: ScoreGenerator, *given: Any) -> dict[str, float]:
        begun = time.perf_counter()
        scores = score(self, *given)
        spent.append(time.perf_counter() - begun)
        return scores

    def told(self: LossLog) -> dict[str, Any]:
        spent.append(self.seconds)
        return result(self)

    ScoreGenerator._score, LossLog.result = timed, told  # type: ignore[method-assign]
    before = sys.argv
    sys.argv = ["project.run", *words]
    try:
        main()
    finally:
        sys.argv = before
        ScoreGenerator._score, LossLog.result = score, result  # type: ignore[method-assign]
    return sum(spent)
