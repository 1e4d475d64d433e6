"""The rules of the audit, in one place: when images are copies, and what a share of leaks says.

Torch-free: `evaluate` and the report read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

LEAST_RATIO, MOST_NEAR = 0.8, 0.05  # beyond them images are called copies,
CHANCE = 0.001  # the latter only where new images would hardly have it
TRUSTED = 0.8  # balanced accuracy of a leak classifier below which its share of images says nothing
# Below one of these, images are nearly all the same, or may be,
LEAST_VARIED = {"coverage": 0.05, "diversity": 0.2, "digit_diversity": 0.2}
# and these scores, which any single good image reaches, mean nothing.
ONLY_IF_VARIED = (
    "p_feature_1", "p_feature_2", "p_both", "judge_accuracy", "judge_confidence",
    "precision", "density", "wanted_class_probability",
)  # fmt: skip
LEAK = "leak_"  # so begin the shares of images that look augmented, which mean nothing then, too
LEAKED = 0.1  # share of images above which an augmentation is said to have leaked


def copied(scores: Mapping[str, float]) -> bool | None:
    """Says whether images are copies of training images; None where nothing tells.

    Args:
        scores: with ``nearest_train_distance_ratio``, ``near_copy_share`` and ``near_copy_chance``.
    """
    if "nearest_train_distance_ratio" not in scores:
        return None
    share, chance = scores.get("near_copy_share", 0.0), scores.get("near_copy_chance", 1.0)
    near = share > MOST_NEAR and chance < CHANCE
    return scores["nearest_train_distance_ratio"] < LEAST_RATIO or near


def collapsed(scores: Mapping[str, float]) -> str:
    """Says that images hardly vary, or may not, and which scores then mean nothing.

    One grey square can be bearded and bald at once, and lie in the middle of all photographs.

    Args:
        scores: with ``coverage`` and ``diversity``, as far as there are any.

    Returns:
        A sentence; empty where all is well.
    """
    low = {name: f"{value:.2f}" for name, value in unvaried(scores).items()}
    return told_of_collapse(low, meaningless(scores)) if low else ""


def unvaried(scores: Mapping[str, float]) -> dict[str, float]:
    """Returns those of the measures of variety that are too low."""
    least = LEAST_VARIED
    return {name: scores[name] for name in least if scores.get(name, least[name]) < least[name]}


def alike(low: Iterable[str]) -> bool:
    """Says whether measures that are too low, by name, show that images are nearly all the same."""
    return any(name.endswith("diversity") for name in low)


def meaningless(scores: Iterable[str]) -> list[str]:
    """Returns those of the scores, by name, that mean nothing where images hardly vary."""
    there = list(scores)
    leaks = [name for name in there if name.startswith(LEAK)]
    return [name for name in ONLY_IF_VARIED if name in there] + leaks


def told_of_collapse(low: Mapping[str, str], idle: Sequence[str]) -> str:
    """Says that images hardly vary, or may not.

    Args:
        low: what is too low, and how low.
        idle: the scores that mean nothing then.
    """
    named = ", ".join(f"{n} {value}, below {LEAST_VARIED[n]:g}" for n, value in low.items())
    names = [name for name in idle if not name.startswith(LEAK)]
    names += ["leaks"] if len(names) < len(idle) else []
    verb = "says" if len(names) == 1 and names != ["leaks"] else "say"
    told = f": {', '.join(names)} {verb} nothing of them" if names else ""
    if alike(low):
        return f"collapsed? The images are nearly all the same ({named}){told}"
    # Of images that are all alike as of varied ones that are poor, few lie near real ones.
    return f"collapsed, or unlike real images? Few real ones have one near them ({named}){told}"


def leaked(share: float, accuracy: float) -> bool:
    """Says whether generated images look augmented.

    Args:
        share: of them that a leak classifier calls augmented.
        accuracy: its balanced accuracy on real images that were kept from it.
    """
    return accuracy >= TRUSTED and share > LEAKED
