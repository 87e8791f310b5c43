"""What a refresh of each panel costs, painting included, and what share of a frame at 30 a second they take together.

Run by hand: ``python tests/benchmarks/bench_panels.py [SETTING=VALUE ...]``, for instance ``network.hidden=16,16,16``.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parents[1] / "ui"))
from panel_runs import LiveRun

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.panels import PANELS
from nnstudio.ui.theme import apply_theme, load_theme

FRAMES = 300
SIZES = ((420, 300), (900, 500))


def main() -> None:
    """Print milliseconds for each panel and size."""
    settings = dict(argument.split("=", 1) for argument in sys.argv[1:])
    spec = ExperimentSpec().with_settings(settings)
    app = QApplication([])
    theme = load_theme("light")
    apply_theme(app, theme)
    for size in SIZES:
        panels = [panel_type(theme=theme) for panel_type in PANELS]
        live = LiveRun(spec)
        for panel in panels:
            panel.resize(*size)
            panel.start_run(live.run, ())
            panel.show()
        app.processEvents()
        times = np.zeros((FRAMES, len(panels)))
        for frame in range(FRAMES):
            live.advance(spec.training.epochs // FRAMES)
            for i, panel in enumerate(panels):
                start = time.perf_counter()
                panel.refresh(live.run)
                app.processEvents()
                times[frame, i] = time.perf_counter() - start
        mean = times.mean(axis=0) * 1000
        total = mean.sum()
        hidden = ",".join(map(str, spec.network.hidden)) or "none"
        print(f"{size[0]}x{size[1]}, hidden layers {hidden}, {FRAMES} frames")
        for panel, cost, worst in zip(panels, mean, np.percentile(times, 95, axis=0) * 1000, strict=True):
            print(f"  {panel.key:8} {cost:6.2f} ms   95 % below {worst:6.2f} ms   {cost / total:4.0%} of all")
        print(f"  {'all':8} {total:6.2f} ms = {total / (1000 / 30):.0%} of a frame at 30 a second")


if __name__ == "__main__":
    main()
