"""Every notebook runs from its first cell to its last, at a small size."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

REPOSITORY = Path(__file__).parents[1]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
READ_ONLY = {"recommend"}  # trains nothing


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.read(path, as_version=4)
    if path.stem not in READ_ONLY:
        size = next(cell for cell in notebook.cells if "small = False" in cell.source)
        size.source = re.sub("small = False", "small = True", size.source)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "display_data"]
    assert not [output for output in outputs if output.output_type == "error"]


def test_notebooks_are_kept_with_outputs() -> None:
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        kinds = {output.output_type for output in outputs}
        # Pictures or tables, no traceback; what a training says on the way is left out.
        assert "display_data" in kinds, path.name
        assert "error" not in kinds, path.name
        assert not [o for o in outputs if o.get("name") == "stderr"], path.name
        assert path.stat().st_size < 500_000, path.name
        text = path.read_text()
        assert str(Path.home()) + os.sep not in text, path.name
        assert tempfile.gettempdir() + os.sep not in text, path.name
