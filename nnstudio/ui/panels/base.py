"""What every panel is: a view of a run that follows runs and themes, and gives its picture and its numbers away."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from nnstudio.files.replacing import replace_file
from nnstudio.files.tables import table_text
from nnstudio.session.run import Run
from nnstudio.ui.actions import PANEL_ACTIONS, ActionEntry, describe
from nnstudio.ui.help import HelpButton
from nnstudio.ui.icons import icon
from nnstudio.ui.panels.reading import KeyReading
from nnstudio.ui.theme import Theme, set_look

PICTURE_SCALE = 2
#: Milliseconds without a frame after which there is time for what a live one cannot afford.
REST = 100
#: Milliseconds from one spoken summary to the next, at least.
SPOKEN = 1000
_RENDER = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
TABLE_FILTER = "Comma-separated values (*.csv)"
_FILTERS = {"picture": "Picture for the screen (*.png);;Drawing for print (*.svg)", "numbers": TABLE_FILTER}


class Panel(KeyReading):
    """A live view of one run.

    Parameters
    ----------
    theme : Theme
    parent : QWidget, optional

    Attributes
    ----------
    key, title, help : str
        Name in files and object names; name in the window; one or two sentences on what it shows and how to read it.
    run : Run or None
        The run that is shown.
    more_menu : QMenu
        Picture and numbers, saved or copied; also the context menu.
    reported : Signal(str)
        What has been done, in words for the status bar: "saved xor-loss.png".
    """

    key: ClassVar[str]
    title: ClassVar[str]
    help: ClassVar[str]
    reported = Signal(str)

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.run: Run | None = None
        self._is_between_runs = False
        self.setObjectName(f"{self.key}_view")
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.help)
        self.setMinimumSize(120, 90)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._settle)
        self._spoken = QTimer(self, singleShot=True, interval=SPOKEN)
        self._spoken.timeout.connect(self._speak)
        self.more_menu = QMenu(self)
        self._menu_actions: list[tuple[QAction, str]] = []
        self.help_button = HelpButton(self.key, self.title, theme)
        slots: dict[str, Callable[[], object]] = {
            "save_picture": partial(self._ask, "picture", ".png"),
            "copy_picture": self.copy_picture,
            "save_numbers": partial(self._ask, "numbers", ".csv"),
            "copy_numbers": self.copy_numbers,
            "copy_summary": self.copy_summary,
            "panel_help": self.help_button.show_page,
        }
        self._add_actions(PANEL_ACTIONS, slots)
        self.more_button = QToolButton(
            toolTip=f"Save or copy the {self.title.lower()}", accessibleName=f"More for {self.title}"
        )
        self.more_button.setObjectName(f"{self.key}_more")
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more_button.setMenu(self.more_menu)
        # The dots say already that there is a menu.
        self.more_button.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0; }")
        self._banner = _Banner(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._banner)
        self._content: QWidget = self
        self._paint_icons()

    # ---- what a panel does -----------------------------------------------------------------------------------------

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        """Show a new run: its names, shapes and ranges.

        Parameters
        ----------
        run : Run
        earlier : sequence of Run
            The last few finished runs, the latest last.
        """
        self.run, self._is_between_runs = run, True

    def refresh(self, run: Run) -> None:
        """Draw the run's latest frame; called only while the panel is visible."""
        self.run, self._is_between_runs = run, False
        self._await_rest(run)

    def settle(self, run: Run) -> None:
        """Draw the run as well as can be: for pictures, and a moment after the last frame of a run that is at rest."""

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.theme = theme
        self._paint_icons()

    def set_presenting(self, presenting: bool) -> None:
        """Leave out what people who watch from afar have no use for, or bring it back."""

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return what is shown as a header and rows, in full precision."""
        raise NotImplementedError

    def summary(self) -> str:
        """Return what is shown now in words, or an empty string while there is nothing."""
        return ""

    def description(self) -> str:
        # A widget that a new run hides may give the focus to the panel before all of it is of that run.
        return self.help if self._is_between_runs else self.summary() or self.help

    def speakers(self) -> Sequence[QWidget]:
        """Return the widgets of which a screen reader is to hear the summary."""
        return (self,)

    def controls(self) -> Sequence[QWidget]:
        """Return the small controls that belong to this panel's title."""
        return ()

    def header_widgets(self) -> Sequence[QWidget]:
        """Return what the title row of the dock shows: the panel's controls, the button of the menu, and help."""
        return (*self.controls(), self.more_button, self.help_button)

    def set_content(self, widget: QWidget, pictured: QWidget | None = None) -> None:
        """Fill the panel with this widget; pictures show it, or only a part of it."""
        self._content = pictured or widget
        self._layout.addWidget(widget, 1)

    def _await_rest(self, run: Run) -> None:
        if run.frame.training:
            self._rest.stop()
        else:
            self._rest.start()

    def _settle(self) -> None:
        if self.run is not None:
            self.settle(self.run)
        if not self._spoken.isActive():
            self._speak()

    def _speak(self) -> None:
        """Give screen readers the summary, if it is another one, and none for a second after that."""
        if not self.isVisible() or (self.run is not None and self.run.frame.training):
            return  # the next rest comes, and with it the next summary
        words = self.words()
        for widget in self.speakers():
            if widget is self and self.read:
                continue  # it speaks of the value that the keys have come to
            if widget.accessibleDescription() != words:
                widget.setAccessibleDescription(words)  # Qt tells the screen reader by itself
                self._spoken.start()

    # ---- pictures and numbers --------------------------------------------------------------------------------------

    def file_stem(self) -> str:
        """Return a name that says what is in the file: "xor-loss-epoch-3421"."""
        if self.run is None:
            return f"nnstudio-{self.key}"
        title = re.sub(r"[^a-z0-9]+", "-", self.run.dataset.title.lower()).strip("-")
        return f"{title}-{self.key}-epoch-{self.run.frame.epoch}"

    def picture(self) -> QImage:
        """Return the panel's picture at twice its size."""
        content = self._prepared()
        image = QImage(content.size() * PICTURE_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(PICTURE_SCALE)
        image.fill(self.theme.color("plot_background"))
        painter = QPainter(image)
        self.paint_picture(painter)
        painter.end()
        return image

    def drawing(self) -> bytes:
        """Return the panel's picture as SVG: lines and letters, not dots."""
        content = self._prepared()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        generator.setSize(content.size())
        generator.setViewBox(QRect(QPoint(), content.size()))
        # Fonts are set in pixels, and a pixel of CSS is a 96th of an inch.
        generator.setResolution(96)
        generator.setTitle(self.title)
        generator.setDescription(self.help)
        painter = QPainter(generator)
        painter.fillRect(content.rect(), self.theme.color("plot_background"))
        self.paint_picture(painter)
        painter.end()
        return bytes(buffer.data().data())

    def paint_picture(self, painter: QPainter) -> None:
        """Paint what pictures and drawings show: the panel's content as it is."""
        self._content.render(painter, QPoint(), QRegion(), _RENDER)

    def _prepared(self) -> QWidget:
        self.ensurePolished()
        self._layout.activate()
        if self.run is not None:
            if not self.isVisible():
                self.refresh(self.run)  # hidden panels are not kept up to date
            self._rest.stop()
            self.settle(self.run)
        return self._content

    def save_picture(self, path: str | Path) -> bool:
        """Write the picture as .png or .svg, as the name says; return whether it was written, and say so if not."""
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in (".png", ".svg"):
            self._banner.say(f"{path.name} was not saved: a picture's name ends in .png or .svg.")
            return False
        return self._write(path, _png(self.picture()) if kind == ".png" else self.drawing())

    def save_numbers(self, path: str | Path) -> bool:
        """Write the numbers as comma-separated values; return whether they were written, and say so if not."""
        return self._write(Path(path), table_text(*self.numbers()).encode())

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        QApplication.clipboard().setImage(self.picture())
        self.reported.emit(f"copied the picture of the {self.title.lower()}")

    def copy_numbers(self) -> None:
        """Put the numbers on the clipboard, with tabs between them, as spreadsheets take them."""
        # As plain text: mime data made in Python would outlive the interpreter in the clipboard, and crash its end.
        QApplication.clipboard().setText(table_text(*self.numbers(), delimiter="\t"))
        self.reported.emit(f"copied the numbers of the {self.title.lower()}")

    def copy_summary(self) -> None:
        """Put what is shown on the clipboard, in words."""
        QApplication.clipboard().setText(f"{self.title}: {self.summary() or self.help}")
        self.reported.emit(f"copied the {self.title.lower()} in words")

    def _write(self, path: Path, data: bytes) -> bool:
        try:
            replace_file(path, data)
        except OSError as error:
            self._banner.say(f"{path.name} was not saved: {error.strerror or error}.")
            return False
        self._banner.hide()
        self.reported.emit(f"saved {path}")
        return True

    # ---- menu ------------------------------------------------------------------------------------------------------

    def _add_actions(self, entries: Sequence[ActionEntry], slots: Mapping[str, Callable[[], object]]) -> None:
        """Put actions at the end of the menu; their icons come with the next `_paint_icons`."""
        for entry in entries:
            action = QAction(self, objectName=f"{self.key}_{entry.key}")
            describe(action, entry)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slots[entry.key])
            self.addAction(action)
            if entry.separated:
                self.more_menu.addSeparator()
            self.more_menu.addAction(action)
            self._menu_actions.append((action, entry.icon))

    def _ask(self, what: str, suffix: str) -> None:
        kind, save = ("a picture", self.save_picture) if what == "picture" else (what, self.save_numbers)
        title = f"Save the {self.title.lower()} as {kind}"
        self._ask_for_file("save", title, _FILTERS[what], self.file_stem() + suffix, save)

    def _ask_for_file(self, what: str, title: str, filters: str, file: str, save: Callable[[str], object]) -> None:
        """Ask where to save, without stopping what runs.

        Parameters
        ----------
        what : str
            Part of the dialog's object name.
        title : str
        filters : str
            Kinds of files with one suffix each: "Comma-separated values (*.csv)".
        file : str
            The name that is proposed; it ends as the first of the filters says.
        save : callable
            Takes the path that was chosen.
        """
        dialog = QFileDialog(self, title, "", filters)
        dialog.setObjectName(f"{self.key}_{what}_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(file).suffix)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rpartition(".")[2].rstrip(")")))
        dialog.selectFile(file)
        dialog.fileSelected.connect(save)
        dialog.open()

    def _paint_icons(self) -> None:
        self.more_button.setIcon(icon("more", self.theme))
        self.help_button.set_theme(self.theme)
        for action, picture in self._menu_actions:
            action.setIcon(icon(picture, self.theme))
        self._banner.close_button.setIcon(icon("close", self.theme))

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.more_menu.popup(event.globalPos())


class _Banner(QWidget):
    """Says in the panel what went wrong, until it is closed or something has worked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = QLabel(wordWrap=True, objectName=f"{parent.objectName()}_error")
        set_look(self._label, role="banner", tone="error")
        self.close_button = QToolButton(toolTip="Close this message", accessibleName="Close this message")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.addWidget(self._label, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, text: str) -> None:
        """Show a message."""
        self._label.setText(text)
        self.show()


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())
