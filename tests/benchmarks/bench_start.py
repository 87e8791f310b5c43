"""Measures how long the program takes from its start to the first painted window, beside an empty Qt window.

Run by hand: ``python tests/benchmarks/bench_start.py [times]``. Each start is a process; the first of each is
not counted. Without a display it starts an Xvfb of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from display import display

PROGRAM = """
import os, time
from PySide6.QtCore import QEvent, QObject, QTimer
{make}
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self.done)
        return False
    def done(self):
        pages = int(open("/proc/self/statm").read().split()[1])
        print(time.time(), pages * os.sysconf("SC_PAGE_SIZE") / 2**20, flush=True)
        os._exit(0)
painted = Painted()
{watched}.installEventFilter(painted)
window.show()
app.exec()
"""
EMPTY = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
"""
STUDIO = """
from nnstudio.app import create_application, create_window
app = create_application()
window = create_window()
"""
PROGRAMS = {
    "empty window": PROGRAM.format(make=EMPTY, watched="window"),
    "nnstudio": PROGRAM.format(make=STUDIO, watched="window.panels[0]"),
}


def start(program: str) -> tuple[float, float]:
    """Return the seconds to the first paint, and the resident megabytes then."""
    begin = time.time()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    painted, memory = map(float, done.stdout.split())
    return painted - begin, memory


def measure(times: int) -> None:
    """Start each program in turn, and print the medians."""
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    memory: dict[str, float] = {}
    for turn in range(times + 1):
        for name, program in PROGRAMS.items():
            passed, memory[name] = start(program)
            if turn:
                seconds[name].append(passed)
    for name, values in seconds.items():
        median, fastest = statistics.median(values), min(values)
        print(f"{name:13} first paint after {median:.2f} s (fastest {fastest:.2f}), {memory[name]:.0f} MB")
    print(f"ratio {statistics.median(seconds['nnstudio']) / statistics.median(seconds['empty window']):.1f}")


if __name__ == "__main__":
    with display():
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
