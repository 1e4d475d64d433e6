"""The kinds with strengths: by hand, against finite differences, and what they draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from original_images import treated
from scipy import stats

from project.da.colour import Colour
from project.da.contrast import Contrast
from project.da.cutout import Cutout
from project.da.flip import Flip
from project.da.invert import Invert
from project.da.kind import Transform
from project.da.rotation import Rotation
from project.da.scale import Scale
from project.da.torchvision_v2 import TorchvisionV2
from project.da.translation import Translation
from project.da.trial import try_out
from project.da.vflip import VFlip
from project.errors import UserError

STRONG: dict[str, Transform] = {
    "colour": Colour(brightness=0.25, saturation=1, contrast=0.5),
    "translation": Translation(most=0.25),
    "cutout": Cutout(side=0.5),
    "scale": Scale(least=0.8, most=1.25),
    "rotation": Rotation(degrees=20),
}
RANGES = {
    "colour": {"brightness": (-0.25, 0.25), "saturation": (0, 2), "contrast": (0.5, 1.5)},
    "translation": {"x": (-0.25, 0.25), "y": (-0.25, 0.25)},
    "cutout": {"x": (0, 1), "y": (0, 1)},
    "scale": {"factor": (0.8, 1.25)},
    "rotation": {"degrees": (-20, 20)},
}
ALL = STRONG | {
    "contrast": Contrast(factor=1.5),
    "flip": Flip(),
    "vflip": VFlip(),
    "invert": Invert(),
    "blur": TorchvisionV2(transform="GaussianBlur", arguments={"kernel_size": 3, "sigma": [1, 2]}),
}


def values(**numbers: float) -> Mapping[str, torch.Tensor]:
    return {name: torch.tensor([number]) for name, number in numbers.items()}


@pytest.mark.parametrize("name", RANGES)
def test_parameters_are_uniform_over_their_range(name: str) -> None:
    drawn = STRONG[name].drawn(2000, torch.Generator().manual_seed(0))
    assert list(drawn) == list(RANGES[name])
    for key, (low, high) in RANGES[name].items():
        numbers = drawn[key].numpy()
        assert low <= numbers.min()
        assert numbers.max() <= high
        assert stats.kstest(numbers, stats.uniform(low, high - low).cdf).pvalue > 0.001


@pytest.mark.parametrize("kind", ALL.values(), ids=ALL)
def test_gradients_agree_with_finite_differences(kind: Transform) -> None:
    rng = torch.Generator().manual_seed(1)
    images = 255 * torch.rand(2, 3, 4, 4, dtype=torch.float64, generator=rng)
    drawn = kind.drawn(2, rng)
    images.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: kind.apply(x, drawn), images, eps=1e-3, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ALL.values(), ids=ALL)
def test_each_image_by_its_own_parameters(kind: Transform, channels: int) -> None:
    images = np.random.default_rng(3).integers(0, 256, (5, channels, 8, 8), dtype=np.uint8)
    drawn = kind.drawn(5, torch.Generator().manual_seed(2))
    together = kind.treat(torch.from_numpy(images), drawn)
    for i in range(5):
        own = {name: numbers[i : i + 1] for name, numbers in drawn.items()}
        alone = kind.treat(torch.from_numpy(images[i : i + 1]), own)
        # Byte for byte but for what lies between two bytes.
        assert (alone.int() - together[i : i + 1].int()).abs().max() <= 1
    assert treated(kind, images[:0]).shape == (0, channels, 8, 8)


def test_colour_by_hand() -> None:
    kind = STRONG["colour"]
    pixel = torch.tensor([30.0, 60, 90]).view(1, 3, 1, 1)
    brighter = kind.apply(pixel, values(brightness=0.1, saturation=1, contrast=1))
    torch.testing.assert_close(brighter.flatten(), torch.tensor([55.5, 85.5, 115.5]))
    grey = kind.apply(pixel, values(brightness=0, saturation=0, contrast=1))
    torch.testing.assert_close(grey.flatten(), torch.tensor([60.0, 60, 60]))
    twice = kind.apply(pixel, values(brightness=0, saturation=2, contrast=1))
    torch.testing.assert_close(twice.flatten(), torch.tensor([0.0, 60, 120]))
    two = torch.tensor([40.0, 80]).view(1, 1, 1, 2)
    more = kind.apply(two, values(brightness=0, saturation=1, contrast=1.5))
    torch.testing.assert_close(more.flatten(), torch.tensor([30.0, 90]))


def test_translation_by_hand() -> None:
    image = torch.arange(16.0).view(1, 1, 4, 4)
    moved = STRONG["translation"].apply(image, values(x=0.25, y=-0.25))[0, 0]
    assert moved.tolist() == [
        [127.5, 4, 5, 6],
        [127.5, 8, 9, 10],
        [127.5, 12, 13, 14],
        [127.5] * 4,
    ]
    torch.testing.assert_close(STRONG["translation"].apply(image, values(x=0.1, y=0.1)), image)


def test_cutout_by_hand() -> None:
    image = torch.zeros(1, 2, 4, 4)
    hole = STRONG["cutout"].apply(image, values(x=0.5, y=0.5))
    assert (hole == 127.5).nonzero()[:, 2:].unique(dim=0).tolist() == [
        [1, 1],
        [1, 2],
        [2, 1],
        [2, 2],
    ]
    corner = STRONG["cutout"].apply(image, values(x=1.0, y=0.0))
    assert (corner == 127.5).nonzero()[:, 2:].unique(dim=0).tolist() == [[0, 3]]


def test_scale_and_rotation_by_hand() -> None:
    image = torch.zeros(1, 1, 8, 8)
    image[:, :, 3:5, 3:5] = 200
    larger = STRONG["scale"].apply(image, values(factor=2))
    assert larger.sum() > 3.5 * image.sum()
    torch.testing.assert_close(STRONG["scale"].apply(image, values(factor=1)), image)
    image[:, :, 0, 0] = 100  # above, left
    turned = STRONG["rotation"].apply(image, values(degrees=90))
    torch.testing.assert_close(turned, torch.rot90(image, 1, dims=(2, 3)), atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Colour(brightness=2, saturation=0, contrast=0), "colour.brightness=2 is not"),
        (lambda: Translation(most=-0.1), "translation.most=-0.1 is not allowed"),
        (lambda: Cutout(side=1.5), "cutout.side=1.5 is not allowed"),
        (lambda: Scale(least=2, most=1), "scale.least=2 and most=1 are not allowed"),
        (lambda: Rotation(degrees=270), "rotation.degrees=270 is not allowed"),
    ],
)
def test_a_strength_that_is_none_is_refused(make: type, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        make()


def test_a_torchvision_transform_draws_each_image_by_itself() -> None:
    kind = TorchvisionV2(transform="RandomErasing", arguments={"p": 1.0})
    images = torch.full((6, 3, 16, 16), 200.0)
    before = torch.get_rng_state()
    drawn = kind.drawn(6, torch.Generator().manual_seed(0))
    made = kind.apply(images, drawn)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(made, kind.apply(images, drawn))
    holes = {str((image == 0).nonzero().tolist()) for image in made}
    assert len(holes) == 6


def test_what_torchvision_cannot_do_is_told_before_the_training() -> None:
    def tried(mode: str, transform: str, **arguments: object) -> None:
        kind = TorchvisionV2(transform=transform, arguments=arguments)
        try_out({"x": kind}, 32, mode == "differentiable")

    tried("differentiable", "ColorJitter", brightness=0.4)
    tried("online", "RandomPosterize", bits=2, p=1.0)
    with pytest.raises(UserError, match="DA kind x has no gradient"):
        tried("differentiable", "RandomPosterize", bits=2, p=1.0)
    with pytest.raises(UserError, match="Did you mean 'GaussianBlur'"):
        tried("offline", "GausianBlur", kernel_size=3)
    with pytest.raises(UserError, match=r"GaussianBlur does not take .* argument 'kernel'"):
        tried("offline", "GaussianBlur", kernel=3)
    with pytest.raises(UserError, match=r"Normalize fails on an image of floats .* size of tensor"):
        tried("offline", "Normalize", mean=[0.5, 0.5], std=[0.5, 0.5])
    with pytest.raises(UserError, match=r"no gradient .*fill: null"):
        tried("differentiable", "ElasticTransform")
    tried("differentiable", "ElasticTransform", fill=None)
    with pytest.raises(UserError, match=r"makes images of .* \(8, 3, 16, 16\)"):
        tried("offline", "Resize", size=16)
