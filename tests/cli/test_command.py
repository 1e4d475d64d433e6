"""`little-data-gans`: what `python -m project.<program>` is, as an installed command."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from project.cli.command import PROGRAMS, main

CODE = "from project.cli.command import main; main()"
# Says, where it is built, as what module the program runs.
SOURCE = """
import sys
from project.errors import UserError


class Source:
    def __init__(self, **values):
        raise UserError(f"I am {sys.modules['__main__'].__spec__.name} {sys.argv[1:]}.")
"""


def start(words: list[str], folder: Path, code: str = CODE) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder), "PATH": ""}
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_program_is_the_main_module_and_finds_classes_in_the_current_folder(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine" / "data").mkdir(parents=True)
    (tmp_path / "my_data.py").write_text(SOURCE)
    (tmp_path / "mine" / "data" / "own.yaml").write_text("# own\n_target_: my_data.Source\n")
    done = start(["prepare", "--config-dir", "mine", "data=own"], tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: I am project.prepare ['data=own'].\n")


def test_no_program_is_forgotten() -> None:
    files = (Path(__file__).parents[2] / "project").rglob("*.py")
    programs = [path for path in files if "    answer(main, " in path.read_text()]
    assert {path.stem.replace("__main__", path.parent.name) for path in programs} == set(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_has_help(
    program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["little-data-gans", program, "--help"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    # Imported already, it would be told to be run twice.
    for name in (f"project.{program}", f"project.{program}.__main__"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    main()
    assert f"python -m project.{program}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["--version"]])
def test_help_and_version_import_nothing_that_takes_time(words: list[str], tmp_path: Path) -> None:
    code = f"{CODE}; import sys; print(*sorted(sys.modules), file=sys.stderr)"
    done = start(words, tmp_path, code)
    assert done.returncode == 0
    assert not {"hydra", "numpy", "omegaconf", "torch", "yaml"} & set(done.stderr.split())
    if words == ["--version"]:
        version = importlib.metadata.version("little-data-gans")
        assert done.stdout == f"little-data-gans {version}\n"
    else:
        assert all(f"\n  {name} " in done.stdout for name in PROGRAMS)


def test_an_unknown_program_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["little-data-gans", "reprot", "runs=x"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = "error: 'reprot' is not a program. Did you mean 'report'?\n"
    assert capsys.readouterr().err == told
