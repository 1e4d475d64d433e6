"""Every bad input: one sentence, exit code 2, no traceback, no folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from omegaconf import OmegaConf
from PIL import Image
from tiny import TINY, only_run, run_apart, run_here

from project import generate, prepare
from project.cli.quoting import quote_paths
from project.cli.sentences import explain
from project.da.manifest import ManifestRow, write_manifest
from project.da.ratio import Ratio
from project.errors import UserError
from project.run import main

FACES = ["experiment=da_faces", "da=flip_gen"]

CONFIG = [
    ([*FACES, "seed=1099511627776"], "seed=1099511627776 is not .* Give 0 to 4294967295"),
    ([*FACES, "size=512", "data.total=1"], "size=512 is not a GAN's. Allowed: 32, 64, 128, 256"),
    ([*FACES, "-m", "--cfg=job"], "--cfg shows the config of one run: leave -m out"),
    ([*FACES, "seeds=2", "hydra/launcher=foo"], "foo"),
    ([*FACES, "seeds=2", "hydra/launcher=submitit_slurm"], "needs Slurm's sbatch, which is not"),
    ([*FACES, "seeds=2", "paths.multirun=/proc/here"], "/proc/here.* cannot be written to"),
    ([*FACES, "network.channels=1"], "network.channels=1, but the images have 3"),
    ([*FACES, "trainer.devices=7"], "trainer.devices=7 needs trainer=ddp"),
    ([*FACES, "trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=999"], "more processes"),
    # Before pictures are looked for, let alone decoded.
    (
        [*FACES, "data=folder", "data.root=missing", "trainer=ddp", "trainer.devices=999"],
        r"more processes|No supported gpu backend",
    ),
    (["experiment=da_faces", "da=[flip,flip]"], r"da=\[flip,flip\] names an option of da twice"),
    ([*FACES, "scored_imagez=3", "epochz=4"], "Did you mean 'scored_images'"),
    (["experiment=da_celebra"], "Did you mean 'da_celeba'"),
    ([], "experiment=<option> is missing. Allowed: .*da_celeba"),
    ([*FACES, "lr=3"], "'lr' is not a key. Did you mean 'module.d_optimizer.lr'"),
    ([*FACES, "sede=3"], "'sede' is not a key. Did you mean 'seed'"),
    ([*FACES, "da.sise=3"], "'sise' is not a key of da. Did you mean 'size'"),
    ([*FACES, "pahts.data=x"], "'pahts' is not a key. Did you mean 'paths'"),
    ([*FACES, "da=flop"], "da=flop is not there. Did you mean 'flip'"),
    ([*FACES, "dda=flip"], "'dda' is not a key. Did you mean 'da'"),
    ([*FACES, "ratio=1:1:1"], r"ratio=1:1:1 has 3 parts.*2 kinds: flip, gen"),
    ([*FACES, "ratio=0:0"], "share of 0"),
    ([*FACES, "ratio=61"], 'Put it in quotes in the file: ratio: "1:1"'),
    ([*FACES, "da.size=-4"], "da.size=-4 is not a number of images"),
    ([*FACES, "n=5000"], "n=5000 images were asked for, but .* has 2000"),
    ([*FACES, "seed=abc"], "seed=abc is not allowed. Give a whole number from 0"),
    ([*FACES, "n=1e3"], r"n=1000.0 is not allowed. Give a whole number from 1, or null for all"),
    ([*FACES, "module.d_optimizer.lr=abc"], "d_optimizer.lr=abc is not .* a number, such as 0.0"),
    ([*FACES, "module.d_optimizer.lr=-1"], "module.d_optimizer cannot .*learning rate: -1"),
    ([*FACES, "module.d_optimizer.betas=[2,1]"], "module.d_optimizer cannot be built .*index 0: 2"),
    ([*FACES, "module.d_optimizer.betas=[a,1]"], r"betas=\['a', 1\] is not .* such as \[0.5, 0.9"),
    ([*FACES, "module.d_optimizer.fused=3"], "fused=3 is not allowed. Give true or false"),
    ([*FACES, "module.d_optimizer=3"], "module.d_optimizer is a section of keys"),
    ([*FACES, "da=contrast", "da.kinds.contrast.factor=x"], "factor=x is not .* such as 1.5"),
    (["experiment=da_faces", "da.kinds.x=abc"], "'x' is not a key of da.kinds, which has none"),
    ([*FACES, "network.channels=-3"], "network cannot be built with the values"),
    ([*FACES, "da=[flip,invrt]"], "da=invrt is not there. Did you mean 'invert'"),
    ([*FACES, "da.seed=abc"], "da.seed=abc is not allowed. Give a whole number from 0"),
    ([*FACES, "trainer.max_epochs=-1"], "max_epochs=-1 is not allowed. Give a whole number from 1"),
    ([*FACES, "da=flip,gen"], r"With -m it is a sweep.* da=\[flip,gen\] mixes them in one run"),
    ([*FACES, "seed=1,2"], "'seed=1,2' names several values. With -m it is a sweep"),
    ([*FACES, "da=[]"], r"da=\[\] is not allowed. Allowed for da: .*contrast, "),
    (["experiment=two_feature_joint", "features=[Bald]"], r"\[.Bald.\] does not name two"),
    (["experiment=two_feature_joint", "features=Bald"], "features=Bald does not name two"),
    ([*FACES, "trainer=null"], "trainer=null is not allowed. Allowed for trainer: auto, cpu"),
    ([*FACES, "module.network=null"], "cannot do without what module.network=null takes away"),
    ([*FACES, "callbacks.score.backbone=null"], "without what callbacks.score.backbone=null takes"),
    ([*FACES, "paths.cache=[2,1]"], r"paths.cache=\[2, 1\] is not allowed. Give one folder"),
    ([*FACES, "flip"], r"'flip' is not of the form key=value. Did you mean da=flip\?"),
    ([*FACES, "epochs=0"], "epochs=0 is not allowed"),
    ([*FACES, "module.average_decay=7"], "average_decay=7 is not .* from 0 to less than 1"),
    ([*FACES, "module.average_decay=-0.1"], "average_decay=-0.1 is not .* from 0 to less than 1"),
    ([*FACES, "network.base_channels=-1"], "network.base_channels=-1 is not allowed"),
    ([*FACES, "+foo=3"], "'foo' is not a key, and nothing would read it"),
    ([*FACES, "+da.foo=3"], "'foo' is not a key of da"),
    ([*FACES, "da=["], "cannot be read"),
    ([*FACES, "logger=cvs"], "Did you mean 'csv'"),
    ([*FACES, "paths.outputs=/proc/here"], "cannot be written to"),
    (
        ["experiment=reversed_digits", "data=faces"],
        "data=faces has no 'digits', which this experiment sets. Allowed: data=digits, data=mnist.",
    ),
    (["experiment=classifier_inversion", "steps=5"], "Did you mean 'steps_per_epoch'?"),
    (["resume=nowhere"], "nowhere is not a run folder"),
    (["experiment=da_celeba", "paths.data=nowhere"], "nowhere/celeba is not a folder"),
    ([*FACES, "data=folder"], "data.root=<folder"),
    ([*FACES, "data=folder", "data.root=empty"], "empty holds no images"),
    ([*FACES, "data=folder", "data.root=broken"], "n=1000 images .* broken has 3.* n=null for all"),
    ([*FACES, "data=folder", "data.root=text", "n=null"], "a.jpg"),
    (
        [*FACES, "data=folder", "data.root=broken", "n=null"],
        r"(cut|zero)\.jpg .*(cut|zero)\.jpg .*=skip",
    ),
    ([*FACES, "data=digits"], "is grey"),
    ([*FACES, "backbone=inception_v3", "backbone.weights=w"], "backbone.weights=w is no file"),
    ([*FACES, "size=48"], "size=48 is not a GAN's. Allowed: 32, 64, 128, 256"),
    ([*FACES, "scored_images=5"], "scored_images=5 are fewer"),
    ([*FACES, "~seed"], "~seed takes away what every run needs"),
    ([*FACES, "~callbacks"], "~callbacks takes away what every run needs"),
    ([*FACES, "-x"], "-x is no switch of this program. Allowed: --help"),
    ([*FACES, "data=faces,folder"], "'data=faces,folder' .* a sweep, a run for each.$"),
    ([*FACES, "data=folder", f"data.root={'a' * 300}"], "File name too long"),
    (["experiment=reversed_digits", "epochs=7"], "as long as batches= says: leave epochs= out"),
    (
        ["experiment=two_feature_alternation", "data=faces", "data.total=300", "compare=[empty]"],
        "compare=empty is not a run folder",
    ),
    (
        ["experiment=two_feature_alternation", "data=faces", "data.total=300", "compare=a"],
        r"compare=\[<run folder>",
    ),
    ([*FACES, "trainer.precision=fp7"], "This trainer cannot be had here"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "text", "broken"):
        Path(name).mkdir()
    Path("text/a.jpg").write_text("no picture")
    Image.effect_noise((64, 64), 50).save("broken/good.jpg")
    whole = Path("broken/good.jpg").read_bytes()
    Path("broken/cut.jpg").write_bytes(whole[: len(whole) // 2])
    Path("broken/zero.jpg").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(("words", "sentence"), CONFIG, ids=lambda value: str(value)[-40:])
def test_is_one_sentence_and_leaves_no_folder(
    words: Sequence[str],
    sentence: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it says is checked below
        run_here(main, words, monkeypatch)
    said = explain(caught.value, words)
    assert said is not None
    assert re.search(sentence, said), said
    assert "\n" not in said
    assert not Path("outputs").exists() or not list(Path("outputs").glob("*/*"))


@pytest.mark.parametrize("words", [["experiment=da_celebra"], [*FACES, "ratio=0:0"]])
def test_the_program_exits_with_2_and_prints_the_sentence_alone(
    words: Sequence[str], tmp_path: Path
) -> None:
    done = run_apart(["-m", "project.run"], words, tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("program", "words", "sentence"),
    [
        ("generate", ["wieghts=average"], "'wieghts' is not a key. Did you mean 'weights'?"),
        (
            "generate",
            ["outputs/x"],
            "'outputs/x' is not of the form key=value. Write run=outputs/x.",
        ),
        ("generate", [], "run= is missing. Write run=<folder>."),
        ("generate", ["run=x", "n=abc"], "n=abc is not allowed. Give a whole number from 1."),
        ("generate", ["run=x", "n=null"], "n=None is not allowed. Give a whole number from 1."),
        ("generate", ["run=x", "walk=no"], "walk=no is not allowed. Give true or false."),
        ("prepare", ["data=celeba", "data.download=no"], "data.download=no is not allowed."),
        ("prepare", ["data=faces", "data.total=x"], "data.total=x is not allowed. Give a number"),
        (
            "prepare",
            ["data=folder", "data.root=broken", "size=9999999"],
            "There is not enough memory. Give a smaller size",
        ),
        ("prepare", [], "data=<option> is missing. Allowed: celeba, digits"),
        ("prepare", ["--cfg", "job"], "--cfg is no switch of this program. It knows --help"),
        ("prepare", ["data=faces", "n=abc"], "n=abc is not allowed"),
        ("prepare", ["data=faces", "dta.n=3"], "'dta' is not a key. Did you mean 'data'?"),
    ],
)
def test_the_other_programs_answer_in_a_sentence(
    program: str, words: Sequence[str], sentence: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = {"generate": generate.main, "prepare": prepare.main}[program]
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what it says is checked below
        run_here(main, words, monkeypatch)
    said = explain(caught.value, words, program)
    assert said is not None
    assert said.startswith(sentence)
    assert "\n" not in said


def test_an_unquoted_ratio_in_yaml_is_explained() -> None:
    with pytest.raises(UserError, match='ratio: "1:1"'):
        Ratio.parse(OmegaConf.create("ratio: 1:1").ratio)


def test_skipping_corrupt_images_goes_on_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = [*TINY, "epochs=1", "trainer.limit_train_batches=1", "n=null"]
    data = ["data=folder", "data.root=broken", "data.on_corrupt=skip"]
    run_here(main, [*short, *data, "datamodule.batch_size=1"], monkeypatch)
    (manifest,) = Path("outputs").glob("*/*/manifest.csv")
    lines = manifest.read_text().splitlines()
    assert sorted(line.split(",")[1:3] for line in lines[1:]) == [
        ["original", "good.jpg"],
        ["skipped", "cut.jpg"],
        ["skipped", "zero.jpg"],
    ]


def test_names_of_any_bytes_are_shown_and_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8:strict")
    os.rename(b"broken/zero.jpg", b"broken/\xff.jpg")  # noqa: PTH104 -- bytes
    words = ["data=folder", "data.root=broken", "data.on_corrupt=skip"]
    done = run_apart(["-m", "project.prepare"], words, folder)
    assert done.returncode == 0, done.stderr
    assert "skipped: \\udcff.jpg" in done.stdout
    write_manifest([ManifestRow("skipped", "\udcff.jpg", "{}")], folder)
    assert (folder / "manifest.csv").read_text().splitlines()[1] == ",skipped,\\udcff.jpg,{}"


def test_a_run_in_the_place_of_whose_folder_is_a_file_is_not_begun(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("outputs").mkdir()
    Path("outputs/da_faces").touch()
    with pytest.raises(UserError, match="outputs/da_faces cannot be written to"):
        run_here(main, FACES, monkeypatch)


def test_a_foreign_run_folder_is_data_not_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = folder / "foreign"
    foreign.mkdir()
    (foreign / "result.json").write_text('{"overrides": []}')
    (foreign / "last.ckpt").write_bytes(b"not weights")
    (foreign / "config.yaml").write_text("module: {_target_: os.system, command: touch taken}\n")
    with pytest.raises(UserError, match=r"asks to run 'os\.system'"):
        run_here(generate.main, [f"run={foreign}"], monkeypatch)
    assert not Path("taken").exists()
    with pytest.raises(UserError, match="is not a run folder"):
        run_here(generate.main, ["run=empty"], monkeypatch)


class Payload:
    """What a pickle can do to whoever loads it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("taken",)


@pytest.mark.parametrize("program", [generate.main, main], ids=["generate", "resume"])
def test_a_checkpoint_with_a_payload_is_never_loaded(
    program: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_here(main, [*TINY, "epochs=1", "trainer.limit_train_batches=1"], monkeypatch)
    run = only_run(tmp_path / "outputs")
    saved = torch.load(run / "last.ckpt", weights_only=True)
    torch.save({**saved, "more": Payload()}, run / "last.ckpt")
    result = (run / "result.json").read_text().replace('"finished"', '"interrupted"')
    (run / "result.json").write_text(result)
    word = "resume" if program is main else "run"
    with pytest.raises(Exception, match="holds more than tensors and plain values") as caught:
        run_here(program, [f"{word}={run}"], monkeypatch)
    assert isinstance(caught.value, UserError)
    assert not Path("taken").exists()
    assert (run / "result.json").read_text() == result


def test_paths_need_no_quoting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    words = quote_paths(["paths.data=~/my data", "resume=a=b,c", "run='quoted'", "seed=1"])
    assert words == ["paths.data='/home/me/my data'", "resume='a=b,c'", "run='quoted'", "seed=1"]
    evaluated = quote_paths(["images=made [1]", "reference=a(b)", "held_out=null", "runs=a/*,b"])
    assert evaluated == ["images='made [1]'", "reference='a(b)'", "held_out=null", "runs='a/*,b'"]
