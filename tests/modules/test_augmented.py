from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_run import make_gan, make_policy, train
from torch import Tensor, nn

from project.callbacks.checkpoint import LastCheckpoint
from project.callbacks.exact_resume import ExactResume
from project.da.contrast import Contrast
from project.da.flip import Flip
from project.da.gen import Gen
from project.da.invert import Invert
from project.da.kind import Transform
from project.da.parameters import Parameters, per_image, uniform
from project.da.policy import Policy
from project.da.trial import try_out
from project.da.vflip import VFlip
from project.datamodules.batches import Batch
from project.errors import UserError
from project.losses.adversarial import LeastSquares, Relativistic
from project.modules.augmented import Augmentation, AugmentedDiscriminator
from project.modules.gan import GANModule
from project.networks.dcgan import DCGAN

MODES = ("offline", "online", "differentiable")


class Lighten(Transform):
    def parameters(self, count: int, rng: torch.Generator) -> Parameters:
        return {"by": uniform(count, -60, 60, rng)}

    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        return images + per_image(parameters["by"], images)


class Mirror(Flip):
    own_inverse = False  # of every image, where that is asked for


class Negative(Invert):
    own_inverse = False


def weights(gan: GANModule) -> dict[str, Tensor]:
    found = gan.state_dict()
    return {n.replace("discriminator.network.", "discriminator."): v for n, v in found.items()}


def trained(folder: Path, da: Policy, p: float | None = None) -> dict[str, Tensor]:
    gan = make_gan(da=da)
    if p is not None and gan.augmentation is not None:
        gan.augmentation.p.fill_(p)
    return weights(train(folder, [], gan, da=da))


def alike(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize("mode", MODES)
def test_without_probability_nothing_changes(tmp_path: Path, mode: str) -> None:
    plain = trained(tmp_path, make_policy())
    kinds = {"flip": Flip(), "lighten": Lighten()}
    found = trained(tmp_path, make_policy(kinds=kinds, mode=mode, p=0))
    assert found.keys() == plain.keys()
    assert alike(plain, found)
    # And each mode is one.
    assert not alike(plain, trained(tmp_path, make_policy(kinds=kinds, mode=mode, p=1.0)))


@pytest.mark.parametrize("mode", MODES[1:])
def test_without_probability_the_augmented_step_is_the_same(tmp_path: Path, mode: str) -> None:
    kinds = {"flip": Flip(), "lighten": Lighten()}
    plain = trained(tmp_path, make_policy())
    assert alike(plain, trained(tmp_path, make_policy(kinds=kinds, mode=mode), p=0.0))


def augmentation(p: Any = 1.0, **kinds: Transform) -> Augmentation:
    return Augmentation(da=make_policy(kinds=kinds, mode="differentiable", p=p), black=-1, white=1)


def test_images_are_augmented_in_their_own_range() -> None:
    images = torch.rand(5, 3, 4, 4) * 2 - 1
    torch.testing.assert_close(augmentation(flip=Mirror())(images), images.flip(3))
    torch.testing.assert_close(augmentation(invert=Negative())(images), -images)


def test_each_image_is_drawn_by_itself_and_anew() -> None:
    images = torch.rand(400, 1, 2, 2)
    augment = augmentation(0.25, flip=Mirror())
    touched = [(augment(images) != images).flatten(1).any(dim=1) for _ in range(2)]
    assert not torch.equal(*touched)
    # 100 expected; five standard deviations are 43.
    assert all(57 < int(some.sum()) < 143 for some in touched)
    assert torch.equal(augment(images)[~touched[0]].abs() <= 1, images[~touched[0]].abs() <= 1)


@pytest.mark.parametrize("kind", [Flip(), VFlip(), Invert()], ids=["flip", "vflip", "invert"])
def test_what_undoes_itself_is_drawn_half_as_often_where_both_are_augmented(
    kind: Transform,
) -> None:
    images = torch.rand(400, 1, 2, 2) * 200
    for mode, low, high in (("differentiable", 157, 243), ("online", 400, 400)):
        da = make_policy(kinds={"kind": kind}, mode=mode, p=1.0)
        _, touched = da.augment(images, 1.0, torch.Generator().manual_seed(0))
        # 200 expected, if not all; four standard deviations are 40.
        assert low <= int(touched.sum()) <= high


def test_online_images_stay_between_black_and_white() -> None:
    kind = Contrast(factor=2)
    gan = make_gan(da=make_policy(kinds={"contrast": kind}, mode="online", p=1.0))
    images = torch.rand(3, 3, 32, 32) * 2 - 1
    batch = Batch(images.clone(), torch.zeros(3, 0))
    gan.on_train_batch_start(batch, 0)
    assert batch.images.abs().max() == 1.0
    drawn = kind.drawn(3, torch.Generator())
    offline = kind.treat(((images + 1) * 127.5).round().byte(), drawn)
    assert (batch.images - (offline / 127.5 - 1)).abs().max() <= 3 / 127.5


def test_an_adaptive_p_needs_a_loss_whose_logits_have_a_sign() -> None:
    da = make_policy(kinds={"flip": Flip()}, mode="differentiable", p="adaptive")
    gan = make_gan(da=da)
    given = {name: getattr(gan, name) for name in ("d_optimizer", "g_optimizer", "average_decay")}
    network = DCGAN(size=32, channels=3, latent=6, base_channels=2)
    given |= {"network": network, "classes": None, "penalties": {}, "da": da}
    with pytest.raises(UserError, match=r"da\.p=adaptive follows the signs .* Allowed: loss=bce"):
        GANModule(loss=Relativistic(), **given)
    assert GANModule(loss=LeastSquares(), **given).undecided == 0.5
    assert gan.undecided == 0.0


def test_the_ratio_weighs_how_often_a_kind_is_drawn() -> None:
    kinds = {"lighten": Lighten(), "invert": Invert()}
    da = make_policy(kinds=kinds, mode="online", p=0.8, ratio="0:1")
    images = torch.rand(300, 1, 1, 1) * 200
    made, touched = da.augment(images, 0.8, torch.Generator().manual_seed(0))
    assert torch.equal(made[touched], 255 - images[touched])
    assert torch.equal(made[~touched], images[~touched])
    assert 190 < int(touched.sum()) < 280
    da = make_policy(kinds=kinds, mode="online", p=0.8, ratio="1:0")
    assert not torch.equal(da.augment(images, 0.8, torch.Generator())[0][touched], 255 - images)


def test_all_images_are_seen_augmented_and_the_generator_gets_the_gradient() -> None:
    network = nn.Conv2d(3, 1, 4)
    seen = AugmentedDiscriminator(network=network, augmentation=augmentation(flip=Mirror()))
    images = torch.rand(2, 3, 4, 4, requires_grad=True)
    logits = seen(images)
    torch.testing.assert_close(logits, network(images.flip(3)))
    (gradient,) = torch.autograd.grad(logits.sum(), images)
    torch.testing.assert_close(gradient, network.weight.detach().flip(3).expand(2, -1, -1, -1))
    seen.eval()
    assert torch.equal(seen(images), network(images))


def test_online_the_real_images_alone_are_augmented() -> None:
    gan = make_gan(da=make_policy(kinds={"flip": Flip()}, mode="online", p=1.0))
    batch = Batch(torch.rand(3, 3, 32, 32), torch.zeros(3, 0))
    before = batch.images.clone()
    gan.on_train_batch_start(batch, 0)
    torch.testing.assert_close(batch.images, before.flip(3))
    assert not isinstance(gan.discriminator, AugmentedDiscriminator)


def test_draws_go_on_where_a_checkpoint_was_saved() -> None:
    images = torch.rand(6, 3, 4, 4)
    one, other = (augmentation(0.5, lighten=Lighten()) for _ in range(2))
    one(images)
    saved = {name: value.clone() for name, value in one.state_dict().items()}
    later = [one(images) for _ in range(3)]
    other(images)
    other(images)
    other.load_state_dict(saved)
    assert all(torch.equal(other(images), made) for made in later)
    assert not torch.equal(later[0], later[1])


@pytest.mark.parametrize("mode", MODES[1:])
def test_a_resumed_training_ends_as_one_that_never_stopped(tmp_path: Path, mode: str) -> None:
    adaptive = "adaptive" if mode == "differentiable" else 0.5
    da = make_policy(kinds={"flip": Flip(), "lighten": Lighten()}, mode=mode, p=adaptive)

    def go_on(epochs: int, resume: Path | None) -> GANModule:
        gan = make_gan(da=da)
        saving = LastCheckpoint(every_n_epochs=1, every_n_seconds=99)
        watching = [ExactResume(module=gan), saving]
        return train(tmp_path, watching, gan, epochs=epochs, da=da, resume=resume)

    whole = go_on(4, None)
    go_on(2, None)
    resumed = go_on(4, tmp_path / "last.ckpt")
    assert resumed.batches == whole.batches == 12
    assert alike(weights(whole), weights(resumed))


def test_what_is_drawn_leaves_the_random_states_alone() -> None:
    before = torch.get_rng_state()
    augmentation(0.5, lighten=Lighten())(torch.zeros(2, 3, 4, 4))
    assert torch.equal(torch.get_rng_state(), before)


def test_each_process_draws_on_its_own_and_the_same_after_a_resume() -> None:
    images, made = torch.rand(8, 1, 2, 2), []
    for epoch, process in ((0, 0), (0, 1), (1, 1), (1, 1)):
        augment = augmentation(1.0, lighten=Lighten())
        augment.begin(epoch, process)
        made.append(augment(images))
    assert torch.equal(made[2], made[3])
    assert len({float(images[0, 0, 0, 0]) for images in made}) == 3


def test_p_follows_the_rule_of_ada() -> None:
    augment = augmentation("adaptive", flip=Flip())
    # kimg 0.1, every 2 batches: 2 batches of 5 images move p by 10 / 100.
    augment.watch(torch.ones(5))
    assert augment.p == 0
    augment.watch(torch.ones(5))
    assert augment.p.item() == pytest.approx(0.1)
    # 0.8 of the signs positive: r = 0.6 is the target.
    for _ in range(2):
        augment.watch(torch.tensor([1.0, 2, 3, 4, -1]))
    assert augment.p.item() == pytest.approx(0.1, abs=0.11)
    for _ in range(30):
        augment.watch(torch.ones(5))
    assert augment.p == 1
    # It cannot tell: r = 0.
    for _ in range(4):
        augment.watch(torch.tensor([1.0, -1.0, 1.0, -1.0, 0.0]))
    assert augment.p.item() == pytest.approx(0.8)
    for _ in range(40):
        augment.watch(-torch.ones(5))
    assert augment.p == 0


def adaptive_gan(**rates: float) -> GANModule:
    da = make_policy(kinds={"flip": Flip()}, mode="differentiable", p="adaptive")
    gan = make_gan(da=da)
    makers = {"d": gan.d_optimizer, "g": gan.g_optimizer}
    for name, rate in rates.items():
        maker: Any = makers[name]
        setattr(gan, f"{name}_optimizer", lambda params, m=maker, r=rate: m(params=params, lr=r))
    return gan


def test_p_rises_where_images_are_memorised_and_falls_where_nothing_is_told(tmp_path: Path) -> None:
    # G stands still, and D learns the 48 images by heart.
    sure = train(tmp_path, [], adaptive_gan(g=0.0), epochs=8)
    assert sure.augmentation is not None
    assert sure.augmentation.p > 0.3
    # A D that does not learn says the same of all images: its last layer answers with 0.
    idle = adaptive_gan(d=0.0)
    assert idle.augmentation is not None
    idle.augmentation.p.fill_(0.9)
    for value in idle.discriminator.parameters():
        nn.init.zeros_(value)
    train(tmp_path, [], idle, epochs=2)
    assert idle.augmentation.p < 0.5
    assert "da_p" in idle.losses


def test_terms_that_do_not_let_p_follow_are_told() -> None:
    gan = adaptive_gan()
    with pytest.raises(UserError, match=r"let its d_terms take .* self\.on_real\(batch\.images\)"):
        gan.count(3, {})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"mode": "onlin"}, "da.mode=onlin is unknown. Did you mean 'online'"),
        ({"p": 1.1}, "da.p=1.1 is not allowed. Give 0 to 1, or adaptive"),
        ({"p": True}, "da.p=True is not allowed"),
        ({"p": "often"}, "da.p=often is not allowed"),
        ({"p": "adaptive"}, "da.p=adaptive follows .* Add da.mode=differentiable"),
        ({"mode": "online", "p": "adaptive"}, "da.p=adaptive follows"),
        ({"mode": "online", "size": 3}, "da.size=3 counts images .* Leave it out"),
        ({"mode": "online", "kinds": {"gen": Gen()}}, "gen makes images of its own"),
        ({"mode": "differentiable", "kinds": {"gen": Gen()}}, "Allowed for it: da.mode=offline"),
    ],
)
def test_what_does_not_go_together_is_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        make_policy(**values)


class Rounds(Transform):
    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        return images.round()


class Fails(Transform):
    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        raise LookupError("no such thing")


class Halves(Transform):
    def apply(self, images: Tensor, parameters: Parameters) -> Tensor:
        return images[::2]


def test_kinds_are_tried_out_before_the_training() -> None:
    try_out({"a": Contrast(factor=2), "b": Rounds(), "c": Gen()}, 32, False)
    with pytest.raises(UserError, match=r"DA kind b fails on 8 images of 32 .*no such thing"):
        try_out({"b": Fails()}, 32, False)
    with pytest.raises(UserError, match=r"DA kind Halves .*shape \(4, 3, 32, 32\)"):
        try_out({"b": Halves()}, 32, False)


def test_a_kind_without_gradient_is_refused_where_one_is_needed() -> None:
    try_out({"x": Rounds()}, 32, False)
    with pytest.raises(UserError, match="The DA kind x has no gradient that G could learn from"):
        try_out({"x": Rounds()}, 32, True)


def test_offline_images_are_made_once(tmp_path: Path) -> None:
    made = make_policy(kinds={"flip": Flip()}, p=0.5)
    assert made.counts(7) == {"flip": 7}
    assert made.describe(7) == "7 flip"
    assert make_policy(kinds={"flip": Flip()}, p=0).counts(7) == {"flip": 0}
    anew = make_policy(kinds={"flip": Flip()}, mode="online", p=0.5)
    assert anew.counts(7) == {}
    assert anew.describe(7) == "flip: online, probability 0.5"
    assert np.sum(list(anew.counts(3).values())) == 0


class Salted(Transform):
    def apply(self, images: Tensor, parameters: Any) -> Tensor:
        return images + torch.rand_like(images)


class InPlace(Transform):
    def apply(self, images: Tensor, parameters: Any) -> Tensor:
        made = images.exp()
        made *= 2
        made.mul_(made)
        return made


def test_what_a_kind_draws_beside_its_parameters_is_told() -> None:
    with pytest.raises(UserError, match=r"other images each time .* draw all that is random"):
        try_out({"salt": Salted()}, 32, False)


def test_a_gradient_that_was_overwritten_is_none() -> None:
    with pytest.raises(UserError, match="x has no gradient that G could learn from"):
        try_out({"x": InPlace()}, 32, True)
