from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from project.errors import UserError
from project.penalties.lecam import LeCam
from project.penalties.penalty import Penalty, Seen
from project.penalties.r1 import R1
from project.penalties.r2 import R2


def seen(D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Seen:
    return Seen(real, fake, D(real), D(fake), D)


def parabola(images: Tensor) -> Tensor:
    return images.square().flatten(1).sum(1)


REAL = torch.tensor([[[[1.0, 0.0]]], [[[0.0, 3.0]]]])
FAKE = torch.tensor([[[[2.0, 0.0]]], [[[0.0, 0.0]]]])


def test_r1_is_of_the_real_and_r2_of_the_generated_images() -> None:
    # Slopes 2 and 6, then 4 and 0.
    step = seen(parabola, REAL, FAKE)
    assert R1(weight=1.0, every=1)(step).item() == pytest.approx((4 + 36) / 2 / 2)
    assert R2(weight=1.0, every=1)(step).item() == pytest.approx((16 + 0) / 2 / 2)
    assert not REAL.requires_grad


@pytest.mark.parametrize(
    ("weight", "every", "due"),
    [(1.0, 1, [1, 2, 3, 4]), (1.0, 2, [2, 4]), (0.0, 1, [])],
)
def test_is_due_every_so_many_batches(weight: float, every: int, due: list[int]) -> None:
    penalty = R1(weight=weight, every=every)
    assert [batch for batch in (1, 2, 3, 4) if penalty.is_due(batch)] == due


def test_lecam_follows_what_d_usually_says() -> None:
    penalty = LeCam(weight=1.0, every=1, decay=0.5)
    on_real, on_fake = torch.tensor([4.0, 0.0]), torch.tensor([-2.0, -6.0])
    step = Seen(REAL, FAKE, on_real, on_fake, parabola)
    # After one batch the averages are its means: a_R = 2, a_F = -4.
    # Real logits above a_F by 8 and 4, generated ones below a_R by 4 and 8.
    assert penalty(step).item() == pytest.approx((64 + 16) / 2 + (16 + 64) / 2)
    # Then the older batch counts half of the newer one: a_R = (2 + 2 * 5) / 3 = 4, a_F = -4.
    later = Seen(REAL, FAKE, torch.tensor([5.0, 5.0]), torch.tensor([-4.0, -4.0]), parabola)
    assert penalty(later).item() == pytest.approx(81 + 64)
    # They are part of a checkpoint.
    assert set(penalty.state_dict()) == {"usual_real", "usual_fake", "counted"}


def test_lecams_averages_of_earlier_versions_are_taken_as_they_were() -> None:
    penalty = LeCam(weight=1.0, every=1, decay=0.5)
    penalty.load_state_dict({"usual_real": torch.tensor(3.0), "usual_fake": torch.tensor(-1.0)})
    assert penalty.counted.item() == 1.0
    with pytest.raises(RuntimeError, match="usual_fake"):
        penalty.load_state_dict({"usual_real": torch.tensor(3.0)})


def test_a_penalty_is_float32_whatever_the_images_are() -> None:
    fake = FAKE.to(torch.bfloat16)
    assert R2(weight=1.0, every=1)(seen(parabola, REAL, fake)).dtype == torch.float32


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: R1(weight=-1.0, every=1), r"penalty\.R1\.weight=-1\.0 is not allowed"),
        (lambda: R2(weight=1.0, every=0), r"penalty\.R2\.every=0 is not allowed"),
        (lambda: R1(weight=1.0, every=2.5), r"penalty\.R1\.every=2\.5 is not allowed"),
        (lambda: LeCam(weight=1.0, every=1, decay=1.0), r"penalty\.LeCam\.decay=1\.0"),
    ],
)
def test_bad_values_are_sentences(make: Callable[[], Penalty], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        make()
