"""Any transform of torchvision as a DA kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from project.da.kind import Transform
from project.da.parameters import Parameters
from project.errors import UserError, nearest

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class TorchvisionV2(Transform):
    """A transform of ``torchvision.transforms.v2``, drawn for each image by itself.

    Args:
        transform: name of its class.
        arguments: that it is built with.
    """

    def __init__(self, *, transform: str, arguments: Mapping[str, Any]) -> None:
        self.transform = transform
        self.arguments = as_plain(arguments)

    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        """Draws a seed for each image: all that the transform draws follows from it."""
        import torch

        return {"seed": torch.randint(2**31, (count,), generator=rng, device=rng.device)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        """Returns the images, each transformed as floats from 0 to 1.

        Raises:
            UserError: torchvision has no such transform, or it does not take these arguments or
                these images.
        """
        import torch

        transform = self._built()
        if not len(images):
            return images
        made = []
        # It draws from torch's own generators, which the training must not notice.
        with torch.random.fork_rng(devices=[images.device] if images.is_cuda else []):
            for image, seed in zip(images, parameters["seed"].tolist(), strict=True):
                torch.manual_seed(seed)
                try:
                    made.append(transform(image / 255) * 255)
                except RuntimeError as error:
                    raise UserError(
                        f"torchvision's {self.transform} fails on an image of floats from 0 to 1, "
                        f"which it is given here: {' '.join(str(error).split())}"
                    ) from error
        return torch.stack(made)

    def _built(self) -> Callable[[Tensor], Tensor]:
        from torchvision.transforms import v2

        if not self.transform[:1].isupper() or not hasattr(v2, self.transform):
            raise UserError(
                f"torchvision.transforms.v2 has no '{self.transform}'. "
                f"{nearest(self.transform, [name for name in dir(v2) if name[0].isupper()])}"
            )
        try:
            transform: Callable[[Tensor], Tensor] = getattr(v2, self.transform)(**self.arguments)
        except (TypeError, ValueError) as error:
            raise UserError(
                f"torchvision's {self.transform} does not take the kind's arguments: {error}"
            ) from error
        return transform


def as_plain(value: object) -> Any:
    """Returns a part of a config as plain lists and dictionaries, which torchvision asks for."""
    if isinstance(value, Mapping):
        return {str(key): as_plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_plain(inner) for inner in value]
    return value
