"""Shows the table of pinned runs, with a small curve in each row."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.ui.compare.looks import SWATCH_HEIGHT, SWATCH_WIDTH
from nnstudio.ui.compare.table_model import (
    CURVE,
    NAME,
    OUTCOME,
    PIN_ROLE,
    PinsModel,
    SortedPins,
    cell_text,
    column_title,
)
from nnstudio.ui.panels.chart import polyline
from nnstudio.ui.theme import Theme, ui_font

Index = QModelIndex | QPersistentModelIndex
SPARK_WIDTH = 150
#: No column takes more, however long a text it holds.
WIDEST = 280
#: Beside a column's title there has to be room for the mark of sorting.
TITLE_ROOM = 30


class PinTable(QTableView):
    """The table; whoever sorts, selects and renames does it here.

    Attributes
    ----------
    chosen : Signal(object)
        The pinned runs that are selected have changed: a tuple, in the table's order.
    opened : Signal(object)
        A row was double-clicked: its pinned run.
    """

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, *, model: PinsModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pin_table")
        self.setAccessibleName("Pinned runs")
        self.model_of_pins = model
        self._sorted = SortedPins(self)
        self._sorted.setSourceModel(model)
        self.setModel(self._sorted)
        self._spark, self._plain = SparkDelegate(theme, self), QStyledItemDelegate(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setIconSize(QSize(SWATCH_WIDTH, SWATCH_HEIGHT + 4))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)  # a third click gives back the order in which they were pinned
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.set_theme(theme)
        self._kept: tuple[PinnedRun, ...] = ()
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._arrange)
        self.selectionModel().selectionChanged.connect(self._tell)
        self.doubleClicked.connect(self._open)
        self._columns: tuple[str, ...] = ()
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._spark.theme = theme
        self.verticalHeader().setDefaultSectionSize(theme.type_scale.body + 15)
        self.fit_columns()
        self.viewport().update()

    # ---- what is selected ------------------------------------------------------------------------------------------

    @property
    def selected(self) -> tuple[PinnedRun, ...]:
        """The pinned runs whose rows are selected, in the table's order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._sorted.index(row, 0).data(PIN_ROLE) for row in rows)

    @property
    def shown(self) -> tuple[PinnedRun, ...]:
        """All pinned runs, in the table's order."""
        return tuple(self._sorted.index(row, 0).data(PIN_ROLE) for row in range(self._sorted.rowCount()))

    @property
    def current(self) -> PinnedRun | None:
        """The pinned run that the keyboard is at."""
        index = self.currentIndex()
        return index.siblingAtColumn(0).data(PIN_ROLE) if index.isValid() else None

    def select(self, pins: tuple[PinnedRun, ...]) -> None:
        """Select the rows of some pinned runs, and go to the first of them."""
        curves = {id(pin.curve) for pin in pins}
        flag = QItemSelectionModel.SelectionFlag
        model = self.selectionModel()
        model.clearSelection()
        rows = [row for row, pin in enumerate(self.shown) if id(pin.curve) in curves]
        for row in rows:
            model.select(self._sorted.index(row, 0), flag.Select | flag.Rows)
        if rows:
            model.setCurrentIndex(self._sorted.index(rows[0], 0), flag.NoUpdate)

    def rename_current(self) -> None:
        """Let the name of the current row be typed."""
        index = self.currentIndex()
        if index.isValid():
            self.edit(index.siblingAtColumn(self.model_of_pins.columns.index(NAME)))

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.selected)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.siblingAtColumn(0).data(PIN_ROLE))

    # ---- rows and columns ------------------------------------------------------------------------------------------

    @Slot()
    def _keep(self) -> None:
        self._kept = self.selected
        self._row = self.currentIndex().row()

    @Slot()
    def _arrange(self) -> None:
        columns = self.model_of_pins.columns
        if columns != self._columns:
            sorted_by = self._sorted.sortColumn()
            before = self._columns[sorted_by] if 0 <= sorted_by < len(self._columns) else ""
            self._columns = columns
            for number, key in enumerate(columns):
                self.setItemDelegateForColumn(number, self._spark if key == CURVE else self._plain)
            header = self.horizontalHeader()
            header.setSortIndicator(columns.index(before) if before in columns else -1, self._sorted.sortOrder())
            header.setStretchLastSection(True)
        self.fit_columns()
        self.select(self._kept)
        if not self.selectionModel().hasSelection() and self._sorted.rowCount() and self._kept:
            # What was selected is gone: the keyboard goes on from the row that came in its place.
            row = min(max(self._row, 0), self._sorted.rowCount() - 1)
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(self._sorted.index(row, 0), flag.NoUpdate)
        self._tell()

    def fit_columns(self) -> None:
        """Make columns as wide as what they hold, within bounds."""
        # Qt's own measure of a title is that of a bold one in the size of the cells, and twice as wide.
        theme = self._spark.theme
        titles, cells = QFontMetrics(ui_font(theme, "caption")), QFontMetrics(ui_font(theme, "body"))
        pins = self.model_of_pins.rows
        for number, key in enumerate(self.model_of_pins.columns):
            if key == CURVE:
                self.setColumnWidth(number, SPARK_WIDTH)
                continue
            picture = self.iconSize().width() + 6 if key in (NAME, OUTCOME) else 0
            texts = (cell_text(pin, key, theme.digits) for pin in pins)
            widest = max(map(cells.horizontalAdvance, texts), default=0) + picture + 20
            title = titles.horizontalAdvance(column_title(key)) + TITLE_ROOM
            self.setColumnWidth(number, min(max(widest, title), theme.scaled(WIDEST)))


class SparkDelegate(QStyledItemDelegate):
    """Paints a run's losses small, all rows on one scale."""

    def __init__(self, theme: Theme, parent: PinTable) -> None:
        super().__init__(parent)
        self.theme = theme
        self._table = parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        pin: PinnedRun = index.data(PIN_ROLE)
        last, low, high = self._table.model_of_pins.curve_bounds
        rect = option.rect.adjusted(6, 4, -6, -4)
        if not len(pin.curve) or rect.width() <= 0:
            return
        logs = np.log10(np.maximum(pin.curve, 10**low))
        xs = rect.left() + pin.curve_epochs / last * rect.width()
        ys = rect.bottom() - (logs - low) / (high - low) * rect.height()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.color("text" if selected else "axis"), 1.2))
        painter.drawPolyline(polyline(xs, ys))
        painter.setBrush(self.theme.color("text"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(int(xs[-1]) - 2, int(ys[-1]) - 2, 4, 4)
        painter.restore()
