"""Does bf16 train as well as fp32? Asked once, of three seeds each, after 100 kimg."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path

import pytest
import torch

from project.run import main

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
]
WORDS = [
    "experiment=da_faces",
    "size=64",
    "n=1000",
    "network.base_channels=32",
    "kimg=100",
    "scorings=1",
    "backbone=efficientnet_lite0",
    "trainer=gpu",
    "logger=csv",
]


def test_fid_of_bf16_lies_within_the_spread_of_fp32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fids: dict[str, list[float]] = {"32-true": [], "auto": []}
    for precision, found in fids.items():
        for seed in range(3):
            outputs = tmp_path / precision / str(seed)
            words = [f"seed={seed}", f"trainer.precision={precision}", f"paths.outputs={outputs}"]
            monkeypatch.setattr(sys, "argv", ["project", *WORDS, *words])
            main()
            (file,) = outputs.glob("*/*/result.json")
            result = json.loads(file.read_text())
            assert result["precision"] == ("32-true" if precision == "32-true" else "bf16-mixed")
            found.append(result["scores_average"]["efficientnet_lite0"]["fid"])
            print(f"{precision}, seed {seed}: FID {found[-1]:.2f}")
    spread = max(fids["32-true"]) - min(fids["32-true"])
    middle = [statistics.mean(found) for found in fids.values()]
    print(f"FID {middle[0]:.2f} in fp32, {middle[1]:.2f} in bf16, spread over seeds {spread:.2f}")
    assert abs(middle[1] - middle[0]) <= spread
