"""The docks: a panel, or the form, under a title row that holds its controls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QToolButton, QWidget

from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme, set_look

FLOATING_OFFSET = QPoint(-24, 24)
FLOATING_MARGINS = (1, 1, 1, 1)


class Dock(QDockWidget):
    """A part of the window that can be moved, floated, hidden and put back.

    Parameters
    ----------
    name : str
        Object name, by which the layout is remembered.
    title : str
    content : QWidget
    help : str
        What the content shows, as the title's tooltip.
    controls : sequence of QWidget
        Small widgets for the title row.
    theme : Theme
    window : QMainWindow
        Which it belongs to.
    """

    def __init__(
        self,
        *,
        name: str,
        title: str,
        content: QWidget,
        help: str,
        controls: Sequence[QWidget],
        theme: Theme,
        window: QMainWindow,
    ) -> None:
        # From the outside in: with a style sheet, all that a widget holds is styled anew when it moves into another.
        super().__init__(title, window)
        self.setObjectName(name)
        self._title = _TitleRow(self, title, help, controls, theme)
        self.setTitleBarWidget(self._title)
        self.setWidget(content)
        self.topLevelChanged.connect(self._step_aside)

    def set_theme(self, theme: Theme) -> None:
        """Draw the title row's icons anew."""
        self._title.draw_icons(theme)

    @Slot(bool)
    def _step_aside(self, floating: bool) -> None:
        """Show that a panel has come loose: it would lie exactly over the place that it leaves."""
        self.setContentsMargins(*(FLOATING_MARGINS if floating else (0, 0, 0, 0)))
        if floating:
            self.move(self.pos() + FLOATING_OFFSET)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(self._title.frame_color)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class _TitleRow(QWidget):
    """Dragging it moves the dock, as Qt's own title bar does; a double click floats it."""

    def __init__(self, dock: QDockWidget, title: str, help: str, controls: Sequence[QWidget], theme: Theme) -> None:
        super().__init__(dock)
        self._dock = dock
        self.setObjectName("dock_title")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        label = QLabel(title, toolTip=help)
        set_look(label, role="section")
        self._float = QToolButton(autoRaise=True, objectName="float", toolTip="Float the panel, or put it back")
        self._close = QToolButton(
            autoRaise=True, objectName="close", toolTip="Hide the panel; the View menu brings it back"
        )
        self._float.clicked.connect(self._toggle_floating)
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.spacing.m, theme.spacing.xs, theme.spacing.xs, theme.spacing.xs)
        row.setSpacing(theme.spacing.xs)
        row.addWidget(label)
        row.addStretch(1)
        for widget in (*controls, self._float, self._close):
            row.addWidget(widget)
            if isinstance(widget, QToolButton):
                widget.setAutoRaise(True)
        self.draw_icons(theme)

    def draw_icons(self, theme: Theme) -> None:
        self.frame_color = theme.color("border_strong")
        self._float.setIcon(icon("float", theme))
        self._close.setIcon(icon("close", theme))

    @Slot()
    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())
