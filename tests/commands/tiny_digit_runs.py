"""Study D at its smallest: the built-in digits, a few batches of each training."""

from __future__ import annotations

TINY_DIGITS = ["data=digits", "logger=csv", "trainer=cpu", "trainer.limit_train_batches=3"]
TINY_INVERSION = [
    *TINY_DIGITS,
    "epochs=2",
    "steps_per_epoch=3",
    "n_per_digit=2",
    "callbacks.losses.every_n_batches=1",
]
