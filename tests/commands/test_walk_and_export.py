"""`generate`: a walk through z, and the generator for other programs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import TINY, only_run, run_here

from project import generate
from project.errors import UserError
from project.run import main
from project.runs.trained import load_generator


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        run_here(main, [*TINY, "epochs=1"], monkeypatch)
    return only_run(folder / "outputs")


def test_a_walk_is_closed_and_the_same_each_time(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        words = [f"run={run}", "walk=true", "n=8", "stops=2", "seed=5", f"out={tmp_path / name}"]
        run_here(generate.main, words, monkeypatch)
    assert len(list((tmp_path / "one").glob("*.png"))) == 8
    gif = tmp_path / "one_walk.gif"
    assert gif.read_bytes() == (tmp_path / "two_walk.gif").read_bytes()
    with Image.open(gif) as movie:
        assert (movie.n_frames, movie.size, movie.info["loop"]) == (8, (64, 64), 0)  # type: ignore[attr-defined]
    assert str(gif) in capsys.readouterr().out
    # A stop is the image of its z.
    run_here(generate.main, [f"run={run}", "n=2", "seed=5", f"out={tmp_path / 'z'}"], monkeypatch)
    for frame, z in (("00000", "00000"), ("00004", "00001")):
        same = (tmp_path / "one" / f"{frame}.png", tmp_path / "z" / f"{z}.png")
        assert same[0].read_bytes() == same[1].read_bytes()


def test_a_walk_is_an_mp4_where_there_is_an_encoder(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    av = pytest.importorskip("av")
    words = [f"run={run}", "walk=true", "n=6", f"out={tmp_path / 'w'}"]
    run_here(generate.main, words, monkeypatch)
    with av.open(str(tmp_path / "w_walk.mp4")) as movie:
        frames = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    assert [frame.shape for frame in frames] == [(64, 64, 3)] * 6


def sources_and_images(run: Path, weights: str) -> tuple[torch.Tensor, torch.Tensor]:
    module = load_generator(run)
    z = module.sample_sources(3, 1)
    network = {"average": module.generator_average, "generator": module.generator}[weights]  # type: ignore[attr-defined]
    with torch.no_grad():
        return z, network(z)


@pytest.mark.parametrize(
    ("words", "weights"), [([], "average"), (["weights=generator"], "generator")]
)
def test_onnx_makes_the_images_of_ours(
    words: list[str], weights: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("onnx", "onnxscript"):
        pytest.importorskip(name)
    runtime = pytest.importorskip("onnxruntime")
    file = tmp_path / "g.onnx"
    asked = [f"run={run}", "export=onnx", f"out={file}", *words]
    run_here(generate.main, asked, monkeypatch)
    z, images = sources_and_images(run, weights)
    session = runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (theirs,) = session.run(["images"], {"source": z.numpy()})
    assert np.abs(theirs - images.numpy()).max() < 1e-4
    assert session.get_modelmeta().custom_metadata_map["pixel_range"] == "-1 to 1"
    before = file.read_bytes()
    with pytest.raises(UserError, match="is there already, and nothing is overwritten"):
        run_here(generate.main, asked, monkeypatch)
    assert file.read_bytes() == before


@pytest.mark.parametrize("weights", ["average", "generator"])
def test_safetensors_hold_the_weights(
    weights: str, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = pytest.importorskip("safetensors.torch").load_file
    asked = [f"run={run}", "export=safetensors", f"weights={weights}"]
    run_here(generate.main, asked, monkeypatch)
    found = loads(run / f"generator_{weights}.safetensors")
    module = load_generator(run)
    network = module.generator_average if weights == "average" else module.generator  # type: ignore[attr-defined]
    assert found.keys() == network.state_dict().keys()
    for name, value in network.state_dict().items():
        assert torch.equal(found[name], value), name


def test_an_export_goes_into_a_new_folder_or_says_why_not(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("safetensors")
    asked = [f"run={run}", "export=safetensors"]
    run_here(generate.main, [*asked, f"out={tmp_path}/new/g.safetensors"], monkeypatch)
    assert (tmp_path / "new" / "g.safetensors").is_file()
    with pytest.raises(UserError, match=r"cannot be written to .*out=<file>"):
        run_here(generate.main, [*asked, f"out={run}/result.json/g"], monkeypatch)


def test_an_unknown_format_is_told(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"export=onx is unknown\. Did you mean 'onnx'"):
        run_here(generate.main, [f"run={run}", "export=onx"], monkeypatch)
