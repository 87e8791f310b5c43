"""Puts the form and the panels in their places: docks that share the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QTabWidget, QWidget

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.ui.docks import Dock
from nnstudio.ui.help import HelpButton
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.places import SETTLING
from nnstudio.ui.theme import Theme, TypeScale

LAYOUT_VERSION = 2
FORM_WIDTH = 312
FORM_HELP = "What is learned, by which network, and how. Undo takes back any change."
#: The panels that share a place in the ordinary layout.
TABBED = ("outputs", "weights", "scores", "pictures")


@dataclass(frozen=True)
class Layout:
    """What is seen, and where.

    Attributes
    ----------
    parts : tuple of (int, tuple)
        Columns from left to right, each with its share of the width and the places below each other in it; a place is
        its share of the height and the panels that lie there as tabs.
    rows : bool
        The parts are rows from top to bottom, and their places lie beside each other.
    form_from : int
        The form is there in a window of so many pixels in width, at the usual size of type, or more.
    """

    parts: tuple[tuple[int, tuple[tuple[int, tuple[str, ...]], ...]], ...]
    rows: bool = False
    form_from: int = 0

    def panels(self) -> list[str]:
        """Return the panels that are in the layout, tabs that lie behind others included."""
        return [key for _, places in self.parts for _, keys in places for key in keys]

    @property
    def ways(self) -> tuple[Qt.Orientation, Qt.Orientation]:
        """Which way the parts follow each other, and the places within each."""
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        return (down, across) if self.rows else (across, down)


ORDINARY = Layout(((55, ((54, ("network",)), (46, TABBED))), (45, ((54, ("surface",)), (46, ("loss",))))))
#: The layouts by the action that chooses them.
LAYOUTS = {
    "reset_layout": ORDINARY,
    "see_outputs": Layout(((50, ((100, ("outputs",)),)), (50, ((100, ("loss",)),)))),
    "see_weights": Layout(((50, ((100, ("network",)),)), (50, ((100, ("weights",)),)))),
    "see_everything": Layout(
        (
            (36, ((54, ("network",)), (46, ("weights",)))),
            (32, ((54, ("surface",)), (46, ("loss",)))),
            (32, ((100, ("outputs", "scores", "pictures")),)),
        ),
        form_from=1600,
    ),
}

#: In a window that is narrower than this, at the usual size of type, one column of panels stands beside the form.
NARROW = 800
ONE_COLUMN = Layout(((100, ((50, ("surface", "network")), (50, ("loss", *TABBED)))),))

#: In type for the last row other panels need most, and five of them have room only in rows.
PRESENTED = {
    **LAYOUTS,
    "reset_layout": Layout(((55, ((57, ("network",)), (43, TABBED))), (45, ((52, ("surface",)), (48, ("loss",)))))),
    "see_weights": Layout(((42, ((100, ("network",)),)), (58, ((100, ("weights",)),)))),
    "see_everything": Layout(
        (
            (51, ((54, ("network",)), (46, ("surface",)))),
            (49, ((36, ("outputs",)), (32, ("weights",)), (32, ("loss",)))),
        ),
        rows=True,
    ),
}


class Arrangement(QObject):
    """The window's docks.

    Parameters
    ----------
    window : QMainWindow
        They fill it: there is no central widget.
    form : QWidget
    panels : sequence of Panel
    theme : Theme

    Attributes
    ----------
    docks : tuple of Dock
        The form's first.
    form : Dock
    form_width : int
        The width at which the form shows everything.
    seen : Signal()
        A panel has come into sight, or gone out of it.
    laid_out : Signal()
        All docks have new places; whatever had the focus has lost it.
    """

    seen = Signal()
    laid_out = Signal()

    def __init__(self, *, window: QMainWindow, form: QWidget, panels: Sequence[Panel], theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self._form_help = HelpButton("form", "Experiment", theme)
        self.form = Dock(
            name="form",
            title="Experiment",
            content=form,
            help=FORM_HELP,
            controls=(self._form_help,),
            theme=theme,
            window=window,
        )
        self._panels = {
            panel.key: Dock(
                name=f"panel_{panel.key}",
                title=panel.title,
                content=panel,
                help=panel.help,
                controls=panel.header_widgets(),
                theme=theme,
                window=window,
            )
            for panel in panels
        }
        self.docks: tuple[Dock, ...] = (self.form, *self._panels.values())
        # A wider window is for the panels; the form keeps its width.
        form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        for panel in panels:
            panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self._panels[panel.key].visibilityChanged.connect(self.seen)
        for dock in self.docks:
            dock.topLevelChanged.connect(self._forget_sizes)
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(self._fit)
        self._data: Dataset | None = None
        self._presenting = False
        #: By the form's width, which goes with the size of type: what was shown, and the layout.
        self._sizes: dict[int, tuple[list[tuple[bool, bool]], QByteArray]] = {}
        self.form_width = FORM_WIDTH
        self._key = self._desk_key = "reset_layout"
        self.set_theme(theme)
        self.reset()

    @Slot()
    def reset(self) -> None:
        """Put every dock in its place: the form on the left, network and surface beside it, the rest below them."""
        self.show_layout("reset_layout")

    def show_layout(self, key: str) -> None:
        """Put the docks where one of `LAYOUTS` says; panels that are not in it wait behind the last one."""
        window = self._window
        self._key = key
        for dock in self.docks:
            dock.setFloating(False)  # a dock that has been removed cannot be put back from floating
            window.removeDockWidget(dock)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.form)
        layout, way = self._layout, Qt.Orientation.Horizontal
        along, within = layout.ways
        shown, last = set(layout.panels()), self.form
        heads = []
        for _, places in layout.parts:
            head = self._panels[places[0][1][0]]
            window.splitDockWidget(last, head, way)  # all of them beside the form
            heads.append(head)
            last, way = head, along
        for head, (_, places) in zip(heads, layout.parts, strict=True):
            last = head
            for _, keys in places[1:]:
                window.splitDockWidget(last, self._panels[keys[0]], within)
                last = self._panels[keys[0]]
        # Only now: what is split from a tab becomes another tab.
        for _, places in layout.parts:
            for _, keys in places:
                for key in keys[1:]:
                    window.tabifyDockWidget(self._panels[keys[0]], self._panels[key])
        for key, dock in self._panels.items():
            if key not in shown:
                window.tabifyDockWidget(last, dock)
            dock.setVisible(key in shown)
        self.form.setVisible(not self._presenting and self._room >= self._layout.form_from)
        if self._presenting:
            window.removeDockWidget(self.form)
        self.share_out()
        self.laid_out.emit()

    def restore(self, layout: QByteArray) -> bool:
        """Put the docks where they were when the window saved its state; return whether that could be read."""
        self._settled.stop()
        return self._put_back(layout)

    def _put_back(self, layout: QByteArray) -> bool:
        for dock in self.docks:
            dock.is_restored = True
        restored = self._window.restoreState(layout, LAYOUT_VERSION)
        for dock in self.docks:
            dock.is_restored = False
        return restored

    @property
    def _room(self) -> float:
        """The window's width in pixels at the usual size of type."""
        return self._window.width() * FORM_WIDTH / self.form_width

    @property
    def _layout(self) -> Layout:
        if self._key == "reset_layout" and not self._presenting and self._window.isVisible() and self._room < NARROW:
            return ONE_COLUMN
        return (PRESENTED if self._presenting else LAYOUTS)[self._key]

    def _is_laid_out(self, layout: Layout) -> bool:
        """Return whether every panel lies among the tabs where a layout has it, and none floats or is hidden."""
        if any(dock.isFloating() or dock.isHidden() for dock in self.docks):
            return False
        tabs = {key: set(keys) - {key} for _, places in layout.parts for _, keys in places for key in keys}
        return all(
            {self._panels[other] for other in tabs[key]} == set(self._window.tabifiedDockWidgets(dock))
            for key, dock in self._panels.items()
        )

    def _fit_layout(self) -> None:
        """Take the layout that suits the window at its size of type in place of the other, unless docks were moved."""
        if not self._presenting and self._key == "reset_layout":
            other = ORDINARY if self._layout is ONE_COLUMN else ONE_COLUMN
            if self._is_laid_out(other):
                self.show_layout(self._key)

    @Slot()
    def share_out(self) -> None:
        """Give every dock in its place its share of the window, and bring to the front what suits the data."""
        self._fit_layout()
        layout, along, within = self._layout, *self._layout.ways
        docks = self._panels
        heads = [docks[places[0][1][0]] for _, places in layout.parts]
        form = 0 if self._presenting or self.form.isHidden() else self.form_width
        rest = max(self._window.width() - form, len(heads))
        widths = [rest * share // 100 for share, _ in layout.parts]
        if form:
            self._window.resizeDocks([self.form, *heads], [form, *widths], along)
        else:
            self._window.resizeDocks(heads, widths, along)
        for _, places in layout.parts:
            shares = [share * 10 for share, _ in places]
            self._window.resizeDocks([docks[keys[0]] for _, keys in places], shares, within)
        for dock in self._panels.values():
            behind = self._window.tabifiedDockWidgets(dock)
            dock.set_tabbed(self._presenting and any(not other.isHidden() for other in behind))
        self._raise_what_suits()

    def set_presenting(self, presenting: bool) -> None:
        """Take the form out of the layout, and what people who watch have no use for; or let them back.

        Where the docks were is for whoever calls to restore.
        """
        self._presenting = presenting
        if presenting:
            self._desk_key = self._key
            self._window.removeDockWidget(self.form)
            if LAYOUTS[self._key].panels() != PRESENTED[self._key].panels():
                self.show_layout(self._key)
        else:
            self._key = self._desk_key
        for dock in self.docks:
            dock.set_presenting(presenting)
            if not presenting:
                dock.set_tabbed(False)

    def show_data(self, data: Dataset) -> None:
        """Bring the panel to the front of its tabs that says most about other data."""
        if self._data is None or data.title != self._data.title:
            self._data = data
            self._raise_what_suits()

    def _raise_what_suits(self) -> None:
        data = self._data
        key = "outputs" if data is None or data.enumerates else "pictures" if data.image_shape else "scores"
        if key in self._layout.panels():
            self._panels[key].raise_()

    @Slot()
    def _fit(self) -> None:
        """Take note that type is of another size."""
        self._fit_form()
        self._fit_layout()
        self._fit_sizes()

    def _fit_form(self) -> None:
        """Make the form as wide as its type asks for."""
        if not self._presenting and self.form.isVisible() and not self.form.isFloating():
            self._window.resizeDocks([self.form], [self.form_width], Qt.Orientation.Horizontal)

    def keep_sizes(self) -> None:
        """Keep the docks' sizes for when type is as large again as it is now; call it before anything is enlarged."""
        if self._window.isVisible() and not self._presenting:
            self._sizes[self.form_width] = self._shown(), self._window.saveState(LAYOUT_VERSION)

    def _shown(self) -> list[tuple[bool, bool]]:
        return [(dock.isHidden(), dock.isFloating()) for dock in self.docks]

    def _fit_sizes(self) -> None:
        """Give the docks back the sizes that they had in type of this size, unless others are there now."""
        shown, layout = self._sizes.get(self.form_width, ([], QByteArray()))
        if not self._presenting and shown == self._shown():
            self._put_back(layout)

    @Slot()
    def _forget_sizes(self) -> None:
        """Take note that a dock was taken out of its place, or put into one."""
        if not self.form.is_restored:
            self._sizes.clear()

    def set_theme(self, theme: Theme) -> None:
        """Draw the docks' icons anew."""
        width = round(FORM_WIDTH * theme.type_scale.body / TypeScale().body)
        if width != self.form_width:
            self.form_width = width
            QTimer.singleShot(0, self, self._fit)
            self._settled.start()  # what is in the docks asks for less room only after the first time
        self._form_help.set_theme(theme)
        for dock in self.docks:
            dock.set_theme(theme)
