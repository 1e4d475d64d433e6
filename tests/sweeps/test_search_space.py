"""What Optuna suggests, without any training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from project.errors import UserError
from project.sweeps.search_space import (
    Search,
    make_study,
    report_scores,
    save_importance,
    weight_overrides,
)

GIVEN = {"s.G": {"a": 0.2, "b": 0.8}, "s.D": {"c": 0.7, "d": 0.1, "e": 0.2}}


def search(**changed: object) -> Search:
    values: dict[str, object] = {
        "trials": 12,
        "random_trials": 4,
        "seed": 0,
        "maximise": "p_both",
        "floor": {"diversity": 0.5},
        "weights": ("s.G", "s.D"),
        "span": 2.0,
    }
    return Search(**(values | changed))  # type: ignore[arg-type]


def suggestions(count: int, settings: Search) -> list[tuple[str, ...]]:
    """Asks and answers: the heavier b is, the better, and the less diverse."""
    study, space = make_study(settings, GIVEN)
    found = []
    for _ in range(count):
        trial = study.ask(space)
        words = weight_overrides(GIVEN, trial.params)
        share = weights(words)["s.G.b"]
        report_scores(study, trial, {"p_both": share, "diversity": 1 - share}, settings)
        found.append(words)
    return found


def weights(words: tuple[str, ...]) -> Mapping[str, float]:
    return {word.split("=")[0]: float(word.split("=")[1]) for word in words}


def test_the_first_are_the_weights_given() -> None:
    (first,) = suggestions(1, search())
    assert first == ("s.G.a=0.2000", "s.G.b=0.8000", "s.D.c=0.7000", "s.D.d=0.1000", "s.D.e=0.2000")


def test_weights_sum_to_1_and_keep_to_the_span() -> None:
    for words in suggestions(30, search()):
        found = weights(words)
        assert found["s.G.a"] + found["s.G.b"] == pytest.approx(1, abs=1e-9)
        assert sum(found[f"s.D.{term}"] for term in "cde") == pytest.approx(1, abs=1e-9)
        assert 0.009 < found["s.G.b"] / found["s.G.a"] < 110
        assert min(found.values()) >= 0


def test_more_trials_begin_with_the_same_ones() -> None:
    assert suggestions(20, search())[:12] == suggestions(12, search(trials=40))
    assert suggestions(3, search(seed=1))[1:] != suggestions(3, search())[1:]


def test_it_learns_what_is_best_among_what_is_allowed() -> None:
    last = [weights(words)["s.G.b"] for words in suggestions(60, search())[30:]]
    # b=0.5 is as heavy as the floor allows.
    assert max(share for share in last if share <= 0.5) == pytest.approx(0.5, abs=0.03)


def test_a_failed_trial_is_passed_over() -> None:
    study, space = make_study(search(), GIVEN)
    report_scores(study, study.ask(space), {}, search())
    trial = study.ask(space)
    report_scores(study, trial, {"p_both": 0.1, "diversity": 0.9}, search())
    assert study.best_trial.params == trial.params


@pytest.mark.parametrize("changed", [{"trials": 0}, {"seed": -1}, {"span": 0}, {"trials": "x"}])
def test_bad_numbers_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(UserError, match=f"sweep.search.{next(iter(changed))}="):
        search(**changed)


def test_the_weight_that_matters_has_the_longest_bar(tmp_path: Path) -> None:
    study, space = make_study(search(), GIVEN)
    save_importance(study, tmp_path / "none.png")
    for _ in range(2):
        report_scores(study, study.ask(space), {"p_both": 0.0, "diversity": 1.0}, search())
    save_importance(study, tmp_path / "none.png")
    assert not list(tmp_path.iterdir())
    for _ in range(20):
        trial = study.ask(space)
        share = weights(weight_overrides(GIVEN, trial.params))["s.G.b"]
        report_scores(study, trial, {"p_both": share, "diversity": 1.0}, search())
    shares = save_importance(study, tmp_path / "some.png")
    assert (tmp_path / "some.png").exists()
    assert next(iter(shares)) == "s.G.b"
    assert shares["s.G.b"] > 0.8
