"""What is built only once the training runs, tried out before it."""

from __future__ import annotations

import torch
from hydra.utils import instantiate
from omegaconf import DictConfig

from project.bad_input import UNSUITED
from project.errors import UserError


def try_optimizers(module: DictConfig) -> None:
    """Builds a module's optimizers once, for a parameter that nobody trains.

    Args:
        module: its config; optimizers are what is ``_partial_`` in it.

    Raises:
        UserError: an optimizer does not accept its values.
    """
    for name in map(str, module):
        node = module[name]
        if isinstance(node, DictConfig) and node.get("_partial_"):
            try:
                instantiate(node)(params=[torch.zeros(1, requires_grad=True)])
            except UNSUITED as error:
                reason = " ".join(str(error).split())
                raise UserError(
                    f"module.{name} cannot be built with the values it is given ({reason})."
                ) from error
