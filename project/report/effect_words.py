"""A condition and its difference from none, as the answer writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from project.report.effects import Comparison, Effect
from project.report.score_names import rounded


def with_size(effect: Effect) -> str:
    """Names a condition, and how many DA images it has where it has them."""
    condition = effect.row.condition
    name = condition.policy.replace("+", " + ")
    return f"{name} with {condition.da_size} DA images" if condition.da_size else name


def difference_of(comparison: Comparison, effect: Effect) -> str:
    """Says a difference: ``held-out FID lower by 12 [5, 19] than without (9 %)``."""
    way = "lower" if effect.difference < 0 else "higher"
    sign = -1 if effect.difference < 0 else 1
    ends = sorted((sign * effect.low, sign * effect.high))
    size = rounded(abs(effect.difference), 3) + _interval(*ends)
    share = abs(comparison.per_cent(effect))
    than = comparison.gan or "without"
    return f"{comparison.measure.short} {way} by {size} than {than} ({share:.2g} %)"


def of_100(chance: float) -> str:
    """Writes a probability as people say it: ``98 of 100``."""
    return "unknown" if math.isnan(chance) else f"{hundredths(chance)} of 100"


def p_together(comparison: Comparison, effect: Effect) -> str:
    """Writes a p-value, and that it is corrected where it is."""
    p, count = effect.p, len(comparison.effects)
    together = f" for all {count} comparisons together" if count > 1 else ""
    return f"{'below 0.001' if p < 0.001 else f'{p:.2g}'}{together}"


def hundredths(chance: float) -> str:
    """Writes a probability in hundredths; none is sure."""
    count = round(100 * chance)
    if 0 < count < 100:
        return str(count)
    return "more than 99" if count else "less than 1"


def listed(effects: Sequence[Effect]) -> str:
    """Lists conditions with their differences."""
    return "; ".join(f"{e.label} {with_interval(e.difference, e.low, e.high)}" for e in effects)


def with_interval(mean: float, low: float, high: float) -> str:
    """Writes a difference with its interval, where it has one."""
    return rounded(mean, 3, "+") + _interval(low, high)


def _interval(low: float, high: float) -> str:
    return "" if math.isnan(low) else f" [{rounded(low, 3)}, {rounded(high, 3)}]"
