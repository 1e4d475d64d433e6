"""Runs a race: what is missing of each round, then the winner against none on fresh seeds."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from project.cli.signals import Interrupted
from project.errors import UserError
from project.race import record
from project.race.budget import HOUR, Plan, Speed, more_seeds
from project.race.entries import Entry, Run, jobs_for, runs_in
from project.race.outcome import Outcome
from project.race.record import Measure
from project.race.rules import NONE, effect, gap, survivors
from project.runs.duration import readable_time
from project.sweeps.command_line import Sweep
from project.sweeps.launch import run_missing
from project.sweeps.messages import say

LOOKED = 10.0  # seconds after which runs in other hands are looked at again
TRIAL = "trial"  # end of the name of a folder beside it, of what the speed is measured by


@dataclass(frozen=True)
class Race:
    """A race.

    Attributes:
        folder: of its runs.
        words: of every run.
        launch_options: such as ``parallel=2``.
        measure: the deciding one.
        most_final_seeds: of the last round, however many hours are left.
    """

    folder: Path
    words: tuple[str, ...]
    launch_options: tuple[str, ...]
    measure: Measure
    most_final_seeds: int

    def train(self, plan: Plan, entries: Sequence[Entry], number: int) -> dict[Entry, str]:
        """Takes entries to the end of a round, and keeps their scores.

        Returns:
            Why some could not be trained; the others were all the same.
        """
        there = record.scores(self.folder, number, [entry.seed for entry in entries])
        lengths = {
            entry: plan.length(entry.condition, number)
            for entry in entries
            # A run that has gone on since, or is about to, is not taken back.
            if entry.seed not in there.get(entry.condition, {})
        }
        try:
            with record.timed(self.folder):
                failed = self._run_missing(lengths, number, self.folder)
        finally:
            record.keep_scores(self.folder, number, lengths, self.measure)
        there = record.scores(self.folder, number, [entry.seed for entry in entries])
        missing = [e for e in entries if e.seed not in there.get(e.condition, {})]
        return {entry: failed.get(entry, f"no finite {self.measure[-1]}") for entry in missing}

    def _run_missing(
        self, lengths: Mapping[Entry, float], scorings: int, folder: Path
    ) -> dict[Entry, str]:
        while True:
            jobs = jobs_for(lengths, scorings, self.words, runs_in(folder))
            if not jobs:
                return {}
            sweep = Sweep(folder, tuple(jobs.values()), self.launch_options, None)
            _, failed, busy = run_missing(sweep, preview=False)
            if not busy:
                return {entry: failed[job] for entry, job in jobs.items() if job in failed}
            say("Waiting for runs that another process trains.")
            time.sleep(LOOKED)

    def at(self, size: int) -> Race:
        """Returns the race of pictures of a size."""
        return replace(self, words=(*self.words, f"size={size}"))

    def calibrate(self, plan: Plan, kimg: float) -> Speed:
        """Measures this machine by a few steps and a scoring of each of so many runs at a time.

        None and the last conditions of the race are measured, of which drawing anew and augmenting
        all that D sees take longer.

        Args:
            plan: its conditions, and runs at a time.
            kimg: how many steps.
        """
        names = [NONE, *reversed(plan.conditions)]
        count = max(2, plan.parallel)
        entries = {Entry(names[k % len(names)], k // len(names)): kimg for k in range(count)}
        folder = self.folder.with_name(f"{self.folder.name}_{TRIAL}")
        shutil.rmtree(folder, ignore_errors=True)  # what a killed one left is of another size
        begun = time.monotonic()
        try:
            failed = self._run_missing(entries, 1, folder)
            seconds = time.monotonic() - begun
            if failed:
                raise _stopped(failed)
            found = runs_in(folder)
            speed = measured(found, plan)
            # In the cache now, so that no other run takes them.
            seconds -= max(run.reference_seconds for run in found.values())
            whole = seconds / math.ceil(count / plan.parallel)
        except Interrupted as interrupted:
            # Its runs are no one's, and are removed.
            interrupted.__notes__ = ["Only the speed was being measured: start the same again."]
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return replace(speed, run_seconds=max(1.0, whole - speed.kimg_seconds * kimg))

    def run(self, plan: Plan, hours: float) -> Outcome:
        """Runs what is missing.

        Args:
            plan: of the race.
            hours: how long it may take; what the plan leaves of them goes into more seeds.

        Raises:
            UserError: no run without augmentation could be trained, or none with one.
        """
        racing = [NONE, *plan.conditions]
        for number, one in enumerate(plan.rounds, 1):
            each = f"{len(one.seeds)} seed{'s' if len(one.seeds) > 1 else ''} each"
            say(
                f"round {number} of {len(plan.rounds)}: {len(racing)} conditions, {each}, "
                f"to {one.kimg:.3g} kimg"
            )
            known = record.broken(self.folder, number)
            racing = [name for name in racing if name not in known]
            entries = [Entry(name, seed) for name in racing for seed in one.seeds]
            failed = self.train(plan, entries, number)
            broken = {entry.condition: reason for entry, reason in failed.items()}
            left = [name for name in racing if name not in broken]
            if NONE in broken or len(left) < 2:
                raise _stopped(failed)
            record.keep_broken(self.folder, number, known | broken)
            for name, reason in broken.items():
                say(f"{name} is out, as its training failed: {reason}", "yellow")
            scores = record.scores(self.folder, number, one.seeds)
            kept = survivors({name: scores[name] for name in left}, one.keep)
            remaining = readable_time(self.seconds_left(plan))
            ahead = f"ahead: {kept[0]}. On to the next round: {', '.join(kept)}."
            say(f"{ahead} About {remaining} left.", "bold")
            racing = [NONE, *kept]
        final = replace(plan, final_seeds=self.final_seeds(plan, hours))
        say(f"last round: {racing[1]} against none on {final.final_seeds} seeds that chose nothing")
        pairs = [Entry(name, seed) for seed in final.fresh_seeds for name in (NONE, racing[1])]
        failed = self.train(final, pairs, len(plan.rounds))
        outcome = self.outcome(final)
        if failed and outcome.found is None:
            raise _stopped(failed)
        titles = {f"{entry.condition} seed={entry.seed}": why for entry, why in failed.items()}
        return replace(outcome, failed=titles)

    def seconds_left(self, plan: Plan) -> float:
        """Estimates how long the race still takes, by the runs that there are."""
        found = runs_in(self.folder)
        speed = measured(found, plan)
        return max(0.0, plan.seconds(speed) - speed.seconds(*trained(found, plan)))

    def final_seeds(self, plan: Plan, hours: float) -> int:
        """Decides, once for so many hours, with how many seeds the last round is run."""
        decided = record.final_seeds(self.folder, hours, self.most_final_seeds)
        if decided is not None:
            return decided
        runs = {e: run for e, run in runs_in(self.folder).items() if e.seed < plan.race_seeds}
        # Of races that were begun by an earlier version there is the time of the runs alone.
        used = max(
            record.spent(self.folder),
            sum(run.wall_seconds for run in runs.values()) / plan.parallel,
        )
        speed = measured(runs, plan)
        seeds = more_seeds(plan, speed, hours - used / HOUR, self.most_final_seeds)
        return record.keep_final_seeds(self.folder, hours, self.most_final_seeds, seeds)

    def outcome(self, plan: Plan) -> Outcome:
        """Returns how far the race got, as its folder tells."""
        racing = [NONE, *plan.conditions]
        dropped: dict[str, int] = {}
        ranking: dict[str, float] = {}
        all_broken: dict[str, str] = {}
        for number, one in enumerate(plan.rounds, 1):
            broken = record.broken(self.folder, number)
            racing = [name for name in racing if name not in broken]
            all_broken |= broken
            dropped |= dict.fromkeys(broken, number)
            scores = record.scores(self.folder, number, one.seeds)
            if any(len(scores.get(name, {})) < len(one.seeds) for name in racing):
                return Outcome(plan, dropped, ranking, broken=all_broken)
            order = survivors({name: scores[name] for name in racing}, len(racing))
            gaps = {name: gap(scores[name], scores[NONE]) for name in order}
            ranking = gaps | {name: was for name, was in ranking.items() if name not in gaps}
            dropped |= dict.fromkeys(order[one.keep :], number)
            racing = [NONE, *order[: one.keep]]
        last = record.scores(self.folder, len(plan.rounds), plan.fresh_seeds)
        won, none = (last.get(name, {}) for name in (racing[1], NONE))
        found = effect(won, none) if len(set(won) & set(none)) > 1 else None
        return Outcome(plan, dropped, ranking, racing[1], found, all_broken)


def _stopped(failed: Mapping[Entry, str]) -> UserError:
    """Says which runs failed that the race cannot go on without, and why."""
    reasons = [f"  {e.condition} seed={e.seed}: {why}" for e, why in failed.items()]
    return UserError("\n".join(["Runs of the race failed:", *reasons]))


def measured(found: Mapping[Entry, Run], plan: Plan) -> Speed:
    """Returns the speed of the runs that there are.

    Args:
        found: at least one finished run among them.
        plan: that they are of; of no length yet, they were started once.
    """
    there = {e: run for e, run in found.items() if run.finished and run.images_per_second}
    training = sum(1000 * run.kimg / run.images_per_second for run in there.values())
    seconds = sum(run.wall_seconds - run.reference_seconds for run in there.values())
    rest = seconds - training
    kimg = sum(run.kimg for run in there.values())
    return Speed(training / kimg, max(1.0, rest / _starts(there, plan)), plan.parallel)


def trained(found: Mapping[Entry, Run], plan: Plan) -> tuple[float, int]:
    """Returns what is done of a race: kimg and runs, one after another."""
    there = {entry: run for entry, run in found.items() if run.finished}
    kimg = sum(run.kimg for run in there.values())
    return kimg / plan.parallel, math.ceil(_starts(there, plan) / plan.parallel)


def _starts(found: Mapping[Entry, Run], plan: Plan) -> int:
    """Counts how often runs were started and scored: for each round that they went through."""
    if not plan.kimg:
        return len(found)
    return sum(max(1, round(run.kimg / plan.length(e.condition, 1))) for e, run in found.items())
