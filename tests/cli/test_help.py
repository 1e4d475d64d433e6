from __future__ import annotations

import re
import shlex

import pytest

from project.cli.compose import load_config
from project.cli.help import TEXT, print_help
from project.cli.quoting import quote_paths
from project.sweeps.command_line import is_sweep, read


def test_every_example_composes() -> None:
    commands = re.findall(r"^  (python -m project\.run .*experiment=da.*)$", TEXT, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        words = quote_paths(shlex.split(command)[3:], sweeps=True)
        config = load_config("config", read(words).jobs[-1].words if is_sweep(words) else words)
        assert config.n is None if "data.root" in command else config.n == 1000


def test_a_group_is_told_of_with_what_each_option_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_help(["--help", "penalty"])
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "penalty"
    assert [line.split()[0] for line in told[1:]] == [
        "penalty=lecam",
        "penalty=none",
        "penalty=r1",
        "penalty=r2",
    ]
    assert all(len(line.split()) > 3 for line in told[1:])
