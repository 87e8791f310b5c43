"""Joins the lab to the main window: it sweeps that window's experiment, and hands runs back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QWidget

from nnstudio.insight.outcomes import Kind, Outcome
from nnstudio.session.pins import Pins
from nnstudio.session.session import Session
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from nnstudio.lab.results import Results
    from nnstudio.ui.lab.window import LabWindow


class LabLink(QObject):
    """Makes the lab's window when it is first asked for, and follows the main window's theme and end.

    Parameters
    ----------
    session : Session
    pins : Pins
    settings : QSettings
    preferences : Preferences
    theme : Theme
    window : QWidget
        The main window.

    Attributes
    ----------
    lab_window : LabWindow or None
    opened : Signal(object)
        The lab's window is about to be shown.
    """

    opened = Signal(object)

    def __init__(
        self,
        *,
        session: Session,
        pins: Pins,
        settings: QSettings,
        preferences: Preferences,
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._pins, self._settings, self._preferences = session, pins, settings, preferences
        self._theme, self._window = theme, window
        self._pause = 0.0
        self.lab_window: LabWindow | None = None

    @Slot()
    def open(self) -> None:
        """Show the lab, and train 1,000 seeds of the experiment unless that takes long or has been done."""
        lab_window = self.lab_window or self._make()
        self.opened.emit(lab_window)
        lab_window.show()
        lab_window.raise_()
        lab_window.activateWindow()
        lab_window.start_soon()

    def _make(self) -> LabWindow:
        # Imported here: most of the lab is of no use to whoever starts the program to look at one network.
        from nnstudio.session.lab import Lab
        from nnstudio.ui.lab.window import LabWindow

        lab = Lab(parent=self)
        made = LabWindow(
            lab=lab,
            spec=self._session.spec,
            settings=self._settings,
            preferences=self._preferences,
            theme=self._theme,
        )
        made.run_chosen.connect(self._open_run)
        made.pin_wanted.connect(self._pin_run)
        made.quit_wanted.connect(self._window.close)
        self._session.spec_changed.connect(made.follow)
        made.charts.pause = self._pause
        lab.warm(made.setup.where())
        self.lab_window = made
        return made

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        if self.lab_window is not None:
            self.lab_window.set_theme(theme)

    def set_pause(self, seconds: float) -> None:
        """Leave so much time, at least, from one picture of a chart to the next while a sweep is under way."""
        self._pause = seconds
        if self.lab_window is not None:
            self.lab_window.charts.pause = seconds

    def close(self) -> None:
        """End the lab; a sweep under way can be gone on with at the next start."""
        if self.lab_window is not None:
            self.lab_window.close()
            if not self.lab_window.lab.close():
                self.lab_window.lab.setParent(
                    QCoreApplication.instance()
                )  # Qt aborts where a thread that runs is deleted
            self.lab_window.deleteLater()
            self.lab_window = None

    @Slot(int, int)
    def _open_run(self, run: int, epoch: int) -> None:
        from nnstudio.engine.run_state import STOPPED
        from nnstudio.lab.results import KINDS

        results = self._results()
        if results is None:
            return
        _, seed = results.sweep.run(run)
        goal, listed = (None if epoch < 0 else epoch), ""
        if epoch < 0 and results.done[run]:
            listed = KINDS[results.kind[run]]
            if STOPPED[results.stopped[run]] == "epochs":
                goal = int(results.epochs[run])  # Hyperband trains some for fewer epochs than the experiment says
        self._session.open_member(
            results.sweep.run_spec(run), goal, f"opening of seed {seed}", listed=listed, way_back="L: back to the lab."
        )
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    @Slot(int)
    def _pin_run(self, run: int) -> None:
        results = self._results()
        if results is None:
            return
        from nnstudio.lab.results import KINDS
        from nnstudio.ui.lab.words import outcome_words

        if not results.done[run]:
            if self.lab_window is not None:
                self.lab_window.notice("This run is still under way.")
            return
        cell, _ = results.sweep.run(run)
        kind = cast(Kind, KINDS[results.kind[run]])
        lab_window = self.lab_window
        assert lab_window is not None
        # Only of this pin: the lab can do nothing about those of the compare window.
        said = self._pins.noticed.connect(lab_window.notice)
        self._pins.pin_member(
            results.sweep.run_spec(run),
            results.curve_epochs(cell),
            np.asarray(results.curves[run], float),
            float(results.final_loss[run]),
            Outcome(kind, outcome_words(results, run)),
            epochs=int(results.epochs[run]),
        )
        QObject.disconnect(said)

    def _results(self) -> Results | None:
        return None if self.lab_window is None else self.lab_window.lab.results
