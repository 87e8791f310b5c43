"""Puts the parts of the lab's window where they belong: the form at the left, the charts at the right of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from nnstudio.ui.lab.charts import GAP
from nnstudio.ui.lab.top_bar import ground
from nnstudio.ui.theme import Theme, TypeScale, set_look

SETUP_WIDTH = 312


def lay_out(
    *, above: tuple[QWidget, QWidget], left: tuple[QWidget, QWidget], right: tuple[QWidget, QWidget], theme: Theme
) -> tuple[QWidget, QSplitter]:
    """Return a widget with all parts in it, and what its two columns can be resized by.

    Parameters
    ----------
    above : pair of QWidget
        Over the whole width.
    left, right : pair of QWidget
        Of each column: the first takes the room that the second leaves.
    theme : Theme
        The form is as wide as its letters ask for.
    """
    columns = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=GAP)
    set_look(columns, role="tiles")
    form, results = ground(), QWidget()
    column = _column(form, 0)
    column.addWidget(left[0], 1)
    column.addWidget(left[1])
    strip = ground()
    _column(strip, 0).addWidget(right[1])
    column = _column(results, 1)
    column.addWidget(right[0], 1)
    column.addWidget(strip)
    columns.addWidget(form)
    columns.addWidget(results)
    columns.setStretchFactor(1, 1)
    width = SETUP_WIDTH * theme.type_scale.body // TypeScale().body
    columns.setSizes([width, 4 * width])
    whole = QWidget()
    column = _column(whole, 1)
    for part in above:
        column.addWidget(part)
    column.addWidget(columns, 1)
    return whole, columns


def _column(widget: QWidget, spacing: int) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout
