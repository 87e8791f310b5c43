"""The program as a whole: in a real window under Xvfb, as a snapshot without a screen, and its end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from nnstudio.files.experiment import read_experiment

REAL_WINDOW = """
import sys
import time
from PySide6.QtCore import QTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSlider, QWidget
from nnstudio.app import create_application, create_window

def wait_for(truth, seconds=20):
    end = time.monotonic() + seconds
    while not truth() and time.monotonic() < end:
        QTest.qWait(10)
    assert truth(), outcome.text()

app = create_application()
window = create_window()
window.show()
assert QTest.qWaitForWindowExposed(window)
speed = window.findChild(QSlider, "speed")
speed.setValue(speed.maximum())
outcome = window.findChild(QLabel, "outcome")
window.activateWindow()  # there is no window manager to do it
wait_for(window.isActiveWindow)

def train_until(words):
    QTest.keyClick(window, Qt.Key.Key_Space)
    wait_for(lambda: words in outcome.text())
    print(outcome.text(), flush=True)

train_until("Stuck: two patterns at 0.50")
window.session.edit("network.hidden", "4")
QTest.keyClick(window, Qt.Key.Key_Home)
wait_for(lambda: "Not trained" in outcome.text())
train_until("Learned XOR at epoch")
QTest.qWait(100)
assert window.screen().grabWindow(window.winId()).save(sys.argv[1])
window.close()
print(app.platformName())
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120)


def colors(image: QImage) -> int:
    step = 7
    return len({image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)})


@pytest.mark.xvfb
def test_the_story_in_a_real_window(xvfb: str, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    done = run("-c", REAL_WINDOW, str(picture), QT_QPA_PLATFORM="xcb", DISPLAY=xvfb)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Stuck: two patterns at 0.50", "Learned XOR at epoch 3,157", "xcb"]
    assert done.stderr == ""
    assert colors(QImage(str(picture))) > 100


def test_snapshot_trains_in_the_window_and_saves_its_picture(tmp_path: Path) -> None:
    picture = tmp_path / "xor.png"
    options = ["--set", "network.hidden=4", "--size", "1000x700", "--theme", "dark"]
    done = run("-m", "nnstudio", "snapshot", *options, "-o", str(picture))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1000, 700)
    assert colors(image) > 100
    assert image.pixelColor(500, 5).lightness() < 60


def test_snapshot_of_a_diverging_run_says_so_in_its_status(tmp_path: Path) -> None:
    done = run("-m", "nnstudio", "snapshot", "xor_diverges", "-o", str(tmp_path / "x.png"))
    assert done.returncode == 1
    assert (tmp_path / "x.png").exists()


def test_window_opens_the_file_it_is_given_and_ends_quietly(tmp_path: Path) -> None:
    # The program's own main, with one addition: it saves what it shows, and closes.
    code = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnstudio import app
from nnstudio.ui.main_window import MainWindow

def look():
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
    window.documents.save_to(sys.argv[2])
    window.close()

create = app.create_window
def create_and_look(*args, **kwargs):
    QTimer.singleShot(500, look)
    return create(*args, **kwargs)
app.create_window = create_and_look
sys.exit(app.main(sys.argv[1:2]))
"""
    source, copy = tmp_path / "mine.json", tmp_path / "copy.nns"
    source.write_text('{"network": {"hidden": "3,3"}, "seed": 5}')
    done = run("-c", code, str(source), str(copy), QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stderr) == (0, "")
    assert read_experiment(copy).spec == read_experiment(source).spec


def test_interpreter_ends_well_however_the_window_was_left(tmp_path: Path) -> None:
    # Qt objects that outlive the interpreter would crash it at its very end.
    code = """
import sys
from nnstudio.app import create_application, create_window
app = create_application()
window = create_window()
window.show()
while window.session.controller.starting:
    app.processEvents()
for panel in window.panels:
    panel.copy_numbers()
    panel.copy_picture()
window.aids.show_shortcuts()
window.aids.show_about()
window.documents.save_as()
window.session.toggle_training()
app.processEvents()
if sys.argv[1] == "close":
    window.close()
"""
    for end in ("close", "forget"):
        done = run("-c", code, end, QT_QPA_PLATFORM="offscreen")
        assert (end, done.returncode, done.stderr) == (end, 0, "")
