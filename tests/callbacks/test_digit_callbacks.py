"""What a classifier and an inversion leave behind."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_digits import Prototypes, TinyDigits, datamodule, fit
from torch import nn
from torch.optim import Adam

from project.callbacks.chart_curves import ChartCurves
from project.callbacks.classifier_report import ClassifierReport
from project.callbacks.inversion_pictures import InversionPictures
from project.callbacks.loss_log import LossLog
from project.callbacks.score_digits import ScoreDigits
from project.data.source import ImageSource
from project.data.target_digits import TargetDigits
from project.datamodules.steps import InversionSteps
from project.errors import UserError
from project.loggers.csv_log import CSVLog
from project.modules.classifier import ClassifierModule
from project.modules.inversion import InversionModule
from project.modules.schedules import Constant


class Always(nn.Module):
    """Takes every image for a 3."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(10))
        with torch.no_grad():
            self.bias[3] = 9.0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.bias.expand(len(images), 10)


def test_a_classifier_is_reported_by_class(tmp_path: Path) -> None:
    module = ClassifierModule(
        network=Always(),
        optimizer=partial(Adam, lr=0.0),
        schedule=Constant(),
        label_smoothing=0.0,
        shift_pixels=0,
        training=TinyDigits().load(),
    )
    report = ClassifierReport(module=module, testing=TinyDigits(1).load())
    fit(module, datamodule(), tmp_path / "run", epochs=1, callbacks=[report])
    scores = report.result()["scores"]["test_images"]
    # 48 images, of each of the classes 0 to 7 five, of 8 and 9 four.
    assert scores["accuracy"] == pytest.approx(5 / 48)
    assert scores["accuracy_3"] == 1.0
    assert sum(scores[f"accuracy_{c}"] for c in range(10)) == 1.0
    with Image.open(tmp_path / "run" / "confusion.png") as picture:
        assert picture.size == (600, 600)


def inversion_module() -> InversionModule:
    classifier: Any = SimpleNamespace(network=Prototypes().requires_grad_(False).eval())
    return InversionModule(
        size=28,
        start="uniform",
        jitter=0,
        L_CE=1.0,
        L_TV=3e-4,
        L_binary=3e-4,
        optimizer=partial(Adam, lr=0.05),
        schedule=Constant(),
        seed=0,
        task=TargetDigits(target=[2, 5], n_per_digit=3, classes=10),
        networks={"classifier": classifier},
    )


def test_one_watches_the_digits_appear(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    module = inversion_module()
    pictures = InversionPictures(per_digit=2, milliseconds=100, module=module)
    callbacks = [LossLog(every_n_batches=1, module=module), pictures, ChartCurves()]
    data = InversionSteps(source=cast(ImageSource, TinyDigits()), steps_per_epoch=4)
    fit(module, data, folder, epochs=3, callbacks=callbacks, loggers=[CSVLog(save_dir=folder)])
    names = sorted(path.name for path in (folder / "grids").iterdir())
    assert names == [f"step_{step:06d}.png" for step in (0, 4, 8, 12)]
    with Image.open(folder / "digits.gif") as animation:
        assert animation.n_frames == 4
        seen = []
        for frame in range(4):
            animation.seek(frame)
            seen.append((np.array(animation.convert("L")), animation.info["duration"]))
    assert [duration for _, duration in seen] == [100, 100, 100, 500]
    with Image.open(folder / "grids" / names[-1]) as last:
        assert np.abs(np.array(last, float) - seen[-1][0]).max() < 8
    with Image.open(folder / "losses.png") as curves:
        assert curves.size == (700, 600)
    verdict = pictures.result()["classifier_verdict"]
    probabilities = module.classifier(module.pictures()).softmax(1)
    assert verdict["confidence"] == pytest.approx(
        float(probabilities[torch.arange(6), module.wanted].mean())
    )


def test_judges_must_be_there() -> None:
    digits = TinyDigits().load()
    with pytest.raises(UserError, match="'judge_d' among them, but there are none"):
        ScoreDigits(
            held_out="judge_d",
            judges={},
            training=digits,
            testing=digits,
            module=inversion_module(),
        )
