"""The answer in words: two sentences, and what a reader should know beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from project.metrics.score_names import known
from project.report.answer import HELPS, NONE_HELPS, UNTESTED, Answer
from project.report.effect_words import (
    difference_of,
    listed,
    of_100,
    p_together,
    with_interval,
    with_size,
)
from project.report.effects import MATTERS, Comparison
from project.report.score_names import rounded
from project.report.seeds_needed import MOST

LONGER = 1.05  # times as many images as none, from which on training counts as longer
FEW = 3  # conditions that are listed one by one
DISAGREE = 0.5  # Kendall's tau below which two measures tell another story


def verdict(answer: Answer) -> tuple[str, str]:
    """Returns the answer in two sentences.

    The first says what to do, the second how sure that is, or what would make it so.
    """
    comparison, best = answer.deciding, answer.best
    told = difference_of(comparison, best)
    sure = (
        f"better than {_baseline(comparison)}: {of_100(best.better)}; the best of the "
        f"{len(comparison.effects) + 1} conditions: {of_100(best.best)}"
    )
    where = comparison.matched.where
    if answer.state == HELPS:
        return (
            f"Use {with_size(best)}: {told}, {where}.{_leave_out(answer)}",
            f"Sure: {sure}; p {p_together(comparison, best)}{_but(answer)}.{_ahead(answer)}",
        )
    if answer.state == NONE_HELPS:
        margin = f"{100 * MATTERS:.0f} % ({rounded(comparison.margin, 2)})"
        return (
            f"None of these helps.{_leave_out(answer)}",
            f"That any improves {answer.measure.short} by more than {margin}, "
            f"{where}, has a chance of {of_100(comparison.helps)}.",
        )
    if answer.state == UNTESTED:
        many = f"{best.seeds} seed{'s' if best.seeds > 1 else ''}"
        ahead = "is ahead" if best.difference < 0 else "comes nearest"
        return (
            f"Undecided: {many} cannot tell a difference from chance. So far {with_size(best)} "
            f"{ahead}, {told}.",
            f"Train at least {answer.seeds} seeds{_by(answer)}.",
        )
    likeliest = f"Undecided: the likeliest is {with_size(best)}, {told}, {where}"
    return f"{likeliest} ({sure}).{_leave_out(answer)}", _more(answer)


def _baseline(comparison: Comparison) -> str:
    """Names what the conditions are compared with."""
    return comparison.gan or "no augmentation"


def _leave_out(answer: Answer) -> str:
    """Says what to keep away from, which is decided where nothing else is."""
    harm = [e.label for e in answer.deciding.effects if e.harms]
    than = _baseline(answer.deciding)
    return f" Leave out {' and '.join(harm)}: worse than {than} for sure." if harm else ""


def _ahead(answer: Answer) -> str:
    """Says that who is ahead may only learn faster, where curves are not flat."""
    if not any(e.moves for e in answer.endings):
        return ""
    name = answer.measure.short
    return f" {name[0].upper()}{name[1:]} still changes with training, so this may be a head start."


def _but(answer: Answer) -> str:
    """Says what may lie behind an effect that was not compared at equal training."""
    if answer.training is not None or answer.best.times <= LONGER:
        return ""
    return "; but with more images it trained longer, which may be all of it"


def _more(answer: Answer) -> str:
    expected = rounded(abs(answer.best.gain), 2)
    if answer.seeds is None:
        return (
            f"An effect as small as is to be expected from these runs, "
            f"{expected}, would not be seen with {MOST} seeds either."
        )
    more = answer.seeds - answer.best.seeds
    return (
        f"{more} more seed{'s' if more > 1 else ''} would probably decide (80 % power for the "
        f"expected {expected}){_by(answer)}."
    )


def _by(answer: Answer) -> str:
    return f": {answer.command}" if answer.command else ""


def beside(answer: Answer) -> list[str]:
    """Returns what a reader should know beside the verdict, one or more sentences each."""
    return [
        *_units(answer),
        *_second(answer),
        *_harm(answer),
        *_other_way(answer),
        *_ends(answer),
        *_agree(answer),
        *_method(answer),
    ]


def _units(answer: Answer) -> Iterator[str]:
    comparison, best = answer.deciding, answer.best
    real = answer.measure.real
    without = f"Of {comparison.gan}" if comparison.gan else "Without augmentation"
    told = f"{without} it is {rounded(best.none, 3)}"
    told += "" if math.isnan(real) else f", of real images {rounded(real, 3)}"
    if not math.isnan(comparison.spread):
        times = rounded(abs(comparison.spreads(best)), 2)
        told += (
            "; without the shift that a seed gives all conditions alike, scores scatter over seeds "
            f"with a standard deviation of {rounded(comparison.spread, 2)}: the difference of "
            f"{best.label} is {times} times that"
        )
    yield f"{told}. {answer.measure.about}"


def _second(answer: Answer) -> Iterator[str]:
    """Says what the measure beside the deciding one makes of the same condition."""
    same = [e for e in (answer.second.effects if answer.second else ()) if e.row == answer.best.row]
    for effect in same:
        agrees = (effect.difference < 0) == (answer.best.difference < 0)
        difference = with_interval(effect.difference, effect.low, effect.high)
        name = known(answer.measure.beside[2]).title if answer.measure.beside else ""
        yield (
            f"{name}, which is unbiased, {'agrees' if agrees else 'does not agree'}: "
            f"{effect.label} {difference} against {_baseline(answer.deciding)}."
        )


def _harm(answer: Answer) -> Iterator[str]:
    effects, than = answer.deciding.effects, _baseline(answer.deciding)
    if other := [e for e in effects if e.helps and e is not answer.best]:
        yield f"Better than {than} for sure, too: {listed(other)}."
    if harm := [e for e in effects if e.harms]:
        yield f"Worse than {than} for sure: {listed(harm)}."


def _other_way(answer: Answer) -> Iterator[str]:
    """Says what equal epochs would have seemed to say, and why that differs."""
    epochs, training = answer.epochs, answer.training
    if epochs is None:
        return
    times, label = epochs.longest
    if training is None:
        if times > LONGER:
            yield (
                f"This is {epochs.matched.where} alone, where {label} was shown {times:.2g} times "
                "as many images as da=none: longer training may be all of it. With kimg= instead "
                "of epochs= all conditions are trained equally long."
            )
        return
    if training.matched.left_out:
        yield f"Not scored {training.matched.where}: {'; '.join(training.matched.left_out)}."
    joined = [e for e in epochs.effects if e.times > LONGER]
    others = ", and the others with DA images more than da=none" if len(joined) > 1 else ""
    yield (
        f"{epochs.matched.where.capitalize()}, as the study compares, it would have seemed: "
        f"{_seemed(epochs)}. There {label} was shown {times:.2g} times as many images as da=none"
        f"{others}: what is not found at equal training as well may be an effect of longer "
        "training."
    )


def _seemed(epochs: Comparison) -> str:
    sure = [e for e in epochs.effects if e.helps]
    if len(sure) == len(epochs.effects) > FEW:
        least, most = (rounded(abs(f(e.difference for e in sure)), 3) for f in (max, min))
        return f"all {len(sure)} better than {_baseline(epochs)}, by {least} to {most}"
    if sure:
        return f"better than {_baseline(epochs)} for sure: {listed(sure)}"
    largest = min(epochs.effects, key=lambda e: e.difference)
    return f"nothing for sure, at best {listed([largest])}"


def _ends(answer: Answer) -> Iterator[str]:
    if moving := [e for e in answer.endings if e.moves]:
        # Per 100 kimg, or per 10 where the whole training is shorter than 100.
        unit = 100 if any(e.kimg > 100 for e in answer.endings) else 10
        slopes = "; ".join(
            f"{e.row.condition.label} "
            + with_interval(*(unit / 100 * x for x in (e.slope.mean, e.slope.low, e.slope.high)))
            for e in moving
        )
        yield (
            f"Not flat: in the last third of its training {answer.measure.short} still changes, "
            f"per {unit} kimg, by: {slopes}. This says who learns faster, not who ends better."
        )
    for e in answer.endings:
        if e.turned:
            has = "has" if e.rise.low > 0 else "may have"
            yield (
                f"{e.row.condition.label} had been better: {rounded(e.best, 3)} at "
                f"{rounded(e.best_at, 3)} kimg, {rounded(e.end, 3)} at the end. Its curve {has} "
                "turned, as curves do where a GAN overfits few images."
            )
    if not answer.endings:
        yield (
            "Whether the curves are flat at their ends is not known: each was scored once there. "
            "With more scorings= (or a smaller score_every=) it is."
        )


def _agree(answer: Answer) -> Iterator[str]:
    if not answer.agreements:
        return
    # The study's own score is read in its way here: lower is better.
    orders = ", ".join(f"{known(a.key[2]).title} {a.tau:.2g}" for a in answer.agreements)
    against = [known(a.key[2]).title for a in answer.agreements if a.tau < DISAGREE]
    tell = "tells" if len(against) == 1 else "tell"
    told = f" {', '.join(against)} {tell} another story." if against else ""
    yield (
        f"Order of the {answer.agreements[0].conditions} conditions by other measures, Kendall's "
        f"tau (1 is the same order; Inception Score read lower as better): {orders}.{told}"
    )


def _method(answer: Answer) -> Iterator[str]:
    if answer.state == UNTESTED:
        return
    held, count = "The interval holds at 95 %", len(answer.deciding.effects)
    if count > 1:
        held = f"Intervals hold at 95 % together for all {count} comparisons"
    yield (
        f"{held}: paired by seed, the scatter pooled over the conditions unless a condition's own "
        "is larger, against the largest of all t (Dunnett). Probabilities are those of conditions "
        "whose true scores are normal about an unknown mean; docs/results/answer.md has how often "
        "they come true."
    )
