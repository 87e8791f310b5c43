"""The learning-rate schedules: how the rate changes over the epochs."""

from __future__ import annotations

import math

from nnstudio.engine.registry import Entry, Number, Registry


class Schedule:
    """A constant learning rate, after an optional warm-up in which it rises in a straight line.

    Parameters
    ----------
    warmup : int
        Epochs of warm-up: epoch k of them has (k + 1) / (warmup + 1) of the rate.
    """

    def __init__(self, *, warmup: int = 0) -> None:
        self._warmup = warmup

    def factor(self, epoch: int, epochs: int) -> float:
        """Return what the learning rate is multiplied with.

        Parameters
        ----------
        epoch : int
            Which epoch, from 0.
        epochs : int
            How many there will be in all.
        """
        if epoch < self._warmup:
            return (epoch + 1) / (self._warmup + 1)
        return self._factor(epoch - self._warmup, max(epochs - self._warmup, 1))

    def _factor(self, epoch: int, epochs: int) -> float:
        return 1.0

    def is_constant_from(self, epoch: int) -> bool:
        """Whether no later epoch has another factor."""
        return type(self) is Schedule and epoch >= self._warmup


class StepSchedule(Schedule):
    """factor^floor(epoch / every)."""

    def __init__(self, *, factor: float = 0.5, every: int = 1000, warmup: int = 0) -> None:
        super().__init__(warmup=warmup)
        self._drop, self._every = factor, every

    def _factor(self, epoch: int, epochs: int) -> float:
        return self._drop ** (epoch // self._every)


class ExponentialSchedule(Schedule):
    """factor^epoch."""

    def __init__(self, *, factor: float = 0.9995, warmup: int = 0) -> None:
        super().__init__(warmup=warmup)
        self._base = factor

    def _factor(self, epoch: int, epochs: int) -> float:
        return self._base**epoch


class CosineSchedule(Schedule):
    """final + (1 - final) (1 + cos(pi epoch / epochs)) / 2."""

    def __init__(self, *, final: float = 0.0, warmup: int = 0) -> None:
        super().__init__(warmup=warmup)
        self._final = final

    def _factor(self, epoch: int, epochs: int) -> float:
        progress = min(epoch / epochs, 1.0)
        return self._final + (1 - self._final) * (1 + math.cos(math.pi * progress)) / 2


_WARMUP = Number(
    key="warmup",
    label="Warm-up",
    default=0,
    whole=True,
    minimum=0,
    maximum=1_000_000,
    help="Epochs in which the learning rate first rises to its value.",
)


def _factor(default: float, help: str) -> Number:
    return Number(key="factor", label="Factor", default=default, minimum=0.0, above=True, maximum=1.0, help=help)


SCHEDULES: Registry[Schedule] = Registry(
    "schedule",
    [
        Entry(
            name="constant",
            label="Constant",
            build=Schedule,
            parameters=(_WARMUP,),
            summary="The same learning rate throughout. The tutorial's.",
        ),
        Entry(
            name="step",
            label="Step",
            build=StepSchedule,
            summary="Drops the learning rate by a factor every so many epochs.",
            source="Goodfellow, Bengio & Courville, Deep Learning, section 8.3.1 (2016)",
            parameters=(
                _factor(0.5, "What the learning rate is multiplied with at each drop."),
                Number(
                    key="every",
                    label="Every",
                    default=1000,
                    whole=True,
                    minimum=1,
                    maximum=1_000_000_000,
                    help="Epochs from one drop to the next.",
                ),
                _WARMUP,
            ),
        ),
        Entry(
            name="exponential",
            label="Exponential",
            build=ExponentialSchedule,
            summary="Shrinks the learning rate a little after every epoch.",
            source="Goodfellow, Bengio & Courville, Deep Learning, section 8.3.1 (2016)",
            parameters=(_factor(0.9995, "What the learning rate is multiplied with after each epoch."), _WARMUP),
        ),
        Entry(
            name="cosine",
            label="Cosine",
            build=CosineSchedule,
            summary="Lowers the learning rate along half a cosine wave over all epochs.",
            source="Loshchilov & Hutter, SGDR, ICLR (2017)",
            parameters=(
                Number(
                    key="final",
                    label="Final share",
                    default=0.0,
                    minimum=0.0,
                    maximum=1.0,
                    help="The share of the learning rate that is left at the last epoch.",
                ),
                _WARMUP,
            ),
        ),
    ],
)
