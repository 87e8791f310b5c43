"""Says in words what the panels draw, for whoever hears the program, and for a sentence in a report."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.split import PARTS
from nnstudio.engine.timeline import LossOutline
from nnstudio.insight.metrics import percent, score_text
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import fixed, short
from nnstudio.ui.panels.heatmap import layer_names

Array = NDArray[Any]

#: More patterns than these are not read out one by one.
MOST_PATTERNS = 8
#: A loss that has changed by less than this share of itself stands still.
STILL = 0.01


def loss_words(run: Run) -> str:
    """Return the loss now, where it came from, and where it is going."""
    epochs = run.losses.epochs
    if not epochs:
        return "Not trained yet."
    outline = run.losses.outline()
    held_out = "".join(
        f", {name} loss {short(history.last)}"
        for name, history in (("validation", run.validation_losses), ("test", run.test_losses))
        if history.epochs
    )
    now = f"Loss {short(outline.last)}{held_out} after {epochs:,} epoch{'' if epochs == 1 else 's'}"
    if epochs == 1:
        return f"{now}."
    return f"{now}; it began at {short(float(outline.first[0]))}, and over the last tenth it {trend_words(outline)}."


def trend_words(outline: LossOutline) -> str:
    """Return where a loss has gone over the last tenth of its epochs: "fell by 12 %"."""
    then = float(outline.first[-max(len(outline.first) // 10, 2) :][0])
    if not (np.isfinite(outline.last) and np.isfinite(then)):
        return "went beyond all numbers"
    change = abs(outline.last - then) / then if then else 0.0
    if change < STILL:
        return "hardly changed"
    if outline.last > 10 * then:
        return "rose more than tenfold"
    return f"{'fell' if outline.last < then else 'rose'} by {change:.0%}".replace("%", " %")


def outputs_words(run: Run) -> str:
    """Return how many answers are right and, of few patterns, each of them."""
    data, outputs, threshold = run.dataset, run.frame.outputs, run.spec.threshold
    if not data.is_classification or data.samples > MOST_PATTERNS:
        words = score_text(data, run.spec.parts(), outputs, threshold)
        return f"{data.samples:,} samples: {words}."
    right = is_right(outputs, data.targets, threshold)
    patterns = (
        f"{' '.join(map(short, inputs))} gives {', '.join(map(fixed, answer))} for {', '.join(map(short, target))}, "
        f"{'right' if good else 'wrong'}"
        for inputs, answer, target, good in zip(
            data.inputs.tolist(), outputs.tolist(), data.targets.tolist(), right, strict=True
        )
    )
    return f"{int(right.sum())} of {data.samples} patterns right. {'; '.join(patterns)}."


def weights_words(run: Run, values: Array, what: str) -> str:
    """Return the range of each layer's numbers, and which is the largest.

    Parameters
    ----------
    run : Run
    values : ndarray, shape (parameters,)
    what : str
        "weights", "gradients" or "change".
    """
    if not np.isfinite(values).all():
        return f"Some {'changes' if what == 'change' else what} are beyond all numbers."
    parts, start = [], 0
    for names in layer_names(run):
        rows, columns = len(names.rows), len(names.columns)
        layer = values[start : start + rows * columns].reshape(rows, columns)
        start += rows * columns
        row, column = np.unravel_index(int(np.abs(layer).argmax()), layer.shape)
        largest = f"{names.parameter(int(row), int(column))}, {fixed(float(layer[row, column]))}"
        parts.append(
            f"{names.titles[0]}: from {fixed(float(layer.min()))} to {fixed(float(layer.max()))}, largest {largest}"
        )
    title = {"weights": "Weights and biases", "gradients": "Gradients", "change": "Changes since the start"}[what]
    return f"{title}. {'; '.join(parts)}."


def network_words(run: Run) -> str:
    """Return the layers from the inputs to the outputs, how many parameters join them, and how the run stands."""
    network, sizes = run.spec.network, run.layout.sizes
    hidden = [
        _counted(layer.size, f"{ACTIVATIONS[(layer.activation or network.activation).name].label} neuron")
        for layer in network.hidden
    ]
    output = ACTIVATIONS[network.output_activation.name].label
    layers = [_counted(sizes[0], "input"), *hidden, f"{_counted(sizes[-1], 'output')} ({output})"]
    standing = run.outcome().text
    shape = f"{', then '.join(layers)}; {len(run.frame.parameters):,} weights and biases"
    return f"{shape}. {standing[:1].upper()}{standing[1:]}."


def surface_words(names: tuple[str, str], value_name: str, values: Array, run: Run, threshold: float | None) -> str:
    """Return the range of what is shown over the plane, and how much of the plane answers the second class.

    Parameters
    ----------
    names : (str, str)
        What runs across and up; nothing runs up over a single input.
    value_name : str
    values : ndarray, shape (outputs, rows, columns)
    run : Run
    threshold : float or None
        What an output is compared with; None where it is not.
    """
    over = " and ".join(filter(None, names))
    if not np.isfinite(values).all():
        return f"Some values over {over} are beyond all numbers."
    if len(values) > 1:
        classes = run.dataset.class_names
        shares = np.bincount(values.reshape(len(values), -1).argmax(axis=0), minlength=len(values)) / values[0].size
        largest = [number for number in np.argsort(-shares, kind="stable")[:4].tolist() if shares[number]]
        words = ", ".join(f"{classes[number]}: {percent(float(shares[number]))}" for number in largest)
        text = f"Classes over {over}, by their share of the plane: {words}"
    else:
        text = f"{value_name} over {over}: from {fixed(float(values.min()))} to {fixed(float(values.max()))}"
        if threshold is not None:
            text += f"; above {short(threshold)} on {percent(float((values > threshold).mean()))} of it"
    return f"{text[0].upper()}{text[1:]}."


def pictures_words(run: Run) -> str:
    """Return how many pictures of each part are read right."""
    right = is_right(run.frame.outputs, run.dataset.targets, run.spec.threshold)
    parts = run.spec.parts()
    counts = [
        f"{int(right[parts == number].sum()):,} of {int((parts == number).sum()):,} {name} pictures"
        for number, name in enumerate(PARTS)
        if (parts == number).any()
    ]
    return f"Read right: {', '.join(counts)}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
