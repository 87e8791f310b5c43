"""The bar above everything: train, step, rewind, how far the run has come, and how fast it goes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QSlider,
    QStyle,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.session.run import Run
from nnstudio.ui.elided_label import ElidedLabel
from nnstudio.ui.icons import icon
from nnstudio.ui.numbers import loss_text
from nnstudio.ui.outcome_bar import subject_text
from nnstudio.ui.roving import Roving
from nnstudio.ui.theme import Theme, set_look, ui_font

#: The speeds that can be chosen, in epochs a second; the last is as fast as possible.
SPEEDS: tuple[float, ...] = (
    *(float(factor * 10**power) for power in range(5) for factor in (1, 2, 5)),
    100_000.0,
    math.inf,
)
DEFAULT_SPEED = 1000.0
PROGRESS_STEPS = 1000
LINE_HEIGHT = 4
#: Milliseconds from one number that is told to screen readers to the next.
SPOKEN = 1000


def speed_text(speed: float) -> str:
    """Return what a speed is called."""
    return "as fast as possible" if speed == math.inf else f"{speed:,.0f} epoch{'' if speed == 1 else 's'}/s"


def duration_text(seconds: float) -> str:
    """Return a time as a person says it: "8 s", "2 min 5 s", "3 h 20 min"."""
    if not math.isfinite(seconds):
        return "–"
    whole = max(0, math.ceil(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 100 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400:,} days"


class _Value(QWidget):
    """A number under its name, over a thin line, in a place wide enough that nothing moves while it changes."""

    def __init__(self, name: str, widest: str, object_name: str, tooltip: str, line: QWidget | None = None) -> None:
        super().__init__(toolTip=tooltip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._widest = widest
        self.name = QLabel(name)
        set_look(self.name, role="muted")
        self.value = QLabel("–", objectName=object_name)
        self._spoken = QTimer(self, singleShot=True, interval=SPOKEN)
        self._spoken.timeout.connect(self._speak)
        self._speak()
        set_look(self.value, role="value")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(1)
        column.addWidget(self.name)
        column.addWidget(self.value)
        # Every value has room for the line, so that all stand at one height.
        column.addWidget(line) if line else column.addSpacing(LINE_HEIGHT + column.spacing())

    def set_theme(self, theme: Theme) -> None:
        self.name.setFont(ui_font(theme, "caption"))
        font = ui_font(theme, "value")
        font.setBold(True)
        self._metrics = QFontMetrics(font)
        self._fit()

    def _fit(self) -> None:
        # A label of fixed size does not have the whole window laid out anew whenever its text changes.
        self.value.setFixedSize(self._metrics.horizontalAdvance(self._widest), self._metrics.height())

    def show(self, text: str) -> None:  # type: ignore[override]
        if text != self.value.text():
            self.value.setText(text)
            if len(text) > len(self._widest):
                self._widest = text
                self._fit()
            if not self._spoken.isActive():
                self._speak()
                self._spoken.start()

    @Slot()
    def _speak(self) -> None:
        """Give screen readers the number with its name; Qt would tell them of each text."""
        words = f"{self.name.text()} {self.value.text()}"
        if words != self.value.accessibleName():
            self.value.setAccessibleName(words)


class TransportBar(QToolBar):
    """Commands of the run, its numbers, and the speed dial.

    Parameters
    ----------
    actions : mapping of str to QAction
        The program's actions, by key.
    theme : Theme
    """

    speed_chosen = Signal(float)  # epochs a second; infinity is as fast as possible

    def __init__(self, *, actions: Mapping[str, QAction], theme: Theme) -> None:
        super().__init__("Run", objectName="transport")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions = actions
        self._training = False
        self._about = ""
        for key in ("train", "step", "step_batch", "rewind", "new_weights", "lab"):
            self.addAction(actions[key])
        self._train_button = self._button("train")
        self._train_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_look(self._train_button, role="primary")
        for key in ("step", "step_batch", "rewind", "new_weights", "lab"):
            self._button(key).setAutoRaise(True)
        self._line = self.addSeparator()

        self.progress = QProgressBar(objectName="progress", textVisible=False, accessibleName="Progress")
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setFixedHeight(LINE_HEIGHT)
        tooltip = "Epochs that are complete, of those that are planned."
        self._epoch = _Value("epoch", "10,000 / 10,000", "epoch", tooltip, self.progress)
        self._loss = _Value("loss", "0.0000e+000", "loss", "The loss of the latest epoch, before its update.")
        self._rate = _Value("epochs a second", "1,000,000", "rate", "How fast training goes.")
        self._left = _Value("time left", "59 min 59 s", "time_left", "Until the last epoch, at this speed.")
        places = {widget: self.addWidget(widget) for widget in (self._epoch, self._loss, self._rate, self._left)}
        #: What gives way where there is no room for everything, in this order, so that the dial stays.
        self._lesser = {widget: places[widget] for widget in (self._left, self._rate)}

        # The room between numbers and dial; with the dial gone it says what is being run.
        self._subject = ElidedLabel(objectName="presented")
        self._subject.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._subject.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._subject.setContentsMargins(8, 0, 8, 0)
        self._presenting = False
        self.addWidget(self._subject)
        # Whoever presents has other worries; the keys still change the speed.
        self._desk_only = [*self._lesser.values(), self.addWidget(self._make_speed_dial())]
        # Qt's own button for what has no room.
        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        assert isinstance(more, QToolButton)
        self._more = more
        self._more.setAccessibleName("More of the tool bar")
        self._more.setToolTip("What has no room in the tool bar")
        self.set_theme(theme)
        self.set_training(False)
        self._roving = Roving(self, self._buttons)

    def _button(self, key: str) -> QToolButton:
        button = self.widgetForAction(self._actions[key])
        assert isinstance(button, QToolButton)
        return button

    def _buttons(self) -> list[QToolButton]:
        widgets = [*map(self.widgetForAction, self.actions()), self._more]
        return [widget for widget in widgets if isinstance(widget, QToolButton)]

    def _make_speed_dial(self) -> QWidget:
        self.speed = QSlider(Qt.Orientation.Horizontal, objectName="speed", accessibleName="Speed")
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(3)
        self.speed.setToolTip(
            "How fast training goes: from one epoch a second to as fast as possible. (Ctrl+Left, Ctrl+Right)"
        )
        self._speed_name = QLabel("speed")
        set_look(self._speed_name, role="muted")
        self._speed_text = QLabel(objectName="speed_text")
        self._speed_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.speed.valueChanged.connect(self._speed_moved)
        dial = QWidget()
        dial.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        words = QHBoxLayout()
        words.addWidget(self._speed_name)
        words.addStretch(1)
        words.addWidget(self._speed_text)
        column = QVBoxLayout(dial)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(2)
        column.addLayout(words)
        column.addWidget(self.speed)
        return dial

    @Slot(int)
    def _speed_moved(self, index: int) -> None:
        words = speed_text(SPEEDS[index])
        self._speed_text.setText(words)
        self.speed.setAccessibleName(f"Speed: {words}")  # the dial's value would be but the number of the speed
        self.speed_chosen.emit(SPEEDS[index])

    def set_speed(self, speed: float) -> None:
        """Set the dial to the speed that is nearest."""
        finite = [
            abs(math.log(s / speed)) if speed < math.inf and s < math.inf else float(s != speed) * 99 for s in SPEEDS
        ]
        index = finite.index(min(finite))
        if index == self.speed.value():
            self._speed_moved(index)
        self.speed.setValue(index)

    @property
    def chosen_speed(self) -> float:
        """The speed that the dial stands at."""
        return SPEEDS[self.speed.value()]

    @Slot()
    def faster(self) -> None:
        """Move the dial up by one."""
        self.speed.setValue(self.speed.value() + 1)

    @Slot()
    def slower(self) -> None:
        """Move the dial down by one."""
        self.speed.setValue(self.speed.value() - 1)

    def set_training(self, training: bool) -> None:
        """Offer to pause while training, and to train otherwise."""
        self._training = training
        action = self._actions["train"]
        # A leading space keeps the words off the icon.
        action.setIconText(" Pause" if training else " Train")
        action.setText("Pause &training" if training else "&Train")
        action.setIcon(icon("pause" if training else "train", self._theme, color="text"))
        self._train_button.setIcon(icon("pause" if training else "train", self._theme, color="accent_text"))

    def set_presenting(self, presenting: bool) -> None:
        """Show only what a presenter uses, or everything."""
        self._presenting = presenting
        self._show_subject()
        # An action that were hidden would be out of its menu, and lose its shortcut.
        for key, follower in (("step_batch", self._actions["rewind"]), ("lab", self._line)):
            if presenting:
                self.removeAction(self._actions[key])
            else:
                self.insertAction(follower, self._actions[key])
                self._button(key).setAutoRaise(True)
        for place in self._desk_only:
            place.setVisible(not presenting)
        self._give_way()
        self._roving.renew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_way()

    def _give_way(self) -> None:
        """Leave out the lesser numbers in a window that is too narrow for the type."""
        if self._presenting:
            return
        layout, widgets = self.layout(), map(self.widgetForAction, self.actions())
        spacing = layout.spacing() if layout is not None else 0
        wanted = self.style().pixelMetric(QStyle.PixelMetric.PM_ToolBarExtensionExtent) + sum(
            widget.sizeHint().width() + spacing for widget in widgets if widget is not None
        )
        for widget, place in self._lesser.items():
            fits = wanted <= self.width()
            place.setVisible(fits)
            wanted -= 0 if fits else widget.sizeHint().width() + spacing

    def show_run(self, run: Run) -> None:
        """Take note of what is being run."""
        self._about = subject_text(run)
        self._show_subject()

    def _show_subject(self) -> None:
        self._subject.setText(self._about if self._presenting else "")

    def refresh(self, run: Run) -> None:
        """Show the numbers of the run's latest frame."""
        frame, epochs = run.frame, run.spec.training.epochs
        self._epoch.show(f"{frame.epoch:,} / {epochs:,}")
        self.progress.setValue(min(PROGRESS_STEPS, round(PROGRESS_STEPS * frame.epoch / epochs)))
        self._loss.show(loss_text(run.losses.last, self._theme.digits))
        rate = frame.epochs_per_second
        self._rate.show("–" if math.isnan(rate) else f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}")
        left = (epochs - frame.epoch) / rate if frame.training and rate > 0 else math.nan
        self._left.show(duration_text(left))

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        for value in (self._epoch, self._loss, self._rate, self._left):
            value.set_theme(theme)
        self.speed.setFixedWidth(theme.scaled(150))
        self._speed_name.setFont(ui_font(theme, "caption"))
        self._speed_text.setFont(ui_font(theme, "caption"))
        widths = []
        for training in (not self._training, self._training):
            self.set_training(training)
            self._train_button.setMinimumWidth(0)
            widths.append(self._train_button.sizeHint().width())
        self._train_button.setMinimumWidth(max(widths))
        self._more.setIcon(icon("rest", theme))
        QTimer.singleShot(0, self, self._give_way)  # once the style has its sizes
