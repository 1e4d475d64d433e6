"""Reads a W&B run file back: LevelDB's log format with protocol buffers in it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wandb.proto import wandb_internal_pb2

messages: Any = wandb_internal_pb2
BLOCK = 32768
FILE_HEADER = 7
HEADER = struct.Struct("<IHB")  # checksum, length, type
FIRST, LAST, WHOLE = 2, 4, 1


def records(path: Path) -> Iterator[Any]:
    """Yields the records of a ``.wandb`` file."""
    data = path.read_bytes()
    assert data[:4] == b":W&B"
    at, whole = FILE_HEADER, b""
    while at + HEADER.size <= len(data):
        room = BLOCK - at % BLOCK
        if room < HEADER.size:
            at += room
            continue
        _, length, kind = HEADER.unpack_from(data, at)
        at += HEADER.size
        piece = data[at : at + length]
        at += length
        whole = piece if kind in (WHOLE, FIRST) else whole + piece
        if kind in (WHOLE, LAST):
            record = messages.Record()
            record.ParseFromString(whole)
            yield record


def history(path: Path) -> list[dict[str, Any]]:
    """Returns the logged rows, curve by name."""
    return [
        {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in row.item}
        for record in records(path)
        if record.WhichOneof("record_type") == "history"
        for row in [record.history]
    ]


def config(path: Path) -> dict[str, Any]:
    """Returns the config with all its updates."""
    found: dict[str, Any] = {}
    for record in records(path):
        kind = record.WhichOneof("record_type")
        update = {"config": record.config, "run": record.run.config}.get(kind)
        for item in update.update if update else []:
            found[item.key or "/".join(item.nested_key)] = json.loads(item.value_json)
    return found


def summary(path: Path) -> dict[str, Any]:
    """Returns the values beside the curves, with all their updates."""
    return {
        item.key or "/".join(item.nested_key): json.loads(item.value_json)
        for record in records(path)
        if record.WhichOneof("record_type") == "summary"
        for item in record.summary.update
    }
