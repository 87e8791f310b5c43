"""Scores one part of a run's samples, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.split import PARTS
from nnstudio.insight.metrics import (
    ClassScores,
    NumberScores,
    Roc,
    coefficient,
    percent,
    roc_curve,
    second_class_scores,
)
from nnstudio.session.run import Run
from nnstudio.ui.numbers import DIGITS
from nnstudio.ui.panels.chart import short

Array = NDArray[Any]

#: All samples, whatever their part.
ALL = "all"


@dataclass(frozen=True, eq=False)
class Scored:
    """What there is to show of one moment.

    Attributes
    ----------
    part : str
        "all", or the name of a part.
    samples : int
        How many samples it has.
    """

    part: str
    samples: int

    @property
    def whose(self) -> str:
        """The samples in words: "150 test samples"."""
        kind = "" if self.part == ALL else f"{self.part} "
        return f"{self.samples:,} {kind}sample{'' if self.samples == 1 else 's'}"


@dataclass(frozen=True, eq=False)
class ScoredClasses(Scored):
    """Samples of classes; with a ROC curve where there are two, and samples of both.

    Attributes
    ----------
    scores : ClassScores
    roc : Roc or None
    """

    scores: ClassScores
    roc: Roc | None


@dataclass(frozen=True, eq=False)
class ScoredNumbers(Scored):
    """Samples of a regression.

    Attributes
    ----------
    scores : NumberScores
    targets, outputs : ndarray, shape (samples,)
        Of the output that is shown.
    """

    scores: NumberScores
    targets: Array
    outputs: Array


def parts_of(run: Run) -> list[str]:
    """Return what can be chosen: all samples and, where some are held out, each part that there is."""
    there = [name for number, name in enumerate(PARTS) if (run.spec.parts() == number).any()]
    return [ALL, *there] if len(there) > 1 else [ALL]


class Scorer:
    """Scores the samples of one part of a run.

    Parameters
    ----------
    run : Run
    part : str
        "all", or the name of a part.
    output : int
        Which output, for regression.
    """

    def __init__(self, run: Run, part: str, output: int = 0) -> None:
        data = run.dataset
        self._part, self._output, self._threshold = part, output, run.spec.threshold
        self._rows = slice(None) if part == ALL else np.flatnonzero(run.spec.parts() == PARTS.index(part))
        self._classes = len(data.class_names)
        if self._classes:
            self._labels = data.labels[self._rows]
        else:
            self._targets = data.targets[self._rows, output]

    def score(self, outputs: Array) -> ScoredClasses | ScoredNumbers:
        """Return the scores of some outputs, shape (samples, outputs), those of all samples."""
        outputs = outputs[self._rows]
        count = len(outputs)
        if not self._classes:
            column = outputs[:, self._output]
            return ScoredNumbers(self._part, count, NumberScores.of(self._targets, column), self._targets, column)
        answers = class_of(outputs, self._threshold)
        scores = ClassScores.of(self._labels, answers, self._classes)
        roc = roc_curve(second_class_scores(outputs), self._labels == 1) if self._classes == 2 else None
        return ScoredClasses(self._part, count, scores, roc)


def in_digits(value: float, digits: int = DIGITS) -> str:
    """Return a number as short as so many digits make it."""
    return short(float(f"{value:.{digits}g}"), digits)


def scores_words(scored: ScoredClasses | ScoredNumbers, names: Sequence[str]) -> str:
    """Return how good the answers are, and which class is found least."""
    if isinstance(scored, ScoredNumbers):
        of = scored.scores
        return f"Of {scored.whose}: R² {coefficient(of.r2)}, RMSE {in_digits(of.rmse)}, MAE {in_digits(of.mae)}."
    scores = scored.scores
    text = f"Of {scored.whose} {scores.right:,} are right: accuracy {percent(scores.accuracy)}"
    recall = scores.recall
    if np.isfinite(recall).any() and scores.right < scores.samples:
        worst = int(np.nanargmin(recall))
        text += f"; {names[worst]} is found least, {percent(float(recall[worst]))} of the time"
    if scored.roc is not None:
        text += f"; area under the ROC curve {coefficient(scored.roc.auc)}"
    return f"{text}."
