"""The answer within the evening: `python -m project.recommend data=folder data.root=pictures`."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from omegaconf import DictConfig
from rich.console import Console

from project.cli.checks import check_words
from project.cli.compose import load_config
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.cli.signals import Interrupted
from project.errors import UserError
from project.race import pictures, sentences
from project.race.budget import Plan, Speed, fit, usual_length
from project.race.entries import condition_words, runs_in
from project.race.racing import Outcome, Race, measured
from project.race.record import alone, final_seeds, keep_plan, read_plan
from project.race.rules import NONE
from project.runs.duration import readable_time
from project.runs.naming import readable
from project.runs.preflight import check
from project.runs.processes import cores
from project.sweeps.command_line import OWN
from project.sweeps.messages import say

HELP = """\
Finds out which augmentation helps a GAN on your pictures, and how sure that is.

  python -m project.recommend data=folder data.root=<folder> hours=2

  hours=2                       how long it may take; given more, the same command goes on
  plan=true                     shows what would be done, and stops
  conditions=[flip,vflip]       what is raced against none, in the place of the usual five
  kimg=205                      length of a whole run; otherwise what the hours allow
  size=32                       side of the pictures in pixels
  parallel=2                    runs at a time

Pictures are set apart that are never trained on; conditions are raced on few seeds in rounds of
growing length; the winner is compared with none on seeds that did not choose it. Killed and started
again, it goes on where it was; Ctrl-C tells the answer as it stands. Every other word is one of
project.run.
"""
LEAST = {"race_seeds": 1, "final_seeds": 2, "most_final_seeds": 2, "parallel": 1}
# Another of these is another race.
RACE = ("conditions", "kimg", "race_seeds", "final_seeds", "held_out")
KEYS = (*RACE, "most_final_seeds", "hours", "plan", "parallel")
MOST_PARALLEL = 8
TRIAL_SHARE, FEWEST_STEPS = 0.02, 0.5  # of the length, and kimg: what the speed is measured by
console = Console(stderr=True)


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    line = quote_paths(sys.argv[1:])
    settings = load_config("recommend", [word for word in line if _key(word) in KEYS])
    words = [word for word in line if _key(word) not in KEYS and not OWN.fullmatch(word)]
    launch = [word for word in line if _key(word) not in KEYS and OWN.fullmatch(word)]
    _check(settings, words)
    seen = pictures.look(words, settings.held_out)
    for sentence in pictures.tell(seen):
        say(sentence)
    run_words = list(dict.fromkeys([*pictures.experiment_words(words), f"n={seen.train}"]))
    images = {NONE: seen.train}
    for name in map(condition_words, settings.conditions):
        images[name] = _images_of(run_words, name)
    config = load_config("config", run_words)
    folder = Path(config.paths.multirun) / _name(words, settings)
    parallel = settings.parallel or min(MOST_PARALLEL, cores())
    race = Race(
        folder=folder,
        words=tuple(run_words),
        most_final_seeds=settings.most_final_seeds,
        launch_options=(*launch, f"parallel={parallel}"),
        measure=("scores_average", str(config.choices.backbone), "fid_held_out"),
    )
    with alone(folder):
        plan = _plan(
            race,
            settings,
            Plan(
                images=images,
                size=seen.size,
                kimg=0.0,
                race_seeds=settings.race_seeds,
                final_seeds=settings.final_seeds,
                parallel=parallel,
            ),
        )
        if not settings.plan:
            _run(race, plan, settings.hours)


def _plan(race: Race, settings: DictConfig, wanted: Plan) -> Plan:
    """Returns the plan of the race, made from this machine's speed when it was begun."""
    known = read_plan(race.folder)
    if known is None:
        say("measuring this machine by a few steps")
        length = settings.kimg or usual_length(wanted.images[NONE])
        speed = race.calibrate(wanted.parallel, max(FEWEST_STEPS, TRIAL_SHARE * length))
        plan = fit(wanted, speed, settings.hours, settings.kimg)
        keep_plan(race.folder, plan, speed)
    else:
        plan, speed = known
    console.print(sentences.plan_table(plan))
    seconds = plan.seconds(speed)
    end = time.strftime("%H:%M", time.localtime(time.time() + seconds))
    doing = f"{plan.size} pixels, {plan.parallel} runs at a time"
    say(f"{doing}: {readable_time(seconds)} from the beginning to the end; begun now, till {end}.")
    return plan


def _run(race: Race, plan: Plan, hours: float) -> None:
    try:
        outcome = race.run(plan, hours)
    except Interrupted as interrupted:
        seeds = final_seeds(race.folder, hours) or plan.final_seeds
        interrupted.add_note("The race goes on with the same command. As it stands:")
        interrupted.add_note(_answer(race, race.outcome(replace(plan, final_seeds=seeds))))
        raise
    print(_answer(race, outcome))


def _answer(race: Race, outcome: Outcome) -> str:
    plan = outcome.plan
    found = runs_in(race.folder)
    finished = any(run.finished for run in found.values())
    speed: Speed | None = measured(found, plan.parallel) if finished else None
    return "\n".join(
        [
            sentences.verdict(outcome, speed),
            *sentences.behind(outcome),
            *sentences.next_steps(outcome, found, race.folder),
        ]
    )


def _key(word: str) -> str:
    return word.split("=")[0]


def _check(settings: DictConfig, words: Sequence[str]) -> None:
    if not any(word.startswith("data=") for word in words):
        raise UserError(
            "data= is missing: name the pictures, such as data=folder data.root=my_pictures."
        )
    given = {key: settings[key] for key in KEYS if settings[key] is not None}
    for key in {"hours", "held_out", "kimg"} & set(given):
        value = given[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise UserError(f"{key}={value} is not allowed. Give a number above 0.")
    for key in set(LEAST) & set(given):
        value, least = given[key], LEAST[key]
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise UserError(f"{key}={value} is not allowed. Give a whole number from {least}.")
    if not isinstance(settings.conditions, Sequence) or not settings.conditions:
        raise UserError("conditions= names nothing. Give options of da=: conditions=[flip,vflip].")
    for word in words:
        if _key(word) in ("epochs", "seed", "da", "score_every", "scorings"):
            raise UserError(f"{word} is what the race decides on. Leave it out.")


def _images_of(words: Sequence[str], condition: str) -> int:
    """Returns how many images a condition trains on.

    Raises:
        UserError: it is no condition, or none that can be raced.
    """
    line = [*words, *condition.split(), "kimg=1"]
    config = load_config("config", line)
    check_words(config, line)
    if "gen" in config.da.kinds:
        raise UserError(
            f"{condition} needs a GAN of its own first, for which a race has no room. Leave it out."
        )
    if condition == NONE:
        raise UserError("none takes part in every race: leave it out of conditions=.")
    inputs = check(config)
    count = len(inputs.images)
    return count + sum(inputs.da.counts(count).values()) if inputs.da else count


def _name(words: Sequence[str], settings: DictConfig) -> str:
    what = [*sorted(words), *(f"{key}={settings[key]}" for key in RACE)]
    told = readable([word for word in words if _key(word) != "n"])
    label = hashlib.sha256("\n".join(what).encode()).hexdigest()[:8]
    return "_".join(part for part in ("recommend", told, label) if part)


if __name__ == "__main__":
    answer(main, "recommend")
