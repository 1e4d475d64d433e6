"""Which condition a run belongs to: all that was set, except what tells one seed from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from project.report.runs import Run, inner
from project.runs.naming import DULL
from project.runs.run_folder import FIRST_LAYOUT, TRAINS, WHERE

NONE = "none"
MOST = 5000  # values of a config that are looked at
# Where a data set lies and how it was decoded is not what it is.
PLACES = ("data.cache", "data.root", "data.download", "data.on_corrupt")
SHOWN = ("n", "size", "epochs", "kimg", "scored_images")
OF_EPOCHS = ("epochs", "trainer.max_epochs")
# Of a sweep of GANs: what its conditions choose, and where that, and what goes with it, stands in a
# config. A batch size by itself is no GAN: other conditions of a sweep may be compared within it.
GAN_WORDS = ("gan=", "network=", "loss=", "penalty=")
GAN_KEYS = ("module.network", "module.loss", "module.penalties", "datamodule.batch_size")
STUDYS = ("", "gan=study", "gan=study_small")
NAMES = {"celeba": "CelebA", "pets": "pets", "faces": "drawn faces", "folder": "folder"}


@dataclass(frozen=True)
class Condition:
    """What the runs of one bar have in common.

    Args:
        study: all settings but the augmentation; conditions are compared within it.
        kinds: of the augmentation; none for the originals alone.
        ratio: ``a:b`` among the kinds; empty where there are fewer than two.
        da_size: number of DA images that join the originals, 0 where kinds are drawn anew; None
            where it is that of the originals, and they are not told.
        originals: number of originals; None where nothing tells.
        data: name of the data set.
        settings: the study in words.
        mode: in which the kinds are drawn, with its probability; empty where that is offline.
        gan: words of a sweep's condition that chooses the GAN; empty where it chooses none.
    """

    study: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    ratio: str
    da_size: int | None
    originals: int | None
    data: str
    settings: str = ""
    mode: str = ""
    gan: str = ""

    @property
    def policy(self) -> str:
        """Kinds, ratio and mode, such as ``flip+gen 1:1`` or ``flip online, p 0.5``.

        Of a GAN that was chosen, the words that chose it: its augmentation may be a part of it.
        """
        kinds = "+".join(self.kinds) or NONE
        return self.gan or " ".join(filter(None, (kinds, self.ratio, self.mode)))

    @property
    def label(self) -> str:
        """The policy, and the number of DA images where it is not that of the originals."""
        usual = self.da_size in (0, None, self.originals)
        return self.policy if usual else f"{self.policy}, {self.da_size} DA"

    @property
    def is_baseline(self) -> bool:
        """Whether the originals are alone, and the GAN is the study's."""
        return not self.kinds and self.gan in STUDYS

    @property
    def order(self) -> tuple[Any, ...]:
        """The study's order: none, single kinds, pairs, then by size."""
        kinds = (len(self.kinds), self.kinds, self.mode, self.ratio, self.da_size or 0)
        return (self.gan not in STUDYS, self.gan, *kinds)


def condition_of(run: Run) -> Condition:
    """Returns a run's condition, from its config or else from the words of its command line."""
    if not isinstance(run.config.get("data"), Mapping):
        return _from_words(run)
    values = dict(_flat(run.config))
    study = {
        key: value
        for key, value in values.items()
        if _trains(key, run.config) and key.rpartition(".")[2] != "seed"
    }
    study |= {k: v for k, v in values.items() if k.startswith("data.") and not _under(k, PLACES)}
    study |= {key: values[key] for key in SHOWN if key in values}
    if run.config.get("kimg") is not None:
        # Equally many images shown are unequal epochs over sets of unequal size.
        study = {key: value for key, value in study.items() if not _under(key, OF_EPOCHS)}
        study["kimg"] = values["kimg"]
    gan = _gan(run)
    if gan:
        study = {key: value for key, value in study.items() if not _under(key, GAN_KEYS)}
    originals = _originals(run)
    kinds, ratio, size = _policy(run.config, originals)
    return Condition(
        tuple(sorted(study.items())),
        kinds,
        ratio,
        size,
        originals,
        _data(run.config),
        mode=_mode(run.config) if kinds else "",
        gan=gan,
    )


def _gan(run: Run) -> str:
    """Returns a sweep's condition, where it chooses the GAN."""
    words = str(inner(run.result, "sweep").get("condition") or "").split()
    return " ".join(words) if any(word.startswith(GAN_WORDS) for word in words) else ""


def _trains(key: str, config: Mapping[str, Any]) -> bool:
    """Whether a value, other than of the augmentation, is part of what is trained."""
    if _under(key, ("da", "ratio", *PLACES)):
        return False
    hidden = config.get(FIRST_LAYOUT)
    if isinstance(hidden, list):
        return not _under(key, [str(name) for name in hidden])
    return _under(key, TRAINS) and not _under(key, [f"trainer.{name}" for name in WHERE])


def _from_words(run: Run) -> Condition:
    words = sorted(word for word in run.overrides if not word.startswith((*DULL, "seed=")))
    da = [word[3:] for word in words if word.startswith("da=")]
    kinds = [kind for kind in (da or [NONE])[-1].strip("[]").split(",") if kind and kind != NONE]
    study = [(word, "") for word in words if not word.startswith(("da=", "ratio=", "da.size="))]
    experiment = str(run.result.get("experiment", ""))
    originals = _originals(run)
    size = originals if kinds else 0
    ratio = next((word[6:] for word in words if word.startswith("ratio=")), "")
    name = experiment or "unknown data"
    return Condition(
        (("experiment", experiment), *study), tuple(kinds), ratio, size, originals, name
    )


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields the values of a config by their full keys; at most ``MOST`` of them."""
    rest: list[tuple[str, Any]] = [(str(key), value) for key, value in values.items()]
    seen = 0
    while rest and seen < MOST:
        key, value = rest.pop(0)
        seen += 1
        if isinstance(value, Mapping):
            rest += [(f"{key}.{inner}", v) for inner, v in value.items()]
        else:
            yield key, str(value)[:200]


def _under(key: str, places: Sequence[str]) -> bool:
    return any(f"{key}.".startswith(f"{place}.") for place in places)


def _originals(run: Run) -> int | None:
    data = run.result.get("data")
    counted = data.get("images") if isinstance(data, Mapping) else None
    for number in (counted, run.config.get("n")):
        if isinstance(number, int) and not isinstance(number, bool):
            return number
    return None


def _policy(
    config: Mapping[str, Any], originals: int | None
) -> tuple[tuple[str, ...], str, int | None]:
    da = config.get("da")
    kinds = da.get("kinds") if isinstance(da, Mapping) else None
    if not isinstance(da, Mapping) or not isinstance(kinds, Mapping) or not kinds:
        return (), "", 0
    size = da.get("size")
    number = size if isinstance(size, int) else originals
    number = 0 if _mode(config) else number
    equal = ":".join("1" * len(kinds))
    ratio = str(da.get("ratio") or equal) if len(kinds) > 1 else ""
    return tuple(str(kind) for kind in kinds), ratio, number


def _mode(config: Mapping[str, Any]) -> str:
    da = config.get("da")
    mode = da.get("mode") if isinstance(da, Mapping) else None
    if mode in (None, "offline") or not isinstance(da, Mapping):
        return ""
    return f"{mode}, p {da.get('p')}"


def _data(config: Mapping[str, Any]) -> str:
    data = config["data"]
    source = str(data.get("_target_", "")).split(".")
    module = source[-2] if len(source) > 1 else ""
    if data.get("breeds"):
        breeds = data["breeds"]
        return " + ".join(map(str, breeds if isinstance(breeds, list) else [breeds])).title()
    return NAMES.get(module, module or "unknown data")


def settle(conditions: Sequence[Condition]) -> list[Condition]:
    """Completes conditions by what the others know.

    A run that left no result does not tell its number of originals; its neighbours do. And each
    condition is told how its study differs from the other ones.

    Returns:
        The conditions, in the same order.
    """
    known = {c.study: c.originals for c in conditions if c.originals is not None}
    studies = {condition.study: dict(condition.study) for condition in conditions}
    values: dict[str, set[str | None]] = {}
    for key in sorted({key for study in studies.values() for key in study}):
        values[key] = {study.get(key) for study in studies.values()}
    # A section that is filled from another one says the same twice.
    telling = [
        key
        for key, found in values.items()
        if len(found) > 1 and key not in SHOWN and not key.startswith(("data.", "module."))
    ]
    settled = []
    for condition in conditions:
        study = studies[condition.study]
        shown = [key for key in SHOWN if study.get(key, "None") != "None"]
        keys = [*shown, *(key for key in telling[:6] if key in study)]
        # What a user writes as null is read from a config as None.
        written = {key: "null" if study[key] == "None" else study[key] for key in keys}
        words = [f"{key}={value}" if value else key for key, value in written.items()]
        originals = known.get(condition.study)
        size = originals if condition.da_size is None else condition.da_size
        settled.append(
            replace(condition, originals=originals, da_size=size, settings=", ".join(words))
        )
    return settled
