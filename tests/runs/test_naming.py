from __future__ import annotations

import pytest

from project.runs.naming import experiment_name, readable


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ([], ""),
        (["experiment=da_faces", "da=flip_gen", "ratio=1:1"], "da-flip_gen_ratio-1-1"),
        (["da=[flip,invert]", "seed=3"], "da-flip_invert_seed-3"),
        (["data=folder", "data.root=pictures", "n=null"], "data-folder_n-null"),
        (["backbone.weights=w.pth", "size=64", "classifier=runs"], "size-64"),
        (["prerequisites.generator.run='here'", "data.extra_dirs=[a/b,c]", "n=3"], "n-3"),
        (["trainer=cpu", "logger=csv", "paths.data=d", "resume=r", "seed=1"], "seed-1"),
        (["+da.kinds.x.root_mean=3"], "+da.kinds.x.root_mean-3"),
        (["a=" + 77 * "b", "n=3"], "a-" + 77 * "b"),
        (
            ["module.x=" + 60 * "1", "da=flip_gen", "ratio=1:1", "seed=1"],
            "da-flip_gen_ratio-1-1_seed-1",
        ),
        (
            ["n=3", "data=pets", "a=" + 56 * "b", "seed=1"],
            "n-3_data-pets_a-" + 56 * "b" + "_seed-1",
        ),
        (["n=3", "module.d_optimizer.lr=" + 60 * "1", "seed=1"], "n-3_seed-1"),
        (["n=3", "module.d_optimizer.lr=" + 53 * "1"], "n-3_module.d_optimizer.lr-" + 53 * "1"),
    ],
)
def test_a_name_is_made_of_whole_words_and_no_paths(words: list[str], name: str) -> None:
    assert readable(words) == name
    assert len(name) <= 80


def test_the_experiment_that_was_named_last() -> None:
    assert experiment_name(["experiment=a", "n=3", "experiment=b"]) == "b"
