from __future__ import annotations

from project.race.pictures import Pictures, tell


def test_one_of_each_is_told_as_one() -> None:
    found = Pictures(
        described="Pictures in p",
        n=100,
        seed=0,
        train=100,
        held_out=50,
        repeated=2,
        example="a.png",
        alike=1,
        seen=1,
        skipped=1,
        left_out={},
        sides=(30, 64, 90),
        grey=1,
        looked_at=150,
        fingerprint="",
    )
    assert list(tell(found))[1:] == [
        "Colour, but for 1 grey one, shorter sides 30 to 90 pixels, median 64.",
        "One picture is there 2 times (a.png): remove all but one, or the GAN learns to draw it.",
        "Corrupt and left out: 1.",
        "Pairs of near-duplicates: 1; 1 of the 50 pictures held out has one among those trained "
        "on, so that they are not unseen: remove one of each pair.",
    ]
