"""Measures how long the program takes from its start to the first painted window, beside what Python and Qt take alone.

Run by hand: python tests/benchmarks/bench_start.py [times]. Each start is a process of its own; the first is not counted. On Linux
without a display it starts an Xvfb of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

PROBE = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
{make}
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.UpdateRequest or event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self.done)
        return False
    def done(self):
        print(time.time(), flush=True)
        import os
        pages = int(open("/proc/self/statm").read().split()[1])
        print(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, flush=True)
        os._exit(0)
painted = Painted()
{watched}.installEventFilter(painted)
window.show()
app.exec()
"""
PROGRAMS = {
    "Qt alone": PROBE.format(
        make="from PySide6.QtWidgets import QApplication, QMainWindow\napp = QApplication([])\nwindow = QMainWindow()",
        watched="window",
    ),
    "nnstudio": PROBE.format(
        make="from nnstudio.app import create_application, create_window\napp = create_application()\nwindow = create_window()",
        watched="window.panels[0]",
    ),
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
        print(f"{name:9} first paint after {statistics.median(values):.2f} s (fastest {min(values):.2f}), {memory[name]:.0f} MB")
    print(f"ratio {statistics.median(seconds['nnstudio']) / statistics.median(seconds['Qt alone']):.1f}")


def main() -> None:
    """Find a display, and measure."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if os.environ.get("DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        measure(times)
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            os.environ["DISPLAY"] = ":" + pipe.readline().strip()
        measure(times)
        server.terminate()


if __name__ == "__main__":
    main()
