"""Measures how late the window's event loop is while the lab sweeps on every core.

Run by hand: ``python tests/benchmarks/bench_lab.py [seconds]``. It opens both windows at 1280x800 on the display there
is, or on an Xvfb of its own, and measures three times: while the lab sweeps with its charts in sight, while the main
window trains too, and while the main window trains alone.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import numpy as np
from bench_live import Lag, wait
from display import display
from PySide6.QtCore import QSettings

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.plan import Plan
from nnstudio.session.lab import Lab
from nnstudio.session.lab_worker import Where
from nnstudio.ui.lab.window import LabWindow

SEEDS = 1000
SIZES = "network.hidden=1,2,3,4,5,6,7,8,9,10,12,16"


def report(title: str, lag: Lag) -> None:
    p50, p99, worst = np.percentile(lag.milliseconds, [50, 99, 100])
    print(f"{title:36} median {p50:4.1f} ms, 99th percentile {p99:5.1f} ms, worst {worst:5.1f} ms", flush=True)


def measure(seconds: float) -> None:
    """Let the lab and the main window work, each alone and both together, and print the lags."""
    spec = ExperimentSpec().with_settings({"training.epochs": 1_000_000_000})
    swept = ExperimentSpec().with_settings({"training.epochs": 20_000})
    plan = Plan(swept, (Axis.parse(SIZES, swept),), range(SEEDS))
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("speed", math.inf)
        window = create_window(spec, settings=settings)
        window.resize(1280, 800)
        window.show()
        lab = Lab(folder=Path(folder) / "sweeps", parent=window)
        lab_window = LabWindow(
            lab=lab, spec=swept, settings=settings, preferences=window.preferences, theme=window._theme
        )
        lab_window.resize(1280, 800)
        lab_window.show()
        where = lab_window.setup.where()
        lab.start(plan, Where(where.processes))
        wait(2)
        for title, training in (("the lab sweeps", False), ("the lab sweeps, the main window trains", True)):
            if training:
                window.session.toggle_training()
                wait(0.5)
            lag = Lag()
            lag.start()
            wait(seconds)
            lag.stop()
            report(title, lag)
            if not lab.is_busy:
                print("  (the sweep ended before the measurement did)")
        done = lab.results.count_done if lab.results else 0
        lab.cancel()
        wait(1)
        lab_window.hide()
        lag = Lag()
        lag.start()
        wait(seconds)
        lag.stop()
        report("the main window trains", lag)
        print(f"{done:,} runs were done, on {where.processes} processes")
        window.session.toggle_training()
        lab_window.close()
        lab.close()
        window.close()


if __name__ == "__main__":
    with display():
        measure(next((float(word) for word in sys.argv[1:]), 5.0))
