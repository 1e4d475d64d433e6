"""Any transform of torchvision as a DA kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
            UserError: torchvision has no such transform.
        """
        import torch
        from torchvision.transforms import v2

        if not self.transform[:1].isupper() or not hasattr(v2, self.transform):
            raise UserError(
                f"torchvision.transforms.v2 has no '{self.transform}'. "
                f"{nearest(self.transform, [name for name in dir(v2) if name[0].isupper()])}"
            )
        if not len(images):
            return images
        transform = getattr(v2, self.transform)(**self.arguments)
        made = []
        # It draws from torch's own generators, which the training must not notice.
        with torch.random.fork_rng(devices=[images.device] if images.is_cuda else []):
            for image, seed in zip(images, parameters["seed"].tolist(), strict=True):
                torch.manual_seed(seed)
                made.append(transform(image / 255) * 255)
        return torch.stack(made)


def as_plain(value: object) -> Any:
    """Returns a part of a config as plain lists and dictionaries, which torchvision asks for."""
    if isinstance(value, Mapping):
        return {str(key): as_plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_plain(inner) for inner in value]
    return value
