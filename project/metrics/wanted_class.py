"""Is the wanted class in the images? The study's own wish for an open point (Study A)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor

from project.errors import UserError, nearest

# Breeds of Oxford-IIIT Pet that ImageNet spells otherwise; both lists name the same breed.
OTHERWISE = {
    "bassethound": "basset",
    "egyptianmau": "Egyptian cat",
    "englishcockerspaniel": "cocker spaniel",
    "germanshorthaired": "German short-haired pointer",
    "japanesechin": "Japanese spaniel",
    "leonberger": "Leonberg",
    "persian": "Persian cat",
    "scottishterrier": "Scotch terrier",
    "siamese": "Siamese cat",
    "staffordshirebullterrier": "Staffordshire bullterrier",
    "wheatenterrier": "soft-coated wheaten terrier",
}


class WantedClass:
    """Probability of the wanted ImageNet classes, image by image.

    Args:
        names: classes as ImageNet or Oxford-IIIT Pet spells them; empty where none is known.
        strict: whether a name that neither of them has is an error; it is for names that the user
            wrote, and not for those of a data set.
        imagenet: whether the logits are of ImageNet's 1000 classes, in their order.

    Raises:
        UserError: a name is not known, and ``strict``.
    """

    def __init__(self, names: Sequence[str], *, strict: bool, imagenet: bool) -> None:
        self.imagenet = imagenet
        self.known: dict[str, int] = {}
        self.missing: list[str] = []
        classes = imagenet_classes() if names else []
        by_folded = {_folded(name): i for i, name in enumerate(classes)}
        for name in names:
            found = by_folded.get(_folded(OTHERWISE.get(_folded(name), name)))
            if found is not None and imagenet:
                self.known[classes[found]] = found
            else:
                self.missing.append(name)
            if found is None and strict:
                hint = nearest(name, classes)
                raise UserError(
                    f"wanted_class names '{name}', which is none of ImageNet's 1000 classes. "
                    f"{hint if hint.startswith('Did') else 'Name another, or null.'}"
                )

    def probabilities(self, logits: Tensor) -> Tensor | None:
        """Returns how probable the wanted classes are together, ``N``; None where none is known."""
        if not self.known:
            return None
        chosen = list(self.known.values())
        return torch.cat(
            [p.double().softmax(1)[:, chosen].sum(1) for p in torch.split(logits, 4096)]
        )

    def scores(self, logits: Tensor) -> dict[str, float]:
        """Scores ``N x K`` logits.

        Returns:
            ``wanted_class_probability`` (mean over the images) where the classes are known, and
            ``class_concentration``: the sum of the squares of p(y), 1 where all images are surely
            of one class, 1/K where all classes are as frequent.
        """
        found = self.probabilities(logits)
        concentration = {"class_concentration": float(marginal(logits).square().sum())}
        if found is None:
            return concentration
        return {"wanted_class_probability": float(found.mean())} | concentration

    def explain(self) -> str:
        """Says which classes are wanted, and which ImageNet lacks."""
        known, missing = ", ".join(self.known), ", ".join(self.missing)
        if not self.imagenet:
            return "The backbone's classes are not ImageNet's 1000: none of them can be wanted."
        if not self.known and not self.missing:
            return "No class is wanted: the concentration of p(y) stands for it."
        if not self.known:
            return f"ImageNet has no class {missing}: the concentration of p(y) stands for it."
        lacks = f"; ImageNet has no class {missing}" if missing else ""
        return f"Wanted: {known}{lacks}."


def marginal(logits: Tensor) -> Tensor:
    """Returns p(y), the mean of p(y|x) over ``N x K`` logits, ``K``, in double precision."""
    total = torch.zeros(logits.shape[1], dtype=torch.float64)
    for part in torch.split(logits, 4096):
        total += part.double().softmax(1).sum(0)
    return total / len(logits)


def top_classes(logits: Tensor, count: int) -> list[tuple[str, float]]:
    """Returns the ``count`` most probable ImageNet classes over a set, with p(y)."""
    values, which = marginal(logits).topk(count)
    names = imagenet_classes()
    return [(names[int(i)], float(p)) for i, p in zip(which, values, strict=True)]


def imagenet_classes() -> list[str]:
    """Returns the names of ImageNet's 1000 classes in their order."""
    # Late: torchvision takes a second to import, and most runs want no class.
    from torchvision.models import ResNet50_Weights

    names: list[str] = ResNet50_Weights.IMAGENET1K_V2.meta["categories"]
    return names


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).casefold())
