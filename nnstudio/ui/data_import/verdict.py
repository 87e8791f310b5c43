"""Says what will come of a table, or why nothing can come of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme, set_look


class Verdict(QWidget):
    """What will come of the choices, or what is wrong with them; a sign says which, besides the colour."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._sign = QLabel()
        self._text = QLabel(objectName=name, wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_look(self._text, role="banner")
        self._is_refusal = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        self.hide()

    def promise(self, sentence: str) -> None:
        """Say what will come of the choices."""
        self._say(sentence, False)

    def refuse(self, message: str) -> None:
        """Say what is wrong."""
        self._say(f"{message[:1].upper()}{message[1:]}.", True)

    def _say(self, text: str, is_refusal: bool) -> None:
        self._is_refusal = is_refusal
        self._text.setText(text)
        set_look(self._text, tone="error" if is_refusal else "accent")
        self.set_theme(self._theme)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw the sign in the colours of a theme."""
        self._theme = theme
        sign, color = ("error", "error") if self._is_refusal else ("info", "accent")
        self._sign.setPixmap(icon(sign, theme, color=color).pixmap(16, 16))


class RefusalPage(QWidget):
    """Says why a file cannot be used, where its table would be."""

    again = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        heading = QLabel("This file cannot be used as it is")
        set_look(heading, role="heading")
        self._verdict = Verdict(theme, "data_refusal")
        advice = QLabel(
            "Mend it and read it again, or choose another file. The experiment is as it was.", wordWrap=True
        )
        set_look(advice, role="muted")
        button = QPushButton("&Read again", objectName="data_read_again", autoDefault=False)
        button.setToolTip("Read the same file again, once it has been mended")
        button.clicked.connect(self.again)
        row = QHBoxLayout()
        row.addWidget(advice, 1)
        row.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(theme.spacing.m)
        column.addStretch(1)
        column.addWidget(heading)
        column.addWidget(self._verdict)
        column.addLayout(row)
        column.addStretch(2)

    def show_message(self, message: str) -> None:
        """Say what is wrong."""
        self._verdict.refuse(message)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._verdict.set_theme(theme)
