from __future__ import annotations

import re
import shlex

from project.command_line import load_config, quote_paths
from project.help import TEXT


def test_every_example_composes() -> None:
    commands = re.findall(r"^  (python -m project\.run .*experiment=da.*)$", TEXT, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        words = quote_paths([word for word in shlex.split(command)[3:] if word != "-m"])
        config = load_config("config", [word for word in words if "(" not in word])
        assert config.n is None if "data.root" in command else config.n == 1000
