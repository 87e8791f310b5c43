"""Writes what a list of samples says of each: inputs, target, output, residual and part, as text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.split import PARTS
from nnstudio.insight.metrics import UNKNOWN, score_text
from nnstudio.session.run import Run
from nnstudio.ui.numbers import MINUS
from nnstudio.ui.panels.chart import fixed

Array = NDArray[Any]
#: Inputs that a description names.
MOST_INPUTS = 24


class SampleTexts:
    """The samples of one run with their latest outputs.

    Parameters
    ----------
    run : Run
    digits : int

    Attributes
    ----------
    digits : int
        How many there are behind the point of outputs.
    outputs : ndarray, shape (samples, outputs)
        The latest.
    right : ndarray of bool, shape (samples,)
        Of classes, which samples are answered with their own; empty for numbers.
    summary : str
        The score of each part, in words.
    """

    def __init__(self, run: Run, digits: int) -> None:
        self.run, self.digits = run, digits
        data = run.dataset
        self.is_classification = data.is_classification
        self.parts = run.spec.parts()
        self.has_parts = bool(self.parts.any())
        self._labels = data.labels if data.is_classification else None
        self._extremes = [_extremes(column) for column in data.inputs.T[:MOST_INPUTS]]
        self._digits = [_digits(column) for column in data.inputs.T[:MOST_INPUTS]]
        self._target_digits = [_digits(column) for column in data.targets.T]
        self.right: Array = np.zeros(0, bool)
        self.set_outputs(run.frame.outputs)

    def set_outputs(self, outputs: Array) -> None:
        """Take other outputs, shape (samples, outputs)."""
        self.outputs = outputs
        data, threshold = self.run.dataset, self.run.spec.threshold
        self.summary = score_text(data, self.parts, outputs, threshold)
        if self._labels is not None:
            self._answers = class_of(outputs, threshold)
            self.right = self._answers == self._labels

    def worst_first(self) -> Array:
        """Return the samples in the order of their squared errors, the largest first."""
        with np.errstate(over="ignore", invalid="ignore"):
            errors = ((self.outputs - self.run.dataset.targets) ** 2).sum(axis=1)
        return np.argsort(-np.nan_to_num(errors, nan=np.inf), kind="stable")

    def residual(self, sample: int) -> float:
        """Return target less output; where there are several of them, the one that is farthest from 0."""
        residuals = self.run.dataset.targets[sample] - self.outputs[sample]
        return float(residuals[np.nan_to_num(np.abs(residuals)).argmax()])

    def text(self, kind: str, sample: int, number: int = 0) -> str:
        """Return one thing about a sample.

        Parameters
        ----------
        kind : {"number", "input", "target", "output", "residual", "part"}
        sample : int
        number : int
            Of the input.
        """
        data = self.run.dataset
        match kind:
            case "number":
                return f"#{sample + 1:,}"
            case "input":
                return written(float(data.inputs[sample, number]), self._digits[number])
            case "part":
                return PARTS[self.parts[sample]]
            case "target" if self._labels is not None:
                return data.class_names[self._labels[sample]]
            case "target":
                return self._numbers(data.targets[sample])
            case "residual":
                return self._numbers(data.targets[sample] - self.outputs[sample], 1)
        outputs = self.outputs[sample]
        if self._labels is None:
            return self._numbers(outputs, 1)
        if len(outputs) == 1:
            return fixed(float(outputs[0]), self.digits)
        answer = self._answers[sample]
        return f"{data.class_names[answer]} {fixed(float(outputs[answer]), self.digits)}"

    def widest(self, kind: str, number: int = 0) -> list[str]:
        """Return texts of which one is about as wide as any of its kind."""
        data = self.run.dataset
        if kind == "input":
            return [written(value, self._digits[number]) for value in self._extremes[number]]
        if self._labels is not None:
            if kind == "target":
                return list(data.class_names)
            zero = fixed(0.0, self.digits)
            return [MINUS + zero] if self.outputs.shape[1] == 1 else [f"{name} {zero}" for name in data.class_names]
        extremes = [data.targets.min(axis=0), data.targets.max(axis=0)]
        if kind == "target":
            return [self._numbers(values) for values in extremes]
        return [MINUS + self._numbers(np.abs(values), 1) for values in extremes]

    def description(self, sample: int) -> str:
        """Return all there is to say about a sample, one thing a line."""
        names = self.run.dataset.input_names
        lines = [self.text("number", sample)]
        lines += [f"{name}: {self.text('input', sample, i)}" for i, name in enumerate(names[:MOST_INPUTS])]
        if len(names) > MOST_INPUTS:
            lines.append(f"… {len(names) - MOST_INPUTS} more inputs")
        kinds = ("target", "output") if self._labels is not None else ("target", "output", "residual")
        lines += [f"{kind}: {self.text(kind, sample)}" for kind in kinds]
        return "\n".join([*lines, *([f"{self.text('part', sample)} sample"] if self.has_parts else [])])

    def _numbers(self, values: Array, more_digits: int = 0) -> str:
        """Write the numbers of a regression, one for each output; answers have a digit more than targets need."""
        pairs = zip(values.tolist(), self._target_digits, strict=True)
        return "  ".join(written(value, min(digits + more_digits, self.digits + 1)) for value, digits in pairs)


def written(value: float, digits: int) -> str:
    """Return a number with so many digits behind the point, a huge one shorter; what is not known as a dash."""
    if not math.isfinite(value) or abs(value) >= 1e6:
        return UNKNOWN if math.isnan(value) else fixed(value)
    return f"{value:,.{digits}f}".replace("-", MINUS)


def _extremes(values: Array) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _digits(values: Array) -> int:
    """Return how many digits behind the point tell values apart: none where all are whole."""
    known = values[np.isfinite(values)]
    if not known.size or (known == np.round(known)).all():
        return 0
    return min(max(2 - math.floor(math.log10(float(np.ptp(known)) or 1.0)), 0), 4)
