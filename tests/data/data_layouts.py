"""What the tiny data sets are made of: pictures, lists, idx files."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

ATTRIBUTES = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs",
    "Big_Lips", "Big_Nose", "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows",
    "Chubby", "Double_Chin", "Eyeglasses", "Goatee", "Gray_Hair", "Heavy_Makeup",
    "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache", "Narrow_Eyes", "No_Beard",
    "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks", "Sideburns",
    "Smiling", "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat", "Wearing_Lipstick",
    "Wearing_Necklace", "Wearing_Necktie", "Young",
)  # fmt: skip
BALD, NO_BEARD = ATTRIBUTES.index("Bald"), ATTRIBUTES.index("No_Beard")


def write_image(path: Path, seed: int = 0, size: tuple[int, int] = (24, 30)) -> Path:
    """Writes a picture of one colour that its seed decides."""
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = tuple(int(c) for c in np.random.default_rng(seed).integers(0, 256, 3))
    Image.new("RGB", size, colour).save(path, quality=95)
    return path


def celeba_rows(count: int) -> np.ndarray:
    """Labels in {-1, 1}: every second is bald, every third has no beard."""
    rows = np.random.default_rng(7).choice([-1, 1], (count, 40))
    rows[:, BALD] = np.where(np.arange(count) % 2 == 0, 1, -1)
    rows[:, NO_BEARD] = np.where(np.arange(count) % 3 == 0, 1, -1)
    return rows


def write_txt_lists(root: Path, names: Sequence[str], parts: Sequence[int]) -> None:
    lines = [str(len(names)), " ".join(ATTRIBUTES) + " "]
    for name, row in zip(names, celeba_rows(len(names)), strict=True):
        lines.append(f"{name} " + " ".join(f"{value:2d}" for value in row))
    (root / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
    rows = [f"{name} {part}" for name, part in zip(names, parts, strict=True)]
    (root / "list_eval_partition.txt").write_text("\n".join(rows) + "\n")


def write_kaggle_lists(root: Path, names: Sequence[str], parts: Sequence[int]) -> None:
    lines = [",".join(["image_id", *ATTRIBUTES])]
    for name, row in zip(names, celeba_rows(len(names)), strict=True):
        lines.append(",".join([name, *map(str, row)]))
    (root / "list_attr_celeba.csv").write_text("\r\n".join(lines) + "\r\n")
    rows = ["image_id,partition", *(f"{n},{p}" for n, p in zip(names, parts, strict=True))]
    (root / "list_eval_partition.csv").write_text("\r\n".join(rows) + "\r\n")


def idx_bytes(array: np.ndarray, magic: int | None = None) -> bytes:
    """An array in the idx format."""
    magic = 0x0800 + array.ndim if magic is None else magic
    head = struct.pack(f">{1 + array.ndim}I", magic, *array.shape)
    return head + array.astype(np.uint8).tobytes()
