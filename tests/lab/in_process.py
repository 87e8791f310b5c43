"""Trains the tasks of sweeps where they are submitted, for tests that have no use for processes."""

import time
from concurrent.futures import Future

from nnstudio.lab.blocks import Task, train_task
from nnstudio.lab.results import Glimpse, Part


class InProcess:
    """Trains each task in the caller's thread when it is submitted; for sweeps that take no time."""

    count = 1

    def __init__(self) -> None:
        self._glimpses: list[Glimpse] = []
        self._held = self._cancelled = False

    def begin(self) -> None:
        self._glimpses.clear()
        self._held = self._cancelled = False

    def submit(self, task: Task) -> Future[Part | None]:
        future: Future[Part | None] = Future()
        try:
            future.set_result(train_task(task, report=self._glimpses.append, may_go_on=self._may_go_on))
        except Exception as error:  # as an executor does: it belongs to whoever asks for the result
            future.set_exception(error)
        return future

    def _may_go_on(self) -> bool:
        while self._held and not self._cancelled:
            time.sleep(0.01)
        return not self._cancelled

    def glimpses(self) -> list[Glimpse]:
        heard, self._glimpses = self._glimpses, []
        return heard

    def hold(self, held: bool) -> None:
        self._held = held

    def cancel(self) -> None:
        self._cancelled = True

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self.cancel()
