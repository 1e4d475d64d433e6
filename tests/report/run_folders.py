"""Run folders made by hand, for what a report makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

SOURCES = {"CelebA": "celeba.CelebA", "Pets": "pets.Pets", "Faces": "faces.Faces"}
BACKBONE = "efficientnet_lite0"


def config_of(
    *,
    kinds: Sequence[str] = (),
    seed: int = 0,
    size: int | str = "all",
    ratio: str | None = None,
    data: str = "Faces",
    epochs: int = 2,
) -> dict[str, Any]:
    """Returns a ``config.yaml`` such as a run of Study A leaves."""
    return {
        "unhashed": ["unhashed", "paths", "data", "callbacks", "logger", "prerequisites"],
        "seed": seed,
        "size": 32,
        "n": 60,
        "epochs": epochs,
        "paths": {"outputs": "somewhere"},
        "data": {
            "_target_": f"project.data.{SOURCES[data]}",
            "n": 60,
            "seed": 0,
            **({"breeds": ["pomeranian"]} if data == "Pets" else {}),
        },
        "da": {
            "_target_": "project.da.policy.Policy",
            "size": size,
            "ratio": ratio,
            "seed": seed,
            "kinds": {kind: {"_target_": f"project.da.{kind}.{kind.title()}"} for kind in kinds},
        },
    }


def write_run(
    parent: Path,
    name: str,
    *,
    scores: Mapping[str, float] | None = None,
    config: Mapping[str, Any] | None = None,
    status: str = "finished",
    config_hash: str | None = None,
    overrides: Sequence[str] = (),
    backbone: str = BACKBONE,
    **more: Any,
) -> Path:
    """Writes a run folder; ``scores`` are those of one backbone."""
    folder = parent / name
    folder.mkdir(parents=True)
    config = config_of() if config is None else config
    result = {
        "status": status,
        "experiment": "da_faces",
        "overrides": ["experiment=da_faces", *overrides],
        "seed": config.get("seed"),
        "config_hash": config_hash or f"hash of {name}",
        "data": {"images": 60, "source": "drawn faces"},
        "wall_seconds": 7.5,
        "images_per_second": 700.0,
        **more,
    }
    if scores is not None:
        result["scores"] = {backbone: dict(scores)}
    (folder / "result.json").write_text(json.dumps(result))
    (folder / "config.yaml").write_text(yaml.safe_dump(dict(config)))
    return folder
