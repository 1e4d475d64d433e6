"""R2: D is to be flat at the generated images."""

from __future__ import annotations

from torch import Tensor

from project.losses.penalties import gradient_norm
from project.penalties.penalty import Penalty, Seen


class R2(Penalty):
    """Half the squared gradient of D at the generated images (Mescheder et al. 2018)."""

    def forward(self, seen: Seen) -> Tensor:
        """Returns the penalty of a step, a scalar."""
        return gradient_norm(seen.D, seen.fake)
