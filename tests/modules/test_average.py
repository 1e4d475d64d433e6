from __future__ import annotations

import pytest
import torch
from torch import nn

from project.modules.average import share_of_new, update_average


def pair() -> tuple[nn.Module, nn.Module]:
    """An average of zeros, beside a network of ones."""
    average, network = nn.BatchNorm1d(2).double(), nn.BatchNorm1d(2).double()
    for module, value in ((average, 0.0), (network, 1.0)):
        for tensor in module.state_dict().values():
            tensor.fill_(value)
    return average, network


@pytest.mark.parametrize(
    ("decay", "batches", "keep"),
    [
        # (1 + t) / (10 + t), until the decay itself is less.
        (0.999, 0, 1 / 10),
        (0.999, 1, 2 / 11),
        (0.999, 90, 91 / 100),
        (0.999, 8989, 8990 / 8999),
        (0.999, 9000, 0.999),
        (0.5, 7, 8 / 17),
        (0.5, 8, 0.5),
        (0.5, 1000, 0.5),
        (0.0, 0, 0.0),
    ],
)
def test_decay_warms_up(decay: float, batches: int, keep: float) -> None:
    average, network = pair()
    update_average(average, network, share_of_new(decay, batches))
    for name in ("weight", "bias", "running_mean", "running_var"):
        value = average.state_dict()[name]
        # 0 * keep + 1 * (1 - keep)
        torch.testing.assert_close(value, torch.full_like(value, 1 - keep), rtol=1e-9, atol=0)


def test_whole_numbers_are_copied() -> None:
    average, network = pair()
    network.state_dict()["num_batches_tracked"].fill_(123)
    update_average(average, network, share_of_new(0.999, 500))
    assert average.state_dict()["num_batches_tracked"].item() == 123


def test_converges_to_a_network_that_stands_still() -> None:
    average, network = pair()
    for batch in range(300):
        update_average(average, network, share_of_new(0.9, batch))
    for name, value in average.state_dict().items():
        torch.testing.assert_close(value, network.state_dict()[name], rtol=1e-9, atol=0)


def test_is_the_weighted_mean_of_the_past() -> None:
    average, network = pair()
    for value in (4.0, 8.0):
        network.state_dict()["weight"].fill_(value)
        update_average(average, network, share_of_new(0.25, 100))
    # 0.25 * (0.25 * 0 + 0.75 * 4) + 0.75 * 8
    assert average.state_dict()["weight"].tolist() == [6.75, 6.75]


def test_the_network_is_left_alone_and_no_graph_is_made() -> None:
    average, network = pair()
    update_average(average, network, share_of_new(0.5, 3))
    assert all((value == 1).all() for value in network.state_dict().values())
    assert all(parameter.grad_fn is None for parameter in average.parameters())


def test_a_share_in_a_tensor_gives_the_same_bits() -> None:
    for value in (0.9, 0.3, 0.001):
        torch.manual_seed(3)
        network = nn.Linear(50, 40)
        one, other = nn.Linear(50, 40), nn.Linear(50, 40)
        other.load_state_dict(one.state_dict())
        update_average(one, network, value)
        update_average(other, network, torch.tensor(value, dtype=torch.float64))
        assert torch.equal(one.weight, other.weight)


def test_networks_of_other_shapes_are_refused() -> None:
    average, _ = pair()
    with pytest.raises(ValueError, match="zip"):
        update_average(average, nn.Linear(2, 2), share_of_new(0.5, 3))
