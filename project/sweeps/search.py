"""A sweep whose jobs Optuna suggests: the weights of the stages (Study B's open question).

The state of a trial is what its runs have left in their folders: nothing is kept beside them.
Suggestions depend on the seed and on the trials before alone, so that a search that was killed
repeats them when it is started again, and finds their runs done, or goes on with them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from omegaconf import OmegaConf

from project.cli import config_dir
from project.cli.compose import load_config
from project.cli.shell import typed
from project.errors import UserError
from project.metrics.audit import collapsed, meaningless
from project.replacing import write_text
from project.runs import lookup, run_folder
from project.sweeps.command_line import Job, Sweep
from project.sweeps.launch import run_missing
from project.sweeps.messages import say
from project.sweeps.search_space import (
    Search,
    Terms,
    make_study,
    report_scores,
    save_importance,
    weight_overrides,
)

DEVELOPMENT_SCORES = "attributes_looking"
TRIALS, BEST, IMPORTANCE = "trials.csv", "best.yaml", "importance.png"


@dataclass(frozen=True)
class Trial:
    """Weights, and what came out of them.

    Attributes:
        number: from 0.
        words: the weights, as overrides.
        scores: what is maximised and what has a floor, by name: means over the seeds.
        allowed: whether it keeps to the floors.
        problem: why there are no scores; empty where there are.
    """

    number: int
    words: tuple[str, ...]
    scores: Mapping[str, float]
    allowed: bool = False
    problem: str = ""


def run_search(sweep: Sweep, search: Search) -> None:
    """Runs what is missing of a search, and prints the best weights.

    Args:
        sweep: one job for each seed.
        search: its objective and its floors.

    Raises:
        UserError: trials failed; the others were run all the same.
    """
    given = _given(sweep.jobs[0], search)
    study, space = make_study(search, given)
    trials: list[Trial] = []
    for number in range(search.trials):
        suggested = study.ask(space)
        words = weight_overrides(given, suggested.params)
        say(f"trial {number + 1} of {search.trials}: {' '.join(words)}")
        trial = _run(sweep, search, number, words)
        report_scores(study, suggested, trial.scores, search)
        trials.append(trial)
        save(trials, sweep, search)
    save_importance(study, sweep.folder / IMPORTANCE)
    _conclude(trials, sweep, search)


def best_of(trials: Sequence[Trial], search: Search) -> Trial | None:
    """Returns the trial with the highest score of those that keep to the floors."""
    allowed = [trial for trial in trials if trial.allowed]
    return max(allowed, key=lambda trial: trial.scores[search.maximise], default=None)


def save(trials: Sequence[Trial], sweep: Sweep, search: Search) -> None:
    """Writes ``trials.csv``, and ``best.yaml``, which is an option of the group ``stages``."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    keys = [word.split("=")[0] for word in trials[0].words]
    names = list(dict.fromkeys([search.maximise, *search.floor]))
    writer.writerow(["trial", *keys, *names, "allowed", "problem"])
    for trial in trials:
        weights = [word.split("=")[1] for word in trial.words]
        scores = [trial.scores.get(name, "") for name in names]
        writer.writerow([trial.number, *weights, *scores, trial.allowed, trial.problem])
    write_text(sweep.folder / TRIALS, table.getvalue())
    best = best_of(trials, search)
    if best is not None:
        stages = load_config("config", [*sweep.jobs[0].words, *best.words]).stages
        head = f"# trial {best.number}: {_score_text(best)}\n"
        write_text(sweep.folder / BEST, head + OmegaConf.to_yaml(stages))


def _given(job: Job, search: Search) -> Terms:
    config = load_config("config", job.words)
    found: dict[str, Mapping[str, float]] = {}
    for section in search.weights:
        weights = OmegaConf.select(config, section)
        if weights is None:
            raise UserError(
                f"sweep.search.weights names {section}, which this experiment does not have. Take "
                "experiment=two_feature_joint, or name sections of its stages."
            )
        found[section] = {str(term): float(weight) for term, weight in weights.items()}
    return found


def _run(sweep: Sweep, search: Search, number: int, words: tuple[str, ...]) -> Trial:
    jobs = tuple(Job((*job.words, *words), f"trial={number}") for job in sweep.jobs)
    planned, problems, busy = run_missing(replace(sweep, jobs=jobs), preview=False)
    if busy:
        raise UserError(f"Another process runs trial {number} of this search in {sweep.folder}.")
    if problems:
        return Trial(number, words, {}, problem="; ".join(dict.fromkeys(problems.values())))
    runs = [next(lookup.finished([sweep.folder], one.key)) for one in planned]
    made = [(run_folder.read_result(run) or {})["scores"][DEVELOPMENT_SCORES] for run in runs]
    names = list(dict.fromkeys([search.maximise, *search.floor]))
    if any(name not in scores for scores in made for name in names):
        problem = "too few real images have both features for coverage and diversity"
        return Trial(number, words, {}, problem=problem)
    scores = {name: fmean(one[name] for one in made) for name in names}
    allowed = all(scores[name] >= least for name, least in search.floor.items())
    # One good image over and over has the best of some scores.
    allowed &= not (meaningless([search.maximise]) and any(map(collapsed, made)))
    return Trial(number, words, scores, allowed)


def _conclude(trials: Sequence[Trial], sweep: Sweep, search: Search) -> None:
    best = best_of(trials, search)
    if best is None:
        say("No trial keeps to the floors.")
    else:
        words = [*config_dir.words(), *sweep.jobs[0].words, *best.words]
        print(f"best    trial {best.number + 1} of {len(trials)}: {_score_text(best)}")
        print(f"again   python -m project.run {typed(words)}")
    print(f"trials  {sweep.folder / TRIALS}, {BEST}, {IMPORTANCE}")
    failed = [f"  trial {trial.number + 1}: {trial.problem}" for trial in trials if trial.problem]
    if failed:
        head = f"{len(failed)} of {len(trials)} trials failed; the same command tries them again:"
        raise UserError("\n".join([head, *failed]))


def _score_text(trial: Trial) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in trial.scores.items())
