"""The equations of Study B: one feature (1), (2), and both at once (3) to (8).

`L_GM3` is not the study's: it wants what (8) wants, and has a gradient everywhere.

``D_k`` are answers in [0, 1], ``D_M`` answers in [0, 2]; each is a vector of ``m``, one number for
each image. Every loss is a mean over the images.
"""

from __future__ import annotations

from torch import Tensor


def L_G(fake: Tensor) -> Tensor:
    """(1) ``1/m sum_i ( D(G(z_i)) - 1 )^2``.

    Args:
        fake: D(G(z)), ``m``.
    """
    return (fake - 1).square().mean()


def L_D(real: Tensor, fake: Tensor) -> Tensor:
    """(2) ``1/m sum_i [ ( D(x_i) - 1 )^2 + ( D(G(z_i)) - 0 )^2 ]``.

    Args:
        real: D(x), ``m``.
        fake: D(G(z)), ``m``.
    """
    return (real - 1).square().mean() + fake.square().mean()


def L_DM1(real: Tensor) -> Tensor:
    """(3) ``1/m sum_i ( min{ D_M(x_i), 1 } - 1 )^2``: a real image is worth 1 or more.

    Args:
        real: D_M(x), ``m``.
    """
    return (real.clamp(max=1) - 1).square().mean()


def L_DM2(fake: Tensor) -> Tensor:
    """(4) ``1/m sum_i ( D_M(G_M(z_i)) - 0 )^2``.

    Args:
        fake: D_M(G_M(z)), ``m``.
    """
    return fake.square().mean()


def L_DM3(fake: Tensor, fake_1: Tensor, fake_2: Tensor) -> Tensor:
    """(5) ``1/m sum_i [ D_M(G_M(z_i)) - { D_1(G_M(z_i)) + D_2(G_M(z_i)) } ]^2``.

    Args:
        fake: D_M(G_M(z)), ``m``.
        fake_1: D_1(G_M(z)), ``m``.
        fake_2: D_2(G_M(z)), ``m``.
    """
    return (fake - (fake_1 + fake_2)).square().mean()


def L_GM1a(fake: Tensor) -> Tensor:
    """(6) ``1/m sum_i ( D_M(G_M(z_i)) - 1 )^2``.

    Args:
        fake: D_M(G_M(z)), ``m``.
    """
    return (fake - 1).square().mean()


def L_GM1b(fake: Tensor) -> Tensor:
    """(7) ``1/m sum_i ( D_M(G_M(z_i)) - 2 )^2``.

    Args:
        fake: D_M(G_M(z)), ``m``.
    """
    return (fake - 2).square().mean()


def L_GM2(fake_1: Tensor, fake_2: Tensor) -> Tensor:
    """(8) ``1/m sum_i [ max{ 0, D_1(G_M(z_i)) + D_2(G_M(z_i)) - 1 } - 1 ]^2``.

    It has no gradient where ``D_1 + D_2 < 1``; `flat` counts these images.

    Args:
        fake_1: D_1(G_M(z)), ``m``.
        fake_2: D_2(G_M(z)), ``m``.
    """
    return ((fake_1 + fake_2 - 1).clamp(min=0) - 1).square().mean()


def L_GM3(fake_1: Tensor, fake_2: Tensor) -> Tensor:
    """``1/m sum_i 1/2 [ ( D_1(G_M(z_i)) - 1 )^2 + ( D_2(G_M(z_i)) - 1 )^2 ]``.

    It wants what (8) wants, and has a gradient everywhere.

    Args:
        fake_1: D_1(G_M(z)), ``m``.
        fake_2: D_2(G_M(z)), ``m``.
    """
    return ((fake_1 - 1).square().mean() + (fake_2 - 1).square().mean()) / 2


def flat(fake_1: Tensor, fake_2: Tensor) -> Tensor:
    """Share of the images where (8) has no gradient: ``D_1(G_M(z)) + D_2(G_M(z)) < 1``.

    Args:
        fake_1: D_1(G_M(z)), ``m``.
        fake_2: D_2(G_M(z)), ``m``.
    """
    return (fake_1.detach() + fake_2.detach() < 1).float().mean()
