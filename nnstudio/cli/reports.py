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
from nnstudio.engine.split import PARTS
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.metrics import NumberScores, accuracies, coefficient, percent
from nnstudio.insight.outcomes import describe

Array = NDArray[Any]

_EVERY = 100
_MAX_ROWS = 64
_PROGRESS_AFTER, _PROGRESS_EVERY = 1.0, 0.2


class StatusLine:
    """A line on the terminal that says how things stand, each time in the place of the last; elsewhere nothing."""

    def __init__(self) -> None:
        self._shown = ""
        self.terminal = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Show a text, or take away what is shown."""
        if self.terminal and (text or self._shown):
            # Blanks cover the rest of a longer line, on terminals that know no escape codes too.
            print(f"\r{text.ljust(len(self._shown))}" + ("" if text else "\r"), end="", file=sys.stderr, flush=True)
            self._shown = text


class LossPrinter:
    """Prints the loss of every hundredth epoch and, where a long run is watched on a terminal, the time left."""

    def __init__(self) -> None:
        self._epoch = 0
        self._line = StatusLine()
        self._progress_due = _PROGRESS_AFTER

    def __call__(self, trainer: Trainer, losses: Losses, seconds: float) -> None:
        lines = [
            f"Epoch {self._epoch + index}, loss {decimal(losses.training[index])}"
            for index in range(-self._epoch % _EVERY, len(losses.training), _EVERY)
        ]
        self._epoch += len(losses.training)
        ended = trainer.stopped is not None
        if lines or ended:
            self._line.show("")
            print(*lines, sep="\n", end="\n" if lines else "", flush=self._line.terminal)
        if not ended and seconds >= self._progress_due:
            self._progress_due = seconds + _PROGRESS_EVERY
            self._line.show(_progress(trainer, seconds))


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
    """Return a table, and the outcome in words; the table is of all patterns, or of the scores of many samples."""
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
        *(_predictions if trainer.dataset.enumerates else _score_table)(trainer, outputs),
        "",
        f"{text}.",
        _for_terminal(outcome.hint, trainer),
    ]
    return "\n".join(parts).rstrip()


def _for_terminal(hint: str, trainer: Trainer) -> str:
    """Name the setting where a hint names a key or a field of the window."""
    hint = hint.replace("(N)", f"(--set seed={(trainer.spec.seed + 1) % 2**32})")
    return hint.replace("(Data, Scaling)", "(--set data.scaling=standardize)")


def _outputs(trainer: Trainer) -> Array:
    with np.errstate(all="ignore"):
        return trainer.predict(trainer.dataset.inputs)


def _predictions(trainer: Trainer, outputs: Array) -> list[str]:
    dataset = trainer.dataset
    right = is_right(outputs, dataset.targets, trainer.spec.threshold)
    single = outputs.shape[1] == 1
    names = ("output",) if single else dataset.output_names
    rows = [[*dataset.input_names, "target", *names, ""]]
    for inputs, targets, values, hit in zip(dataset.inputs, dataset.targets, outputs, right, strict=True):
        target = f"{targets[0]:g}" if single else dataset.output_names[int(targets.argmax())]
        rows.append([*(f"{x:g}" for x in inputs), target, *map(decimal, values), "right" if hit else "wrong"])
    lines = _aligned(rows[: _MAX_ROWS + 1])
    if len(rows) > len(lines):
        lines.append(f"… {len(rows) - len(lines):,} more")
    return [*lines, f"{int(right.sum()):,} of {len(right):,} right"]


def _score_table(trainer: Trainer, outputs: Array) -> list[str]:
    """Return how well each part of the samples is answered, one line each."""
    dataset, parts = trainer.dataset, trainer.spec.parts()
    if dataset.is_classification:
        counts = accuracies(dataset, parts, outputs, trainer.spec.threshold)
        rows = [[part, f"{of:,}", f"{right:,}", percent(right / of)] for part, (right, of) in counts.items()]
        return _named([["", "samples", "right", "accuracy"], *rows])
    rows = [["", "samples", "R²", "RMSE", "MAE"]]
    for part, number in _parts_of(trainer).items():
        chosen = parts == number
        for column, name in enumerate(dataset.output_names):
            label = part if len(dataset.output_names) == 1 else f"{part}, {name}"
            scores = NumberScores.of(dataset.targets[chosen, column], outputs[chosen, column])
            errors = map(decimal, (scores.rmse, scores.mae))
            rows.append([label, f"{int(chosen.sum()):,}", coefficient(scores.r2), *errors])
    return _named(rows)


def _named(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return aligned rows whose first cells are names, which begin on the left."""
    widest = max(len(name) for name, *_ in rows)
    return _aligned([[name.ljust(widest), *cells] for name, *cells in rows])


def _parts_of(trainer: Trainer) -> dict[str, int]:
    """Return the numbers of the parts that have samples, by their names."""
    parts = trainer.spec.parts()
    return {part: number for number, part in enumerate(PARTS) if (parts == number).any()}


def _scores(trainer: Trainer, outputs: Array) -> dict[str, dict[str, float]]:
    """Return the scores of each part, by their names; of several outputs that are numbers, the mean of theirs."""
    dataset, parts = trainer.dataset, trainer.spec.parts()
    if dataset.is_classification:
        counts = accuracies(dataset, parts, outputs, trainer.spec.threshold)
        return {part: {"samples": of, "accuracy": right / of} for part, (right, of) in counts.items()}
    scores = {}
    for part, number in _parts_of(trainer).items():
        chosen = parts == number
        each = [NumberScores.of(*columns) for columns in zip(dataset.targets[chosen].T, outputs[chosen].T, strict=True)]
        means = {name: float(np.mean([getattr(one, name) for one in each])) for name in ("r2", "rmse", "mae")}
        scores[part] = {"samples": int(chosen.sum()), **means}
    return scores


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
        "scores": _scores(trainer, outputs),
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
