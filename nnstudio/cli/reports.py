"""Says how a run goes and how it went: in words, as JSON, as a table."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.cli.training import Run
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.network import LayerValues
from nnstudio.engine.run_state import Losses
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.metrics import accuracies, coefficient, percent, r2_scores
from nnstudio.insight.outcomes import describe

Array = NDArray[Any]

_EVERY = 100
_MAX_ROWS, _MAX_INPUTS = 64, 10
_PROGRESS_AFTER, _PROGRESS_EVERY = 1.0, 0.2


class LossPrinter:
    """Prints the loss of every hundredth epoch and, where a long run is watched on a terminal, the time left."""

    def __init__(self) -> None:
        self._epoch = 0
        self._shown = ""
        self._progress_due = _PROGRESS_AFTER
        self._terminal = sys.stderr.isatty()

    def __call__(self, trainer: Trainer, losses: Losses, seconds: float) -> None:
        lines = [
            f"Epoch {self._epoch + index}, loss {decimal(losses.training[index])}"
            for index in range(-self._epoch % _EVERY, len(losses.training), _EVERY)
        ]
        self._epoch += len(losses.training)
        ended = trainer.stopped is not None
        if lines or ended:
            self._show("")
            print(*lines, sep="\n", end="\n" if lines else "", flush=self._terminal)
        if self._terminal and not ended and seconds >= self._progress_due:
            self._progress_due = seconds + _PROGRESS_EVERY
            self._show(_progress(trainer, seconds))

    def _show(self, text: str) -> None:
        if text or self._shown:
            # Blanks cover the rest of a longer line, on terminals that know no escape codes too.
            print(f"\r{text.ljust(len(self._shown))}" + ("" if text else "\r"), end="", file=sys.stderr, flush=True)
            self._shown = text


def _progress(trainer: Trainer, seconds: float) -> str:
    epochs, done = trainer.spec.training.epochs, trainer.epoch
    text = f"epoch {done:,} of {epochs:,}"
    return f"{text}, {duration(seconds * (epochs - done) / done)} left" if done else text


def duration(seconds: float) -> str:
    """Return a time as hours, minutes and seconds: 1:02:05."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def decimal(value: float) -> str:
    """Return a number with six decimals, or with six digits where that would say too little or too much."""
    if not math.isfinite(value):
        return "too large to hold"
    return f"{value:.6f}" if value == 0 or 1e-3 <= abs(value) < 1e6 else f"{value:.6g}"


def result_text(result: Run) -> str:
    """Return the predictions as a table, and the outcome in words."""
    trainer = result.trainer
    outputs = _outputs(trainer)
    outcome = describe(
        spec=trainer.spec,
        dataset=trainer.dataset,
        outputs=outputs,
        epoch=trainer.epoch,
        losses=result.history.outline(),
        stopped=trainer.stopped,
        learned_epoch=trainer.learned_epoch,
    )
    text = outcome.text[:1].upper() + outcome.text[1:]
    interrupted = [f"Interrupted at epoch {trainer.epoch:,}."] if result.interrupted else []
    ended = f"After {trainer.epoch:,} epochs, loss {decimal(trainer.loss())}:"
    parts = [
        "",
        *interrupted,
        ended,
        *_predictions(trainer, outputs),
        "",
        f"{text}.",
        _for_terminal(outcome.hint, trainer),
    ]
    return "\n".join(parts).rstrip()


def _for_terminal(hint: str, trainer: Trainer) -> str:
    """Name the setting where a hint names a key of the window."""
    return hint.replace("(N)", f"(--set seed={(trainer.spec.seed + 1) % 2**32})")


def _outputs(trainer: Trainer) -> Array:
    with np.errstate(all="ignore"):
        return trainer.predict(trainer.dataset.inputs)


def _predictions(trainer: Trainer, outputs: Array) -> list[str]:
    """Return a table of what the network answers for the first samples, and how well it does on all of them."""
    dataset = trainer.dataset
    answers = _class_answers(trainer, outputs) if dataset.is_classification else _number_answers(trainer, outputs)
    names = dataset.input_names
    rows = [[*names[:_MAX_INPUTS], *(["…"] if len(names) > _MAX_INPUTS else []), *answers[0]]]
    for inputs, answer in zip(dataset.inputs.tolist(), answers[1:], strict=False):
        shown = ["missing" if math.isnan(x) else f"{x:g}" for x in inputs[:_MAX_INPUTS]]
        rows.append([*shown, *(["…"] if len(names) > _MAX_INPUTS else []), *answer])
    lines = _aligned(rows)
    if dataset.samples > len(rows) - 1:
        lines.append(f"… {dataset.samples - len(rows) + 1:,} more")
    return [*lines, _score(trainer, outputs)]


def _class_answers(trainer: Trainer, outputs: Array) -> list[list[str]]:
    dataset, several = trainer.dataset, outputs.shape[1] > 1
    right = is_right(outputs, dataset.targets, trainer.spec.threshold)
    rows = [["target", *(dataset.output_names if several else ("output",)), ""]]
    for targets, values, hit in zip(dataset.targets[:_MAX_ROWS], outputs, right, strict=False):
        target = dataset.output_names[int(targets.argmax())] if several else f"{targets[0]:g}"
        rows.append([target, *map(decimal, values), "right" if hit else "wrong"])
    return rows


def _number_answers(trainer: Trainer, outputs: Array) -> list[list[str]]:
    names, single = trainer.dataset.output_names, outputs.shape[1] == 1
    rows = [["target", "output"] if single else [f"{name}{what}" for name in names for what in (" target", " output")]]
    for targets, values in zip(trainer.dataset.targets[:_MAX_ROWS].tolist(), outputs.tolist(), strict=False):
        pairs = zip(targets, values, strict=True)
        rows.append([text for target, value in pairs for text in (f"{target:g}", decimal(value))])
    return rows


def _score(trainer: Trainer, outputs: Array) -> str:
    """Return how well the network does: "4 of 4 right", or for each part of the samples where there are several."""
    dataset, parts = trainer.dataset, trainer.spec.parts()
    if not dataset.is_classification:
        return "R² " + ", ".join(
            f"{coefficient(r2)} ({part})" for part, r2 in r2_scores(dataset, parts, outputs).items()
        )
    counts = accuracies(dataset, parts, outputs, trainer.spec.threshold)
    right, samples = (sum(column) for column in zip(*counts.values(), strict=True))
    text = f"{right:,} of {samples:,} right"
    if len(counts) == 1:
        return text
    return f"{text}: " + ", ".join(f"{percent(hit / count)} ({part})" for part, (hit, count) in counts.items())


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def json_text(result: Run) -> str:
    """Return everything about a run as one JSON object; a number that is not finite becomes null."""
    trainer = result.trainer
    layout = trainer.network.layout
    outputs = _outputs(trainer)
    content = {
        "spec": trainer.spec.to_dict(),
        "loss": result.losses.training,
        **({"validation_loss": result.losses.validation} if trainer.validation_set else {}),
        **({"test_loss": result.losses.test} if trainer.test_set else {}),
        "final_loss": trainer.loss(),
        "predictions": outputs[:, 0] if outputs.shape[1] == 1 else outputs,
        "initial_parameters": layout.split(trainer.initial_parameters),
        "parameters": layout.split(trainer.network.parameters),
        "stopped_because": "interrupted" if result.interrupted else trainer.stopped,
        "stopped_at_epoch": trainer.epoch,
        "epochs_per_second": result.epochs_per_second,
    }
    return json.dumps(_plain(content), allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, LayerValues):
        return {"weights": _plain(value.weights), "biases": _plain(value.biases)}
    if isinstance(value, np.ndarray):
        return value.tolist() if np.isfinite(value).all() else _plain(value.tolist())
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def loss_table(result: Run) -> tuple[list[str], list[list[Any]]]:
    """Return the header and the rows of a table with the loss of every epoch."""
    losses = result.losses
    columns: dict[str, list[Any]] = {"epoch": list(range(len(losses.training))), "loss": losses.training.tolist()}
    if result.trainer.validation_set:
        columns["validation_loss"] = losses.validation.tolist()
    if result.trainer.test_set:
        columns["test_loss"] = losses.test.tolist()
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]
