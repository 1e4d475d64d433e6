from __future__ import annotations

import subprocess

import pytest

from project.cli.shell import typed


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["da=flip", "ratio=1:1", "paths.data=/a/b"], "da=flip ratio=1:1 paths.data=/a/b"),
        (["data.root='/my pictures'"], "\"data.root='/my pictures'\""),
        (["da=[flip,gen]", "-m"], '"da=[flip,gen]" -m'),
        (["a=$b"], "'a=$b'"),
        (['a="b c"'], "'a=\"b c\"'"),
        (["a='$b \\c'"], "\"a='\\$b \\\\c'\""),
        (["a='b!'"], "'a='\"'\"'b!'\"'\"''"),
    ],
)
def test_a_line_to_be_typed_again_is_quoted_as_a_person_would(words: list[str], line: str) -> None:
    assert typed(words) == line
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == words
