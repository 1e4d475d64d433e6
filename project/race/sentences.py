"""What a race has to say: its plan, its answer, what to type next."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping

from rich.table import Table

from project.cli.shell import typed
from project.race.budget import FINAL_SEED, HOUR, Plan, Speed
from project.race.entries import Entry, Run
from project.race.outcome import Outcome
from project.race.rules import NONE, Effect, seeds_to_decide
from project.runs.duration import readable_time

MODE = "da.mode="


def plan_table(plan: Plan) -> Table:
    """Returns the rounds of a race as a table."""
    table = Table("round", "conditions", "seeds", "kimg", "goes on")
    left = len(plan.conditions)
    for number, one in enumerate(plan.rounds, 1):
        kimg = _lengths(plan, number)
        table.add_row(str(number), f"{left} and none", str(len(one.seeds)), kimg, str(one.keep))
        left = one.keep
    fresh = f"{plan.final_seeds} or more, others"
    table.add_row("last", "the winner and none", fresh, _lengths(plan, len(plan.rounds)), "")
    return table


def _lengths(plan: Plan, number: int) -> str:
    """Says to which lengths runs are trained by the end of a round."""
    kimg = {f"{plan.length(name, number):.4g}" for name in plan.images}
    return " to ".join(sorted({min(kimg, key=float), max(kimg, key=float)}, key=float))


def plan_lines(plan: Plan, speed: Speed, done: tuple[float, int]) -> Iterator[str]:
    """Says what is raced, why so, and when it will be over.

    Args:
        plan: of the race.
        speed: measured.
        done: kimg and runs one after another that are done of it.
    """
    names = ", ".join(map(name_of, plan.conditions))
    runs = "1 run" if plan.parallel == 1 else f"{plan.parallel} runs"
    yield f"{plan.size} pixels, {runs} at a time. Against none: {names}."
    yield from plan.why
    whole = plan.seconds(speed)
    left = max(0.0, whole - speed.seconds(*done))
    end = time.strftime("%H:%M", time.localtime(time.time() + left))
    begun = f" {readable_time(left)} of them are left;" if done[1] else ""
    yield f"{readable_time(whole)} from the beginning to the end;{begun} begun now, till {end}."


def name_of(condition: str) -> str:
    """Returns a condition as one would say it: ``flip (online)``, ``contrast, da.size=500``."""
    first, *others = condition.split()
    kinds = first.removeprefix("da=").replace("_", " + ")
    modes = "".join(f" ({w.removeprefix(MODE)})" for w in others if w.startswith(MODE))
    return ", ".join([kinds + modes, *(word for word in others if not word.startswith(MODE))])


def verdict(outcome: Outcome, speed: Speed | None, most: int) -> str:
    """Says in a few words which condition to use, and how sure that is.

    Args:
        outcome: of the race.
        speed: measured; None before any run is finished.
        most: seeds that the last round may have (``most_final_seeds``).
    """
    if outcome.winner is None:
        leader = next(iter(outcome.ranking), None)
        lead = f" Ahead so far: {name_of(leader)}." if leader else ""
        return f"Undecided: the race is not over.{lead} The same command goes on with it."
    winner, found = name_of(outcome.winner), outcome.found
    if found is None:
        return (
            f"{winner} won the race. How much better than no augmentation it is, is not "
            "measured yet: the same command goes on."
        )
    if found.high < 0:
        return (
            f"Use {winner}. It is better than no augmentation by {_points(-found.mean)} "
            f"[{_points(-found.high)}, {_points(-found.low)}] FID points on pictures it never saw, "
            f"{_share(found)} of the {_points(found.none)} without it "
            f"(sure: {_sure(found.sure)} of 100)."
        )
    if found.low > 0:
        return (
            f"Train without augmentation: {winner}, the best of them in the race, is worse by "
            f"{_points(found.mean)} [{_points(found.low)}, {_points(found.high)}] FID points "
            f"(sure: {_sure(1 - found.sure)} of 100); the others were behind it in the race."
        )
    return f"Undecided. {_undecided(winner, found, outcome.plan, speed, most)}"


def _undecided(winner: str, found: Effect, plan: Plan, speed: Speed | None, most: int) -> str:
    better = "better" if found.mean < 0 else "worse"
    told = (
        f"{winner}, the winner of the race, is {better} than no augmentation by "
        f"{_points(abs(found.mean))} FID points, but the interval is [{found.low:+.3g}, "
        f"{found.high:+.3g}] (sure that it is better: {_sure(found.sure)} of 100)."
    )
    needed = seeds_to_decide(found)
    if needed is None:
        return f"{told} No number of seeds that one could train would tell them apart: take either."
    more = max(1, needed - len(found.seeds))
    waves = math.ceil(2 * more / plan.parallel)
    time = f", {speed.seconds(waves * plan.kimg, waves) / HOUR:.1f} hours," if speed else ""
    give = f"more hours= and most_final_seeds={needed}" if needed > most else "more hours="
    seeds = f"{more} more seed{'s' if more > 1 else ''} of each"
    return f"{told} {seeds}{time} would probably decide: give {give}."


def behind(outcome: Outcome) -> Iterator[str]:
    """Says what became of the other conditions, and of runs that failed."""
    for condition, number in list(outcome.dropped.items()):
        if condition in outcome.broken:
            reason = outcome.broken[condition]
            yield f"{name_of(condition)}: out in round {number}, its training failed: {reason}"
            continue
        gap = outcome.ranking.get(condition)
        against = "" if gap is None else f", {gap:+.3g} FID points from no augmentation there"
        yield f"{name_of(condition)}: out after round {number}{against}"
    for title, reason in outcome.failed.items():
        yield f"{title}: failed in the last round, and is not in it: {reason}"


def next_steps(outcome: Outcome, found: Mapping[Entry, Run]) -> Iterator[str]:
    """Says what to type next, with the generator that the answer recommends."""
    helps = outcome.found is not None and outcome.found.mean < 0
    chosen = outcome.winner if outcome.winner and helps else NONE
    runs = {entry: run for entry, run in found.items() if entry.condition == chosen}
    fresh = [entry for entry in runs if entry.seed >= FINAL_SEED] or list(runs)
    if fresh:
        run = runs[min(fresh, key=lambda entry: entry.seed)]
        named = typed([f"run={run.folder}"])
        longer = typed([f"resume={run.folder}"])
        yield f"pictures  python -m project.generate {named} n=64 weights=average"
        # Scored at the same points as before, and at as many more.
        rounds = round(run.kimg / outcome.plan.length(chosen, 1))
        more = f"kimg={2 * run.kimg:g} scorings={2 * rounds}"
        yield f"longer    python -m project.run {longer} {more}"


def _points(value: float) -> str:
    return f"{value:.3g}"


def _share(found: Effect) -> str:
    return f"{abs(found.mean) / found.none:.0%}".replace("%", " %")


def _sure(probability: float) -> str:
    return f"{min(99, max(1, round(100 * probability)))}"
