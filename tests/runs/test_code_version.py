from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from project.runs import code_version
from project.runs.code_version import HERE


def test_version_commit_and_whether_it_was_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (HERE / "pyproject.toml").is_file()
    monkeypatch.setattr(code_version, "HERE", tmp_path)
    assert set(code_version.code_version()) == {"version"}
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    (tmp_path / "project").mkdir()
    (tmp_path / "conf").mkdir()
    (tmp_path / "project" / "a.py").write_text("a = 1\n")
    (tmp_path / "conf" / "a.yaml").write_text("a: 1\n")
    me = ["-c", "user.name=me", "-c", "user.email=me@here"]
    for words in (["init", "-q"], ["add", "."], [*me, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    found = code_version.code_version()
    assert re.fullmatch("[0-9a-f]{40}", str(found["commit"]))
    assert found["clean"] is True
    (tmp_path / "project" / "a.py").write_text("a = 2\n")
    assert code_version.code_version()["clean"] is False
