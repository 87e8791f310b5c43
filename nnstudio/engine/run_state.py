"""What a run hands out: the losses of its epochs, and a state from which it goes on as if it had never stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Why a run can have ended, in the words of `Trainer.stopped`.
STOPPED = ("epochs", "loss_below", "patience", "validation_patience", "diverged")


@dataclass(frozen=True)
class RunState:
    """All that a run needs to go on as if it had never stopped.

    Attributes
    ----------
    arrays : mapping of str to ndarray
        Copies of the parameters, the optimizer's memory and the order of the samples.
    generators : mapping of str to dict
        States of the random generators.
    counters : mapping of str to number
        Epoch, batch, what the epoch under way has gathered, and what the stop criteria count.
    stopped : str or None
        Why the run has ended, if it has.
    checkpoint : RunState or None
        The earlier state from which `Trainer.settle` looks for the epoch in which all became right.
    """

    arrays: Mapping[str, Array]
    generators: Mapping[str, Any]
    counters: Mapping[str, float]
    stopped: str | None
    checkpoint: RunState | None = None

    def to_arrays(self) -> dict[str, Array]:
        """Return the state as arrays of numbers and text, ready for an .npz file without pickle."""
        rest = json.dumps({"generators": self.generators, "counters": self.counters, "stopped": self.stopped})
        arrays = {**self.arrays, "rest": np.array(rest)}
        if self.checkpoint is not None:
            arrays |= {f"checkpoint.{name}": values for name, values in self.checkpoint.to_arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> RunState:
        """Return the state that `to_arrays` wrote."""
        rest = json.loads(str(arrays["rest"]))
        own: dict[str, Array] = {}
        earlier: dict[str, Array] = {}
        for name, values in arrays.items():
            if name.startswith("checkpoint."):
                earlier[name.removeprefix("checkpoint.")] = values
            elif name != "rest":
                own[name] = values
        checkpoint = cls.from_arrays(earlier) if earlier else None
        return cls(own, rest["generators"], rest["counters"], rest["stopped"], checkpoint)


@dataclass(frozen=True)
class Losses:
    """The losses of some epochs in a row; `validation` and `test` are empty where nothing is kept for them.

    The loss of an epoch is the mean over its batches, each taken just before its own update; with the full batch that
    is the loss before the epoch's update.
    """

    training: Array
    validation: Array = field(default_factory=lambda: np.empty(0))
    test: Array = field(default_factory=lambda: np.empty(0))
