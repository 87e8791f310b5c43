"""The top of the lab's window: how much learned, the sweeps that one click starts, and what else can be done."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from nnstudio.ui.lab.headline import Headline
from nnstudio.ui.lab.ready_row import ReadyRow
from nnstudio.ui.theme import Theme, set_look

_ICON = Qt.ToolButtonStyle.ToolButtonIconOnly
_WORDED = ("lab_all", "lab_earlier")


class TopBar(QWidget):
    """Headline, ready-made sweeps and buttons.

    Parameters
    ----------
    actions : mapping of str to QAction
        The lab's, by key.
    theme : Theme
    """

    def __init__(self, *, actions: Mapping[str, QAction], theme: Theme) -> None:
        super().__init__(objectName="lab_top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="panel")
        gap = theme.spacing
        self.headline, self.ready = Headline(theme), ReadyRow(theme)
        lower = QHBoxLayout()
        lower.setSpacing(gap.xs)
        lower.addWidget(self.ready, 1)
        buttons = {}
        for key in (*_WORDED, "lab_save", "lab_copy"):
            button = buttons[key] = QToolButton(objectName=f"{key}_button")
            button.setDefaultAction(actions[key])
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            if key in _WORDED:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            lower.addWidget(button)
        self.all_button, self.earlier_button = (buttons[key] for key in _WORDED)
        self._desk_only = [buttons[key] for key in ("lab_earlier", "lab_save", "lab_copy")]
        rows = QVBoxLayout(self)
        rows.setContentsMargins(gap.m, gap.s, gap.s, gap.s)
        rows.setSpacing(gap.s)
        rows.addWidget(self.headline)
        rows.addLayout(lower)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._give_way()
        return super().event(event)

    def _give_way(self) -> None:
        """Leave the list's button without its word where the ready-made sweeps need the room."""
        button = self.earlier_button
        word = button.fontMetrics().horizontalAdvance(button.text()) if button.toolButtonStyle() == _ICON else 0
        rows = self.layout()
        short = rows is not None and rows.minimumSize().width() + word > self.width()
        button.setToolButtonStyle(_ICON if short else Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def set_presenting(self, presenting: bool) -> None:
        """Leave out what people who watch have no use for, or bring it back; the keys do it all the same."""
        for button in self._desk_only:
            button.setHidden(presenting)
        self.headline.set_presenting(presenting)


def ground() -> QWidget:
    """Return an empty widget with the ground of a panel."""
    widget = QWidget()
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    set_look(widget, role="panel")
    return widget
