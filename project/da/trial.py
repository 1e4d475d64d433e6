"""Tries DA kinds out before anything is trained."""

from __future__ import annotations

import traceback

from project.da.kind import Transform
from project.da.policy import DIFFERENTIABLE, Policy
from project.errors import UserError

IMAGES = 8


def try_out(policy: Policy, size: int) -> None:
    """Applies each kind that makes one image of one to a few random colour images.

    Args:
        policy: with the kinds.
        size: side of the images in pixels.

    Raises:
        UserError: a kind fails, yields other than as many images of the same shape and type, draws
            parameters that are no plain numbers, or has no gradient where one is needed.
    """
    import torch

    rng = torch.Generator().manual_seed(0)
    images = 255 * torch.rand(IMAGES, 3, size, size, generator=rng)
    for name, kind in policy.kinds.items():
        if not isinstance(kind, Transform):
            continue
        given = images.clone().requires_grad_(policy.mode == DIFFERENTIABLE)
        try:
            made = kind.checked(given, kind.drawn(IMAGES, rng))
        except UserError:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            reason = " ".join(str(error).split())
            raise UserError(
                f"The DA kind {name} fails on {IMAGES} images of {size} pixels: "
                f"{type(error).__name__}: {reason} ({last.filename}, line {last.lineno})."
            ) from error
        if policy.mode == DIFFERENTIABLE:
            found = torch.autograd.grad(made.sum(), given) if made.requires_grad else [images * 0]
            if not bool(found[0].flatten(1).any(dim=1).all()):
                raise UserError(
                    f"The DA kind {name} has no gradient that G could learn from. "
                    "Allowed for it: da.mode=offline or da.mode=online."
                )
