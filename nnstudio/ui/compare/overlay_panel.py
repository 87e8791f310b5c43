"""The panel with the losses of compared runs: smoothing, scale, picture and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from nnstudio.engine.choices.losses import LOSSES
from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.ui.compare.curves import OverlaidCurve
from nnstudio.ui.compare.looks import Looks
from nnstudio.ui.compare.overlay import OverlayChart
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.chart import short
from nnstudio.ui.panels.controls import Segments
from nnstudio.ui.panels.loss_axes import loss_title
from nnstudio.ui.theme import Theme, set_look

#: The slider's steps; its last is a weight of 0.99.
STEPS = 99
#: Of more runs than these only the number is spoken.
_MOST_SPOKEN = 8


class OverlayPanel(Panel):
    """The losses of the chosen runs on one chart."""

    key = "compare"
    title = "Losses"
    help = (
        "The losses of the selected runs over the epochs, or of all runs while none is selected. Smoothing averages "
        "over earlier epochs; what was measured stays behind it, faint."
    )

    def __init__(self, *, looks: Looks, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self._looks = looks
        self._pins: tuple[PinnedRun, ...] = ()
        self.chart = OverlayChart(theme)
        self.set_content(self.chart)
        self.setMinimumSize(320, 140)
        self._scale = Segments(
            "compare_scale",
            (
                ("log", "Log", "Logarithmic: each step down is a tenth; shows progress when the loss is small"),
                ("linear", "Linear", "From zero up"),
            ),
        )
        self._scale.chosen.connect(self._change_scale)
        self._controls = QWidget()
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        name = QLabel("Smoothing")
        set_look(name, role="muted")
        self.smoothing = QSlider(Qt.Orientation.Horizontal, objectName="compare_smoothing", accessibleName="Smoothing")
        self.smoothing.setRange(0, STEPS)
        self.smoothing.setPageStep(10)
        self.smoothing.setFixedWidth(140)
        self.smoothing.setToolTip("How much earlier losses weigh in the average that is drawn: 0 smooths nothing.")
        self._weight = QLabel("0.00", objectName="compare_smoothing_text")
        self._weight.setMinimumWidth(self._weight.fontMetrics().horizontalAdvance("0.000"))
        self.smoothing.valueChanged.connect(self._smooth)
        for widget in (name, self.smoothing, self._weight, self._scale):
            row.addWidget(widget)

    def controls(self) -> Sequence[QWidget]:
        return (self._controls,)

    @property
    def weight(self) -> float:
        """The weight of what came before, from 0 to 0.99."""
        return self.smoothing.value() / 100

    def show_pins(self, pins: Sequence[PinnedRun]) -> None:
        """Draw the losses of these runs."""
        self._pins = tuple(pins)
        curves = [
            OverlaidCurve.of(pin, self._looks.pen(pin, self.theme, self.theme.lines.strong - 0.4), self.weight)
            for pin in pins
            if len(pin.curve)
        ]
        message = "These runs have no losses: they diverged at once." if pins else "No runs are pinned yet."
        self.chart.show_curves(curves, self._loss_name(), message)
        self._rest.start()

    def _loss_name(self) -> str:
        labels = {LOSSES[pin.spec.training.loss.name].label for pin in self._pins}
        if len(labels) > 1:
            return "loss (of different kinds)"
        return loss_title(labels.pop()) if labels else "loss"

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.chart.set_theme(theme)
        self.show_pins(self._pins)

    def file_stem(self) -> str:
        return f"nnstudio-{self.key}-{len(self._pins)}-runs"

    def summary(self) -> str:
        runs = [
            f"{pin.name}: loss {short(pin.final_loss)} at epoch {pin.epochs:,}, {pin.kind}"
            for pin in self._pins[:_MOST_SPOKEN]
        ]
        more = len(self._pins) - _MOST_SPOKEN
        return f"{'; '.join([*runs, *([f'{more:,} further runs'] if more > 0 else [])])}." if runs else ""

    def walk(self, right: int, down: int) -> str:
        return self.chart.walk(right)

    def end_walk(self) -> None:
        self.chart.end_walk()

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        rows: list[Sequence[object]] = []
        for each in self.chart.curves:
            columns = (each.pin.curve_epochs.tolist(), each.raw.tolist(), each.losses.tolist())
            rows += [(each.pin.name, *values) for values in zip(*columns, strict=True)]
        if not self.weight:
            return ("run", "epoch", "loss"), [row[:3] for row in rows]
        return ("run", "epoch", "loss", "smoothed"), rows

    def _change_scale(self, scale: str) -> None:
        self.chart.set_log(scale == "log")

    def _smooth(self, value: int) -> None:
        self._weight.setText(f"{value / 100:.2f}")
        self.show_pins(self._pins)
