"""Lets a person set the program itself: a row for each preference, which acts at once and can be taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnstudio.engine.registry import Option, SettingError
from nnstudio.ui.forms.rows import FieldRow
from nnstudio.ui.preferences import PREFERENCES, Preferences
from nnstudio.ui.theme import Theme, set_look

WIDTH = 460


class SettingsDialog(QDialog):
    """The program's settings; what is entered acts at once.

    Parameters
    ----------
    preferences : Preferences
    theme : Theme
    parent : QWidget, optional

    Attributes
    ----------
    rows : dict of str to FieldRow
        By the preference's key.
    """

    def __init__(self, *, preferences: Preferences, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.setWindowTitle("Settings")
        self.setModal(False)
        self._preferences = preferences
        self._before = preferences.values()
        self.rows = {key: FieldRow(parameter, f"settings.{key}", theme) for key, parameter in PREFERENCES.items()}
        self._content = content = QWidget()
        set_look(content, role="panel")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, theme.spacing.m, 0)
        column.setSpacing(theme.spacing.s)
        width = max(row.label_room() for row in self.rows.values())
        for key, row in self.rows.items():
            self._show_value(key)
            row.set_label_width(width)
            row.edited.connect(self._enter)
            column.addWidget(row)
        column.addStretch(1)
        self._scroll = QScrollArea(widgetResizable=True, objectName="settings_list")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(content)
        whole = QVBoxLayout(self)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._make_buttons())
        preferences.changed.connect(self._show)
        self._show_buttons()
        self.fit()

    def _make_buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.reset_button = QPushButton("&Reset to defaults", objectName="settings_reset", autoDefault=False)
        self.reset_button.setToolTip("Give every setting its default; Undo changes takes it back")
        self.undo_button = QPushButton("&Undo changes", objectName="settings_undo", autoDefault=False)
        self.undo_button.setToolTip("Set everything as it was when this window was opened")
        for button, slot in ((self.reset_button, self._preferences.reset), (self.undo_button, self._undo)):
            button.setAccessibleDescription(button.toolTip())
            button.clicked.connect(slot)
            buttons.addButton(button, role.ResetRole)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter ends an entry, and not the dialog
        close.setToolTip("Close the window and keep the settings (Escape)")
        buttons.rejected.connect(self.close)
        return buttons

    def go_to(self, key: str) -> None:
        """Give the focus to the field of a setting."""
        row = self.rows[key]
        self._scroll.ensureWidgetVisible(row)
        row.field.setFocus(Qt.FocusReason.TabFocusReason)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme, and fit the columns to its type."""
        for row in self.rows.values():
            row.set_theme(theme)
        width = max(row.label_room() for row in self.rows.values())
        for row in self.rows.values():
            row.set_label_width(width)
        self.fit()

    def fit(self) -> None:
        """Take the size at which all settings are in sight, where the screen has it."""
        content = self._content
        content.ensurePolished()
        room = self.screen().availableGeometry()
        width = min(max(WIDTH, content.minimumSizeHint().width() + 40), room.width() - 40)
        layout = content.layout()
        assert layout is not None
        layout.activate()
        height = layout.heightForWidth(width - 24) if layout.hasHeightForWidth() else content.sizeHint().height()
        self.resize(width, min(height + 72, room.height() - 60))

    @Slot(str, object)
    def _enter(self, name: str, value: object) -> None:
        key = name.removeprefix("settings.")
        try:
            self._preferences.set(key, value)
        except SettingError as error:
            self.rows[key].show_rejection(name, error.reason)
        else:
            self._show_value(key)

    @Slot(str)
    def _show(self, key: str) -> None:
        self._show_value(key)
        self._show_buttons()

    def _show_value(self, key: str) -> None:
        parameter, value = PREFERENCES[key], self._preferences.value(key)
        self.rows[key].show_value(value)
        meaning = dict(parameter.options)[value] if isinstance(parameter, Option) else parameter.help
        self.rows[key].show_note(f"{meaning[:1].upper()}{meaning[1:].removesuffix('.')}.")

    @Slot()
    def _undo(self) -> None:
        for key, value in self._before.items():
            self._preferences.set(key, value)

    def _show_buttons(self) -> None:
        values = self._preferences.values()
        self.undo_button.setEnabled(values != self._before)
        self.reset_button.setEnabled(any(values[key] != parameter.default for key, parameter in PREFERENCES.items()))
