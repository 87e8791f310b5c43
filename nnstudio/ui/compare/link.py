"""Joins pinned runs to the main window: pins its run, shows the windows that compare, and opens runs in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QWidget

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.insight.differences import shape_text
from nnstudio.session.pins import Pins, continuation_of
from nnstudio.session.session import Session
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from nnstudio.ui.compare.twin_window import TwinWindow
    from nnstudio.ui.compare.window import CompareWindow


class CompareLink(QObject):
    """The pinned runs of the program, and the windows that show them.

    Parameters
    ----------
    session : Session
    settings : QSettings
        Where places and sizes are remembered.
    theme : Theme
    window : QWidget
        The main window.

    Attributes
    ----------
    pins : Pins
    twins : list of TwinWindow
        Those that are open.
    noticed : Signal(str)
        What has been done, or why it was not, in words.
    opened : Signal(object)
        A window is about to be shown.
    """

    noticed = Signal(str)
    opened = Signal(object)

    def __init__(self, *, session: Session, settings: QSettings, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._theme, self._main = session, settings, theme, window
        self.pins = Pins(_folder(), self)
        self.pins.noticed.connect(self.noticed)
        self.window: CompareWindow | None = None
        self.twins: list[TwinWindow] = []
        self._frame_rate = 30.0

    @Slot()
    def pin(self) -> None:
        """Pin the main window's run as it is now."""
        run, outcome = self._session.run, self._session.outcome
        if run is not None and outcome is not None:
            self.pins.pin_run(run, outcome)

    @Slot()
    def open(self) -> None:
        """Show the pinned runs."""
        if self.window is None:
            # Imported here: whoever starts the program to look at one network has no use for it.
            from nnstudio.ui.compare.window import CompareWindow

            self.window = CompareWindow(pins=self.pins, theme=self._theme, settings=self._settings)
            self.window.open_wanted.connect(self._open_run)
            self.window.twin_wanted.connect(self._twin)
            self.window.pin_wanted.connect(self.pin)
            self.window.quit_wanted.connect(self._main.close)
        self.opened.emit(self.window)
        _bring_up(self.window)

    @Slot(object)
    def _open_run(self, pin: PinnedRun) -> None:
        """Bring a pinned run into the main window: trained anew, or a branch with the weights that were kept of it."""
        text = f"opening of {pin.name}"
        if pin.parameters is not None:
            self._session.continue_with(continuation_of(pin), text)
            self.noticed.emit(
                f"This is “{pin.name}” with the weights that were pinned: undo brings back the run before."
            )
        else:
            # That a run diverges shows only in the epoch behind its last.
            self._session.open_member(pin.spec, None if pin.kind == "diverged" else pin.epochs, text)
        _bring_up(self._main)

    @Slot(object)
    def _twin(self, chosen: tuple[PinnedRun, ...]) -> None:
        pairs: list[tuple[str, ExperimentSpec]] = [(pin.name, pin.spec) for pin in chosen]
        run = self._session.run
        if len(pairs) == 1 and run is not None:
            pairs.append((f"{shape_text(run.spec)}, seed {run.spec.seed} (main window)", run.spec))
        if len(pairs) != 2:
            return
        from nnstudio.ui.compare.twin_window import TwinWindow

        names, specs = (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1])
        twin = TwinWindow(names=names, specs=specs, theme=self._theme, settings=self._settings)
        twin.set_frame_rate(self._frame_rate)
        twin.closed.connect(self._forget)
        twin.quit_wanted.connect(self._main.close)
        self.twins.append(twin)
        self.opened.emit(twin)
        _bring_up(twin)

    @Slot(object)
    def _forget(self, twin: TwinWindow) -> None:
        self.twins.remove(twin)

    @Slot()
    def recover(self) -> None:
        """Go on after an unexpected error."""
        for twin in self.twins:
            twin.twins.recover()

    def set_theme(self, theme: Theme) -> None:
        """Give the windows another look."""
        self._theme = theme
        for window in (self.window, *self.twins):
            if window is not None:
                window.set_theme(theme)

    def set_frame_rate(self, frames_per_second: float) -> None:
        """Draw twins so often at most while they train."""
        self._frame_rate = frames_per_second
        for twin in self.twins:
            twin.set_frame_rate(frames_per_second)

    def close(self) -> None:
        """Close the windows, end their threads, and keep what is pinned."""
        for twin in tuple(self.twins):
            twin.close()
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None
        self.pins.save()


def _bring_up(window: QWidget) -> None:
    if window.isMinimized():
        window.showNormal()
    window.show()
    window.raise_()
    window.activateWindow()


def _folder() -> Path:
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "pinned"
