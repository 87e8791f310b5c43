"""One of two runs side by side: what it is called, how it stands, and the panels that fit its data."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from nnstudio.insight.outcomes import Outcome
from nnstudio.session.run import Run
from nnstudio.ui.elided_label import ElidedLabel
from nnstudio.ui.icons import icon
from nnstudio.ui.numbers import loss_text
from nnstudio.ui.outcome_bar import OUTCOME_LOOKS
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.weights import WeightsPanel
from nnstudio.ui.roving import Roving, buttons_in
from nnstudio.ui.theme import Theme, set_look

#: Inputs of which a surface, or a curve, shows all.
SURFACE_INPUTS = 2


class TwinColumn(QWidget):
    """A run's title, outcome and panels.

    Parameters
    ----------
    name : str
        What the run is called.
    side : str
        "left" or "right": part of object names.
    inputs : int
        Of the data: up to two have a surface, more a list of outputs.
    theme : Theme
    """

    def __init__(self, *, name: str, side: str, inputs: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"twin_{side}")
        self.setAccessibleName(name)
        self._theme = theme
        self._outcome: Outcome | None = None
        self._failed: set[Panel] = set()
        first = SurfacePanel if inputs <= SURFACE_INPUTS else OutputsPanel
        self.loss = LossPanel(theme=theme)
        self.panels: tuple[Panel, ...] = (first(theme=theme), self.loss, WeightsPanel(theme=theme))
        self._title = ElidedLabel(objectName=f"twin_{side}_title")
        self._title.setText(name)
        set_look(self._title, role="heading")
        self._mark = QLabel()
        self._words = ElidedLabel(objectName=f"twin_{side}_outcome")
        self._loss = QLabel(objectName=f"twin_{side}_loss")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(theme.spacing.m, theme.spacing.xs, theme.spacing.m, 2)
        head.addWidget(self._title, 1)
        head.addWidget(self._loss)
        words = QHBoxLayout()
        words.setContentsMargins(theme.spacing.m, 0, theme.spacing.m, theme.spacing.xs)
        words.setSpacing(theme.spacing.s)
        words.addWidget(self._mark)
        words.addWidget(self._words, 1)
        column.addLayout(head)
        column.addLayout(words)
        upper = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.parts = tuple(_titled(panel, theme) for panel in self.panels)
        for part in self.parts[:2]:
            upper.addWidget(part)
        whole = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        whole.addWidget(upper)
        whole.addWidget(self.parts[2])
        whole.setStretchFactor(0, 3)
        whole.setStretchFactor(1, 2)
        upper.setSizes([300, 300])
        whole.setSizes([300, 190])
        column.addWidget(whole, 1)
        self._splitters = (upper, whole)
        self._sizes: tuple[list[int], ...] = ()  # at the desk

    def set_presenting(self, presenting: bool) -> None:
        """Leave out what people who watch have no use for, and give the weights' numbers more room; or undo that."""
        for panel in self.panels:
            panel.set_presenting(presenting)
            for button in (panel.more_button, panel.help_button):
                button.setVisible(not presenting)
        if presenting:
            self._sizes = tuple(splitter.sizes() for splitter in self._splitters)
        for splitter, sizes in zip(self._splitters, self._sizes, strict=True):
            splitter.setSizes([10_000, 10_000] if presenting else sizes)

    def start_run(self, run: Run, beside: Run | None) -> None:
        """Show a run from its first epoch; its losses in a range that holds those of another run too."""
        self._failed.clear()
        self.loss.beside = beside
        for panel in self.panels:
            self._tell(panel, partial(panel.start_run, run, ()))
        self.refresh(run, beside)

    def refresh(self, run: Run, beside: Run | None) -> None:
        """Show the run's latest frame."""
        self.loss.beside = beside
        for panel in self.panels:
            if panel.isVisible():
                self._tell(panel, partial(panel.refresh, run))
        self._loss.setText(f"loss {loss_text(run.losses.last, self._theme.digits)}" if run.losses.epochs else "")
        outcome = run.outcome()
        if outcome != self._outcome:
            self._outcome = outcome
            self._say()

    def _tell(self, panel: Panel, what: Callable[[], None]) -> None:
        """Let a panel do something; one that fails is reported, and left out until the next run."""
        if panel in self._failed:
            return
        try:
            what()
        except Exception:
            self._failed.add(panel)
            sys.excepthook(*sys.exc_info())

    def _say(self) -> None:
        outcome = self._outcome
        if outcome is None:
            return
        picture, color = OUTCOME_LOOKS[outcome.kind]
        side = self._theme.scaled(16)
        self._mark.setPixmap(icon(picture, self._theme, color=color).pixmap(side, side))
        self._words.setText(outcome.text[:1].upper() + outcome.text[1:])
        self._words.setToolTip(f"{outcome.text}. {outcome.hint}".rstrip())

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        for panel in self.panels:
            panel.set_theme(theme)
        self._say()


def _titled(panel: Panel, theme: Theme) -> QWidget:
    """Return a panel under its title, with its menu."""
    box = QWidget()
    title = ElidedLabel()
    title.setText(panel.title)
    title.setToolTip(panel.help)
    set_look(title, role="section")
    row = QHBoxLayout()
    row.setContentsMargins(theme.spacing.m, 1, theme.spacing.xs, 1)
    row.addWidget(title, 1)
    # What paints points would change the experiment, and there are two.
    controls = () if isinstance(panel, SurfacePanel) else panel.controls()
    widgets = (*controls, panel.more_button, panel.help_button)
    for widget in widgets:
        row.addWidget(widget)
    Roving(box, partial(buttons_in, *widgets))
    for button in (panel.more_button, panel.help_button):
        button.setAutoRaise(True)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(row)
    column.addWidget(panel, 1)
    return box
