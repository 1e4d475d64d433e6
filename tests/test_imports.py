"""Imports point one way, and what is quick stays quick."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "project").rglob("*.py"))
}
# What takes seconds to import.
HEAVY = {"torch", "torchvision", "lightning", "torchmetrics", "torch_fidelity", "wandb", "sklearn"}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def nodes(tree: ast.AST, late: bool) -> Iterator[ast.AST]:
    """Yields what is executed: on import, and, where ``late``, in functions too."""
    for child in ast.iter_child_nodes(tree):
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if is_for_types(child) or (function and not late):
            continue
        yield child
        yield from nodes(child, late)


def imports(name: str, *, late: bool = True) -> set[str]:
    """Returns the full names that a module imports; late ones stand in functions."""
    found: set[str] = set()
    for node in nodes(ast.parse(FILES[name].read_text(encoding="utf-8")), late):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            inner = {module for module in full if module in FILES}
            found |= inner or {str(node.module)}
    return found


def ours(name: str, *, late: bool = True) -> set[str]:
    return {module for module in imports(name, late=late) if module.split(".")[0] == "project"}


def others(name: str, *, late: bool = True) -> set[str]:
    tops = {module.split(".")[0] for module in imports(name, late=late)}
    return tops - {"project"} - set(sys.stdlib_module_names)


def under(package: str) -> list[str]:
    found = [name for name in FILES if name.startswith(f"{package}.")]
    assert found, f"{package} has no modules"
    return found


def outside(modules: set[str], *allowed: str) -> set[str]:
    """Returns those of ``modules`` that are none of ``allowed``, nor in one of them."""
    return {m for m in modules if not any(f"{m}.".startswith(f"{a}.") for a in allowed)}


# What every room may import.
EVERYWHERE = ("project.errors", "project.replacing")
MAY_IMPORT = {
    "project.data": ["data", "da"],
    "project.da": ["da", "data"],
    "project.losses": ["losses"],
    "project.networks": ["networks", "backbones"],
    "project.datamodules": ["datamodules", "data", "da"],
    "project.penalties": ["penalties", "losses"],
    "project.modules": [
        "losses",
        "penalties",
        "networks",
        "da",
        "datamodules.batches",
        "datamodules.pixels",
        "data",
        "modules",
    ],
    "project.backbones": ["backbones", "networks"],
    "project.metrics": ["metrics", "backbones", "networks", "data", "datamodules.pixels"],
    "project.loggers": ["loggers", "runs.run_folder"],
    "project.report": [
        "report",
        "metrics.audit",
        "metrics.score_names",
        "runs.run_folder",
        "runs.naming",
        "runs.grid",
        "cli.config_dir",
        "cli.shell",
    ],
    "project.callbacks": [
        "callbacks",
        "metrics",
        "backbones",
        "networks",
        "loggers",
        "data",
        "modules.stages",
        "modules.walk",
        "cli.signals",
        "datamodules.batches",
        "datamodules.pixels",
        "runs.grid",
        "runs.duration",
        "runs.run_folder",
        "runs.best_checkpoint",
    ],
}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    allowed = [f"project.{room}" for room in MAY_IMPORT[package]]
    extra = {
        "project.report.__main__": [
            "project.cli.sentences",
            "project.cli.compose",
            "project.cli.quoting",
        ],
    }
    wrong = {
        name: bad
        for name in under(package)
        if (bad := outside(ours(name), *EVERYWHERE, *extra.get(name, []), *allowed))
    }
    assert not wrong


def check_no_circle(graph: Mapping[str, set[str]]) -> None:
    graphlib.TopologicalSorter(graph).prepare()


def test_nothing_is_imported_in_a_circle() -> None:
    graph = {name: ours(name) & set(FILES) for name in FILES}
    check_no_circle(graph)
    # Late imports count: one from the ground to the roof is found.
    with pytest.raises(graphlib.CycleError):
        check_no_circle({**graph, "project.errors": {"project.run"}})


def test_late_imports_are_seen() -> None:
    assert "project.runs.dry_build" in ours("project.runs.training")
    assert "project.runs.dry_build" not in ours("project.runs.training", late=False)


def test_data_and_da_are_found_and_checked_without_torch() -> None:
    for name in under("project.data") + under("project.da"):
        assert not others(name, late=False) & HEAVY, name
        assert not [m for m in ours(name, late=False) if m.startswith("project.datamodules")], name


def test_reports_are_made_without_torch() -> None:
    for name in under("project.report"):
        assert not others(name) & HEAVY, name


def test_losses_import_torch_alone() -> None:
    for name in under("project.losses"):
        assert others(name) == {"torch"}, name


def test_metrics_do_not_know_what_they_score() -> None:
    for name in under("project.metrics"):
        known = {
            "project.callbacks",
            "project.modules",
            "project.run",
            "project.datamodules.augmented",
        }
        assert not (ours(name) - outside(ours(name), *known)), name


def test_hydra_stays_in_the_entry_points() -> None:
    rooms = ("cli", "runs", "sweeps", "evaluation", "race")
    using = {name for name in FILES if others(name) & {"hydra", "omegaconf"}}
    programs = {
        f"project.{name}" for name in ("run", "generate", "evaluate", "prepare", "recommend")
    }
    assert not outside(using - programs, *(f"project.{room}" for room in rooms))


def test_the_run_knows_no_study() -> None:
    """What is trained reaches `run` by ``_target_`` alone."""
    packages = ("losses", "networks", "modules", "metrics", "callbacks", "loggers", "da")
    named = set()
    for name in ("project.run", "project.runs.training", "project.runs.building"):
        named |= ours(name) - outside(ours(name), *(f"project.{p}" for p in packages))
    assert not named


def test_no_helper_without_a_home() -> None:
    assert not [name for name in FILES if name.rpartition(".")[2] in ("utils", "util", "helpers")]


# Runs a program as `python -m` does and tells, last of all, which heavy packages it imported.
PROBE = """
import os, runpy, sys
sys.argv = sys.argv[1:]
code = 0
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
except SystemExit as end:
    code = end.code or 0
print("heavy:", *sorted({HEAVY} & set(sys.modules)))
sys.stdout.flush()
os._exit(code)
""".replace("{HEAVY}", repr(HEAVY))


def probe(tmp_path: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    *_, last = done.stdout.splitlines()
    assert last.startswith("heavy:"), done.stderr
    return done.returncode, last.removeprefix("heavy:").strip(), done.stdout + done.stderr


@pytest.mark.parametrize("program", ["run", "generate", "prepare", "report"])
def test_help_comes_without_torch(tmp_path: Path, program: str) -> None:
    code, heavy, text = probe(tmp_path, f"project.{program}", "--help")
    assert (code, heavy) == (0, "")
    assert f"python -m project.{program}" in text
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["experiment=da_face"], "Did you mean 'da_faces'?"),
        (["experiment=da_faces", "epoch=3"], "Did you mean 'epochs'?"),
        (["experiment=da_faces", "da=flip", "ratio=1:1"], "has 2 parts"),
        (["experiment=da_celeba", "paths.data=nowhere"], "nowhere/celeba"),
    ],
    ids=["option", "key", "ratio", "data"],
)
def test_bad_words_are_answered_without_torch(
    tmp_path: Path, words: list[str], sentence: str
) -> None:
    code, heavy, text = probe(tmp_path, "project.run", *words)
    assert (code, heavy) == (2, "")
    assert sentence in text
    assert not list(tmp_path.iterdir())
