"""Paths on the command line: any name that a folder can have, without quotes of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import QuotedString

from project.cli.compose import load_config
from project.cli.quoting import quote_paths
from project.sweeps.command_line import read

ODD = [
    *("my run", "Fünf", "图片", "a (1)", "made [1]", "{a}", "a,b", "a=b", "it's", 'a"b', "a'b\"c"),
    *("a\\b", "a\\", "a\\'b", "a&b", "x#y", "a;b", "<run>", "50%", "a@b", "!", "a:b", "~a", "a~"),
    *("2020", "null", "true", "1e3", "a ", "range(3)", "glob(*)", "*", "🙂", "$a", "a\tb", "-m"),
]


def read_value(word: str) -> object:
    value = OverridesParser.create().parse_override(word).value()
    if isinstance(value, list):
        return [item.text if isinstance(item, QuotedString) else item for item in value]
    return value.text if isinstance(value, QuotedString) else value


@pytest.mark.parametrize("key", ["D_1", "classifier", "data.root", "resume", "+x.y", "a@b.c"])
@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("sweeps", [False, True])
def test_a_path_is_read_as_it_stands(key: str, name: str, sweeps: bool) -> None:
    for path in (f"/x/{name}", f"/x/{name}/y"):
        words = quote_paths([f"{key}={path}"], sweeps=sweeps)
        assert read_value(*words) == path
        assert quote_paths(words, sweeps=sweeps) == words, "quoted once"


@pytest.mark.parametrize("name", ODD)
def test_home_and_here(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", f"/home/{name}")
    words = quote_paths([f"D_1=~/{name}", f"D_1=./{name}", f"D_1=../{name}"])
    assert [*map(read_value, words)] == [f"/home/{name}/{name}", name, f"../{name}"]


# In a list a comma ends an item, unless it stands in brackets or behind Hydra's own backslash.
IN_A_LIST = [name for name in ODD if name not in ("a,b", "a\\", "a ")]


@pytest.mark.parametrize("name", [*IN_A_LIST, "a (1,2)"])
def test_paths_in_a_list(name: str) -> None:
    (word,) = quote_paths([f"compare=[/x/{name},~/b c, ./{name}/d]"])
    expected = [f"/x/{name}", str(Path("~/b c").expanduser()), str(Path(name, "d"))]
    assert read_value(word) == expected
    config = load_config("config", ["experiment=two_feature_joint", word])
    assert config.compare == expected


@pytest.mark.parametrize(
    "name", ["my run", "Fünf", "图片", "a (1)", "made [1]", "it's", "a=b", "a&b", "x#y", "🙂"]
)
def test_a_relative_name_is_read_too(name: str) -> None:
    (word,) = quote_paths([f"data.root={name}"])
    assert read_value(word) == name


@pytest.mark.parametrize(
    "value",
    [
        *("", "null", "3", "1e-4", "true", "a", "'a b'", '"a"', "${n}", "1:1", "[3,8]", "[]"),
        *("[-No_Beard,+Bald]", "{a:1,b:[2]}", "[[1],[2]]", "my pictures", "[a b,c]", "-Bald"),
    ],
)
@pytest.mark.parametrize("sweeps", [False, True])
def test_other_values_stay(value: str, sweeps: bool) -> None:
    assert quote_paths([f"key={value}"], sweeps=sweeps) == [f"key={value}"]


@pytest.mark.parametrize(
    "value", ["a,b", "range(3)", "glob(*)", "[0],[1]", "1,2", "'a b','c'", "choice(a,b)"]
)
def test_a_sweep_stays_where_there_are_sweeps(value: str) -> None:
    assert quote_paths([f"key={value}"], sweeps=True) == [f"key={value}"]
    (word,) = quote_paths([f"key={value}"])
    assert word == f"key={value}" if value == "[0],[1]" else read_value(word) == value


def test_a_sweep_over_paths() -> None:
    words = ["experiment=two_feature_joint", "-m", "D_1=/x/ü (1),/x/b c", "compare=[/x/a],[/x/ä]"]
    jobs = read(quote_paths(words, sweeps=True)).jobs
    found = [load_config("config", job.words) for job in jobs]
    assert {(config.D_1, *config.compare) for config in found} == {
        *(("/x/ü (1)", "/x/a"), ("/x/b c", "/x/a")),
        *(("/x/ü (1)", "/x/ä"), ("/x/b c", "/x/ä")),
    }
    words = ["experiment=da_faces", "-m", "data.root=Fünf,Sechs"]
    assert quote_paths(words, sweeps=True)[-1] == "data.root='Fünf',Sechs"


@pytest.mark.parametrize("word", ["-m", "--cfg", "flip", "~da", "resume=", "da=[", "a={b"])
def test_what_is_no_path_is_left_to_the_grammar(word: str) -> None:
    assert quote_paths([word], sweeps=True) == [word]
