"""One page on many runs: `python -m project.report runs=<folder>`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from project.cli.compose import load_config
from project.cli.quoting import quote_paths
from project.cli.sentences import answer
from project.errors import UserError
from project.replacing import write_text
from project.runs.run_folder import check_new, free

HELP = """\
Answers from finished runs which augmentation helps, and how sure that is.

  python -m project.report runs=<folder> [out=<folder>]
  python -m project.report 'runs=multirun/*'
  python -m project.report runs=outputs/da_celeba,outputs/da_pets

Writes report.html (opens from disk), tables as CSV and charts as PNG to ./report, or to out=.
"""


def main() -> None:
    """The command line."""
    if {"--help", "-h"} & set(sys.argv):
        print(HELP)
        return
    config = load_config("report", quote_paths(sys.argv[1:]))
    if config.runs is None:
        raise UserError("runs= is missing. Write runs=<folder>, such as runs=multirun/<sweep>.")
    places = _places(config.runs)
    out = Path(str(config.out)) if config.out else free(Path("report"))
    check_new(out)
    texts, charts, said = report(places)
    write(out, texts, charts)
    print("\n".join(said))
    print(f"The page: {out / 'report.html'}")


def report(places: Sequence[str]) -> tuple[dict[str, str], dict[str, bytes], list[str]]:
    """Makes a report.

    Args:
        places: folders or patterns of runs.

    Returns:
        Texts and charts by the names of their files, and what was found, in lines for a screen.

    Raises:
        UserError: there are no runs.
    """
    # Late: matplotlib and SciPy take a second that --help need not wait for.
    from project.report import chosen_charts, page, tables
    from project.report.asked import ask_both_ways
    from project.report.comparisons import arrange
    from project.report.matched import comparable
    from project.report.race import race_charts, read_races
    from project.report.runs import read_runs
    from project.report.verdict import in_short

    runs = read_runs(places)
    races = read_races(runs)
    studies = arrange(runs, {race.folder for race in races})
    # Of a race there is one answer, which leaves out the runs that chose the winner.
    others = [study for study in studies if not study.raced]
    level = [comparable(study).study for study in studies]
    charted = [*race_charts(races), *chosen_charts.choose_charts(studies)]
    drawn = [page.draw(chart) for chart in charted]
    families = ask_both_ways(others)
    pictures = [picture for picture, _ in drawn]
    texts = {
        "report.html": page.build_page(studies, pictures, families, places, races),
        "conditions.csv": tables.to_csv(list(tables.condition_rows(level))),
        "answer.csv": tables.to_csv(list(tables.answer_rows(studies))),
        "runs.csv": tables.to_csv(list(tables.run_rows(studies))),
        "hypotheses.csv": tables.to_csv(list(tables.hypothesis_rows(families))),
    }
    charts = {f"{picture.name}.png": content for picture, content in drawn}
    counted = sum(run.counts for study in studies for row in study.rows for run in row.runs)
    said = [line for race in races for line in (f"{race.folder.name}:", *race.answer, "")]
    said += [line for study in others for line in (f"{study.title}:", *in_short(study), "")]
    are = "s are" if len(runs) > 1 else " is"
    return texts, charts, [*said, f"{counted} of {len(runs)} run{are} in it."]


def write(out: Path, texts: Mapping[str, str], charts: Mapping[str, bytes]) -> None:
    """Writes all files, or none: into a folder beside, which is then moved.

    Raises:
        UserError: the folder cannot be written to.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        for name, text in texts.items():
            write_text(part / name, text)
        for name, content in charts.items():
            (part / name).write_bytes(content)
        part.replace(out)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise UserError(f"out={out} cannot be written to ({error.strerror}).") from error


def _places(runs: object) -> list[str]:
    if not isinstance(runs, str):
        return [str(place) for place in runs] if isinstance(runs, Iterable) else [str(runs)]
    if Path(runs).exists():
        return [runs]
    return [place for place in runs.split(",") if place]


if __name__ == "__main__":
    answer(main, "report")
