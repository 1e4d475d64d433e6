"""The answer within the evening: `python -m project.recommend data=folder data.root=pictures`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from omegaconf import DictConfig
from rich.console import Console

from project.cli.compose import load_config
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.cli.signals import Interrupted
from project.race import pictures, sentences
from project.race.answer import keep_answer, make_page
from project.race.asked import KEYS, RACE, check_asked, key_of, races_of
from project.race.budget import Plan, Speed, usual_length
from project.race.entries import runs_in
from project.race.outcome import Outcome
from project.race.pictures import Pictures
from project.race.planning import Wish, choose, sizes_of
from project.race.racing import Race, measured, trained
from project.race.record import alone, check_pictures, final_seeds, keep_plan, read_plan
from project.race.rules import NONE
from project.runs.naming import readable
from project.runs.processes import cores
from project.sweeps.command_line import OWN
from project.sweeps.messages import say

HELP = """\
Finds out which augmentation helps a GAN on your pictures, and how sure that is.

  python -m project.recommend data=folder data.root=<folder> hours=2

  hours=2                       how long it may take; given more, the same command goes on
  plan=true                     shows what would be done, and stops
  'conditions=[flip,diffaugment,"flip da.mode=online"]'
                                what is raced against none, in the place of the usual ones
  kimg=205                      length of a whole run; otherwise what the hours allow
  size=32                       side of the pictures in pixels; otherwise 32, 64 or 128, by the
                                hours and the pictures
  parallel=2                    runs at a time

Pictures are set apart that are never trained on; conditions are raced on few seeds in rounds of
growing length; the winner is compared with none on seeds that did not choose it. Killed and started
again, it goes on where it was; Ctrl-C tells the answer as it stands. Every other word is one of
project.run.
"""
MOST_PARALLEL = 8
TRIAL_SHARE, FEWEST_STEPS = 0.02, 0.5  # of the length, and kimg: what the speed is measured by
console = Console(stderr=True)


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    line = quote_paths(sys.argv[1:])
    settings = load_config("recommend", [word for word in line if key_of(word) in KEYS])
    words = [word for word in line if key_of(word) not in KEYS and not OWN.fullmatch(word)]
    launch = [word for word in line if key_of(word) not in KEYS and OWN.fullmatch(word)]
    check_asked(settings, words)
    sized = any(key_of(word) == "size" for word in words)
    smallest = [] if sized else [f"size={settings.sizes[0]}"]
    seen = pictures.look([*words, *smallest], settings.held_out)
    for sentence in pictures.tell(seen):
        say(sentence)
    drawn = (f"n={seen.n}", f"data.seed={seen.seed}")
    run_words = list(dict.fromkeys([*pictures.experiment_words(words), *drawn]))
    config = load_config("config", [*run_words, *smallest])
    sizes = [config.size] if sized else sizes_of(seen.sides[1], settings.sizes)
    folder = Path(config.paths.multirun) / _name(words, settings)
    parallel = settings.parallel or min(MOST_PARALLEL, cores())
    race = Race(
        folder=folder,
        words=tuple(run_words),
        most_final_seeds=settings.most_final_seeds,
        launch_options=(*launch, f"parallel={parallel}"),
        measure=("scores_average", str(config.choices.backbone), "fid_held_out"),
    )
    wanted = Plan(
        images={},
        size=sizes[0],
        kimg=0.0,
        race_seeds=settings.race_seeds,
        final_seeds=settings.final_seeds,
        parallel=parallel,
    )
    races = races_of(settings, line, [*run_words, *smallest])
    wish = Wish(
        races=[replace(wanted, images=images) for images in races],
        sizes=sizes,
        larger=not sized and len(sizes) < len(settings.sizes),
        hours=settings.hours,
        kimg=settings.kimg,
    )
    with alone(folder):
        plan = _plan(race, wish, seen)
        if not settings.plan:
            _run(race.at(plan.size), plan, settings.hours)


def _plan(race: Race, wish: Wish, seen: Pictures) -> Plan:
    """Returns the plan of the race, made from this machine's speed when it was begun."""
    begun = bool(runs_in(race.folder))
    if begun:
        check_pictures(race.folder, seen)

    def measure(plan: Plan) -> Speed:
        say(f"measuring this machine by a few steps at {plan.size} pixels")
        length = wish.kimg or usual_length(plan.images[NONE])
        return race.at(plan.size).calibrate(plan, max(FEWEST_STEPS, TRIAL_SHARE * length))

    known, parallel = read_plan(race.folder), wish.races[0].parallel
    # Before its first run a race is one of the hours that are given now.
    if known is None or (known[0].hours != wish.hours and not begun):
        plan, speed = choose(wish, measure)
    else:
        plan, speed = known
        # As many runs at a time as were measured, or it is measured anew.
        plan = replace(plan, parallel=parallel)
        speed = speed if speed.parallel == parallel else measure(plan)
    keep_plan(race.folder, plan, speed, seen)
    console.print(sentences.plan_table(plan))
    for sentence in sentences.plan_lines(plan, speed, trained(runs_in(race.folder), plan)):
        say(sentence)
    return plan


def _run(race: Race, plan: Plan, hours: float) -> None:
    try:
        outcome = race.run(plan, hours)
    except Interrupted as interrupted:
        decided = final_seeds(race.folder, hours, race.most_final_seeds)
        seeds = decided or plan.final_seeds
        interrupted.add_note("The race goes on with the same command. As it stands:")
        interrupted.add_note(_answer(race, race.outcome(replace(plan, final_seeds=seeds))))
        raise
    print(_answer(race, outcome))


def _answer(race: Race, outcome: Outcome) -> str:
    plan = outcome.plan
    found = runs_in(race.folder)
    finished = any(run.finished for run in found.values())
    speed: Speed | None = measured(found, plan) if finished else None
    told = [
        sentences.verdict(outcome, speed, race.most_final_seeds),
        *sentences.behind(outcome),
    ]
    keep_answer(race.folder, outcome, told)
    steps = list(sentences.next_steps(outcome, found))
    page = [f"page      {make_page(race.folder)}"] if finished else []
    return "\n".join([*told, *steps, *page])


def _name(words: Sequence[str], settings: DictConfig) -> str:
    what = [*sorted(words), *(f"{key}={settings[key]}" for key in RACE)]
    told = readable([word for word in words if key_of(word) != "n"])
    label = hashlib.sha256("\n".join(what).encode()).hexdigest()[:8]
    return "_".join(part for part in ("recommend", told, label) if part)


if __name__ == "__main__":
    answer(main, "recommend")
