"""Scores what a network answers: confusion matrix and ROC curve for classes, R² and errors for numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.split import PARTS

Array = NDArray[Any]

#: What is written for a score that cannot be told: the precision of a class that was never answered.
UNKNOWN = "\N{EM DASH}"


@dataclass(frozen=True, eq=False)
class ClassScores:
    """How often each class was taken for which; what cannot be told is nan.

    The scores are those of T. Fawcett (2006), "An introduction to ROC analysis", Pattern Recognition Letters 27.

    Parameters
    ----------
    confusion : ndarray of int, shape (classes, classes)
        How many samples of a row's class were taken for a column's.
    """

    confusion: Array

    @classmethod
    def of(cls, labels: Array, answers: Array, classes: int) -> ClassScores:
        """Return the scores of some answers.

        Parameters
        ----------
        labels, answers : ndarray of int, shape (samples,)
            The class of each sample, and the one that it was taken for.
        classes : int
        """
        pairs = np.bincount(labels * classes + answers, minlength=classes * classes)
        return cls(pairs.reshape(classes, classes))

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return int(self.confusion.sum())

    @property
    def right(self) -> int:
        """How many of them were taken for their own class."""
        return int(self.confusion.trace())

    @property
    def accuracy(self) -> float:
        """The share of the samples that were taken for their own class."""
        return self.right / self.samples if self.samples else math.nan

    @property
    def precision(self) -> Array:
        """Of the samples that were taken for each class, the share that are of it, shape (classes,)."""
        return _shares(self.confusion.diagonal(), self.confusion.sum(axis=0))

    @property
    def recall(self) -> Array:
        """Of the samples of each class, the share that were taken for it, shape (classes,)."""
        return _shares(self.confusion.diagonal(), self.confusion.sum(axis=1))

    @property
    def f1(self) -> Array:
        """The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN), shape (classes,)."""
        sums = self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        return _shares(2 * self.confusion.diagonal(), sums)

    def macro(self, scores: Array) -> float:
        """Return the mean of a score over the classes that occur, as samples or as answers.

        A class that was never answered has no precision; in the mean it counts as 0, like one that was always wrong.

        Parameters
        ----------
        scores : ndarray, shape (classes,)
            `precision`, `recall` or `f1`.
        """
        occurs = (self.confusion.sum(axis=0) + self.confusion.sum(axis=1)) > 0
        return float(np.nan_to_num(scores[occurs]).mean()) if occurs.any() else math.nan


@dataclass(frozen=True, eq=False)
class Roc:
    """The rates of true and of false positives for every threshold, from the highest to the lowest.

    Attributes
    ----------
    false_positives, true_positives : ndarray, shape (points,)
        Shares of the negative and of the positive samples that score at least the threshold; from 0 to 1.
    thresholds : ndarray, shape (points,)
        The first is infinite: nothing scores as much.
    """

    false_positives: Array
    true_positives: Array
    thresholds: Array

    @property
    def auc(self) -> float:
        """The area under the curve: the chance that a positive sample scores higher than a negative one.

        Ties count half, as in the test of Mann and Whitney, to which the area is equal (Fawcett 2006, section 7).
        """
        return float(np.trapezoid(self.true_positives, self.false_positives))


def roc_curve(scores: Array, positive: Array) -> Roc | None:
    """Return the ROC curve of some scores; None unless there are positive and negative samples.

    Samples with equal scores cross the threshold together (Fawcett 2006, algorithm 1).

    Parameters
    ----------
    scores : ndarray, shape (samples,)
        The higher, the more likely positive.
    positive : ndarray of bool, shape (samples,)
    """
    positives = int(np.count_nonzero(positive))
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    order = np.argsort(-scores)
    ordered = scores[order]
    hits = np.cumsum(positive[order])
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))  # of each group of equal scores
    true = np.append(0, hits[last])
    false = np.append(0, last + 1 - hits[last])
    return Roc(false / negatives, true / positives, np.append(np.inf, ordered[last]))


def second_class_scores(outputs: Array) -> Array:
    """Return how much outputs speak for the second of two classes, shape (samples,).

    Parameters
    ----------
    outputs : ndarray, shape (samples, 1) or (samples, 2)
        One output for both classes, or one for each: then it is by how much the second's is larger.
    """
    return np.asarray(outputs[:, 0] if outputs.shape[1] == 1 else outputs[:, 1] - outputs[:, 0])


@dataclass(frozen=True)
class NumberScores:
    """How far answers are from targets that are numbers.

    Attributes
    ----------
    r2 : float
        The share of the targets' variance that the answers account for, 1 - sum (t - y)² / sum (t - mean t)²: 1 is
        perfect, 0 no better than always answering the targets' mean, and there is no bound below. nan where all
        targets are equal. (N. Draper and H. Smith, "Applied Regression Analysis", 3rd edition, section 1.4.)
    rmse, mae : float
        Root of the mean squared residual, and the mean of its absolute value, in the targets' unit.
    """

    r2: float
    rmse: float
    mae: float

    @classmethod
    def of(cls, targets: Array, outputs: Array) -> NumberScores:
        """Return the scores of some answers, shape (samples,) both."""
        if not len(targets):
            return cls(math.nan, math.nan, math.nan)
        with np.errstate(over="ignore", invalid="ignore"):
            residuals = targets - outputs
            # Not a product of matrices: its threads would get in the way of those that train.
            squares = float(np.square(residuals).sum())
            spread = float(np.square(targets - targets.mean()).sum())
            mae = float(np.abs(residuals).mean())
        return cls(1 - squares / spread if spread else math.nan, math.sqrt(squares / len(targets)), mae)


def accuracies(dataset: Dataset, parts: Array, outputs: Array, threshold: float) -> dict[str, tuple[int, int]]:
    """Return for each part that there is how many of its samples are right, and how many it has.

    Parameters
    ----------
    dataset : Dataset
        Of classes.
    parts : ndarray of int, shape (samples,)
        The number of each sample's part.
    outputs : ndarray, shape (samples, outputs)
    threshold : float
        What a single output must exceed to mean the second class.
    """
    right = class_of(outputs, threshold) == dataset.labels
    counts = np.bincount(parts, minlength=len(PARTS)).tolist()
    hits = np.bincount(parts[right], minlength=len(PARTS)).tolist()
    return {part: (hit, count) for part, hit, count in zip(PARTS, hits, counts, strict=True) if count}


def r2_scores(dataset: Dataset, parts: Array, outputs: Array) -> dict[str, float]:
    """Return R² for each part that there is; where there are several outputs, the mean of theirs.

    Parameters
    ----------
    dataset : Dataset
        Of numbers.
    parts : ndarray of int, shape (samples,)
    outputs : ndarray, shape (samples, outputs)
    """
    scores = {}
    for number, part in enumerate(PARTS):
        rows = np.flatnonzero(parts == number)
        if len(rows):
            columns = zip(dataset.targets[rows].T, outputs[rows].T, strict=True)
            scores[part] = float(np.mean([NumberScores.of(*column).r2 for column in columns]))
    return scores


def score_text(dataset: Dataset, parts: Array, outputs: Array, threshold: float) -> str:
    """Return the score of each part in words: "accuracy 97.4 % on the training, 96.0 % on the test samples".

    Parameters
    ----------
    dataset : Dataset
    parts, outputs, threshold
        As for `accuracies`; numbers have R² for a score.
    """
    if dataset.is_classification:
        counts = accuracies(dataset, parts, outputs, threshold)
        return by_part("accuracy", {part: percent(right / of) for part, (right, of) in counts.items()})
    return by_part("R²", {part: coefficient(score) for part, score in r2_scores(dataset, parts, outputs).items()})


def by_part(name: str, scores: dict[str, str]) -> str:
    """Return the name of a score, and what it is on each part: in fewer words, the more parts there are."""
    if len(scores) == 1:
        return f"{name} {next(iter(scores.values()))}"
    if len(scores) == 2:
        return f"{name} {', '.join(f'{score} on the {part}' for part, score in scores.items())} samples"
    return f"{name} {', '.join(f'{score} {part}' for part, score in scores.items())}"


def percent(share: float) -> str:
    """Return a share in percent with one decimal, and 100 or 0 only where it is just that."""
    if not math.isfinite(share):
        return UNKNOWN
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(100 * share, 0.1), 99.9):.1f} %"


def coefficient(value: float, digits: int = 3) -> str:
    """Return an R² or an area under a curve with so many decimals, or shorter where it is far below 0."""
    if not math.isfinite(value):
        return UNKNOWN
    if abs(value) < 100:
        return f"{value:.{digits if abs(value) < 10 else 1}f}".replace("-", "\N{MINUS SIGN}")
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "\N{MINUS SIGN}")


def _shares(some: Array, all_: Array) -> Array:
    shares = np.full(len(some), np.nan)
    np.divide(some, all_, out=shares, where=all_ > 0)
    return shares
