"""The small dialogs: every shortcut on one sheet, and what the program is and is made with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio import __version__
from nnstudio.files.licences import components
from nnstudio.ui.actions import EVERY_ACTION, ActionEntry, shortcut_text
from nnstudio.ui.command_search import Searched, query_words
from nnstudio.ui.commands import plain_text
from nnstudio.ui.icons import application_icon
from nnstudio.ui.theme import set_look

SHEET_WIDTH = 1120
#: With less of that width all groups stand below each other.
ONE_COLUMN = 0.7
#: Shortcuts found that a screen reader says.
MOST_SAID = 3


def _with_close_button(dialog: QDialog) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    content = QVBoxLayout()
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
    buttons.rejected.connect(dialog.close)
    column.addLayout(content)
    column.addWidget(buttons)
    dialog.setModal(False)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return content


class ShortcutSheet(QDialog):
    """Every action that has a shortcut, by menu; some letters leave those that are meant.

    Parameters
    ----------
    parent : QWidget, optional
    first : str
        The menu that stands before the others: that of the window which it is opened in.

    Attributes
    ----------
    query : QLineEdit
    groups : list of ShortcutGroup
    """

    def __init__(self, parent: QWidget | None = None, *, first: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle("Keyboard shortcuts")
        content = _with_close_button(self)
        self.query = QLineEdit(objectName="shortcut_query", placeholderText="Search: a word, or a key such as Ctrl+E")
        self.query.setAccessibleName("Search the shortcuts")
        self.query.textChanged.connect(self._search)
        self._none = QLabel("No shortcut is called so.", objectName="shortcut_none")
        set_look(self._none, role="muted")
        self._none.hide()
        menus = sorted(dict.fromkeys(entry.menu for entry in EVERY_ACTION), key=lambda menu: menu != first)
        self.groups = [ShortcutGroup(menu, [e for e in EVERY_ACTION if e.menu == menu]) for menu in menus]
        body = QWidget()
        set_look(body, role="panel")
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(32)
        room = self.screen().availableGeometry()
        wanted = round(SHEET_WIDTH * self.fontMetrics().height() / 16)
        width = min(wanted, room.width() - 40)
        for groups in _halves(self.groups) if width > ONE_COLUMN * wanted else (self.groups,):
            column = QVBoxLayout()
            column.setSpacing(12)
            keys = max(group.keys_width for group in groups)
            for group in groups:
                group.set_keys_width(keys)
                column.addWidget(group)
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroll = QScrollArea(widgetResizable=True, objectName="shortcut_list", accessibleName="Shortcuts")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        content.addWidget(self.query)
        content.addWidget(self._none)
        content.addWidget(scroll, 1)
        self.query.setFocus()
        # All of it where the screen has room, and never more than the screen has.
        self.resize(width, min(body.sizeHint().height() + 120, room.height() - 80))

    @Slot(str)
    def _search(self, query: str) -> None:
        found = [match for group in self.groups for match in group.show_matches(query)]
        self._none.setVisible(not found)
        # Said where the letters are typed, because nobody listens to a hundred rows.
        first = "; ".join(found[:MOST_SAID]) if query.strip() else ""
        self.query.setAccessibleDescription(first if found else self._none.text())


class ShortcutGroup(QWidget):
    """The shortcuts of one menu under its name.

    Parameters
    ----------
    menu : str
    entries : sequence of ActionEntry
    """

    def __init__(self, menu: str, entries: Sequence[ActionEntry]) -> None:
        super().__init__()
        self.entries = tuple(entries)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        heading = QLabel(menu)
        set_look(heading, role="heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        self._rows: list[tuple[QLabel, QLabel, Searched]] = []
        for number, entry in enumerate(entries, start=1):
            keys, words = QLabel(shortcut_text(entry)), QLabel(entry.tooltip, wordWrap=True)
            words.setBuddy(keys)  # or screen readers would say all of them when the sheet opens
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(keys, number, 0, top)
            grid.addWidget(words, number, 1, top)
            about = f"{entry.tooltip} {menu} {' '.join(entry.shortcuts)}"
            self._rows.append((keys, words, Searched(plain_text(entry.text), shortcut_text(entry), about)))
        self._grid = grid

    @property
    def keys_width(self) -> int:
        """How much room the widest shortcuts need."""
        return max(keys.sizeHint().width() for keys, _, _ in self._rows)

    def set_keys_width(self, width: int) -> None:
        """Let the words begin where those of other groups do."""
        self._grid.setColumnMinimumWidth(0, width)

    def show_matches(self, query: str) -> list[str]:
        """Show the rows that a query may mean, all of them without a query, and return them in words."""
        found = []
        keys_meant = query.replace(" ", "").casefold()
        for keys, words, searched in self._rows:
            shown = not query.strip() or keys_meant in keys.text().replace(" ", "").casefold()
            shown = shown or ("+" not in query and searched.score(query_words(query)) > 0)
            keys.setVisible(shown)
            words.setVisible(shown)
            if shown:
                found.append(f"{keys.text()}: {words.text()}")
        self.setVisible(bool(found))
        return found


def _halves(groups: Sequence[ShortcutGroup]) -> tuple[Sequence[ShortcutGroup], Sequence[ShortcutGroup]]:
    """Part the groups, in their order, into two columns that are about equally high."""
    heights = [len(group.entries) + 2 for group in groups]
    half = min(range(len(groups)), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))
    return groups[:half], groups[half:]


class AboutDialog(QDialog):
    """Name, version, purpose and licence, and on a second page what the program is made with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("About nnstudio")
        self.tabs = QTabWidget(objectName="about_tabs", accessibleName="About nnstudio")
        self.tabs.addTab(_about_page(), "About")
        self.tabs.addTab(LicencesPage(), "Licences")
        _with_close_button(self).addWidget(self.tabs)
        scale, room = self.fontMetrics().height() / 16, self.screen().availableGeometry()
        self.resize(min(round(680 * scale), room.width() - 40), min(round(420 * scale), room.height() - 80))


def _about_page() -> QWidget:
    page = QWidget()
    set_look(page, role="panel")
    row = QHBoxLayout(page)
    row.setSpacing(16)
    picture = QLabel()
    picture.setPixmap(application_icon().pixmap(64, 64))
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    row.addLayout(words, 1)
    heading = QLabel(f"nnstudio {__version__}")
    set_look(heading, role="heading")
    words.addWidget(heading)
    for text in (
        "Set up a neural network written from scratch in NumPy, press Space, and watch it learn.",
        "MIT licence.",
        "Made with Python, NumPy, Qt for Python (LGPL), pyqtgraph and QtAwesome with the Phosphor icons. "
        "Their licences stand on the next page.",
        "It opens no connection to any network, unless you send a sweep to a Dask scheduler.",
    ):
        words.addWidget(QLabel(text, wordWrap=True))
    words.addStretch(1)
    return page


class LicencesPage(QWidget):
    """What the program is made with, at the left, and the licence of the one that is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="panel")
        self._components = components()
        self.names = QListWidget(objectName="licence_names", accessibleName="Software")
        self.names.setSpacing(2)
        self.names.setFixedWidth(self.fontMetrics().horizontalAdvance("PySide6_Essentials 6.10.3") + 32)
        self.names.addItems([f"{each.name} {each.version}" for each in self._components])
        self.name = QLabel(objectName="licence_name", wordWrap=True)
        set_look(self.name, role="heading")
        self.text = QPlainTextEdit(objectName="licence_text", readOnly=True, accessibleName="Licence")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setTabChangesFocus(True)
        right = QVBoxLayout()
        right.addWidget(self.name)
        right.addWidget(self.text, 1)
        row = QHBoxLayout(self)
        row.addWidget(self.names)
        row.addLayout(right, 1)
        self.names.currentRowChanged.connect(self._show)
        self.names.setCurrentRow(0)

    @Slot(int)
    def _show(self, number: int) -> None:
        chosen = self._components[number]
        self.name.setText(f"{chosen.name}: {chosen.licence}")
        self.text.setPlainText(chosen.text)
