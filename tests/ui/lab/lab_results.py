"""Makes results of sweeps by hand, so that a test knows what a chart has to say, and moves the pointer over charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.engine.run_state import STOPPED
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.outcome_groups import VERDICTS
from nnstudio.lab.axes import Axis
from nnstudio.lab.plan import Method
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.sweep import Sweep
from nnstudio.ui.lab.canvas import LabCanvas, LabChart
from nnstudio.ui.theme import apply_theme, load_theme

BASE = ExperimentSpec()
#: What XOR is answered by those that learn it, and by those that do not.
RIGHT, HALF, FLAT = (0.0, 1.0, 1.0, 0.0), (0.05, 0.5, 0.95, 0.5), (0.5, 0.5, 0.5, 0.5)
START = 0.25
C = TypeVar("C", bound=LabChart)


def results_of(*axes: str, seeds: int = 10, settings: dict[str, object] | None = None) -> Results:
    """Return empty results of a grid."""
    base = BASE.with_settings(dict(settings or {}))
    return Results(Sweep.grid(base, [Axis.parse(axis, base) for axis in axes], range(seeds)))


def noisy_results(*axes: str, seeds: int = 10) -> Results:
    """Return empty results on data with noise in it: a network learns it without getting all samples right."""
    return results_of(*axes, seeds=seeds, settings={"data.name": "sine", "network.hidden": "4"})


def given_up(results: Results, runs: Sequence[int], loss: float, epochs: int) -> None:
    """Let a search end runs after so many epochs."""
    points = int(np.searchsorted(results.curve_epochs(0), epochs))
    ended(results, runs, [loss] * len(runs), "not learned yet", points=points)
    results.epochs[list(runs)] = epochs


def random_results(*axes: str, seeds: int = 10, count: int = 8, method: Method = "random") -> Results:
    """Return empty results of a random search."""
    return Results(Sweep.random(BASE, [Axis.parse(axis, BASE) for axis in axes], range(seeds), count), method)


def curve(final: float, points: int, reached: int | None = None) -> np.ndarray:
    """Return losses that fall evenly, by order of magnitude, from a quarter; nan behind the points that are reached."""
    losses = np.geomspace(START, max(final, 1e-12), points)
    losses[-1] = final
    if reached is not None:
        losses[reached:] = np.nan
    return losses.astype(np.float32)


def ended(
    results: Results,
    runs: Sequence[int],
    losses: Sequence[float],
    verdict: str = "learned",
    outputs: Sequence[float] = RIGHT,
    epochs: Sequence[int] | int = 1000,
    points: int | None = None,
) -> None:
    """Let runs end with these losses; `epochs` to learn, and `points` of their curves where they ended early."""
    count = len(runs)
    learned = verdict == "learned"
    results.take(
        Part(
            runs=np.array(runs),
            final_loss=np.array(losses, float),
            epochs_to_learn=np.broadcast_to(epochs if learned else -1, count).astype(np.int64),
            epochs=np.full(count, 10_000 if points is None else int(results.curve_epochs(0)[points - 1]) + 1),
            stopped=np.full(count, STOPPED.index("diverged" if verdict == "diverged" else "epochs"), np.uint8),
            verdict=np.full(count, VERDICTS.index(verdict), np.uint8),
            curves=np.stack([curve(loss if np.isfinite(loss) else 0.1, results.points, points) for loss in losses]),
            outputs=np.tile(np.array(outputs, np.float32)[:, None], (count, 1, 1)),
        )
    )


def ten_runs() -> Results:
    """Return ten runs of which 0 to 6 have learned, with losses 0.001 to 0.007, and 7 to 9 are stuck at 0.128."""
    results = results_of()
    ended(results, range(7), [0.001 * (run + 1) for run in range(7)])
    ended(results, range(7, 10), [0.128] * 3, "stuck", HALF)
    return results


def glimpsed(results: Results, runs: Sequence[int], losses: Sequence[float], points: int) -> None:
    """Let runs come so far on their way to these losses."""
    rows = np.stack([curve(loss, results.points)[:points] for loss in losses], axis=1)
    results.take_glimpse(Glimpse(0, np.array(runs), 0, rows, int(results.curve_epochs(0)[points - 1]) + 1))


def chart(
    kind: type[C],
    qtbot: QtBot,
    results: Results | None = None,
    *,
    size: tuple[int, int] = (500, 300),
    theme: str = "light",
) -> C:
    """Return a chart on the screen; with results, of all their runs."""
    look = load_theme(theme)
    apply_theme(QApplication.instance(), look)
    made = kind(theme=look)
    qtbot.addWidget(made)
    made.resize(*size)
    made.show()
    QApplication.processEvents()
    if results is not None:
        made.show_results(results, np.arange(results.sweep.runs), "XOR, 2-2-1, 1,000 seeds")
        QApplication.processEvents()
    return made


def hover(canvas: LabCanvas, x: float, y: float) -> None:
    """Move the pointer to a place."""
    QApplication.sendEvent(canvas, _mouse(QEvent.Type.MouseMove, canvas, x, y, Qt.MouseButton.NoButton))


def click(canvas: LabCanvas, x: float, y: float) -> None:
    """Press and release the left button at a place."""
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        QApplication.sendEvent(canvas, _mouse(kind, canvas, x, y, Qt.MouseButton.LeftButton))


def _mouse(kind: QEvent.Type, canvas: LabCanvas, x: float, y: float, button: Qt.MouseButton) -> QMouseEvent:
    place = QPointF(x, y)
    return QMouseEvent(kind, place, canvas.mapToGlobal(place), button, button, Qt.KeyboardModifier.NoModifier)
