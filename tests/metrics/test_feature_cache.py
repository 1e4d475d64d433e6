from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from project.errors import UserError
from project.metrics.feature_cache import cached_features
from project.metrics.score_images import Passed


class Counted:
    """Makes features, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Passed:
        self.times += 1
        return Passed(
            torch.arange(12.0).view(4, 3), torch.ones(4, 2), torch.zeros(4, 192), torch.ones(4, 1)
        )


def stored(folder: Path) -> Path:
    (path,) = folder.glob("*.npz")
    return path


def test_is_computed_once_for_each_key(tmp_path: Path) -> None:
    compute = Counted()
    first = cached_features(tmp_path, "a", compute)
    again = cached_features(tmp_path, "a", compute)
    assert compute.times == 1
    assert torch.equal(first.features, again.features)
    assert torch.equal(first.logits, again.logits)
    cached_features(tmp_path, "b", compute)
    assert compute.times == 2
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("fault", ["cut", "flipped", "empty", "pickle", "no array", "lengths"])
def test_a_damaged_file_is_computed_again(tmp_path: Path, fault: str) -> None:
    compute = Counted()
    cached_features(tmp_path, "a", compute)
    path = stored(tmp_path)
    whole = path.read_bytes()
    middle = whole.index(np.arange(12.0, dtype=np.float32).tobytes()) + 5
    taken = tmp_path / "taken"
    if fault == "pickle":
        evil = np.array([Evil(taken)], dtype=object)
        with path.open("wb") as file:
            np.savez(file, features=evil, logits=evil, thumbnails=evil, sharpness=evil)
    elif fault == "lengths":
        with path.open("wb") as file:
            four = np.ones((4, 2), np.float32)
            three = np.ones((3, 2), np.float32)
            np.savez(file, features=three, logits=four, thumbnails=four, sharpness=four)
    else:
        path.write_bytes(
            {
                "cut": whole[: len(whole) // 2],
                "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
                "empty": b"",
                "no array": b"hello",
            }[fault]
        )
    found = cached_features(tmp_path, "a", compute)
    assert compute.times == 2
    assert torch.equal(found.features, torch.arange(12.0).view(4, 3))
    assert not taken.exists()
    assert path.read_bytes() == whole


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return (Path.touch, (self.path,))


def test_the_evil_one_would_act_if_it_were_let(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Evil(tmp_path / "taken")))
    assert (tmp_path / "taken").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"paths\.cache=<folder>"):
        cached_features(tmp_path / "file" / "inside", "a", Counted())


COMPUTES = """
import sys
from pathlib import Path
import torch
from project.metrics.feature_cache import cached_features
from project.metrics.score_images import Passed

def compute():
    print("computing", flush=True)
    sys.stdin.readline()
    return Passed(torch.ones(4, 3), torch.ones(4, 2), torch.zeros(4, 192), torch.ones(4, 1))

print("asking", flush=True)
print(cached_features(Path(sys.argv[1]), "a", compute).features.sum().item(), flush=True)
"""


def test_two_processes_at_once_compute_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMPUTES, str(tmp_path)]
    pipe = subprocess.PIPE

    def start(stdin: int) -> subprocess.Popen[str]:
        return subprocess.Popen(command, stdin=stdin, stdout=pipe, text=True)

    with start(pipe) as first:
        assert first.stdout is not None
        assert [first.stdout.readline() for _ in range(2)] == ["asking\n", "computing\n"]
        with start(subprocess.DEVNULL) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "asking\n"
            assert first.communicate("go on\n")[0] == "12.0\n"
            assert second.communicate()[0] == "12.0\n", "without computing"
