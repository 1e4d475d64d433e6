from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from project.cli.compose import load_config
from project.errors import UserError
from project.runs import trainer
from project.runs.trainer import check_capture, cpu_has_bf16_units, make_trainer, precision_of


def section(*words: str) -> Any:
    return load_config("config", ["experiment=da_faces", *words]).trainer


@pytest.mark.parametrize(
    ("flags", "has_units"),
    [
        ("flags : fpu avx512_bf16 amx_bf16 avx512_fp16 amx_tile amx_int8", True),
        ("flags : fpu avx512_bf16 amx_tile amx_int8", True),
        # AMX of whole numbers alone.
        ("flags : fpu avx512f amx_tile amx_int8", False),
        ("flags : fpu xamx_bf16y", False),
    ],
)
def test_units_for_bf16_are_what_linux_says(flags: str, has_units: bool, tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\n{flags}\n")
    assert cpu_has_bf16_units(info) is has_units


def test_where_linux_says_nothing_there_are_none(tmp_path: Path) -> None:
    assert not cpu_has_bf16_units(tmp_path / "cpuinfo")


@pytest.mark.parametrize(("has_units", "found"), [(True, "bf16-mixed"), (False, "32-true")])
def test_auto_precision_is_bf16_where_there_are_units(
    has_units: bool, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer, "cpu_has_bf16_units", lambda info: has_units)
    chosen = section("trainer=cpu", "trainer.precision=auto")
    assert precision_of(chosen) == found
    built = make_trainer(chosen, logger=False, callbacks=[])
    assert built.precision == found


def test_a_card_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(trainer, "cpu_has_bf16_units", lambda info: False)
    for has_units, found in ((True, "bf16-mixed"), (False, "32-true")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda has=has_units, **_: has)
        assert precision_of(section("trainer.precision=auto")) == found
        # Beside a card, too, what is trained on the CPU is.
        assert precision_of(section("trainer=cpu", "trainer.precision=auto")) == "32-true"


def test_a_precision_that_was_chosen_stays() -> None:
    assert precision_of(section()) == "32-true"
    assert precision_of(section("trainer.precision=16-mixed")) == "16-mixed"


@pytest.mark.parametrize("precision", ["bf16-true", "16-true", "64-true", "64"])
def test_weights_of_another_type_than_images_are_refused(precision: str) -> None:
    with pytest.raises(UserError, match=r"is not allowed: .* Give 32-true, bf16-mixed, 16-mixed"):
        make_trainer(section(f"trainer.precision={precision}"), logger=False, callbacks=[])


def test_capture_is_checked_before_anything_is_trained() -> None:
    check_capture(section("trainer.capture=auto"))
    check_capture(section("trainer.capture=off"))
    with pytest.raises(UserError, match=r"trainer\.capture=of is unknown\. .*off"):
        check_capture(section("trainer.capture=of"))
    with pytest.raises(UserError, match="only a CUDA device captures"):
        check_capture(section("trainer=cpu", "trainer.capture=on"))
