from __future__ import annotations

from project.race.pictures import Pictures, tell


def test_one_of_each_is_told_as_one() -> None:
    found = Pictures(
        described="Pictures in p",
        n=100,
        seed=0,
        train=100,
        held_out=50,
        copies=1,
        alike=1,
        parted=1,
        skipped=1,
        left_out={},
        sides=(30, 64, 90),
        grey=1,
        looked_at=150,
        fingerprint="",
    )
    assert list(tell(found))[1:] == [
        "Colour, but for 1 grey one, shorter sides 30 to 90 pixels, median 64.",
        "Copies of others among those trained on: 1.",
        "Corrupt and left out: 1.",
        "Pairs of near-duplicates: 1; parted by the split: 1, so that pictures held out are not "
        "all unseen: remove one of each.",
    ]
