"""Tab goes through the whole window as it is read, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = create_window(ExperimentSpec(), settings=settings)
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.session.run is not None)
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


def walk(qtbot: QtBot, window: MainWindow, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Press a key until the focus is where it was, and return where it has been."""
    reached = [window.focusWidget()]
    while True:
        qtbot.keyClick(window.focusWidget(), key)
        if window.focusWidget() is reached[0]:
            return reached
        reached.append(window.focusWidget())
        assert len(reached) < 200


def dock_of(widget: QWidget | None) -> str:
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return widget.objectName() if widget else ""


def test_tab_reaches_every_part_in_order_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 720)
    QApplication.processEvents()
    reached = walk(qtbot, window)
    parts = list(dict.fromkeys(dock_of(each) or type(each).__name__ for each in reached))
    # It begins in the network, whose drawing has the keys at the start.
    assert parts[:3] == ["panel_network", "panel_surface", "panel_loss"]
    assert parts[4:] == ["QTabBar", "QSlider", "form"]
    assert parts[3] == "panel_outputs"
    assert all(each.isVisible() and not each.visibleRegion().isEmpty() for each in reached)
    assert all(each.accessibleName() or each.toolTip() or isinstance(each, QTabBar) for each in reached)


def test_shift_tab_goes_the_same_way_back(qtbot: QtBot, window: MainWindow) -> None:
    forward, backward = walk(qtbot, window), walk(qtbot, window, Qt.Key.Key_Backtab)
    assert [forward[0], *reversed(forward[1:])] == backward


def test_what_lies_behind_a_tab_is_left_out_until_it_is_in_front(qtbot: QtBot, window: MainWindow) -> None:
    assert "panel_weights" not in {dock_of(each) for each in walk(qtbot, window)}
    window.findChild(QDockWidget, "panel_weights").raise_()
    QApplication.processEvents()
    docks = {dock_of(each) for each in walk(qtbot, window)}
    assert "panel_weights" in docks
    assert "panel_outputs" not in docks


def test_a_field_that_is_out_of_sight_is_scrolled_to(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1000, 540)
    QApplication.processEvents()
    last = window.findChild(QWidget, "training.regularizer")
    assert last.visibleRegion().isEmpty()
    window.findChild(QWidget, "training.batch_size").setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is last
    assert not last.visibleRegion().isEmpty()
