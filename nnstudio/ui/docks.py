"""The docks: a panel, or the form, under a title row that holds its controls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import QMoveEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QToolButton, QWidget

from nnstudio.ui.icons import icon
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.places import is_seen
from nnstudio.ui.roving import Roving, buttons_in
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

    Attributes
    ----------
    is_restored : bool
        It is being given the place that it had before.
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
        self.is_restored = False
        self._is_loose = False
        self._docked, self._loose = QRect(), QRect()
        self._title = _TitleRow(self, title, help, controls, theme)
        self.setTitleBarWidget(self._title)
        self.setWidget(content)
        self.topLevelChanged.connect(self._step_aside)

    def set_theme(self, theme: Theme) -> None:
        """Draw the title row's icons anew."""
        self._title.draw_icons(theme)

    def set_presenting(self, presenting: bool) -> None:
        """Leave out what is of no use to people who watch, or bring it back."""
        self._title.set_presenting(presenting)
        content = self.widget()
        if isinstance(content, Panel):
            content.set_presenting(presenting)

    def set_tabbed(self, tabbed: bool) -> None:
        """Leave out the title where the tab says it already."""
        self._title.set_tabbed(tabbed)

    @Slot(bool)
    def _step_aside(self, floating: bool) -> None:
        """Show that a panel has come loose: it would lie exactly over the place that it leaves."""
        self.setContentsMargins(*(FLOATING_MARGINS if floating else (0, 0, 0, 0)))
        if floating and not self.is_restored:
            # Not where Qt says that it is: between screens of other densities that is elsewhere (Qt 6.10).
            window, place = self.parentWidget(), self._loose
            if window is not None and (place.isNull() or not is_seen(place)):
                place = QRect(window.mapToGlobal(self._docked.topLeft()) + FLOATING_OFFSET, self._docked.size())
                self.windowHandle().setScreen(window.screen())
            self.setGeometry(place)
        self._is_loose = floating

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._note_place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._note_place()

    def _note_place(self) -> None:
        if not self.isFloating():
            self._docked = self.geometry()
        elif self._is_loose:
            self._loose = self.geometry()

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
        self._float.setAccessibleName(f"Float {title}")
        self._close.setAccessibleName(f"Hide {title}")
        self._float.clicked.connect(self._toggle_floating)
        self._close.clicked.connect(dock.close)
        self._label = label
        self._presenting = False
        #: What people who watch have no use for, and what gives way where there is little room, in this order.
        yielding = [*(w for w in controls if w.objectName().endswith("_help")), self._float]
        yielding += [w for w in reversed(controls) if w.property("desk_only")]
        yielding += [w for w in controls if w.objectName().endswith("_more")]
        #: What stays as long as there is room.
        self._last = [w for w in controls if w.property("gives_way")]
        self._yielding = [*yielding, *self._last]
        row = QHBoxLayout(self)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(theme.spacing.m, theme.spacing.xs, theme.spacing.xs, theme.spacing.xs)
        self._spacing = theme.spacing.xs
        row.setSpacing(self._spacing)
        row.addWidget(label)
        row.addStretch(1)
        for widget in (*controls, self._float, self._close):
            row.addWidget(widget)
            if isinstance(widget, QToolButton):
                widget.setAutoRaise(True)
        Roving(self, partial(buttons_in, self))
        self.draw_icons(theme)

    def draw_icons(self, theme: Theme) -> None:
        # Rows are of one height, whether there are buttons in them or not.
        self._height = round(1.2 * theme.type_scale.body) + 16
        self.set_tabbed(self._label.isHidden())
        self.frame_color = theme.color("border_strong")
        self._float.setIcon(icon("float", theme))
        self._close.setIcon(icon("close", theme))

    def set_tabbed(self, tabbed: bool) -> None:
        self._label.setHidden(tabbed)
        self.setMinimumHeight(0 if tabbed else self._height)

    def set_presenting(self, presenting: bool) -> None:
        self._presenting = presenting
        self._close.setVisible(not presenting)
        self._give_way()

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, self.minimumHeight()))  # it is what a dock goes by

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        shown = [widget for widget in self._yielding if not widget.isHidden()]
        return QSize(hint.width() - sum(map(self._room_of, shown)), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_way()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._give_way()
        return super().event(event)

    def _room_of(self, widget: QWidget) -> int:
        return (widget.minimumWidth() or widget.minimumSizeHint().width()) + self._spacing

    def _give_way(self) -> None:
        """Show as many of the lesser controls as there is room for."""
        room = self.width() - self.minimumSizeHint().width()
        for widget in reversed(self._yielding):
            left_out = self._presenting and widget not in self._last
            room -= 0 if left_out else self._room_of(widget)
            hidden = left_out or room < 0
            if hidden != widget.isHidden():
                widget.setHidden(hidden)

    @Slot()
    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())
