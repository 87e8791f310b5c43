"""Finds and does anything by its name, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSettings,
    QSize,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui.command_search import ranked
from nnstudio.ui.commands import Command
from nnstudio.ui.icons import icon
from nnstudio.ui.speech import focus_in_popup
from nnstudio.ui.theme import Theme, set_look, ui_font

WIDTH, ROWS = 600, 11
RECENT = 6
_RECENT_KEY = "recent_commands"
HINT = "↑ ↓ choose · Enter does it · Escape closes · a value after a setting’s name sets it: learning rate 0.5"
COMMAND_ROLE = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """Opens over a window, takes some letters, and does what is chosen of what they find.

    Parameters
    ----------
    commands : sequence of Command
        What can be done now.
    entered : callable
        Returns what a whole query would set, as commands that stand before all others.
    settings : QSettings
        Where it is remembered what was done last.
    theme : Theme
    parent : QWidget
        The window.
    """

    def __init__(
        self,
        *,
        commands: Sequence[Command],
        entered: Callable[[str], Sequence[Command]],
        settings: QSettings,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("command_palette")
        self.setAccessibleName("Find a command")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme, self._settings, self._entered, self._window = theme, settings, entered, parent.window()
        recent = recent_keys(settings)
        self._commands = _recent_first(commands, recent)
        self._recent = sum(command.key in recent for command in commands)
        self._searched = [command.searched for command in self._commands]
        self._most_rows = ROWS
        self.model = _Commands(self)
        self.line = QLineEdit(objectName="command_query", placeholderText="What do you want to do?")
        self.line.setAccessibleName("Find a command")
        self.line.setClearButtonEnabled(False)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.list = QListView(objectName="command_list", accessibleName="Commands found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setModel(self.model)
        self._delegate = _Row(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(self._do)
        self.list.selectionModel().currentChanged.connect(self._name_current)
        self.note = QLabel(HINT, objectName="command_note", wordWrap=True)
        set_look(self.note, role="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.spacing.s] * 4)
        column.setSpacing(theme.spacing.xs)
        for widget in (self.line, self.list, self.note):
            column.addWidget(widget)
        self._search("")

    def open(self) -> None:
        """Show it at the top of its window."""
        window = self._window
        self._most_rows = min(ROWS, max(window.height() // (2 * self._delegate.height), 4))
        width = min(round(WIDTH * self._theme.type_scale.body / 13), window.width() - 40)
        self.setFixedWidth(width)
        self._fit()
        at = window.mapToGlobal(QPoint((window.width() - width) // 2, min(72, window.height() // 10)))
        self.move(at)
        self.show()
        focus_in_popup(self.line)

    def _fit(self) -> None:
        """Be as high as what is found needs."""
        rows = min(self.model.rowCount(), self._most_rows)
        self.list.setFixedHeight(rows * self._delegate.height + 4)
        self.list.setVisible(rows > 0)
        self.adjustSize()

    # ---- what is found ---------------------------------------------------------------------------------------------

    @Slot(str)
    def _search(self, query: str) -> None:
        set_commands = list(self._entered(query)) if query.strip() else []
        # What can be set stands first, and what is wrong with a value stands where nothing else is meant.
        able = [command for command in set_commands if command.enabled]
        found = [self._commands[number] for number in ranked(query, self._searched)]
        for command in able:  # "optimizer adam" says the same as "Optimizer: Adam"
            found = [each for each in found if not each.key.startswith(command.key.replace("set ", "choose ", 1) + " ")]
        rest = [command for command in set_commands if not command.enabled]
        self.model.show([*able, *(found or rest)])
        self._delegate.recent = 0 if query.strip() else self._recent
        self.list.setCurrentIndex(self.model.index(0))
        self.list.scrollToTop()
        self._fit()
        self._say(HINT if self.model.rowCount() else f"Nothing is called “{query.strip()}”: try fewer letters.")

    @Slot()
    def _name_current(self) -> None:
        command = self.current
        self.line.setAccessibleDescription("" if command is None else f"{command.title}, {command.searched.place}")

    @property
    def current(self) -> Command | None:
        """The command that Enter does."""
        index = self.list.currentIndex()
        return index.data(COMMAND_ROLE) if index.isValid() else None

    # ---- doing it --------------------------------------------------------------------------------------------------

    @Slot()
    def _do(self) -> None:
        command = self.current
        if command is None:
            return
        if reason := command.check():
            self._say(reason, wrong=True)
            return
        keys = [command.key, *(key for key in recent_keys(self._settings) if key != command.key)]
        if not command.key.startswith("set "):
            self._settings.setValue(_RECENT_KEY, keys[:RECENT])
        self.close()
        # After the popup has gone, so that a dialog that is opened now gets the keys.
        QTimer.singleShot(0, self._window, command.run)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.note.setText(text)
        set_look(self.note, role="error" if wrong else "muted")

    # ---- Qt's events -----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key, rows = Qt.Key(event.key()), self.model.rowCount()
        row = self.list.currentIndex().row()
        page = max(self.list.height() // self._delegate.height - 1, 1)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        if key in steps:
            goal = row + steps[key]
            # One step beyond an end comes to the other.
            goal = goal % rows if rows and abs(steps[key]) == 1 else max(0, min(goal, rows - 1))
            self.list.setCurrentIndex(self.model.index(goal))
            self._say(HINT if rows else self.note.text())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            pass  # there is nowhere else to go
        else:
            return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color("border_strong"))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def recent_keys(settings: QSettings) -> list[str]:
    """Return the keys of what was done last, the latest first."""
    stored: Any = settings.value(_RECENT_KEY, [])
    keys = stored if isinstance(stored, list) else [stored]  # Qt gives a list of one as its one
    return [key for key in keys if isinstance(key, str)][:RECENT]


def _recent_first(commands: Sequence[Command], keys: Sequence[str]) -> list[Command]:
    by_key = {command.key: command for command in commands}
    recent = [by_key[key] for key in keys if key in by_key]
    return [*recent, *(command for command in commands if command.key not in keys)]


class _Commands(QAbstractListModel):
    """What is found, in its order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found: list[Command] = []

    def show(self, found: list[Command]) -> None:
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        command = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return ", ".join(filter(None, (command.title, command.searched.place, command.hint)))
        return command if role == COMMAND_ROLE else None


class _Row(QStyledItemDelegate):
    """A line for one command: what it is called, where it stands, and its shortcut or value."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font, self._small = ui_font(theme), ui_font(theme, "caption")
        self._metrics, self._small_metrics = QFontMetrics(self._font), QFontMetrics(self._small)
        self.height = self._metrics.height() + 10
        self._warning = icon("error", theme, color="error")
        self.recent = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, self.height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        command: Command = index.data(COMMAND_ROLE)
        theme, rect = self._theme, QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, theme.color("selection"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("accent"))
        elif self.recent and index.row() == self.recent:
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
        rect.adjust(10, 0, -10, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        refused = not command.enabled and command.key.startswith("set ")
        if refused:
            self._warning.paint(painter, rect.left(), rect.top(), 16, rect.height())
            rect.setLeft(rect.left() + 22)
        painter.setFont(self._small)
        painter.setPen(theme.color("text" if chosen else "muted"))
        if command.hint:
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | middle, command.hint)
            rect.setRight(rect.right() - self._small_metrics.horizontalAdvance(command.hint) - 12)
        title = self._metrics.elidedText(command.title, Qt.TextElideMode.ElideRight, rect.width())
        width = self._metrics.horizontalAdvance(title)
        place = QRect(rect)
        place.setLeft(rect.left() + width + 10)
        if place.width() > 40:
            text = self._small_metrics.elidedText(command.searched.place, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | middle, text)
        painter.setFont(self._font)
        painter.setPen(theme.color("text" if command.enabled or refused else "disabled"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | middle, title)
        painter.restore()
