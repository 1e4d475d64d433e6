"""Builds the parts of a run, and hands each what its constructor names."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig

from project.errors import UserError, not_found

Offers = Mapping[str, Callable[[], Any]]


def build_part(node: DictConfig, offers: Offers) -> Any:
    """Builds what a section's ``_target_`` names.

    As pytest hands fixtures to a test: values come from the config, and the other arguments that
    the constructor names, such as ``images`` or ``judges``, from what the run offers.

    Args:
        node: the section.
        offers: name of an argument -> what makes it, called where a constructor names it.

    Raises:
        UserError: the part refuses what it is given.
        InstantiationException: values do not suit it.
    """
    names = accepted(find(node._target_, str(node._get_full_key(None))))
    given = {name: offers[name]() for name in names if name in offers and name not in node}
    # By a partial, which passes objects on as they are.
    part = instantiate(node, _partial_=True)
    try:
        return part(**given)
    except UserError:
        raise
    except Exception as error:
        place = node._get_full_key(None)
        message = f"Error in call to target {node._target_}\nfull_key: {place}"
        raise InstantiationException(message) from error


def accepted(target: Any) -> set[str]:
    """Returns the arguments that a constructor names, or one that it hands ``**others`` on to."""
    names: set[str] = set()
    for owner in inspect.getmro(target) if inspect.isclass(target) else [target]:
        init = vars(owner).get("__init__") if inspect.isclass(owner) else owner
        if init is None:
            continue
        parameters = inspect.signature(init).parameters.values()
        names |= {parameter.name for parameter in parameters}
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            break
    return names


def find(target: str, key: str) -> Any:
    """Returns what a ``_target_`` names.

    Args:
        target: its full name.
        key: of the section that names it.

    Raises:
        UserError: it is not there, or its module cannot be imported.
    """
    try:
        return pkgutil.resolve_name(target)
    except Exception as error:
        raise UserError(not_found(key, target, error)) from error


def remembered(make: Callable[[], Any]) -> Callable[[], Any]:
    """Lets an offer be made once, however many parts name it."""
    made: list[Any] = []

    def once() -> Any:
        if not made:
            made.append(make())
        return made[0]

    return once
