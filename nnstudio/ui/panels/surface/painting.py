"""Paints points with the mouse: the strip that chooses colour and brush, and the tool that the plot gives the mouse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLabel, QSlider, QToolButton, QWidget

from nnstudio.session.painting import MOST_CLASSES, MOST_POINTS, Brush, Painting
from nnstudio.ui.icons import icon
from nnstudio.ui.marks import marks
from nnstudio.ui.panels.chart import Range, short
from nnstudio.ui.panels.folding import FoldingRow
from nnstudio.ui.panels.surface.markers import FEW, class_style
from nnstudio.ui.panels.surface.view import PlaneView
from nnstudio.ui.theme import Theme

Array = NDArray[Any]
#: Pixels from the middle of the brush to its rim: from a single point to the widest spray.
WIDEST = 40
#: The eraser is never smaller than this.
_ERASER = 8.0
_CHIP = 16
_STEPS_OF_VALUE = 40


class PaintStrip(FoldingRow):
    """Small controls: what is painted, with which brush, and the way back.

    Attributes
    ----------
    class_added, emptied, taken_back : Signal()
        One more class, an empty plane, or the last stroke undone has been asked for.
    """

    class_added = Signal()
    emptied = Signal()
    taken_back = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surface_paint_strip")
        self._theme = theme
        self._range: Range = (-1.0, 1.0)
        self._chips = QButtonGroup(self)
        self.add_button = self._button("surface_paint_add", "", "Add a class")
        self.add_button.clicked.connect(self.class_added)
        self.value = QSlider(Qt.Orientation.Horizontal, objectName="surface_paint_value")
        self.value.setRange(0, _STEPS_OF_VALUE)
        self.value.setValue(_STEPS_OF_VALUE)
        self.value.setToolTip("The number that painted points have for their target")
        self.value.setAccessibleName("Target of painted points")
        self.value.valueChanged.connect(self._say_value)
        self._value_text = QLabel()
        self.brush = QSlider(Qt.Orientation.Horizontal, objectName="surface_paint_brush")
        self.brush.setRange(0, WIDEST)
        self.brush.setMinimumWidth(48)
        self.brush.setMaximumWidth(90)
        self.brush.setToolTip("Size of the brush: at the left it leaves single points, further right a spray")
        self.brush.setAccessibleName("Size of the brush")
        self.eraser = self._button(
            "surface_paint_erase", "Erase", "Erase with the left button; the right one always does"
        )
        self.eraser.setCheckable(True)
        self.empty_button = self._button("surface_paint_empty", "Empty", "Begin with an empty plane")
        self.empty_button.clicked.connect(self.emptied)
        self.back_button = self._button("surface_paint_back", "", "Take back the last stroke")
        self.back_button.clicked.connect(self.taken_back)
        brush_label = QLabel("Brush")
        brush_label.setBuddy(self.brush)
        for widget in (self.add_button, self.value, self._value_text):
            self.first.addWidget(widget)
        self.first.addStretch(1)
        for widget in (brush_label, self.brush, self.eraser, self.empty_button, self.back_button):
            self.second.addWidget(widget)
        self.second.addStretch(1)
        self.set_theme(theme)
        self.hide()

    @staticmethod
    def _button(name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(text=text, toolTip=tip, objectName=name, accessibleName=text or tip)
        button.setAutoRaise(True)
        return button

    @property
    def answer(self) -> float:
        """The index of the class that is painted, or the number."""
        if self._chips.buttons():
            return max(self._chips.checkedId(), 0)
        low, high = self._range
        return low + (high - low) * self.value.value() / _STEPS_OF_VALUE

    def set_theme(self, theme: Theme) -> None:
        """Draw chips and icons in the colours of a theme."""
        self._theme = theme
        self.add_button.setIcon(icon("add", theme))
        self.back_button.setIcon(icon("undo", theme))
        for chip in self._chips.buttons():
            self._draw_chip(chip)

    def offer(self, painting: Painting, number_range: Range, *, pending: bool) -> None:
        """Offer the classes of a painting, or numbers of a range; what was chosen stays, where it still is.

        Parameters
        ----------
        painting : Painting
        number_range : (float, float)
        pending : bool
            Whether there is a stroke that only the strip can take back.
        """
        names = painting.class_names
        chips = self._chips.buttons()
        for chip in chips[len(names) :]:
            self._chips.removeButton(chip)
            self.first.removeWidget(chip)
            chip.setParent(None)
            chip.deleteLater()
        for number in range(len(chips), len(names)):
            chip = self._button(f"surface_paint_class_{number + 1}", "", "")
            chip.setCheckable(True)
            self._chips.addButton(chip, number)
            self.first.insertWidget(number, chip)
            self._draw_chip(chip)
        for chip, name in zip(self._chips.buttons(), names, strict=True):
            chip.setToolTip(f"Paint {name}")
            chip.setAccessibleName(f"Paint {name}")
        if names and self._chips.checkedButton() is None:
            self._chips.button(0).setChecked(True)
        self._range = number_range
        for widget in (self.value, self._value_text):
            widget.setVisible(not names)
        self.add_button.setVisible(bool(names))
        self.add_button.setEnabled(len(names) < MOST_CLASSES)
        self.back_button.setEnabled(pending)
        self._say_value()

    def choose_class(self, number: int) -> None:
        """Paint this class from now on."""
        self._chips.button(number).setChecked(True)
        self.eraser.setChecked(False)

    @Slot()
    def _say_value(self) -> None:
        if not self._chips.buttons():
            self._value_text.setText(short(float(f"{self.answer:.3g}")))

    def _draw_chip(self, chip: QAbstractButton) -> None:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(_CHIP, _CHIP) * math.ceil(ratio))
        picture.setDevicePixelRatio(math.ceil(ratio))
        picture.fill(Qt.GlobalColor.transparent)
        number = self._chips.id(chip)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen, brush = class_style(self._theme, number, False)
        painter.setPen(pen)
        painter.setBrush(brush)
        painter.drawPath(marks(number, np.array([[_CHIP / 2, _CHIP / 2]]), 10.0))
        painter.end()
        chip.setIcon(QIcon(picture))


class PaintTool(QObject):
    """Turns drags into strokes of points.

    Parameters
    ----------
    strip : PaintStrip
        Says what is painted.
    view : PlaneView
        What is painted on.
    theme : Theme

    Attributes
    ----------
    painting : Painting or None
        All points, those of the stroke under way excepted.
    changed : Signal()
        Points have been erased while a stroke goes on.
    painted : Signal(str)
        A stroke has ended and changed something, in words that follow "undo".
    refused : Signal(str)
        Why nothing could be painted.
    """

    changed = Signal()
    painted = Signal(str)
    refused = Signal(str)

    def __init__(self, strip: PaintStrip, view: PlaneView, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.painting: Painting | None = None
        self._strip, self._view, self._theme = strip, view, theme
        self._rng = np.random.default_rng()
        self._brush: Brush | None = None
        self._erasing = False
        self._fresh: list[Array] = []
        self._count_before = 0

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme

    @property
    def is_busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._brush is not None or self._erasing

    def cancel(self) -> None:
        """Forget the stroke under way; what it has erased stays so."""
        self._brush, self._erasing, self._fresh = None, False, []

    def press(self, point: QPointF, button: Qt.MouseButton) -> None:
        """Begin a stroke."""
        axes = self._view.axes
        if self.painting is None or axes is None or not axes.rect.contains(point) or self.is_busy:
            return
        if button == Qt.MouseButton.RightButton or self._strip.eraser.isChecked():
            self._erasing = True
            self._count_before = len(self.painting.inputs)
        elif button != Qt.MouseButton.LeftButton:
            return
        elif len(self.painting.inputs) >= MOST_POINTS:
            self.refused.emit(f"There are {MOST_POINTS:,} points already: no more can be painted")
            return
        else:
            self._brush = Brush(self._strip.brush.value(), self._rng)
        self.move(point)

    def move(self, point: QPointF) -> None:
        """Go on with a stroke, if one is under way."""
        axes = self._view.axes
        if axes is None or self.painting is None:
            return
        if self._brush is not None:
            places, rect = self._brush.to(point.x(), point.y()), axes.rect
            inside = (np.abs(places - [rect.center().x(), rect.center().y()]) * 2 <= [rect.width(), rect.height()]).all(
                1
            )
            self._fresh.append(places[inside])
        elif self._erasing:
            radius = self._eraser_radius()
            center = axes.values_at(point)
            corner = axes.values_at(point + QPointF(radius, -radius))
            left = self.painting.without(center, (corner[0] - center[0], corner[1] - center[1]))
            if left is not self.painting:
                self.painting = left
                self.changed.emit()

    def release(self) -> None:
        """End a stroke."""
        painting, axes, erased = self.painting, self._view.axes, self._erasing
        places = np.concatenate(self._fresh) if self._fresh else np.zeros((0, 2))
        self.cancel()
        if painting is None or axes is None:
            return
        if erased:
            count = self._count_before - len(painting.inputs)
        else:
            points = np.array([axes.values_at(QPointF(x, y)) for x, y in places.tolist()])
            self.painting = painting.with_points(points, self._strip.answer)
            count = len(self.painting.inputs) - len(painting.inputs)
        if count:
            what = "erasing" if erased else "painting"
            self.painted.emit(f"{what} of {count:,} points" if count > 1 else f"{what} of a point")

    def paint(self, painter: QPainter, pointer: QPointF | None) -> None:
        """Draw the points of the stroke under way, and the rim of the brush."""
        axes = self._view.axes
        assert self.painting is not None and axes is not None
        if self._fresh:
            answer = self._strip.answer
            number = int(answer) if self.painting.class_names else 0
            pen, brush = class_style(self._theme, number, False, dense=len(self.painting.inputs) > FEW)
            painter.setPen(pen)
            painter.setBrush(brush if self.painting.class_names else self._view.shades(np.array([answer]))[0])
            painter.drawPath(marks(number, np.concatenate(self._fresh), self._view.markers.size))
        if pointer is None or not axes.rect.contains(pointer):
            return
        erases = self._erasing or (self._strip.eraser.isChecked() and self._brush is None)
        radius = self._eraser_radius() if erases else max(float(self._strip.brush.value()), 3.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("plot_background", 3.0), ("text", 1.2)):
            pen = QPen(self._theme.color(color), width)
            if erases and color == "text":
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawEllipse(pointer, radius, radius)

    def _eraser_radius(self) -> float:
        return max(float(self._strip.brush.value()), _ERASER)
