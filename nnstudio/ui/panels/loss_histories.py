"""Reads losses out of histories: of any epoch, and of samples that are held out of training."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.engine.timeline import LossHistory
from nnstudio.ui.panels.loss_plot import Curve


@dataclass(frozen=True)
class HeldOut:
    """The losses of samples that do not train.

    Attributes
    ----------
    name : str
        Of their part.
    curve : Curve
    history : LossHistory
    first : int
        The epoch of its first loss.
    """

    name: str
    curve: Curve
    history: LossHistory
    first: int

    def has(self, epoch: int) -> bool:
        """Return whether there is a loss of an epoch."""
        return 0 <= epoch - self.first < self.history.epochs

    def at(self, epoch: int) -> float:
        """Return the loss of an epoch that has one."""
        return loss_of(self.history, epoch - self.first)


def loss_of(history: LossHistory, epoch: int) -> float:
    """Return the loss of an epoch, or where several are kept together that of the first of them."""
    if epoch >= history.epochs - 1:
        return history.last
    outline = history.outline()
    return float(outline.first[epoch // outline.stride])
