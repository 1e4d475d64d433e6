"""What a card gives: the project against a plain loop, and many trainings at once (`gpu.json`).

Under four minutes on one card, without a network. Every figure of the first table alternates with
the plain loop, block by block, on the real path: config, Lightning, loader, curves, progress bar.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.alternate import Rounds, TakeTurns
from benchmarks.at_once import Shape, in_processes, in_streams
from benchmarks.gan_step import BATCH, plain_loop, train

SHAPES: list[Shape] = [(64, 32), (64, 64), (128, 64)]  # pixels, base channels
TARGETS = {(64, 32): (4.0, 8.0), (64, 64): (3.0, 5.0), (128, 64): (2.0, 2.5)}  # alone, twelve
WAYS = {
    "uncaptured fp32": ["trainer.capture=off"],
    "captured fp32": ["trainer.capture=on"],
    "captured bf16": ["trainer.capture=on", "trainer.precision=bf16-mixed"],
}
AT_ONCE = [4, 12]
TURNS, BLOCK = 5, 50  # batches in a turn
SECONDS = 1.5  # that many at once are measured for
LIMIT = 230.0  # seconds after which what is left is left out
OUT = Path("gpu.json")


def rows() -> list[tuple[str, ...]]:
    """Measures all, or says that there is no card."""
    if not torch.cuda.is_available():
        print("benchmarks gpu: there is no CUDA device here; nothing was measured.")
        return []
    found: dict[str, Any] = {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "images_per_second": {},
        "seconds": {},
    }
    parts: list[Callable[[dict[str, Any]], list[tuple[str, ...]]]] = [
        *(alone(shape) for shape in SHAPES),
        many_processes,
        *(streams(shape) for shape in SHAPES),
        whole_runs,
    ]
    begun, table = time.perf_counter(), []
    for part in parts:
        if time.perf_counter() - begun > LIMIT:
            table.append((f"left out after {LIMIT:.0f} s", "", "", "", ""))
            break
        try:
            table += part(found)
        except Exception as error:  # whatever it is: the other figures are wanted all the same
            table.append((f"failed: {' '.join(str(error).split())[:60]}", "", "", "", ""))
        found["benchmark_seconds"] = round(time.perf_counter() - begun, 1)
        # After every part: what was measured stays, whatever comes.
        OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"all figures: {OUT.resolve()}")
    return table


def alone(shape: Shape) -> Callable[[dict[str, Any]], list[tuple[str, ...]]]:
    """One training at a time, by each way, in turn with the plain loop."""
    size, base_channels = shape

    def part(found: dict[str, Any]) -> list[tuple[str, ...]]:
        of_shape = found["images_per_second"].setdefault(name_of(shape), {})
        table = []
        for way, words in WAYS.items():
            plain = plain_loop(size, base_channels, False, "cuda")
            turns = TakeTurns(plain, BLOCK, 1, torch.cuda.synchronize)
            given = [f"size={size}", f"network.base_channels={base_channels}", "trainer=gpu"]
            rounds = train([*given, "backbone=efficientnet_lite0", *words], turns, TURNS)
            of_shape[way] = summary([BATCH / seconds for seconds in rounds.ours])
            of_shape[f"plain beside {way}"] = summary([BATCH / s for s in rounds.theirs])
            of_shape[f"ratio {way}"] = summary(ratios(rounds))
            target = f"{TARGETS[shape][0]}" if way != "uncaptured fp32" else "-"
            table.append(rounds.row(f"{name_of(shape)}, {way}", "batches", target))
        return table

    return part


def many_processes(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """Twelve processes, of which four or all train."""
    rates = in_processes(SHAPES, AT_ONCE, "cuda", SECONDS)
    return [
        line for shape in SHAPES for line in told_at_once(found, shape, "processes", rates[shape])
    ]


def streams(shape: Shape) -> Callable[[dict[str, Any]], list[tuple[str, ...]]]:
    """One process whose GANs have a stream each."""
    return lambda found: told_at_once(
        found, shape, "streams", in_streams(shape, AT_ONCE, "cuda", SECONDS)
    )


def told_at_once(
    found: dict[str, Any], shape: Shape, how: str, rates: dict[int, float]
) -> list[tuple[str, ...]]:
    """Notes the images per second of several GANs at once, and sets them against the plain loop."""
    of_shape = found["images_per_second"].setdefault(name_of(shape), {})
    plain = of_shape.get("plain beside captured bf16", {}).get("median")
    table = []
    for count, images in rates.items():
        of_shape[f"{count} {how} bf16"] = round(images)
        ratio = f"{images / plain:.2f}" if plain else ""
        target = f"{TARGETS[shape][1]}" if count == max(AT_ONCE) else "-"
        name = f"{name_of(shape)}, {count} {how} bf16"
        table.append((name, f"{images / BATCH:.1f} batches/s", "", ratio, target))
    return table


def whole_runs(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """From the command line to the end: a start, a scoring, and a run with three scorings."""
    table = []
    with tempfile.TemporaryDirectory() as folder:
        words = [
            *("experiment=da_faces", "trainer=gpu", "logger=csv", "size=64", "n=1000"),
            *("network.base_channels=32", "backbone=efficientnet_lite0"),
            *(f"paths.{place}={folder}/{place}" for place in ("outputs", "cache")),
        ]
        smoke = ["epochs=1", "trainer.limit_train_batches=1", "scored_images=1000"]
        for name, more, target in (
            ("first start and scoring, nothing cached", smoke, "-"),
            ("start, 1 batch, a scoring of 1000 images", smoke, "8 + 3 s"),
            (
                "300 epochs of 1000 images, three scorings",
                ["epochs=300", "score_every=100"],
                "30 s",
            ),
        ):
            begun = time.perf_counter()
            line = [sys.executable, "-m", "project.run", *words, *more]
            subprocess.run(line, check=True, capture_output=True, timeout=200)
            seconds = time.perf_counter() - begun
            found["seconds"][name] = round(seconds, 1)
            table.append((f"run, 64/32: {name}", f"{seconds:.1f} s", "", "", target))
    return table


def name_of(shape: Shape) -> str:
    """Names a shape: pixels/base channels."""
    return f"{shape[0]}/{shape[1]}"


def ratios(rounds: Rounds) -> list[float]:
    """By how much ours is faster, round by round."""
    return [theirs / ours for ours, theirs in zip(rounds.ours, rounds.theirs, strict=True)]


def summary(values: list[float]) -> dict[str, float]:
    """Median, minimum and maximum of the rounds."""
    return {
        "median": round(statistics.median(values), 2),
        "min": round(min(values), 2),
        "max": round(max(values), 2),
    }
