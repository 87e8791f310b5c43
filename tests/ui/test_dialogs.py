"""The sheet of shortcuts says all there are and no more, and About says what the program is made with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.ui import actions
from nnstudio.ui.actions import EVERY_ACTION, ActionEntry, shortcut_text
from nnstudio.ui.dialogs import AboutDialog, LicencesPage, ShortcutSheet
from nnstudio.ui.main_window import MainWindow

#: The actions of which each window has the shortcuts at the same time.
OTHERS = {"Lab": (*actions.LAB_ACTIONS, actions.READY_ACTION), "Compare": actions.COMPARE_ACTIONS}
MAIN = tuple(entry for entry in EVERY_ACTION if entry.menu not in (*OTHERS, "Projector"))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr("nnstudio.session.lab.Lab.warm", lambda *_: None)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = create_window(ExperimentSpec(), settings=settings)
    made.show()
    qtbot.waitActive(made)
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


def normal(keys: str | QKeySequence) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


# ---- the table -----------------------------------------------------------------------------------------------------


def test_every_action_has_words_and_a_shortcut() -> None:
    assert all(entry.tooltip.endswith(".") and entry.shortcuts for entry in EVERY_ACTION)
    assert len({entry.key for entry in EVERY_ACTION}) == len(EVERY_ACTION)


@pytest.mark.parametrize(
    "entries", [MAIN, *((*each, *actions.PANEL_ACTIONS) for each in OTHERS.values()), actions.PRESENTER_ACTIONS]
)
def test_no_two_actions_of_a_window_have_the_same_shortcut(entries: tuple[ActionEntry, ...]) -> None:
    keys = [normal(each) for entry in entries for each in entry.shortcuts]
    assert sorted(keys) == sorted(set(keys))


def test_every_shortcut_in_every_window_stands_in_the_table(window: MainWindow) -> None:
    known = {normal(keys) for entry in EVERY_ACTION for keys in entry.shortcuts}
    known.add("Enter")  # the number pad's Return
    window.compare.open()
    assert window.compare.window is not None
    for each in (window, window.lab._make(), window.compare.window):
        found = [keys for action in each.findChildren(QAction) for keys in action.shortcuts()]
        found += [button.shortcut() for button in each.findChildren(QAbstractButton)]
        # Alt and a letter of a button's text is no shortcut that anybody has to be told.
        named = {normal(keys) for keys in found if not keys.isEmpty()}
        assert {keys for keys in named if not (keys.startswith("Alt+") and keys[4:].isalpha())} <= known


# ---- the sheet -----------------------------------------------------------------------------------------------------


def texts(sheet: QWidget) -> set[str]:
    return {label.text() for label in sheet.findChildren(QLabel) if label.isVisible()}


def test_the_sheet_shows_the_whole_table(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    sheet.show()
    shown = texts(sheet)
    for entry in EVERY_ACTION:
        assert {entry.menu, entry.tooltip, shortcut_text(entry)} <= shown


@pytest.mark.parametrize(("query", "keys"), [("rewind", "Home"), ("ctrl + e", "Ctrl+E"), ("pinned", "Ctrl+Shift+K")])
def test_some_letters_leave_what_is_meant(qtbot: QtBot, query: str, keys: str) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    sheet.show()
    everything = len(texts(sheet))
    qtbot.keyClicks(sheet.query, query)
    assert keys in texts(sheet)
    assert len(texts(sheet)) < everything / 3
    sheet.query.setText("zzyzx")
    assert texts(sheet) == {"No shortcut is called so."}


def test_asking_twice_opens_one_sheet(window: MainWindow) -> None:
    for _ in range(2):
        window.actions_by_key["shortcuts"].trigger()
    assert len(window.findChildren(ShortcutSheet)) == 1


def test_the_sheet_is_closed_with_escape_and_searched_at_once(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    sheet = window.findChild(ShortcutSheet)
    assert sheet.focusWidget() is sheet.query
    qtbot.keyClick(sheet.query, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert not any(each.isVisible() for each in window.findChildren(ShortcutSheet))


# ---- about ---------------------------------------------------------------------------------------------------------


def test_about_says_what_the_program_is_made_with(qtbot: QtBot) -> None:
    about = AboutDialog()
    qtbot.addWidget(about)
    page = about.findChild(LicencesPage)
    names = [page.names.item(row).text().partition(" ")[0] for row in range(page.names.count())]
    assert {"numpy", "pyqtgraph", "QtAwesome", "Python"} <= set(names)
    page.names.setCurrentRow(names.index("numpy"))
    assert page.name.text().startswith("numpy: BSD-3-Clause")
    assert "NumPy Developers" in page.text.toPlainText()


def test_the_groups_stand_below_each_other_where_the_screen_is_too_narrow_for_two(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = []
    for wanted in (700, 2000):  # the screen of the tests is 800 wide
        monkeypatch.setattr("nnstudio.ui.dialogs.SHEET_WIDTH", wanted)
        sheet = ShortcutSheet()
        qtbot.addWidget(sheet)
        sheet.show()
        columns.append(len({group.x() for group in sheet.groups}))
    assert columns == [2, 1]
