"""Chooses which samples a surface draws, and says what its markers mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.split import PARTS
from nnstudio.session.painting import Painting
from nnstudio.ui.panels.surface.markers import NEWEST, NO_SAMPLES, Samples, thinned
from nnstudio.ui.panels.surface.plot import LegendEntry
from nnstudio.ui.panels.surface.subject import Subject, class_texts

Array = NDArray[Any]


def chosen_samples(subject: Subject, *, held_out: bool) -> Samples:
    """Return the samples of a subject's run that are drawn, those held out of training if they are asked for."""
    run, plane = subject.run, subject.plane
    data, parts = run.dataset, run.spec.parts()
    if plane.is_line and subject.neuron is not None:
        return NO_SAMPLES  # targets have no place among what a neuron gives
    drawn = ~np.isnan(data.inputs[:, [plane.x, plane.y]]).any(axis=1)
    if data.enumerates:
        # Of a table of all patterns only those that lie in this plane; the others are in front of it or behind.
        drawn &= plane.contains(data.inputs)
    if not held_out:
        drawn &= parts == 0
    every = np.flatnonzero(drawn)
    rows = thinned(every)
    classes = data.labels[rows] if data.is_classification else None
    numbers = None if classes is not None else data.targets[rows, subject.output]
    points = data.inputs[rows][:, [plane.x, plane.y]]
    if plane.is_line:
        points = np.column_stack([points[:, 0], _heights(subject, rows)])
    return Samples(rows, points, classes, numbers, parts[rows] > 0, len(every))


def _heights(subject: Subject, rows: Array) -> Array:
    """Return how high samples lie among curves: as high as their target, with all classes as that of their own."""
    targets = subject.run.dataset.targets[rows]
    return np.asarray(targets.max(axis=1) if subject.output is None else targets[:, subject.output])


def painted_samples(painting: Painting, subject: Subject, *, pending: bool) -> Samples:
    """Return the points of a painting that are drawn; while they are pending, the run does not know them."""
    every = np.flatnonzero(~np.isnan(painting.inputs).any(axis=1))
    shown = thinned(every, NEWEST)
    answers = painting.answers[shown]
    classes, numbers = (answers, None) if painting.class_names else (None, answers)
    parts = subject.run.spec.parts()
    hollow = np.zeros(len(shown), bool) if pending else parts[shown] > 0
    rows = np.full(len(shown), -1) if pending else shown
    return Samples(rows, painting.inputs[shown], classes, numbers, hollow, len(every))


def legend_of(subject: Subject, samples: Samples, class_names: Sequence[str] | None) -> list[LegendEntry]:
    """Return what the markers mean.

    Parameters
    ----------
    subject : Subject
    samples : Samples
        Those that are drawn.
    class_names : sequence of str or None
        Of points that are being painted; without them, the classes of the run's data.
    """
    names = class_texts(subject.run.dataset) if class_names is None else class_names
    entries = [LegendEntry(name, number) for number, name in enumerate(names)]
    if samples.hollow.any():
        held_out = np.unique(subject.run.spec.parts())
        parts = [PARTS[part] for part in held_out if part > 0]
        entries.append(LegendEntry(parts[0] if len(parts) == 1 else "held out", 0, hollow=True))
    return entries
