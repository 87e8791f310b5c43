"""Keeps the last few runs, so that a new one can be seen beside them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.run import Run

EARLIER_RUNS = 5


class EarlierRuns:
    """The last few runs that trained, the latest last."""

    def __init__(self) -> None:
        self._runs: deque[Run] = deque(maxlen=EARLIER_RUNS)

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def remember(self, run: Run | None) -> None:
        """Keep a run, unless it has not trained."""
        if run is not None and run.losses.epochs and run not in self._runs:
            self._runs.append(run)

    def clear(self) -> None:
        """Forget them all."""
        self._runs.clear()

    def comparable(self, run: Run) -> tuple[Run, ...]:
        """Return those whose losses mean the same as this one's."""
        return tuple(each for each in self._runs if _meaning(each.spec) == _meaning(run.spec))


def _meaning(spec: ExperimentSpec) -> tuple[object, ...]:
    return spec.data, spec.own, spec.training.loss
