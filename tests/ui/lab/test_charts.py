"""The four charts together: a dear one does not take the window's time from everything else."""

import itertools
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import ended, results_of

from nnstudio.ui.lab.charts import PATIENCE, Charts
from nnstudio.ui.theme import load_theme


def test_a_dear_chart_is_drawn_less_often_but_its_last_news_is(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    charts = Charts(settings=settings, theme=load_theme("light"))
    qtbot.addWidget(charts)
    results = results_of(seeds=4)
    charts.resize(900, 600)
    charts.show()
    charts.show_results(results)
    qtbot.waitUntil(lambda: charts.fan.results is results and charts.outcomes.results is results)
    seen: list[tuple[float, int]] = []
    draw = charts.histogram.refresh

    def slowly() -> None:
        seen.append((time.perf_counter(), results.count_done))
        time.sleep(0.03)  # a million runs take as long
        draw()

    monkeypatch.setattr(charts.histogram, "refresh", slowly)
    for run in range(4):
        ended(results, [run], [0.1])
        charts.grow()
        qtbot.waitUntil(lambda: not charts._turn.isActive())
    qtbot.waitUntil(lambda: seen[-1][1] == 4)
    gaps = [after - before for (before, _), (after, _) in itertools.pairwise(seen)]
    assert gaps and min(gaps) > 0.03 * PATIENCE
