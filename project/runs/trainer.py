"""Lightning's trainer, and what of its section is ours: precision=auto, capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.utils import instantiate
from omegaconf import DictConfig

from project.cli.compose import plain
from project.errors import UserError, nearest

if TYPE_CHECKING:
    import lightning

CAPTURE = ("auto", "on", "off")
ON_A_GPU = ("auto", "gpu", "cuda")
CPU_INFO = Path("/proc/cpuinfo")
HALVED = ("bf16-mixed", "16-mixed")
OTHERS = ("bf16-true", "16-true", "64-true", "64")
BF16_FLAGS = {"amx_bf16", "avx512_bf16"}


def make_trainer(section: DictConfig, **others: Any) -> lightning.Trainer:
    """Builds the trainer.

    Args:
        section: ``trainer`` of the config.
        others: what the run adds.
    """
    settings = plain(section)
    settings.pop("capture", None)  # the module's
    settings["precision"] = precision_of(section)
    trainer: lightning.Trainer = instantiate(settings, **others)
    return trainer


def precision_of(section: DictConfig) -> str:
    """Returns the precision of a training: for ``auto``, bf16 where that is the quicker one.

    Args:
        section: ``trainer`` of the config.

    Raises:
        UserError: images and weights would be of two types.
    """
    precision = str(section.precision)
    if precision in OTHERS:
        raise UserError(
            f"trainer.precision={precision} is not allowed: images come in 32 bits, and G's moving "
            f"average needs them. Give 32-true, {', '.join(HALVED)} or auto."
        )
    if precision != "auto":
        return precision
    # Late: it loads torch.
    import torch

    if section.accelerator in ON_A_GPU and torch.cuda.is_available():
        # Emulated, it would be slower than fp32, whose convolutions run in TF32 anyway.
        has_units = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has_units = cpu_has_bf16_units(CPU_INFO)
    return "bf16-mixed" if has_units else "32-true"


def cpu_has_bf16_units(info: Path) -> bool:
    """Says whether the processor multiplies in bf16 (AMX, AVX-512), by what Linux tells of it."""
    return info.is_file() and bool(BF16_FLAGS & set(info.read_text(encoding="utf-8").split()))


def slow_precision(section: DictConfig, info: Path) -> str:
    """Says that a processor is slow in the chosen precision; nothing where it is not.

    Args:
        section: ``trainer`` of the config.
        info: what Linux tells of the processor.
    """
    import torch

    on_a_gpu = section.accelerator in ON_A_GPU and torch.cuda.is_available()
    if on_a_gpu or section.precision not in HALVED or not info.is_file():
        return ""
    if cpu_has_bf16_units(info):
        return ""
    return (
        f"trainer.precision={section.precision}: this processor has no units for it, and trains "
        "ten times slower or worse. trainer.precision=auto takes what is quicker."
    )


def check_capture(section: DictConfig) -> None:
    """Checks ``trainer.capture``.

    Raises:
        UserError: it is unknown, or ``on`` where there is nothing that captures.
    """
    capture = section.get("capture", "off")
    if capture not in CAPTURE:
        raise UserError(f"trainer.capture={capture} is unknown. {nearest(str(capture), CAPTURE)}")
    if capture != "on":
        return
    import torch

    if section.accelerator not in ON_A_GPU or not torch.cuda.is_available():
        raise UserError(
            "trainer.capture=on: only a CUDA device captures the training step. "
            "trainer.capture=auto trains without one, too."
        )
