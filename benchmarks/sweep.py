"""What a sweep costs beside the training steps and the scorings of its jobs.

A sweep of six jobs of a minute or more, from its command line to its table: importing, planning,
building, loading, checkpoints, pictures, curves and tables are all on top. The real images'
features are in the cache, as they are for all jobs of a sweep but the first.

And what ``parallel=2`` gives: four small jobs two at a time, against one after the other.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

WORDS = ["experiment=da_faces", "logger=csv"]
SWEEP = ["sweep=da_single", "epochs=30", "score_every=10"]
TARGET = "at most 1.10"
SMALL = ["experiment=da_faces", "n=500", "size=32", "epochs=30", "seeds=4", "logger=csv"]
ROUNDS = 3


def rows() -> list[tuple[str, ...]]:
    """Measures: it takes half an hour on two cores."""
    with tempfile.TemporaryDirectory() as folder:
        places = [f"paths.{name}={folder}/{name}" for name in ("outputs", "multirun", "cache")]
        first = [*WORDS, *places, "trainer=smoke", "scored_images=1000"]
        subprocess.run([sys.executable, "-m", "project.run", *first], check=True)
        begun = time.perf_counter()
        spent = _run([*WORDS, *SWEEP, *places])
        whole = time.perf_counter() - begun
    jobs = f"{spent:.0f} s steps and scorings"
    row = ("sweep of 6 jobs", f"{whole:.0f} s", jobs, f"{whole / spent:.3f}", TARGET)
    return [row, _two_at_a_time()]


def _two_at_a_time() -> tuple[str, ...]:
    """Runs four jobs with ``parallel=2`` and with ``parallel=1``, in turn."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS + 1):
            for parallel in seconds:
                places = [
                    f"paths.multirun={folder}/{number}_{parallel}",
                    f"paths.cache={folder}/cache",
                ]
                words = [*SMALL, *places, f"parallel={parallel}"]
                begun = time.perf_counter()
                subprocess.run([sys.executable, "-m", "project.run", *words], check=True)
                # The first round fills the cache.
                if number:
                    seconds[parallel].append(time.perf_counter() - begun)
    alone, two = (statistics.median(seconds[parallel]) for parallel in (1, 2))
    ratios = sorted(b / a for a, b in zip(seconds[1], seconds[2], strict=True))
    told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    return ("4 jobs, two at a time", f"{two:.0f} s", f"{alone:.0f} s in turn", told, "at most 0.70")


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
