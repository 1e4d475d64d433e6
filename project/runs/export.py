"""A generator for other programs: ONNX, or weights alone."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from project.errors import UserError, nearest
from project.replacing import replacing
from project.runs import run_folder
from project.runs.generating import loaded

if TYPE_CHECKING:
    from torch import Tensor, nn

FORMATS = {"onnx": ("onnx", "onnxscript"), "safetensors": ("safetensors",)}


def export_generator(folder: Path, *, to: str, weights: str, out: Path | None) -> Path:
    """Writes a run's generator, from sources such as z to images, ``N x C x H x W``.

    Args:
        folder: of the run.
        to: ``onnx``, or ``safetensors`` for the weights alone.
        weights: ``average``, the moving average, ``generator``, or ``best``.
        out: the file; None: ``generator_<weights>.<format>`` in the run folder.

    Returns:
        The file.

    Raises:
        UserError: the format is unknown, its package is missing, the file is there already or
            cannot be written, or the run has no generator.
    """
    check_format(to)
    file = out or folder / f"generator_{weights}.{to}"
    if file.exists():
        raise UserError(f"{file} is there already, and nothing is overwritten. Name another: out=.")
    module: Any
    module, of = loaded(folder, weights)
    network = {"generator": module.generator, "average": module.generator_average}[of]
    low, high = module.pixel_range
    told = {"run": folder.name, "weights": weights, "pixel_range": f"{low:g} to {high:g}"}
    run_folder.check_writable(file.parent, "out=<file>")
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as temporary:
        if to == "onnx":
            save_onnx(network.eval(), module.sample_sources(2, 0), temporary, told)
        else:
            from safetensors.torch import save_file

            tensors = {name: value.contiguous() for name, value in network.state_dict().items()}
            save_file(tensors, temporary, metadata=told)
    return file


def save_onnx(network: nn.Module, sources: Tensor, path: Path, told: dict[str, str]) -> None:
    """Writes a network as ONNX, for any number of sources at a time.

    Args:
        network: sources -> images.
        sources: examples, ``2 x ...``.
        path: of the file.
        told: what the file says of itself.
    """
    import onnx
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, on its own code
        program = torch.onnx.export(
            network.float(),
            (sources,),
            input_names=["source"],
            output_names=["images"],
            dynamic_shapes=({0: torch.export.Dim("count")},),
            verbose=False,
        )
        assert program is not None
        model = program.model_proto
    onnx.helper.set_model_props(model, told)
    onnx.save(model, str(path))


def check_format(to: str) -> None:
    """Checks that a format is known and can be written here.

    Raises:
        UserError: it is not, or cannot.
    """
    if to not in FORMATS:
        raise UserError(f"export={to} is unknown. {nearest(to, FORMATS)}")
    missing = [name for name in FORMATS[to] if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"export={to} needs the package {' and '.join(missing)}: "
            "pip install 'little-data-gans[export]'"
        )
