"""What each score is called, what it is, and which way is better; others are shown as they are.

Torch-free: programs, callbacks and the report read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from project.errors import UserError, nearest

HIGHER, LOWER, BOTH, NEITHER = "higher", "lower", "both readings", ""
CAVEAT = (
    "The study takes a lower Inception Score as better: one class is wanted, so a concentrated "
    "p(y) is welcome. The rest of the field takes a higher one as better. The study's own caveat: "
    "the score falls, too, when the images are poor but are all recognised with similar "
    "probabilities."
)


@dataclass(frozen=True)
class Score:
    """One score.

    Args:
        title: for people.
        better: ``higher``, ``lower``, ``both readings``, or empty where no way is better.
        about: what it is, in a sentence.
    """

    title: str
    better: str
    about: str = ""

    @property
    def direction(self) -> str:
        """Which way is better, as a sentence; empty where none is."""
        if self.better == BOTH:
            return "Lower is better as the study reads it, higher as the field does."
        return f"{self.better.capitalize()} is better." if self.better else ""


# By name, or by its beginning where that ends in _; in the order of the tables.
SCORES = {
    name: Score(*told)
    for name, told in {
        "fid": (
            "FID",
            LOWER,
            "Frechet distance between Gaussians fitted to the features of generated and of real "
            "images; it is biased upwards where images are few.",
        ),
        "kid": (
            "KID",
            LOWER,
            "Squared maximum mean discrepancy between the features of generated and of real "
            "images; unbiased, so that 0 is as good as real, however few images there are.",
        ),
        "kid_error": ("error of KID", NEITHER, "Standard error of KID."),
        "fid_held_out": (
            "FID to held-out images",
            LOWER,
            "FID to real images that were not trained on, so that copies of the training images "
            "are at no advantage; biased upwards as FID is.",
        ),
        "kid_held_out": (
            "KID to held-out images",
            LOWER,
            "KID to real images that were not trained on.",
        ),
        "kid_held_out_error": (
            "error of KID to held-out images",
            NEITHER,
            "Standard error of KID to held-out images.",
        ),
        "inception_score": (
            "Inception Score",
            BOTH,
            "How clear each image's class is and how many classes there are: "
            "exp of the mean KL divergence between an image's class probabilities and their mean, "
            "from 1.",
        ),
        "inception_score_10": (
            "Inception Score, 10 splits",
            BOTH,
            "The mean of the Inception Score over ten parts of the images.",
        ),
        "inception_score_10_std": (
            "sd of the Inception Score over the splits",
            NEITHER,
            "Standard deviation of the Inception Score over ten parts of the images.",
        ),
        "precision": (
            "precision",
            HIGHER,
            "Share of generated images that lie among real ones, so that they are plausible.",
        ),
        "recall": (
            "recall",
            HIGHER,
            "Share of real images that lie among generated ones, so that nothing is missing.",
        ),
        "density": (
            "density",
            HIGHER,
            "How many real neighbourhoods a generated image lies in, 1 being usual for real ones; "
            "a single typical image over and over has more.",
        ),
        "coverage": (
            "coverage",
            HIGHER,
            "Share of real images that have a generated one in their neighbourhood.",
        ),
        "wanted_class_probability": (
            "probability of the wanted class",
            HIGHER,
            "Mean probability, image by image, of the ImageNet classes that the data are of.",
        ),
        "class_concentration": (
            "class concentration",
            NEITHER,
            "Sum of the squares of p(y): 1 where all images are surely of one class.",
        ),
        "sharpness": (
            "sharpness",
            NEITHER,
            "Standard deviation of the Laplacian of the luminance: read it against real images'.",
        ),
        "nearest_train_distance_ratio": (
            "distance to training images",
            NEITHER,
            "Median distance to the nearest training image over that of unseen real images: 1 for "
            "new images, towards 0 for copies.",
        ),
        "near_copy_share": (
            "share of near copies",
            LOWER,
            "Share of generated images that lie nearer to a training image than 99 % of unseen "
            "real ones do.",
        ),
        "near_copy_chance": (
            "chance of so many near copies",
            NEITHER,
            "Probability that new images would have as many near copies by chance.",
        ),
        "nearest_train_ratio": (
            "distance to training images",
            NEITHER,
            "Mean distance in pixels to the nearest training image over that of real test images.",
        ),
        "leak_": (
            "looks augmented",
            LOWER,
            "Share of generated images that a classifier of augmented real images calls augmented.",
        ),
        "judge_accuracy": (
            "accuracy of the judges",
            HIGHER,
            "Share of images in which classifiers that took no part see the right digit.",
        ),
        "judge_confidence": (
            "confidence of the judges",
            HIGHER,
            "Mean probability that these classifiers give the right digit.",
        ),
        "digit_distance": (
            "distance to real digits",
            LOWER,
            "Frechet distance to real test images in the judges' features.",
        ),
        "digit_diversity": (
            "diversity of the digits",
            NEITHER,
            "Mean distance between two images of a digit, 1 being that of real ones.",
        ),
        "p_feature_1": (
            "P(feature 1)",
            HIGHER,
            "Share of images that have the first feature, by a classifier that took no part.",
        ),
        "p_feature_2": (
            "P(feature 2)",
            HIGHER,
            "Share of images that have the second feature, by the same classifier.",
        ),
        "p_both": ("P(both features)", HIGHER, "Share of images that have both features."),
        "feature_distance": (
            "distance to faces with both",
            LOWER,
            "Frechet distance, in the classifier's features, to real images that have both.",
        ),
        "diversity": (
            "diversity",
            NEITHER,
            "Mean distance in pixels between two images, 1 being that of real ones with both.",
        ),
    }.items()
}


# Of the user's own, as their runs tell.
OWN: dict[str, Score] = {}


def learn(name: str, better: str, about: str) -> None:
    """Makes a score known that is the user's own, by what a run says of it.

    Args:
        name: of it.
        better: ``higher``, ``lower``, or empty.
        about: what it is; a sentence or its beginning.
    """
    sentence = about[:1].upper() + about[1:] + ("" if about.endswith(".") or not about else ".")
    if name not in SCORES and better in (HIGHER, LOWER, NEITHER):
        OWN[name] = Score(name.replace("_", " "), better, sentence)


def known(name: str) -> Score:
    """Returns what is known of a score; an unknown one has its name for a title."""
    for there in (SCORES, OWN):
        if name in there:
            return there[name]
    for beginning, score in SCORES.items():
        if beginning.endswith("_") and name.startswith(beginning):
            title = f"{score.title}: {name.removeprefix(beginning).replace('_', ' ')}"
            return Score(title, score.better, score.about)
    return Score(name.replace("_", " "), NEITHER)


def check_directed(name: str, better: Mapping[str, str]) -> None:
    """Checks that one of several scores can be the best: that it has one better way.

    Args:
        name: what the user chose.
        better: which way is better, by the names of the scores that there are.

    Raises:
        UserError: there is no such score, or neither way, or either, is better.
    """
    directed = [one for one, way in better.items() if way in (HIGHER, LOWER)]
    if name in directed:
        return
    why = "names no score of this run"
    if name in better:
        why = "has no way that is better"
        if better[name] == BOTH:
            why = "is read both ways: the study takes a lower one as better, the field a higher one"
    raise UserError(f"best={name} {why}. {nearest(name, directed)}")
