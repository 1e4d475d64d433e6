from __future__ import annotations

import pytest

from project.cli.sentences import explain
from project.cli.unknown_keys import unknown_key


def test_what_a_device_has_no_deterministic_form_of_is_named() -> None:
    told = (
        "grid_sampler_2d_backward_cuda does not have a deterministic implementation, but you set "
        "'torch.use_deterministic_algorithms(True)'."
    )
    sentence = explain(RuntimeError(told), [])
    assert sentence is not None
    assert sentence.startswith("grid_sampler_2d_backward_cuda is not deterministic on this device")
    assert sentence.endswith("Leave that out, or train on another device: trainer=cpu.")


@pytest.mark.parametrize(
    ("key", "program", "named"), [("plan", "config", "recommend"), ("seed", "report", "run")]
)
def test_a_word_of_another_program_is_known_as_one(key: str, program: str, named: str) -> None:
    told = unknown_key(key, [f"{key}=true"], program)
    assert told == f"'{key}' is a word of python -m project.{named}, not of this program."
