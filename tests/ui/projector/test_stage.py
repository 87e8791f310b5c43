"""The lab and what compares, shown to people who watch, and at their desk again afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.main_window import MainWindow

FEW = ExperimentSpec().with_settings({"training.epochs": 5})


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, quick_lab: None, projector_screen: None) -> Iterator[MainWindow]:
    settings.setValue("theme", "light")
    made = create_window(FEW, settings=settings)
    made.resize(1280, 720)
    made.show()
    qtbot.waitActive(made)
    yield made
    made.close()
    made.deleteLater()


def open_lab(qtbot: QtBot, window: MainWindow) -> QWidget:
    window.actions_by_key["lab"].trigger()
    lab = window.lab.lab_window
    assert lab is not None
    qtbot.waitActive(lab)
    qtbot.waitUntil(lambda: lab.lab.results is not None and not lab.lab.is_busy)
    QApplication.processEvents()
    return lab


def child(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_the_lab_fills_the_screen_with_its_charts_and_escape_ends_it(qtbot: QtBot, window: MainWindow) -> None:
    window.projector.enter()
    lab = open_lab(qtbot, window)
    assert lab.isFullScreen()
    assert not child(lab, "lab_setup").isVisible()
    assert not child(lab, "lab_earlier_button").isVisible()
    assert child(lab, "lab_what").width() > 0.9 * lab.width() - 100
    assert "(E)" in child(lab, "projector_form").toolTip()
    assert not child(window, "projector_form").toolTip()  # its form comes to the pointer, and would lie below
    qtbot.keyClick(lab, Qt.Key.Key_E)  # the form comes back on demand
    assert child(lab, "lab_setup").isVisible()
    assert lab.isAncestorOf(QApplication.focusWidget())
    qtbot.keyClick(lab, Qt.Key.Key_Escape)  # folds first
    assert not child(lab, "lab_setup").isVisible()
    assert lab.isVisible()
    qtbot.keyClick(lab, Qt.Key.Key_Escape)
    assert not lab.isVisible()
    assert window.projector.active
    qtbot.waitActive(window)


@pytest.mark.parametrize("people_watch", [True, False])
def test_who_comes_back_from_the_lab_steps_on_whatever_was_in_sight(
    qtbot: QtBot, window: MainWindow, people_watch: bool
) -> None:
    if people_watch:
        window.projector.enter()
    window.actions_by_key["see_outputs"].trigger()  # no network, where the focus rests otherwise
    QApplication.processEvents()
    lab = open_lab(qtbot, window)
    lab.close()
    QApplication.processEvents()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.run is not None and window.session.run.frame.epoch == 1)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: window.session.run is not None and window.session.run.frame.epoch == 0)


def test_nothing_of_the_projector_is_remembered_of_the_lab(
    qtbot: QtBot, window: MainWindow, settings: QSettings
) -> None:
    lab = open_lab(qtbot, window)
    lab.resize(lab.width(), 600)
    QApplication.processEvents()
    width = child(lab, "lab_setup").width()
    lab.close()
    form_width = settings.value("lab/form_width")
    window.projector.enter()
    lab = open_lab(qtbot, window)
    assert lab.isFullScreen()
    qtbot.keyClick(lab, Qt.Key.Key_Escape)
    assert settings.value("lab/form_width") == form_width
    remembered = QWidget()
    qtbot.addWidget(remembered)
    remembered.restoreGeometry(settings.value("lab/geometry"))
    assert not remembered.isFullScreen()
    assert remembered.height() == 600
    lab = open_lab(qtbot, window)
    window.projector.leave()
    qtbot.waitUntil(lambda: not lab.isFullScreen() and lab.height() == 600)
    QApplication.processEvents()
    assert abs(child(lab, "lab_setup").width() - width) <= 1
    assert child(lab, "lab_earlier_button").isVisible()


def test_the_compare_window_fills_the_screen_too_and_goes_back(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_key["compare"].trigger()
    compare = window.compare.window
    assert compare is not None
    compare.resize(700, 500)
    size = compare.size()
    compare.close()
    window.projector.enter()
    window.actions_by_key["compare"].trigger()
    qtbot.waitUntil(compare.isFullScreen)
    qtbot.keyClick(compare, Qt.Key.Key_Escape)
    assert not compare.isVisible()
    window.projector.leave()
    window.actions_by_key["compare"].trigger()
    assert not compare.isFullScreen()
    qtbot.waitUntil(lambda: compare.size() == size)


def test_at_the_desk_windows_come_as_they_were(qtbot: QtBot, window: MainWindow) -> None:
    lab = open_lab(qtbot, window)
    assert not lab.isFullScreen()
    assert child(lab, "lab_setup").isVisible()
    qtbot.keyClick(lab, Qt.Key.Key_Escape)
    assert lab.isVisible()
