"""The table of pinned runs: a column for each setting that is not the same in all, and how each run ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QIcon

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.pinned_runs import KINDS, PinnedRun
from nnstudio.insight.differences import differing, setting_label, setting_text, setting_value, shared_in_words
from nnstudio.session.pins import Pins
from nnstudio.ui.compare.looks import Looks
from nnstudio.ui.icons import icon
from nnstudio.ui.numbers import DIGITS, loss_text
from nnstudio.ui.outcome_bar import OUTCOME_LOOKS
from nnstudio.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
#: The columns besides the settings, with what they are called and what they say.
NAME, LOSS, OUTCOME, EPOCHS, ORIGIN, CURVE = "name", "final_loss", "outcome", "epochs", "origin", "curve"
_TITLES = {
    NAME: ("Name", "F2 gives another name; the line is the run's own on the chart below."),
    LOSS: ("Final loss", "The loss of the last epoch that was trained."),
    OUTCOME: ("Outcome", "How the run stood when it was pinned."),
    EPOCHS: ("Trained", "Epochs that were complete when the run was pinned."),
    ORIGIN: (
        "From",
        "A run of the window, a branch of one (with other weights or settings from some epoch on), a sweep.",
    ),
    CURVE: ("Loss over epochs", "All on one logarithmic scale, the longest run from edge to edge."),
}
#: Which pinned run stands in a row.
PIN_ROLE = Qt.ItemDataRole.UserRole + 1
_ORDER = {kind: place for place, kind in enumerate(("learned", "learning", "unfinished", "stuck", "diverged"))}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PinsModel(QAbstractTableModel):
    """Pinned runs as rows.

    Parameters
    ----------
    pins : Pins
    looks : Looks
    theme : Theme

    Attributes
    ----------
    columns : tuple of str
        Each column's key: one of those above, or the path of a setting.
    """

    def __init__(self, *, pins: Pins, looks: Looks, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pins, self._looks = pins, looks
        self.set_theme(theme)
        self._rows: tuple[PinnedRun, ...] = ()
        self.columns: tuple[str, ...] = ()
        self._take()
        pins.changed.connect(self._follow)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._icons: dict[str, QIcon] = {}
        self._swatches: dict[int, object] = {}

    @property
    def rows(self) -> tuple[PinnedRun, ...]:
        """The pinned runs, in the order in which they were pinned."""
        return self._rows

    @property
    def shared(self) -> str:
        """What all of them have in common, in words."""
        return shared_in_words([pin.spec for pin in self._rows])

    @property
    def keys(self) -> tuple[str, ...]:
        """The settings that are not the same in all."""
        return tuple(key for key in self.columns if key not in _TITLES)

    @property
    def curve_bounds(self) -> tuple[float, float, float]:
        """The last epoch, and the decimal logarithms of the lowest and the highest loss, of all curves."""
        return self._bounds

    @Slot()
    def _follow(self) -> None:
        before, columns = self._rows, self.columns
        pins = self._pins.all
        renamed = len(pins) == len(before) and all(
            new.curve is old.curve for new, old in zip(pins, before, strict=True)
        )
        if renamed:
            # The editor in which the name was typed is still open: the rows must stay.
            self._rows = pins
            self.dataChanged.emit(self.index(0, 0), self.index(len(pins) - 1, len(columns) - 1))
            return
        self.beginResetModel()
        self._take()
        self.endResetModel()

    def _take(self) -> None:
        self._rows = rows = self._pins.all
        self._looks.follow(rows)
        self._swatches.clear()
        origin = (ORIGIN,) if len({pin.origin for pin in rows}) > 1 else ()
        self.columns = (NAME, *differing([pin.spec for pin in rows]), LOSS, OUTCOME, EPOCHS, *origin, CURVE)
        self._numeric = {LOSS, EPOCHS} | {
            key for key in self.keys if any(isinstance(setting_value(pin.spec, key), int | float) for pin in rows)
        }
        losses = [pin.curve[pin.curve > 0] for pin in rows]
        logs = np.log10(np.concatenate([*losses, np.ones(0)]))
        low, high = (float(logs.min()), float(logs.max())) if logs.size else (-1.0, 0.0)
        last = max((int(pin.curve_epochs[-1]) for pin in rows if len(pin.curve)), default=1)
        self._bounds = float(max(last, 1)), low, max(high, low + 0.1)

    # ---- as Qt asks for it -----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(self.columns):
            return None
        key = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column_title(key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{_TITLES[key][1]} Click to sort." if key in _TITLES else f"{setting_label(key)}. Click to sort."
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if key in self._numeric else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        pin, key = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if key == CURVE else cell_text(pin, key, self._theme.digits)
        if role == Qt.ItemDataRole.EditRole:
            return pin.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(pin, key)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._swatch(pin) if key == NAME else self._mark(pin.kind) if key == OUTCOME else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if key in self._numeric else _LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column_title(key)}: {cell_text(pin, key, self._theme.digits)}"
        return pin if role == PIN_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        named = index.isValid() and self.columns[index.column()] == NAME
        return flags | Qt.ItemFlag.ItemIsEditable if named else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        return self._pins.rename(self._rows[index.row()], str(value))

    # ---- texts, marks and order ------------------------------------------------------------------------------------

    def sort_key(self, row: int, column: int) -> Any:
        """Return what a cell is sorted by, or None where it has nothing: such rows come last."""
        pin, key = self._rows[row], self.columns[column]
        if key == LOSS:
            return pin.final_loss if math.isfinite(pin.final_loss) else None
        if key == OUTCOME:
            return _ORDER.get(pin.kind, len(KINDS)), pin.outcome
        if key in (EPOCHS, CURVE):
            return pin.epochs
        if key in _TITLES:
            return cell_text(pin, key).casefold()
        value = setting_value(pin.spec, key)
        return value.casefold() if isinstance(value, str) else value

    def _tip(self, pin: PinnedRun, key: str) -> str:
        if key == NAME:
            return f"{pin.name}\n{shared_in_words([pin.spec])}"
        if key == CURVE and len(pin.curve):
            return f"From {pin.curve[0]:.4g} to {pin.curve[-1]:.4g} in {pin.epochs:,} epochs"
        return cell_text(pin, key, self._theme.digits)

    def _mark(self, kind: str) -> QIcon:
        if kind not in self._icons:
            picture, color = OUTCOME_LOOKS[kind]
            self._icons[kind] = icon(picture, self._theme, color=color)
        return self._icons[kind]

    def _swatch(self, pin: PinnedRun) -> object:
        key = id(pin.curve)
        if key not in self._swatches:
            application = QGuiApplication.instance()
            assert isinstance(application, QGuiApplication)
            self._swatches[key] = self._looks.swatch(pin, self._theme, application.devicePixelRatio())
        return self._swatches[key]


class SortedPins(QSortFilterProxyModel):
    """The table in the order that a person chose: numbers as numbers, and what is missing last either way."""

    def lessThan(self, left: Index, right: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, PinsModel)
        a, b = (model.sort_key(index.row(), index.column()) for index in (left, right))
        if a is None or b is None:
            descending = self.sortOrder() == Qt.SortOrder.DescendingOrder
            return (a is None and b is not None) if descending else (a is not None and b is None)
        return bool(a < b)


def column_title(key: str) -> str:
    """Return what a column is called."""
    return _TITLES[key][0] if key in _TITLES else setting_label(key)


def cell_text(pin: PinnedRun, key: str, digits: int = DIGITS) -> str:
    """Return what a cell says."""
    if key == NAME:
        return pin.name
    if key == LOSS:
        return loss_text(pin.final_loss, digits)
    if key == OUTCOME:
        return pin.outcome
    if key == EPOCHS:
        return f"{pin.epochs:,}"
    if key == ORIGIN:
        return pin.origin
    return "" if key == CURVE else setting_text(pin.spec, key)


def table_numbers(pins: Sequence[PinnedRun], keys: Sequence[str]) -> tuple[list[str], list[list[object]]]:
    """Return the table as a header and rows in full precision, for spreadsheets; settings under their paths."""
    header = ["name", *keys, "final_loss", "outcome", "epochs", "from"]
    rows = [
        [pin.name, *(_plain(pin.spec, key) for key in keys), pin.final_loss, pin.outcome, pin.epochs, pin.origin]
        for pin in pins
    ]
    return header, rows


def _plain(spec: ExperimentSpec, key: str) -> object:
    value = setting_value(spec, key)
    return value if isinstance(value, int | float) else setting_text(spec, key)
