"""Proves that the other tests can fail: an exception that Qt would swallow must reach pytest."""

import pytest

SWALLOWED = """
    from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

    class Worker(QObject):
        finished = Signal()

        @Slot()
        def work(self):
            self.finished.emit()
            raise ValueError("from a worker")

    def fail():
        raise ValueError("from a slot")

    def test_slot(qtbot):
        timer = QTimer(singleShot=True, interval=0)
        timer.timeout.connect(fail)
        with qtbot.waitSignal(timer.timeout):
            timer.start()

    def test_worker(qtbot):
        thread, worker = QThread(), Worker()
        worker.moveToThread(thread)
        thread.started.connect(worker.work)
        with qtbot.waitSignal(worker.finished):
            thread.start()
        thread.quit()
        thread.wait()
"""


def test_exceptions_in_slots_and_workers_fail_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SWALLOWED)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*ValueError: from a slot*", "*ValueError: from a worker*"])
