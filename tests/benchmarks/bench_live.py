"""Measures what the window costs the training, and what training costs the window.

Run by hand: python tests/benchmarks/bench_live.py [seconds]. It opens a 1280x800 window on the display there is, or on an Xvfb
of its own, shows all four panels, and trains the tutorial's network as fast as possible. Headless training and a plain textbook
loop run before and after it in the same process, so that the ratios are of one machine at one time.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def textbook_rate(epochs: int = 20_000) -> float:
    """Epochs a second of the tutorial's own loop, in plain NumPy."""
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
    random = np.random.RandomState(42)
    W1, b1, W2, b2 = random.randn(2, 2), np.zeros((1, 2)), random.randn(2, 1), np.zeros((1, 1))
    start = time.perf_counter()
    for _ in range(epochs):
        a1 = 1 / (1 + np.exp(-(np.dot(X, W1) + b1)))
        a2 = 1 / (1 + np.exp(-(np.dot(a1, W2) + b2)))
        np.mean((y - a2) ** 2)
        delta2 = (y - a2) * a2 * (1 - a2)
        delta1 = np.dot(delta2, W2.T) * a1 * (1 - a1)
        W2 += 0.1 * np.dot(a1.T, delta2)
        b2 += 0.1 * np.sum(delta2, axis=0, keepdims=True)
        W1 += 0.1 * np.dot(X.T, delta1)
        b1 += 0.1 * np.sum(delta1, axis=0, keepdims=True)
    return epochs / (time.perf_counter() - start)


def headless_rate(epochs: int = 50_000) -> float:
    """Epochs a second of the engine without a window."""
    from nnstudio.engine import ExperimentSpec, Trainer

    trainer = Trainer(ExperimentSpec().with_settings({"training.epochs": epochs}))
    start = time.perf_counter()
    trainer.train()
    return epochs / (time.perf_counter() - start)


def resident_megabytes() -> float:
    """Memory of this process that is in RAM."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def live(seconds: float) -> None:
    """Train in the window, and print rates, ratios, lags and memory."""
    from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, Qt, QTimer

    from nnstudio.app import create_window
    from nnstudio.engine import ExperimentSpec

    rates = {"textbook": [textbook_rate()], "headless": [headless_rate()]}
    folder = tempfile.TemporaryDirectory()
    settings = QSettings(str(Path(folder.name) / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("speed", math.inf)
    window = create_window(ExperimentSpec().with_settings({"training.epochs": 1_000_000_000}), settings=settings)
    window.resize(1280, 800)
    window.show()
    frames: list[int] = []
    window.session.frame_ready.connect(lambda run: frames.append(run.frame.epoch))

    def wait(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    wait(1000)
    memory_before = resident_megabytes()
    window.session.toggle_training()
    wait(2000)

    lags: list[float] = []
    clock, interval = QElapsedTimer(), 5.0
    beat = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=int(interval))

    def look() -> None:
        lags.append(max(0.0, clock.nsecsElapsed() / 1e6 - interval))
        clock.start()

    beat.timeout.connect(look)
    memory_start = resident_megabytes()
    first, shown, start = window.session.run.frame.epoch, len(frames), time.perf_counter()
    clock.start()
    beat.start()
    wait(int(seconds * 1000))
    passed = time.perf_counter() - start
    beat.stop()
    epochs = window.session.run.frame.epoch - first
    drawn = (len(frames) - shown) / passed
    memory_end = resident_megabytes()
    start = time.perf_counter()
    window.close()
    closing = time.perf_counter() - start
    rates["textbook"].append(textbook_rate())
    rates["headless"].append(headless_rate())

    headless, textbook, rate = np.mean(rates["headless"]), np.mean(rates["textbook"]), epochs / passed
    print(
        f"platform {os.environ.get('QT_QPA_PLATFORM', 'default')}, {drawn:.1f} frames a second for {passed:.0f} s, {epochs:,} epochs"
    )
    print(f"textbook {textbook:,.0f}/s, headless {headless:,.0f}/s, live {rate:,.0f}/s")
    print(f"live to headless {rate / headless:.2f}; live to textbook without a window {rate / textbook:.2f}")
    p50, p99, worst = np.percentile(lags, [50, 99, 100])
    print(f"event-loop lag: median {p50:.1f} ms, 99th percentile {p99:.1f} ms, worst {worst:.1f} ms")
    print(
        f"resident memory: {memory_before:.0f} MB at start, {memory_start:.0f} MB training, {memory_end:.0f} MB at the end"
    )
    print(f"closed while training in {closing * 1000:.0f} ms")


def main() -> None:
    """Find a display, and measure."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    if os.environ.get("DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        live(seconds)
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            os.environ["DISPLAY"] = ":" + pipe.readline().strip()
        live(seconds)
        server.terminate()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
