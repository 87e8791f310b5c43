"""The small dialogs: every shortcut on one sheet, and what the program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnstudio import __version__
from nnstudio.ui.actions import EVERY_ACTION, shortcut_text
from nnstudio.ui.icons import application_icon
from nnstudio.ui.theme import set_look


def _with_close_button(dialog: QDialog) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    content = QVBoxLayout()
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    column.addLayout(content)
    column.addWidget(buttons)
    dialog.setModal(False)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return content


class ShortcutSheet(QDialog):
    """Every action that has a shortcut, by menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle("Keyboard shortcuts")
        content = _with_close_button(self)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(32)
        scroll = QScrollArea(widgetResizable=True, objectName="shortcut_list")
        content.addWidget(scroll, 1)
        for menus in (("Run", "Edit", "Panel", "Compare"), ("File", "View", "Help", "Lab")):
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
            for menu in menus:
                heading = QLabel(menu)
                set_look(heading, role="heading")
                grid.setRowMinimumHeight(grid.rowCount(), 8)
                grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
                for entry in EVERY_ACTION:
                    if entry.menu == menu:
                        row = grid.rowCount()
                        keys = QLabel(shortcut_text(entry))
                        grid.addWidget(keys, row, 0)
                        grid.addWidget(QLabel(entry.tooltip), row, 1)
            grid.setRowStretch(grid.rowCount(), 1)
            columns.addLayout(grid)
        scroll.setWidget(body)
        # All of it where the screen has room, and never more than the screen has.
        room, wanted = self.screen().availableGeometry(), body.sizeHint()
        self.resize(min(wanted.width() + 48, room.width() - 40), min(wanted.height() + 80, room.height() - 80))


class AboutDialog(QDialog):
    """Name, version, purpose and licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("About nnstudio")
        content = _with_close_button(self)
        row = QHBoxLayout()
        row.setSpacing(16)
        content.addLayout(row)
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(64, 64))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        row.addLayout(words)
        heading = QLabel(f"nnstudio {__version__}")
        set_look(heading, role="heading")
        words.addWidget(heading)
        words.addWidget(
            QLabel("Set up a neural network written from scratch in NumPy,\npress Space, and watch it learn.")
        )
        words.addWidget(
            QLabel(
                "MIT licence. Made with NumPy, Qt for Python (LGPL), pyqtgraph and\nQtAwesome with the Phosphor icons."
            )
        )
