"""Measures what the window costs the training, and what training costs the window.

Run by hand: ``python tests/benchmarks/bench_live.py [seconds] [playground] [SETTING=VALUE ...]``. It opens a 1280x800
window on the display there is, or on an Xvfb of its own, shows what it shows at start, and trains as fast as possible:
the tutorial's network, or with ``playground`` the one that TensorFlow Playground begins with. Headless training, and
the textbook loop of the tutorial's network, take turns with it in the same process, so that the ratios are of one
machine at one time.
"""

from __future__ import annotations

import math
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from bench_engine import playground_spec, timed, xor_textbook
from display import display
from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, Qt, QTimer

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.ui.main_window import MainWindow

BEAT_MILLISECONDS = 5
TURNS = 5
#: An epoch for each picture of a page that is drawn sixty times a second.
PAGE_EPOCHS = 60


def resident_megabytes() -> float:
    """Memory of this process that is in RAM."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class Lag:
    """How much later than due the event loop comes to a timer."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self._clock = QElapsedTimer()
        self._beat = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=BEAT_MILLISECONDS)
        self._beat.timeout.connect(self._look)

    def _look(self) -> None:
        self.milliseconds.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - BEAT_MILLISECONDS))
        self._clock.start()

    def start(self) -> None:
        """Begin to measure."""
        self._clock.start()
        self._beat.start()

    def stop(self) -> None:
        """Pause."""
        self._beat.stop()


def train_live(window: MainWindow, seconds: float, lag: Lag) -> float:
    """Return the epochs a second in the window."""
    window.session.toggle_training()
    wait(0.5)
    lag.start()
    first, start = window.session.run.frame.epoch, time.perf_counter()
    wait(seconds)
    epochs, passed = window.session.run.frame.epoch - first, time.perf_counter() - start
    lag.stop()
    window.session.toggle_training()
    wait(0.2)
    return epochs / passed


def train_headless(spec: ExperimentSpec) -> float:
    """Return the epochs a second of the engine alone, over about a second."""
    trainer = Trainer(spec)
    epochs = max(1, round(50 / timed(lambda: trainer.train(50))))
    return epochs / timed(lambda: trainer.train(epochs))


def measure(seconds: float, spec: ExperimentSpec) -> None:
    """Let window, engine and textbook loop take turns, and print rates, ratios, lags and memory."""
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("speed", math.inf)
        window = create_window(spec, settings=settings)
        window.resize(1280, 800)
        window.show()
        frames: list[int] = []
        window.session.frame_ready.connect(lambda run: frames.append(run.frame.epoch))
        wait(1)
        memory = [resident_megabytes()]
        rates: dict[str, list[float]] = {"live": [], "headless": [], "textbook": []}
        lag, busy = Lag(), 0.0
        for _ in range(TURNS):
            shown, before = len(frames), time.thread_time()
            rates["live"].append(train_live(window, seconds / TURNS, lag))
            busy = (time.thread_time() - before) / max(len(frames) - shown, 1)
            memory.append(resident_megabytes())
            frame_rate = (len(frames) - shown) / (seconds / TURNS + 0.5)
            rates["headless"].append(train_headless(spec))
            rates["textbook"].append(20_000 / xor_textbook(20_000)[0])
        epochs = window.session.run.frame.epoch
        window.session.toggle_training()
        wait(0.2)
        start = time.perf_counter()
        window.close()
        closing = time.perf_counter() - start

    live, headless, textbook = (np.median(rates[name]) for name in ("live", "headless", "textbook"))
    print(f"{epochs:,} epochs in the window, the last at {frame_rate:.0f} frames a second")
    print(f"textbook {textbook:,.0f}/s, headless {headless:,.0f}/s, live {live:,.0f}/s (medians of {TURNS} turns)")
    print(f"live to headless {live / headless:.2f}; live to the textbook's XOR {live / textbook:.2f}")
    print(f"live to the {PAGE_EPOCHS} epochs a second that a page can show: {live / PAGE_EPOCHS:.1f}")
    print(f"the window's thread works {busy * 1000:.1f} ms for each frame, all that is in sight included")
    p50, p99, worst = np.percentile(lag.milliseconds, [50, 99, 100])
    print(f"event-loop lag: median {p50:.1f} ms, 99th percentile {p99:.1f} ms, worst {worst:.1f} ms")
    print(f"resident memory: {memory[0]:.0f} MB at start, then {', '.join(f'{m:.0f}' for m in memory[1:])} MB")
    print(f"closed while training in {closing * 1000:.0f} ms")


if __name__ == "__main__":
    words = sys.argv[1:]
    begun = playground_spec() if "playground" in words else ExperimentSpec()
    chosen = {"training.epochs": 1_000_000_000, **dict(word.split("=", 1) for word in words if "=" in word)}
    duration = next((float(word) for word in words if word.replace(".", "").isdigit()), 30.0)
    with display():
        measure(duration, begun.with_settings(chosen))
