"""What is installed: conf/ inside the package; of an editable install, the checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILD = "from setuptools import build_meta; build_meta.build_{kind}('{out}')"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a package is built from: no build/ of earlier ones."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("project", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


def build(kind: str, source: Path, out: Path) -> zipfile.ZipFile:
    code = BUILD.format(kind=kind, out=out)
    subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, check=True)
    (wheel,) = out.glob("*.whl")
    return zipfile.ZipFile(wheel)


def test_the_wheel_holds_all_that_is_read(source: Path, tmp_path: Path) -> None:
    with build("wheel", source, tmp_path) as wheel:
        inside = set(wheel.namelist())
        (entry,) = [name for name in inside if name.endswith("entry_points.txt")]
        assert b"little-data-gans = project.cli.command:main" in wheel.read(entry)
    package = {
        str(path.relative_to(source))
        for path in (source / "project").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    conf = {f"project/{path.relative_to(source)}" for path in (source / "conf").rglob("*.yaml")}
    assert {"project/py.typed", "project/report/page.html"} <= package
    assert "project/conf/da/flip.yaml" in conf
    assert {name for name in inside if not re.search(r"dist-info/", name)} == package | conf


def test_an_editable_install_is_the_checkout(source: Path, tmp_path: Path) -> None:
    with build("editable", source, tmp_path) as wheel:
        (finder,) = [name for name in wheel.namelist() if name.endswith("_finder.py")]
        assert f"'project': '{source / 'project'}'" in wheel.read(finder).decode()
        assert not [name for name in wheel.namelist() if name.startswith("project/")]
