"""Explains each panel within the program: what it shows, how to read it, what to try, and its keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Slot
from PySide6.QtGui import QFont, QTextCursor, QTextFormat, QTextFrameFormat
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.resource_files import resource
from nnstudio.ui.actions import DOCK_ACTIONS, PANEL_ACTIONS, shortcut_text
from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme, ui_font

WIDTH, HEIGHT = 660, 460
_LIST_WIDTH = 170
#: What stands before the title in the list, for what is not in the main window.
_GROUPS = {"lab": "Lab", "compare": "Compare"}


@dataclass(frozen=True)
class Page:
    """What there is to read about one panel.

    Attributes
    ----------
    key : str
        The panel's key.
    title : str
        The panel's title.
    path : Path
        A Markdown file.
    """

    key: str
    title: str
    path: Path

    @property
    def name(self) -> str:
        """The title with the window that the panel is in."""
        group = _GROUPS.get(self.key.partition("_")[0])
        return f"{group}: {self.title}" if group else self.title

    def text(self) -> str:
        """Read the page, and add the keys that all panels have."""
        text = self.path.read_text(encoding="utf-8")
        shown = [entry for entry in DOCK_ACTIONS if entry.key in (self.key, f"panel_{self.key}")]
        common = (*shown, *(() if self.key == "form" else PANEL_ACTIONS))
        lines = [f"- `{shortcut_text(entry)}` {entry.tooltip[:1].lower()}{entry.tooltip[1:]}" for entry in common]
        return "\n".join([text.rstrip(), *([] if "## Keys" in text else ["", "## Keys", ""]), *lines, ""])


@lru_cache(maxsize=1)
def pages() -> dict[str, Page]:
    """Return every page by its panel's key, in the order in which they are listed."""
    found = {}
    for path in sorted(resource("help").glob("*.md")):
        # The number in front of the name gives the order only.
        key = path.stem.partition("_")[2]
        with path.open(encoding="utf-8") as file:
            found[key] = Page(key, file.readline().lstrip("#").strip(), path)
    return found


def show_page(key: str, *, theme: Theme, window: QWidget) -> HelpWindow:
    """Show the page of a panel beside its window, in the help window that is open if there is one."""
    shown = window.findChild(HelpWindow) or HelpWindow(theme=theme, parent=window)
    shown.show_page(key)
    shown.show()
    shown.raise_()
    shown.activateWindow()
    return shown


class HelpButton(QToolButton):
    """The question mark in a title row, which opens the page of what is below it.

    Parameters
    ----------
    key : str
        Of the page.
    title : str
    theme : Theme
    """

    def __init__(self, key: str, title: str, theme: Theme) -> None:
        super().__init__(objectName=f"{key}_help", toolTip=f"How to read it: {title}")
        self.setAccessibleName(f"Help on {title}")
        self._key = key
        self.set_theme(theme)
        self.clicked.connect(self.show_page)

    def set_theme(self, theme: Theme) -> None:
        """Draw the question mark in the colours of a theme."""
        self._theme = theme
        self.setIcon(icon("help", theme))

    @Slot()
    def show_page(self) -> None:
        """Open the page."""
        show_page(self._key, theme=self._theme, window=self.window())


class HelpWindow(QDialog):
    """The pages, listed at the left.

    Parameters
    ----------
    theme : Theme
    parent : QWidget
        The window that is explained.
    """

    def __init__(self, *, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setWindowTitle("Reading the panels")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        self._shown = ""
        self.contents = QListWidget(objectName="help_contents", accessibleName="Panels")
        self.contents.setSpacing(2)
        self.contents.setFixedWidth(round(_LIST_WIDTH * theme.type_scale.body / 13))
        for page in pages().values():
            item = QListWidgetItem(page.name, self.contents)
            item.setData(Qt.ItemDataRole.UserRole, page.key)
        self.text = QTextBrowser(objectName="help_text", accessibleName="Explanation")
        self.text.setOpenLinks(False)  # there is no network to follow one to
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.anchorClicked.connect(self._follow)
        self.contents.currentItemChanged.connect(self._show_current)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        columns = QHBoxLayout()
        columns.addWidget(self.contents)
        columns.addWidget(self.text, 1)
        whole = QVBoxLayout(self)
        whole.addLayout(columns, 1)
        whole.addWidget(buttons)
        room = self.screen().availableGeometry()
        scale = theme.type_scale.body / 13
        self.resize(min(round(WIDTH * scale), room.width() - 40), min(round(HEIGHT * scale), room.height() - 60))

    def show_page(self, key: str) -> None:
        """Show the page of a panel."""
        self.contents.setCurrentRow(list(pages()).index(key))
        self.text.setFocus()

    @Slot()
    def _show_current(self) -> None:
        item = self.contents.currentItem()
        if item is not None and (key := str(item.data(Qt.ItemDataRole.UserRole))) != self._shown:
            self._shown = key
            self._write(pages()[key].text())

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        if link.toString() in pages():
            self.contents.setCurrentRow(list(pages()).index(link.toString()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown:
            self._write(pages()[self._shown].text())

    def _write(self, markdown: str) -> None:
        """Set a page in the program's type: Qt's own headings are as large as in a book."""
        document = self.text.document()
        document.setDefaultFont(ui_font(self._theme))
        document.setMarkdown(markdown)
        document.setIndentWidth(self._theme.spacing.l)
        frame = QTextFrameFormat()
        frame.setMargin(self._theme.spacing.s)
        document.rootFrame().setFrameFormat(frame)
        block = document.begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor = QTextCursor(block)
            layout = block.blockFormat()
            layout.setTopMargin(self._theme.spacing.m if level > 1 else 0)
            layout.setBottomMargin(self._theme.spacing.xs)
            cursor.setBlockFormat(layout)
            pieces = []
            iterator = block.begin()
            while not iterator.atEnd():
                fragment = iterator.fragment()
                pieces.append((fragment.position(), fragment.length(), fragment.charFormat()))
                iterator += 1
            for start, length, style in pieces:
                is_key = style.fontFixedPitch()
                if not (level or is_key):
                    continue
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                style.clearProperty(QTextFormat.Property.FontSizeAdjustment)
                style.setFont(ui_font(self._theme, "value" if level == 1 else "heading" if level else "body"))
                if level:
                    style.setFontWeight(QFont.Weight.DemiBold)
                if is_key:
                    style.setBackground(self._theme.color("hover"))
                cursor.setCharFormat(style)
            block = block.next()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
