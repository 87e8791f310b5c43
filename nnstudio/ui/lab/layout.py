"""Puts the parts of the lab's window where they belong: the form at the left, the charts at the right of it."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from nnstudio.ui.lab.charts import GAP
from nnstudio.ui.lab.top_bar import ground
from nnstudio.ui.theme import Theme, TypeScale, set_look

SETUP_WIDTH = 312


def lay_out(
    *, above: tuple[QWidget, QWidget], left: tuple[QWidget, QWidget], right: tuple[QWidget, QWidget], theme: Theme
) -> tuple[QWidget, Columns]:
    """Return a widget with all parts in it, and its two columns.

    Parameters
    ----------
    above : pair of QWidget
        Over the whole width.
    left, right : pair of QWidget
        Of each column: the first takes the room that the second leaves.
    theme : Theme
        The form is as wide as its letters ask for.
    """
    columns = Columns(theme)
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
    whole = QWidget()
    column = _column(whole, 1)
    for part in above:
        column.addWidget(part)
    column.addWidget(columns, 1)
    return whole, columns


class Columns(QSplitter):
    """The form and the charts, side by side; a wider window is for the charts, larger letters widen the form.

    Attributes
    ----------
    form_width : int
        In the usual size of type; it is kept while the form is folded.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=GAP)
        self._scale = theme.type_scale.body / TypeScale().body
        self.form_width = SETUP_WIDTH
        self.splitterMoved.connect(self._take_width)
        set_look(self, role="tiles")

    @property
    def form(self) -> QWidget:
        """The column of the form."""
        form = self.widget(0)
        assert form is not None
        return form

    @property
    def is_folded(self) -> bool:
        """Whether the form is out of sight."""
        return self.form.isHidden()

    def fold(self, folded: bool) -> None:
        """Put the form out of sight, or bring it back as wide as it was."""
        self.form.setHidden(folded)
        self._share_out()

    def set_theme(self, theme: Theme) -> None:
        """Take on another size of type."""
        self._scale = theme.type_scale.body / TypeScale().body
        self._share_out()

    def remember(self, settings: QSettings) -> None:
        """Keep the form's width for the next time."""
        settings.setValue("lab/form_width", self.form_width)

    def restore(self, settings: QSettings) -> None:
        """Make the form as wide as it was the last time."""
        try:
            self.form_width = int(str(settings.value("lab/form_width", SETUP_WIDTH)))
        except ValueError:
            self.form_width = SETUP_WIDTH
        self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    @Slot()
    def _take_width(self) -> None:
        self.form_width = round(self.sizes()[0] / self._scale)

    def _share_out(self) -> None:
        form = round(self.form_width * self._scale)
        self.setSizes([form, max(self.width() - GAP - form, 1)])


def _column(widget: QWidget, spacing: int) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout
