from __future__ import annotations

import pytest
import torch
from torch import nn

from project.errors import UserError
from project.networks.reversed_digits import ReversedDigits
from project.networks.reversed_digits_stable import LabelDiscriminator, StableReversedDigits

STUDY = [401_920, 131_328, 32_896, 8_256, 2_080, 2_112, 8_320, 33_024, 131_584, 402_192]


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def stable(**changed: object) -> StableReversedDigits:
    given = {"dropout": 0.0, "classes": 10, "pack": 2, "pair": False, "spectral": False} | changed
    return StableReversedDigits(size=28, **given)  # type: ignore[arg-type]


def test_the_networks_have_the_studys_parameters() -> None:
    networks = ReversedDigits(size=28, dropout=0.2)
    layers = [layer for layer in networks.generator if isinstance(layer, nn.Linear)]
    assert [parameters(layer) for layer in layers] == STUDY
    assert parameters(networks.generator) == 1_153_712
    assert parameters(networks.discriminator) == 533_505
    assert parameters(stable().generator) == 1_153_712


def test_dropout_follows_all_hidden_layers_but_the_narrowest() -> None:
    layers = list(ReversedDigits(size=28, dropout=0.2).generator)
    followed = [
        layer.out_features
        for layer, after in zip(layers, layers[2:], strict=False)
        if isinstance(layer, nn.Linear) and isinstance(after, nn.Dropout)
    ]
    assert followed == [512, 256, 128, 64, 64, 128, 256, 512]
    assert not [n for n in ReversedDigits(size=28, dropout=0.0).generator if type(n) is nn.Dropout]


def test_slopes_and_weights_are_keras_defaults() -> None:
    torch.manual_seed(0)
    networks = ReversedDigits(size=28, dropout=0.2)
    for network in (networks.generator, networks.discriminator):
        slopes = {layer.negative_slope for layer in network if isinstance(layer, nn.LeakyReLU)}
        assert slopes == {0.3}
        for layer in network:
            if isinstance(layer, nn.Linear):
                # Glorot: uniform within the root of 6 / (inputs + outputs).
                bound = (6 / (layer.in_features + layer.out_features)) ** 0.5
                largest = layer.weight.abs().max().item()
                assert 0.9 * bound < largest <= bound
                assert not layer.bias.any()


def test_images_in_images_out() -> None:
    networks = ReversedDigits(size=28, dropout=0.2)
    images = networks.generator(torch.rand(5, 1, 28, 28))
    assert images.shape == (5, 1, 28, 28)
    assert 0 < images.min() < images.max() < 1
    assert networks.discriminator(images).shape == (5,)


@pytest.mark.parametrize("build", [ReversedDigits, StableReversedDigits])
def test_another_size_is_refused(build: type) -> None:
    given = {"size": 32, "dropout": 0.0}
    if build is StableReversedDigits:
        given |= {"classes": 10, "pack": 2, "pair": False, "spectral": False}
    with pytest.raises(UserError, match="size=28"):
        build(**given)


@pytest.mark.parametrize("key", ["classes", "pack"])
def test_a_number_below_one_is_refused(key: str) -> None:
    with pytest.raises(UserError, match=f"network.{key}=0"):
        stable(**{key: 0})


class TestLabelDiscriminator:
    images = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    labels = torch.tensor([3, 3, 5, 5, 5, 7])
    inputs = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(2))

    def d(self, **changed: object) -> LabelDiscriminator:
        torch.manual_seed(4)
        return stable(**changed).discriminator

    def test_a_logit_is_the_mean_of_the_own_labels_outputs(self) -> None:
        d = self.d()
        rows = [torch.cat([2 * self.images[i : i + 2].flatten() - 1]) for i in (0, 2, 4)]
        outputs = [d.layers(row) for row in rows]
        wanted = [outputs[0][3], outputs[1][5], (outputs[2][5] + outputs[2][7]) / 2]
        found = d(self.images, self.labels, self.inputs)
        torch.testing.assert_close(found, torch.stack(wanted))

    def test_a_rest_is_not_looked_at(self) -> None:
        d = self.d()
        assert d(self.images[:5], self.labels[:5], self.inputs[:5]).shape == (2,)

    def test_the_inputs_are_hidden_unless_it_is_a_pair(self) -> None:
        for pair in (False, True):
            d = self.d(pair=pair)
            found = d(self.images, self.labels, self.inputs)
            changed = d(self.images, self.labels, 1 - self.inputs)
            assert torch.equal(found, changed) is not pair

    def test_with_one_class_the_label_is_hidden(self) -> None:
        for classes in (10, 1):
            d = self.d(classes=classes)
            found = d(self.images, self.labels, self.inputs)
            changed = d(self.images, (self.labels + 1) % 10, self.inputs)
            assert torch.equal(found, changed) is (classes == 1)

    def test_spectral_layers_have_norm_one(self) -> None:
        d = self.d(spectral=True)
        for _ in range(50):
            d(self.images, self.labels, self.inputs)
        first = d.layers[0]
        assert isinstance(first, nn.Linear)
        assert torch.linalg.matrix_norm(first.weight, 2).item() == pytest.approx(1.0, abs=0.02)

    def test_neighbours_are_seen_together(self) -> None:
        d = self.d()
        found = d(self.images, self.labels, self.inputs)
        other = self.images.clone()
        other[1] = 0.5
        changed = d(other, self.labels, self.inputs)
        assert (found != changed).tolist() == [True, False, False]
