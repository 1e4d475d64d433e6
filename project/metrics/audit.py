"""The rules of the audit, in one place: when images are copies, and what a share of leaks says.

Torch-free: `evaluate` and the report read them.
"""

from __future__ import annotations

from collections.abc import Mapping

LEAST_RATIO, MOST_NEAR = 0.8, 0.05  # beyond them images are called copies,
CHANCE = 0.001  # the latter only where new images would hardly have it
TRUSTED = 0.8  # balanced accuracy of a leak classifier below which its share of images says nothing
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


def leaked(share: float, accuracy: float) -> bool:
    """Says whether generated images look augmented.

    Args:
        share: of them that a leak classifier calls augmented.
        accuracy: its balanced accuracy on real images that were kept from it.
    """
    return accuracy >= TRUSTED and share > LEAKED
