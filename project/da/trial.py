"""Tries DA kinds out before anything is trained."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING

from project.da.kind import Kind, Transform
from project.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

IMAGES = 8


def try_out(kinds: Mapping[str, Kind], size: int, with_gradient: bool) -> None:
    """Applies each kind that makes one image of one to a few random colour images.

    Args:
        kinds: by name.
        size: side of the images in pixels.
        with_gradient: whether G is to learn through them.

    Raises:
        UserError: a kind fails, yields other than as many images of the same shape and type, draws
            parameters that are no plain numbers or others beside them, or has no gradient where one
            is needed.
    """
    import torch

    rng = torch.Generator().manual_seed(0)
    images = 255 * torch.rand(IMAGES, 3, size, size, generator=rng)
    for name, kind in kinds.items():
        if not isinstance(kind, Transform):
            continue
        given = images.clone().requires_grad_(with_gradient)
        try:
            parameters = kind.drawn(IMAGES, rng)
            made, again = kind.checked(given, parameters), kind.checked(given, parameters)
        except UserError:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            reason = " ".join(str(error).split())
            raise UserError(
                f"The DA kind {name} fails on {IMAGES} images of {size} pixels: "
                f"{type(error).__name__}: {reason} ({last.filename}, line {last.lineno})."
            ) from error
        if not torch.equal(made, again):
            raise UserError(
                f"The DA kind {name} makes other images each time of the same parameters: draw all "
                "that is random in its parameters, with the generator given there."
            )
        if with_gradient and (reason := _without_gradient(made, given)):
            raise UserError(
                f"The DA kind {name} has no gradient that G could learn from{reason}. "
                "Allowed for it: da.mode=offline or da.mode=online."
            )


def _without_gradient(made: Tensor, given: Tensor) -> str:
    """Says why no gradient from each image made reaches the one it was made of, if none does."""
    import torch

    if not made.requires_grad:
        return ": nothing in it has one"
    try:
        (found,) = torch.autograd.grad(made.sum(), given)
    except RuntimeError as error:
        if "inplace" not in str(error):
            return f": {' '.join(str(error).split())}"
        return (
            ": it overwrites what its gradient is computed from (of torchvision's transforms, "
            "those with a fill do; arguments: {fill: null} leaves it out)"
        )
    return "" if found.flatten(1).any(dim=1).all() else ": it is 0"
