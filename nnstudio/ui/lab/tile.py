"""A chart of the lab under its title row."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from nnstudio.ui.panels.base import Panel
from nnstudio.ui.roving import Roving, buttons_in
from nnstudio.ui.theme import Theme, set_look


class Tile(QFrame):
    """A panel with its title, its controls and its menu above it, as in a dock.

    Parameters
    ----------
    panel : Panel
    theme : Theme
    """

    def __init__(self, panel: Panel, theme: Theme) -> None:
        super().__init__(objectName=f"{panel.key}_tile")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="panel")
        title = QLabel(panel.title, toolTip=panel.help)
        set_look(title, role="section")
        row = QHBoxLayout()
        row.setContentsMargins(theme.spacing.m, theme.spacing.xs, theme.spacing.xs, theme.spacing.xs)
        row.setSpacing(theme.spacing.xs)
        row.addWidget(title)
        row.addStretch(1)
        widgets = panel.header_widgets()
        for widget in widgets:
            row.addWidget(widget)
            if isinstance(widget, QToolButton):
                widget.setAutoRaise(True)
        Roving(self, partial(buttons_in, *widgets))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(panel, 1)
