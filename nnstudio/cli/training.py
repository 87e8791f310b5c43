"""Trains an experiment from beginning to end in a terminal, and lets Ctrl-C end it cleanly."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from nnstudio.engine.run_state import Losses
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossHistory
from nnstudio.engine.trainer import Trainer

# Up to this many parameters, spreading one product over several cores costs more than it gains.
_SMALL = 200_000
# How long to train between two looks at what the person wants.
_SLICE_SECONDS = 0.05


class Watcher(Protocol):
    """What is told of the losses while training goes on."""

    def __call__(self, trainer: Trainer, losses: Losses, seconds: float) -> None:
        """Take the losses of the epochs that just ended, and the time that training has taken so far."""


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    Attributes
    ----------
    trainer : Trainer
    history : LossHistory
        The training losses in outline.
    losses : Losses
        Every loss; empty unless they were to be kept.
    seconds : float
        How long training took.
    interrupted : bool
        Whether Ctrl-C ended it.
    """

    trainer: Trainer
    history: LossHistory
    losses: Losses
    seconds: float
    interrupted: bool

    @property
    def epochs_per_second(self) -> float:
        return self.trainer.epoch / self.seconds if self.seconds else 0.0


def run(spec: ExperimentSpec, watcher: Watcher | None = None, *, keep_losses: bool = False) -> Run:
    """Train an experiment until it stops or Ctrl-C is pressed.

    Parameters
    ----------
    spec : ExperimentSpec
    watcher : callable, optional
        Called several times a second.
    keep_losses : bool
        Keep the loss of every epoch, however many there are.
    """
    trainer, history = Trainer(spec), LossHistory()
    kept: list[Losses] = []
    batches, seconds = 16, 0.0
    with _blas_threads(trainer), interruption() as interrupted:
        while trainer.stopped is None and not interrupted.is_set():
            start = time.perf_counter()
            losses = trainer.advance(batches)
            elapsed = time.perf_counter() - start
            seconds += elapsed
            batches = batches * 2 if elapsed < _SLICE_SECONDS else max(1, batches // 2)
            history.extend(losses.training)
            if keep_losses:
                kept.append(losses)
            if watcher:
                watcher(trainer, losses, seconds)
        trainer.settle()
    every = Losses(*(np.concatenate([np.empty(0), *parts]) for parts in _columns(kept)))
    return Run(trainer, history, every, seconds, interrupted.is_set() and trainer.stopped is None)


def _columns(kept: list[Losses]) -> tuple[list[np.ndarray], ...]:
    return [losses.training for losses in kept], [losses.validation for losses in kept], [part.test for part in kept]


def _blas_threads(trainer: Trainer) -> AbstractContextManager[object]:
    return threadpool_limits(1, "blas") if trainer.network.layout.size <= _SMALL else nullcontext()


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """Note Ctrl-C in an event, so that training ends between two batches; a second one interrupts as ever."""
    event = threading.Event()
    # Left alone: a signal that is ignored, as in a job in the background, or that someone else looks after.
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield event
        return

    def note(number: int, frame: FrameType | None) -> None:
        event.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, note)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
