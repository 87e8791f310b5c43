"""Garbage that holds Qt objects is collected in the window's thread, however busy the training thread is."""

import gc
import threading
import weakref

import shiboken6
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from nnstudio.engine import ExperimentSpec
from nnstudio.session.session import Session
from nnstudio.session.worker import TrainingWorker


def test_garbage_is_collected_in_the_windows_thread(qtbot: QtBot) -> None:
    session = Session(spec=ExperimentSpec().with_settings({"training.epochs": 1_000_000_000}))
    session.toggle_training()
    collected_in: list[threading.Thread] = []

    class Knot(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.itself = self
            weakref.finalize(self, lambda: collected_in.append(threading.current_thread()))

    for _ in range(3000):
        Knot()
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: len(collected_in) >= 1000, timeout=10_000)
    assert set(collected_in) == {threading.main_thread()}
    assert session.close()


def test_the_windows_thread_outlives_a_worker(qtbot: QtBot) -> None:
    thread = QThread.currentThread()
    worker = TrainingWorker()
    del worker
    gc.collect()
    assert shiboken6.isValid(thread)
