from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from project.callbacks.layer_tables import LayerTables
from project.networks.reversed_digits import ReversedDigits
from project.networks.reversed_digits_stable import StableReversedDigits

STUDY = """
512 401,920 LeakyReLU, Dropout
256 131,328 LeakyReLU, Dropout
128 32,896 LeakyReLU, Dropout
64 8,256 LeakyReLU, Dropout
32 2,080 LeakyReLU
64 2,112 LeakyReLU, Dropout
128 8,320 LeakyReLU, Dropout
256 33,024 LeakyReLU, Dropout
512 131,584 LeakyReLU, Dropout
784 402,192 Sigmoid, Unflatten
all 1,153,712
512 401,920 LeakyReLU
256 131,328 LeakyReLU
1 257 Flatten
all 533,505
generator 1,153,712 1,153,712
discriminator 533,505 0
both 1,687,217 1,153,712
"""


def tables(networks: Any, folder: Path) -> list[str]:
    trainer: Any = SimpleNamespace(is_global_zero=True, default_root_dir=str(folder))
    LayerTables().on_fit_start(trainer, networks)
    rows = []
    for line in (folder / "networks.txt").read_text().splitlines():
        cells = [cell.strip() for cell in re.split("[│┃]", line)[1:-1]]
        if cells and cells[0] not in ("layer", "network"):
            named = [re.sub(r"^\S+ Linear$", "", cells[0]), *cells[1:]]
            rows.append(" ".join(cell for cell in named if cell))
    return rows


def test_the_three_summaries_are_the_studys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tables(ReversedDigits(size=28, dropout=0.2), tmp_path) == STUDY.strip().splitlines()
    assert "1,687,217" in capsys.readouterr().err


@pytest.mark.parametrize("spectral", [False, True])
def test_a_network_of_parts_has_all_its_layers(spectral: bool, tmp_path: Path) -> None:
    networks = StableReversedDigits(
        size=28, dropout=0.0, classes=10, pack=2, pair=False, spectral=spectral
    )
    assert tables(networks, tmp_path)[11:18] == [
        f"512 {(1568 + 1) * 512:,} LeakyReLU",
        f"256 {(512 + 1) * 256:,} LeakyReLU",
        f"10 {(256 + 1) * 10:,} Flatten",
        f"256 {(784 + 1) * 256:,} LeakyReLU",
        f"128 {(256 + 1) * 128:,} LeakyReLU",
        f"10 {(128 + 1) * 10:,}",
        "all 1,172,372",
    ]
