"""`trainer=smoke`: two batches, whatever else is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import only_run, rows_of, run_here

from project.run import main


def test_smoke_is_two_batches_and_has_losses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["experiment=da_faces", "n=64", "epochs=7", "network.base_channels=4", "logger=csv"]
    run_here(main, [*words, "datamodule.batch_size=16", "trainer=smoke"], monkeypatch)
    rows = rows_of(only_run(tmp_path / "outputs"))
    assert [(row["epoch"], row["batch"]) for row in rows] == [("0", "2")]
    for name in ("L_D_real", "L_D_fake", "L_G"):
        assert float(rows[0][name]) > 0
