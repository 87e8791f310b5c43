"""Two runs side by side in lock-step: one transport for both, and on top what differs between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from time import perf_counter

from PySide6.QtCore import QEvent, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QSplitter,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.differences import differences_in_words, differing, setting_label, setting_text
from nnstudio.session.run import Run
from nnstudio.session.twins import Twins
from nnstudio.ui.actions import ACTIONS, COMPARE_ACTIONS, PRESENTER_ACTIONS, describe
from nnstudio.ui.compare.twin_column import TwinColumn
from nnstudio.ui.icons import application_icon, icon
from nnstudio.ui.keyboard import ShortcutKeys
from nnstudio.ui.places import place
from nnstudio.ui.roving import Roving, buttons_in
from nnstudio.ui.surroundings import Surroundings
from nnstudio.ui.theme import Theme, set_look
from nnstudio.ui.transport import DEFAULT_SPEED, LINE_HEIGHT, PROGRESS_STEPS, SPEEDS, speed_text

_SIZE = (1280, 700)
#: Differences that are in sight at once; more can be scrolled to.
ROWS = 4
#: The keys of a presenter's remote, which are there in full screen, and what each does.
_REMOTE = {"present_play": "train", "present_back": "rewind"}


class TwinWindow(QWidget):
    """Both runs, each in a column of its own.

    Parameters
    ----------
    names : pair of str
    specs : pair of ExperimentSpec
        Both are trained from their first epoch.
    theme : Theme
    settings : QSettings
        Where place, size and speed are remembered.

    Attributes
    ----------
    closed : Signal(object)
        The window was closed, and the threads have ended: itself.
    quit_wanted : Signal()
        The program is to end.
    """

    closed = Signal(object)
    quit_wanted = Signal()

    def __init__(
        self,
        *,
        names: tuple[str, str],
        specs: tuple[ExperimentSpec, ExperimentSpec],
        theme: Theme,
        settings: QSettings,
    ) -> None:
        super().__init__(None, objectName="twin_window")
        self.setWindowTitle(f"{names[0]} | {names[1]} – nnstudio")
        self.setWindowIcon(application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        set_look(self, role="panel")
        self._theme, self._settings = theme, settings
        self.twins = Twins(specs, self)
        self._pause, self._due = 0.0, 0.0
        self._presenting, self._remote = False, list[QAction]()
        self.columns = tuple(
            TwinColumn(name=name, side=side, inputs=spec.dataset().inputs.shape[1], theme=theme)
            for name, side, spec in zip(names, ("left", "right"), specs, strict=True)
        )
        self.actions_by_key = self._make_actions()
        self._lay_out(specs)
        self.twins.started.connect(self._start)
        self.twins.frame_ready.connect(self._show)
        self.twins.running_changed.connect(self._show_running)
        self._restore()
        self.set_theme(theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        ShortcutKeys(application=_application(), window=self, go_home=self.setFocus)

    # ---- making it -------------------------------------------------------------------------------------------------

    def _make_actions(self) -> dict[str, QAction]:
        slots: dict[str, Callable[[], object]] = {
            "train": self.twins.toggle_training,
            "step": self.twins.step,
            "rewind": self.twins.rewind,
            "faster": self._faster,
            "slower": self._slower,
            "compare_close": self.close,
            "quit": self.quit_wanted.emit,
        }
        actions = {}
        self._pictures = {}
        for entry in (*ACTIONS, *COMPARE_ACTIONS):
            if entry.key in slots:
                action = QAction(self, objectName=f"twin_{entry.key}")
                describe(action, entry)
                action.triggered.connect(slots[entry.key])
                self.addAction(action)
                actions[entry.key] = action
                if entry.icon:
                    self._pictures[entry.key] = entry.icon
        for entry in PRESENTER_ACTIONS:
            if entry.key in _REMOTE:
                action = QAction(self, objectName=f"twin_{entry.key}", enabled=False)
                describe(action, entry)
                action.triggered.connect(actions[_REMOTE[entry.key]].trigger)
                self.addAction(action)
                self._remote.append(action)
        return actions

    def _lay_out(self, specs: tuple[ExperimentSpec, ExperimentSpec]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._bar = self._make_bar()
        column.addWidget(self._bar)
        column.addWidget(self._make_differences(specs))
        splitter = QSplitter(Qt.Orientation.Horizontal, objectName="twin_splitter", childrenCollapsible=False)
        for each in self.columns:
            splitter.addWidget(each)
        splitter.setSizes([_SIZE[0] // 2] * 2)
        column.addWidget(splitter, 1)

    def _make_bar(self) -> QToolBar:
        bar = QToolBar(objectName="twin_bar")
        for key in ("train", "step", "rewind"):
            bar.addAction(self.actions_by_key[key])
        button = bar.widgetForAction(self.actions_by_key["train"])
        assert isinstance(button, QToolButton)
        self._train_button = button
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_look(button, role="primary")
        Roving(bar, partial(buttons_in, bar))
        bar.addSeparator()
        self._epoch = QLabel(objectName="twin_epoch")
        self.progress = QProgressBar(objectName="twin_progress", textVisible=False, accessibleName="Progress")
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setFixedSize(160, LINE_HEIGHT)
        self._rate = QLabel(objectName="twin_rate")
        set_look(self._rate, role="muted")
        for widget in (self._epoch, self.progress, self._rate):
            widget.setContentsMargins(8, 0, 8, 0)
            bar.addWidget(widget)
        # Room for the longest numbers, so that nothing moves while they change.
        self._epoch.setMinimumWidth(self.fontMetrics().horizontalAdvance("epoch 10,000,000 / 10,000,000") // 2 + 90)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(stretch)
        self._speed_text = QLabel(objectName="twin_speed_text")
        set_look(self._speed_text, role="muted")
        self.speed = QSlider(Qt.Orientation.Horizontal, objectName="twin_speed", accessibleName="Speed")
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setFixedWidth(150)
        self.speed.setToolTip("How fast both train. (Ctrl+Left, Ctrl+Right)")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.valueChanged.connect(self._change_speed)
        self._speed_text.setContentsMargins(0, 0, 8, 0)
        bar.addWidget(self._speed_text)
        bar.addWidget(self.speed)
        return bar

    def _make_differences(self, specs: tuple[ExperimentSpec, ExperimentSpec]) -> QWidget:
        keys = differing(specs)
        box = QWidget(objectName="twin_differences")
        column = QVBoxLayout(box)
        margin = self._theme.spacing.m
        column.setContentsMargins(margin, 6, margin, 2)
        column.setSpacing(2)
        heading = QLabel(f"They differ in {differences_in_words(specs)}.", objectName="twin_differ")
        set_look(heading, role="heading")
        column.addWidget(heading)
        if not keys:
            return box
        list_ = QWidget()
        grid = QGridLayout(list_)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(margin)
        grid.setVerticalSpacing(1)
        for row, key in enumerate(keys):
            for side, spec in enumerate(specs):
                name, value = QLabel(setting_label(key)), QLabel(setting_text(spec, key))
                set_look(name, role="muted")
                value.setObjectName(f"twin_{('left', 'right')[side]}_{key}")
                value.setToolTip(value.text())
                value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
                grid.addWidget(name, row, 2 * side)
                grid.addWidget(value, row, 2 * side + 1)
        for side in (0, 1):
            grid.setColumnStretch(2 * side + 1, 1)
        scroll = QScrollArea(widgetResizable=True, objectName="twin_difference_list")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(list_)
        line = self.fontMetrics().height() + 3
        scroll.setFixedHeight(line * min(len(keys), ROWS) + 2)
        column.addWidget(scroll)
        return box

    # ---- the runs --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _start(self, runs: tuple[Run, Run]) -> None:
        for column, run in zip(self.columns, runs, strict=True):
            column.start_run(run, self._beside(run, runs))
        self._show_numbers(runs)

    @Slot(object)
    def _show(self, runs: tuple[Run, Run]) -> None:
        now = perf_counter()
        if self.twins.running and now < self._due:
            return
        # From when the last one was due, not from when it came: frames that come too early now and then cost none.
        self._due = max(self._due + self._pause, now)
        for column, run in zip(self.columns, runs, strict=True):
            column.refresh(run, self._beside(run, runs))
        self._show_numbers(runs)

    @staticmethod
    def _beside(run: Run, runs: tuple[Run, Run]) -> Run | None:
        """Return the run whose losses can be compared with another's: the twin, if both have the same loss."""
        twin = runs[1] if run is runs[0] else runs[0]
        return twin if twin.spec.training.loss == run.spec.training.loss else None

    def _show_numbers(self, runs: tuple[Run, Run]) -> None:
        epoch, epochs, rate = self.twins.epoch, self.twins.epochs, runs[0].frame.epochs_per_second
        self._epoch.setText(f"epoch {epoch:,} / {epochs:,}")
        self.progress.setValue(min(PROGRESS_STEPS, round(PROGRESS_STEPS * epoch / epochs)))
        self._rate.setText("" if math.isnan(rate) or self._presenting else f"{rate:,.0f} epochs/s")
        self.actions_by_key["train"].setEnabled(not self.twins.has_ended)
        self.actions_by_key["step"].setEnabled(not self.twins.has_ended)

    @Slot(bool)
    def _show_running(self, running: bool) -> None:
        action = self.actions_by_key["train"]
        action.setIconText(" Pause" if running else " Train")
        action.setIcon(icon("pause" if running else "train", self._theme, color="text"))
        self._train_button.setIcon(icon("pause" if running else "train", self._theme, color="accent_text"))

    @Slot(int)
    def _change_speed(self, index: int) -> None:
        self._speed_text.setText(speed_text(SPEEDS[index]))
        self.speed.setAccessibleName(f"Speed: {speed_text(SPEEDS[index])}")
        self.twins.set_speed(SPEEDS[index])

    @Slot()
    def _faster(self) -> None:
        self.speed.setValue(self.speed.value() + 1)

    @Slot()
    def _slower(self) -> None:
        self.speed.setValue(self.speed.value() - 1)

    def surroundings(self) -> Surroundings:
        """Tell what there is in the window."""
        sides = list(zip(("Left", "Right"), self.columns, strict=True))
        return Surroundings(
            place="Twins",
            actions=self.actions_by_key,
            panels={f"{side}, {panel.title.lower()}": panel for side, column in sides for panel in column.panels},
            parts=(self._bar, *(part for _, column in sides for part in column.parts)),
        )

    # ---- looks, place and end --------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isFullScreen() != self._presenting:
            self._presenting = not self._presenting
            for action in self._remote:
                action.setEnabled(self._presenting)
            for column in self.columns:
                column.set_presenting(self._presenting)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        for key, picture in self._pictures.items():
            self.actions_by_key[key].setIcon(icon(picture, theme))
        self._show_running(self.twins.running)
        for column in self.columns:
            column.set_theme(theme)
        if self.twins.runs is not None:
            self._show(self.twins.runs)

    def set_frame_rate(self, frames_per_second: float) -> None:
        """Draw so often at most while both train."""
        self._pause = 1 / frames_per_second
        self.twins.set_frame_rate(frames_per_second)

    def _restore(self) -> None:
        place(self, _SIZE, self._settings.value("twin_geometry"), self.minimumSize())
        usual = SPEEDS.index(DEFAULT_SPEED)
        try:
            speed = int(str(self._settings.value("twin_speed", usual)))
        except ValueError:
            speed = usual
        self.speed.setValue(speed)
        self._change_speed(self.speed.value())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("twin_geometry", self.saveGeometry())
        self._settings.setValue("twin_speed", self.speed.value())
        if not self.twins.close():
            # A batch of very many samples is under way. Deleting its thread would end the program.
            self.twins.setParent(_application())
        self.closed.emit(self)
        super().closeEvent(event)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
