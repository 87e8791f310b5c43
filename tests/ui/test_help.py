"""Help within the program: a page for every panel, true to the program, reached from the panel's title."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.actions import EVERY_ACTION
from nnstudio.ui.commands import plain_text
from nnstudio.ui.compare.overlay_panel import OverlayPanel
from nnstudio.ui.help import HelpWindow, pages, show_page
from nnstudio.ui.lab.cells import CellsChart
from nnstudio.ui.lab.fan import FanChart
from nnstudio.ui.lab.histogram import Histogram
from nnstudio.ui.lab.outcome_list import OutcomeList
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.panels import PANELS
from nnstudio.ui.theme import load_theme

ALL_PANELS = (*PANELS, CellsChart, FanChart, Histogram, OutcomeList, OverlayPanel)
#: What a widget with the focus does with a key of its own, beside the actions.
WIDGET_KEYS = {"Up", "Down", "Left", "Right", "Return", "Esc", "Home", "End", "PgUp", "PgDown", "Backspace"}
WIDGET_KEYS |= {"+", "-", "F", "Del"}


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_every_panel_has_a_page_under_its_own_title() -> None:
    assert {panel.key: panel.title for panel in ALL_PANELS} | {"form": "Experiment"} == {
        page.key: page.title for page in pages().values()
    }


@pytest.mark.parametrize("key", pages())
def test_a_page_names_no_key_and_no_page_that_does_not_exist(key: str) -> None:
    text = pages()[key].text()
    known = {QKeySequence(keys).toString() for entry in EVERY_ACTION for keys in entry.shortcuts} | WIDGET_KEYS
    for named in re.findall(r"`([^`]+)`", text):
        assert set(named.split(", ")) <= known or named in known, named
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert link in pages(), link
    assert "http" not in text


@pytest.mark.parametrize("key", pages())
def test_a_page_says_what_is_shown_how_to_read_it_and_what_to_try(key: str) -> None:
    headings = re.findall(r"^## (.+)$", pages()[key].text(), re.MULTILINE)
    assert headings == ["How to read it", "What to try", "Keys"]


def test_what_the_pages_call_by_name_exists(window: MainWindow) -> None:
    # In bold stand the words on buttons, boxes and menus.
    named = {name for page in pages().values() for name in re.findall(r"\*\*([^*]+)\*\*", page.text())} - {"b"}
    texts = {each.text() for kind in (QAbstractButton, QLabel) for each in window.findChildren(kind)}
    texts |= {plain_text(action.text()) for action in window.actions_by_key.values()}
    assert named <= texts


def test_the_question_mark_on_a_title_opens_the_page_and_escape_closes_it(qtbot: QtBot, window: MainWindow) -> None:
    button = window.findChild(QToolButton, "loss_help")
    window.resize(1280, 720)
    QApplication.processEvents()
    window.findChild(QToolButton, "loss_scale_log").setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_End)
    for _ in range(2):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Left)
    assert window.focusWidget() is button
    qtbot.keyClick(button, Qt.Key.Key_Return)
    shown = window.findChild(HelpWindow)
    assert shown.isVisible()
    assert not shown.isModal()
    assert shown.text.toPlainText().startswith("Loss\nHow far the outputs are from the targets")
    qtbot.keyClick(shown.text, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(HelpWindow) is None or not shown.isVisible())


def test_the_form_has_a_question_mark_too(window: MainWindow) -> None:
    window.findChild(QToolButton, "form_help").click()
    assert window.findChild(HelpWindow).text.toPlainText().startswith("Experiment\n")


def test_another_panels_page_comes_into_the_window_that_is_open(parent: QWidget) -> None:
    theme = load_theme("light")
    first = show_page("loss", theme=theme, window=parent)
    assert show_page("weights", theme=theme, window=parent) is first
    assert first.text.toPlainText().startswith("Weights\n")
    assert first.contents.currentItem().text() == "Weights"


def test_links_lead_to_other_pages_and_never_outside(parent: QWidget) -> None:
    shown = show_page("network", theme=load_theme("dark"), window=parent)
    shown.text.anchorClicked.emit(QUrl("surface"))
    assert shown.text.toPlainText().startswith("Decision surface\n")
    shown.text.anchorClicked.emit(QUrl("https://example.org"))
    assert shown.text.toPlainText().startswith("Decision surface\n")


def test_reading_the_panels_begins_with_the_panel_that_has_the_focus(window: MainWindow) -> None:
    window.findChild(QWidget, "weights_view").setFocus()
    window.actions_by_key["reading"].trigger()
    shown = window.findChild(HelpWindow)
    assert shown.contents.count() == len(pages())
    assert shown.contents.currentItem().text() == "Weights"
