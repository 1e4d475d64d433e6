"""LeCam: D is not to go far beyond what it usually says."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from project.errors import UserError
from project.losses.penalties import LeCam as L_LeCam
from project.penalties.penalty import Penalty, Seen


class LeCam(Penalty):
    """D's logits are held to the moving averages of what it says (Tseng et al. 2021).

    An average is of what was said so far: its beginning at 0 is divided out, as in Adam.

    Args:
        weight: of the penalty, per batch.
        every: batches between two of them, by which the averages move, too.
        decay: share of the old averages that is kept, in [0, 1).

    Raises:
        UserError: a value is not allowed.
    """

    usual_real: Tensor
    usual_fake: Tensor
    counted: Tensor

    def __init__(self, *, weight: float, every: int, decay: float) -> None:
        super().__init__(weight=weight, every=every)
        if not 0 <= decay < 1:
            raise UserError(f"penalty.LeCam.decay={decay} is not allowed. Give 0 to below 1.")
        self.decay = decay
        self.register_buffer("usual_real", torch.tensor(0.0))
        self.register_buffer("usual_fake", torch.tensor(0.0))
        self.register_buffer("counted", torch.tensor(0.0))  # share of an average that was said

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        # Checkpoints of earlier versions, whose averages began at 0, hold no share.
        state_dict.setdefault(f"{prefix}counted", torch.tensor(1.0))
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def forward(self, seen: Seen) -> Tensor:
        """Returns the penalty of a step, a scalar, and moves the averages."""
        real, fake = seen.on_real.float(), seen.on_fake.float()
        with torch.no_grad():
            for usual, logits in ((self.usual_real, real), (self.usual_fake, fake)):
                usual.lerp_(logits.mean(), 1 - self.decay)
            self.counted.mul_(self.decay).add_(1 - self.decay)
        a_R, a_F = self.usual_real / self.counted, self.usual_fake / self.counted
        return L_LeCam(real, fake, a_R, a_F)
