"""Shows one of the views of pictures, or all of them where there is room, or says that there are no pictures."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.ui.panels.chart import LEFT
from nnstudio.ui.panels.pictures.canvas import MARGIN
from nnstudio.ui.panels.pictures.draw import DrawView
from nnstudio.ui.panels.pictures.mistakes import MistakesView
from nnstudio.ui.panels.pictures.sample import SampleView
from nnstudio.ui.panels.pictures.weights import WeightPictures
from nnstudio.ui.theme import Theme, ui_font

View = SampleView | WeightPictures | MistakesView | DrawView

#: From this size on all views are shown at once.
ALL_AT_ONCE = QSize(760, 420)
NO_PICTURES = "This data has no pictures. Choose Handwritten digits as data to see a network read."
NO_RUN = "No network yet"


class Stage(QWidget):
    """The views, and who of them is on.

    Attributes
    ----------
    views : tuple
        Those that are shown.
    digits : QPushButton
        Offers digits where there are no pictures.
    """

    changed = Signal()
    """Other views are shown than before."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample, self.weights = SampleView(theme), WeightPictures(theme)
        self.mistakes, self.draw = MistakesView(theme), DrawView(theme)
        self._all: dict[str, View] = {
            "sample": self.sample,
            "weights": self.weights,
            "draw": self.draw,
            "mistakes": self.mistakes,
        }
        self._chosen, self._has_pictures, self._at_once = "sample", False, False
        self._message = QLabel(NO_RUN, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._message.setObjectName("pictures_message")
        self.digits = QPushButton(
            "Choose digits", objectName="pictures_digits", toolTip="Train a small network to read handwritten digits"
        )
        self._empty = QWidget(self)
        column = QVBoxLayout(self._empty)
        column.addStretch(1)
        column.addWidget(self._message)
        column.addWidget(self.digits, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.digits.hide()
        for view in self._all.values():
            view.setParent(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)
        self._arrange()

    @property
    def views(self) -> tuple[View, ...]:
        if not self._has_pictures:
            return ()
        return tuple(self._all.values()) if self._at_once else (self._all[self._chosen],)

    @property
    def message(self) -> str:
        """What is said instead of the views."""
        return self._message.text()

    @property
    def offers_choice(self) -> bool:
        """Whether only one view is shown of several."""
        return self._has_pictures and not self._at_once

    def choose(self, key: str) -> None:
        """Show this view, where there is room for one only."""
        self._chosen = key
        self._arrange()
        self.changed.emit()

    def set_pictures(self, has_pictures: bool) -> None:
        """Show the views, or say that there is nothing for them to show."""
        self._has_pictures = has_pictures
        self._message.setText(NO_PICTURES)
        self.digits.setVisible(not has_pictures)
        self._arrange()
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        for view in self._all.values():
            view.set_theme(theme)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = self._at_once
        self._arrange()
        if self._at_once != before:
            self.changed.emit()

    def _arrange(self) -> None:
        self._at_once = self.width() >= ALL_AT_ONCE.width() and self.height() >= ALL_AT_ONCE.height()
        shown = self.views
        self._empty.setVisible(not shown)
        self._empty.setGeometry(self.rect())
        for view in self._all.values():
            view.setVisible(view in shown)
        if len(shown) == 1:
            shown[0].setGeometry(self.rect())
        elif shown:
            # A line of one pixel parts them.
            width, height = self.width() // 2, self.height() // 2
            rest = self.width() - width - 1, self.height() - height - 1
            for view, place in zip(
                shown,
                (
                    QRect(0, 0, width, height),
                    QRect(width + 1, 0, rest[0], height),
                    QRect(0, height + 1, width, rest[1]),
                    QRect(width + 1, height + 1, *rest),
                ),
                strict=True,
            ):
                view.setGeometry(place)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color("plot_background"))
        if len(self.views) > 1:
            painter.setPen(self._theme.color("border"))
            self._paint_lines(painter)

    def _paint_lines(self, painter: QPainter) -> None:
        x, y = self.width() // 2, self.height() // 2
        painter.drawLine(x, 0, x, self.height())
        painter.drawLine(0, y, self.width(), y)

    def paint_picture(self, painter: QPainter) -> None:
        """Paint what is shown without its controls, in whose place stands what they say."""
        theme, font = self._theme, ui_font(self._theme, "caption")
        self._arrange()  # a view that has never been shown has no places yet
        painter.setFont(font)
        if not self.views:
            painter.setPen(theme.color("muted"))
            text = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message.text())
            return
        for view in self.views:
            layout = view.layout()
            if layout is not None:
                layout.activate()
            for canvas in view.pictured():
                place = canvas.mapTo(self, QPoint())
                canvas.exporting = True
                painter.save()
                painter.translate(place)
                canvas.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawWindowBackground)
                painter.restore()
                canvas.exporting = False
                if canvas is not view:
                    painter.setFont(font)
                    painter.setPen(theme.color("muted"))
                    above = QRectF(view.x() + MARGIN, view.y(), view.width(), place.y() - view.y())
                    painter.drawText(above, LEFT, view.caption())
        if len(self.views) > 1:
            painter.setPen(theme.color("border"))
            self._paint_lines(painter)
