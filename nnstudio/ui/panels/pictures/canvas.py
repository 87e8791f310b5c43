"""What the painted views of pictures share: a focus that can be seen, keys of their own, and ink on paper."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QImage, QKeyEvent, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import image_of, packed
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]

MARGIN = 8.0
#: Steps of ink between paper and pen.
INKS = 256
#: What one notch of a mouse wheel turns by.
NOTCH = 120


class Canvas(QWidget):
    """A painted view that can have the focus, and then has some keys for itself.

    Whoever inherits from it calls `set_theme` once it has all that it arranges.

    Attributes
    ----------
    exporting : bool
        It is being painted for a picture: without what only matters on the screen.
    """

    scrolled = Signal(int)
    """The mouse wheel went up (-1) or down (1) by a notch."""

    #: Keys that are the view's while it has the focus, though they may be shortcuts of the window.
    keys: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.exporting = False
        self._backdrop = Backdrop()
        self._turned = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font, self._bold = ui_font(theme, "caption"), ui_font(theme, "caption")
        self._bold.setBold(True)
        self._metrics, self._bold_metrics = QFontMetricsF(self._font), QFontMetricsF(self._bold)
        self._heading = ui_font(theme, "heading")
        self._heading.setBold(True)
        self._heading_metrics = QFontMetricsF(self._heading)
        self._line = self._metrics.height()
        self._paper = ink_lut(theme)
        self.arrange()
        self.update()

    def arrange(self) -> None:
        """Find room for everything in the present size."""

    def paint_focus(self, painter: QPainter) -> None:
        """Frame the view while it has the focus."""
        if self.hasFocus() and not self.exporting:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def sizeHint(self) -> QSize:
        return QSize(420, 270)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def event(self, event: QEvent) -> bool:
        # Whoever asks first keeps a key from being taken as a shortcut.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def _is_own(self, event: QKeyEvent) -> bool:
        return event.key() in self.keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A touchpad turns by little at a time.
        self._turned += event.angleDelta().y()
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        if notches:
            self.scrolled.emit(-notches)
        event.accept()


def ink_lut(theme: Theme) -> Array:
    """Return the colours from paper to ink: the ground of plots, and the colour of text."""
    colors = (theme.color(role) for role in ("plot_background", "text"))
    paper, ink = (np.array([color.red(), color.green(), color.blue()]) for color in colors)
    return packed(np.rint(paper + np.linspace(0, 1, INKS)[:, None] * (ink - paper)).astype(np.uint8))


def inked(amounts: Array, shape: tuple[int, int], side: int, lut: Array) -> QImage:
    """Return pictures below one another, each pixel as a square of so many dots a side.

    Parameters
    ----------
    amounts : ndarray, shape (..., rows * columns)
        0 for paper to 1 for ink.
    shape : (int, int)
        Rows and columns of a picture.
    side : int
    lut : ndarray of uint32
        As `ink_lut` makes it.
    """
    inks = (np.nan_to_num(amounts).clip(0, 1) * (INKS - 1)).astype(np.intp).reshape(-1, shape[1])
    return image_of(enlarged(inks, side), lut)


def enlarged(pixels: Array, side: int) -> Array:
    """Return pixels as squares of so many dots a side."""
    return pixels if side <= 1 else pixels.repeat(side, axis=0).repeat(side, axis=1)


def picture_place(area: QRectF, shape: tuple[int, int]) -> tuple[QRectF, int]:
    """Return where a picture lies in the middle of an area, and dots along a side of its pixels.

    Pixels have whole dots as long as they are larger than one.
    """
    rows, columns = shape
    scale = max(min(area.width() / columns, area.height() / rows), 0.0)
    side = int(scale) if scale >= 1 else 1
    scale = side if scale >= 1 else scale
    width, height = columns * scale, rows * scale
    left, top = area.center().x() - width / 2, area.center().y() - height / 2
    return QRectF(round(left), round(top), width, height), side
