"""Projector mode: what is folded, enlarged and led by a remote while people watch, and brought back exactly after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QCursor, QKeyEvent, QScreen
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu

from nnstudio.ui.actions import PRESENTER_ACTIONS, describe
from nnstudio.ui.appearance import Appearance
from nnstudio.ui.arrangement import LAYOUT_VERSION, LAYOUTS, Arrangement
from nnstudio.ui.forms.experiment_form import ExperimentForm
from nnstudio.ui.keyboard import Home, go_to_part
from nnstudio.ui.outcome_bar import OutcomeBar
from nnstudio.ui.places import SETTLING, bring_into_sight, fitted, is_seen
from nnstudio.ui.projector.blank import Blank
from nnstudio.ui.projector.pointer import ringed_pointer
from nnstudio.ui.projector.stage import Stage
from nnstudio.ui.projector.strip import FormStrip
from nnstudio.ui.transport import TransportBar

#: How often, in milliseconds, it is looked whether the pointer has left a form that came because it hovered.
GLANCE = 400
#: The most of the window that the form covers.
FORM_SHARE = 0.6
#: Where the keys are when the form comes for the first time: the experiment above would change with the arrows.
FIRST_SETTING = "network.hidden"


@dataclass(frozen=True)
class _Desk:
    """The window as it was before."""

    geometry: QByteArray
    layout: QByteArray
    place: QRect
    states: Qt.WindowState
    menus: bool


class Projector(QObject):
    """Enters and leaves projector mode, and serves it.

    The remote's keys train or pause (Page Down), rewind (Page Up) and make the screen black (B); Escape folds what is
    open, and then leaves.

    Parameters
    ----------
    window : QMainWindow
    appearance : Appearance
    arrangement : Arrangement
    transport : TransportBar
    outcome_bar : OutcomeBar
    home : Home
        Where the focus rests.
    actions : mapping of str to QAction
        The program's actions, by key.
    """

    def __init__(
        self,
        *,
        window: QMainWindow,
        appearance: Appearance,
        arrangement: Arrangement,
        transport: TransportBar,
        outcome_bar: OutcomeBar,
        home: Home,
        actions: Mapping[str, QAction],
    ) -> None:
        super().__init__(window)
        self._window, self._appearance, self._arrangement = window, appearance, arrangement
        self._home = home
        self._desk: _Desk | None = None
        self._returning: _Desk | None = None
        self._alt = False
        self.strip = FormStrip(
            appearance.theme, window, "Experiment", "Show the experiment, or fold it (E)", hovers=True
        )
        self.strip.hide()
        self.strip.clicked.connect(self.toggle_form)
        self.strip.wanted.connect(self._hover)
        appearance.changed.connect(self.strip.set_theme)
        self._form = arrangement.form
        content = self._form.widget()
        assert isinstance(content, ExperimentForm)
        self._content = content
        self._parts = (arrangement, transport, outcome_bar, content)
        self._form.visibilityChanged.connect(self._place_form)
        self.blank = Blank(window)
        self.stage = Stage(window)
        self._glance = QTimer(self, interval=GLANCE)
        self._glance.timeout.connect(self._fold_unless_used)
        actions["projector"].setCheckable(True)
        self._action = actions["projector"]
        self._action.triggered.connect(self.toggle)
        for key in LAYOUTS:
            actions[key].setData(key)
            actions[key].triggered.connect(self._show_layout)
        slots = {
            "present_play": actions["train"].trigger,
            "present_back": actions["rewind"].trigger,
            "present_blank": self.blank.cover,
            "present_form": self.toggle_form,
            "present_leave": self.leave,
        }
        self._keys = []
        for entry in PRESENTER_ACTIONS:
            action = QAction(self, objectName=f"action_{entry.key}", enabled=False)
            describe(action, entry)
            action.triggered.connect(slots[entry.key])
            self._keys.append(action)
            if entry.key != "present_leave":  # Escape is first of all for what has the focus
                window.addAction(action)

    @property
    def active(self) -> bool:
        """Whether people watch."""
        return self._desk is not None

    @property
    def geometry(self) -> QByteArray:
        """The window's geometry to be remembered: never that of projector mode."""
        desk = self._desk or self._returning
        return desk.geometry if desk else self._window.saveGeometry()

    @property
    def layout(self) -> QByteArray:
        """The layout to be remembered: never that of projector mode."""
        desk = self._desk or self._returning
        return desk.layout if desk else self._window.saveState(LAYOUT_VERSION)

    @Slot()
    def toggle(self) -> None:
        """Enter projector mode, or leave it."""
        if self.active:
            self.leave()
        else:
            self.enter()

    @Slot()
    def enter(self) -> None:
        """Fill the screen, enlarge type and lines, and fold what nobody needs who watches."""
        if self.active:
            return
        window = self._window
        states = window.windowState()
        self._desk = _Desk(self.geometry, self.layout, window.geometry(), states, window.menuBar().isVisible())
        self._returning = None
        self.stage.open()
        self._fold_form()
        last = self._form.focusWidget()
        if last is not None:
            last.clearFocus()  # where somebody was at the desk is not what people are to see first
        for part in self._parts:
            part.set_presenting(True)
        window.menuBar().hide()
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.strip)
        self.strip.show()
        window.installEventFilter(self)
        window.setWindowState(states | Qt.WindowState.WindowFullScreen)
        handle = window.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._fit_screen)
        QApplication.setOverrideCursor(Qt.CursorShape.ArrowCursor)
        self._fit_screen(window.screen())
        self._action.setChecked(True)
        for action in self._keys:
            action.setEnabled(True)
        QTimer.singleShot(0, self, self._arrangement.share_out)

    @Slot()
    def leave(self) -> None:
        """Bring back the window as it was."""
        desk, window = self._desk, self._window
        if desk is None:
            return
        self._desk, self._returning = None, desk
        self.blank.uncover()
        self.stage.close()
        self._glance.stop()
        for action in self._keys:
            action.setEnabled(False)
        self._action.setChecked(False)
        QApplication.restoreOverrideCursor()
        handle = window.windowHandle()
        if handle is not None:
            handle.screenChanged.disconnect(self._fit_screen)
        self._fold_form()
        window.setFocus()  # as for another layout
        window.removeToolBar(self.strip)
        window.menuBar().setVisible(desk.menus)
        for part in self._parts:
            part.set_presenting(False)
        window.setWindowState(desk.states)
        self._appearance.set_projector(False)
        # The sizes of the panels can be given back once the window has its own, and everything in it its smallest.
        # Under Wayland the compositor gives it that later, and takes its own bars off a size that is set before.
        later = SETTLING if QApplication.platformName() == "wayland" else 0
        QTimer.singleShot(later, self, self._restore_layout)

    @Slot()
    def _restore_layout(self) -> None:
        desk, window = self._returning, self._window
        if desk is None:
            return
        self._arrangement.restore(desk.layout)
        # The screen where it was may have gone.
        place = desk.place if is_seen(desk.place) else fitted(desk.place, window.screen())
        if window.size() == place.size():
            # What is in it asks for less room only after this, and may have had too much until now.
            QTimer.singleShot(0, self, self._end_return)
        elif not self._window.isMaximized():
            window.setGeometry(place)  # where the system has not done so by itself

    @Slot()
    def _end_return(self) -> None:
        desk, window = self._returning, self._window
        if desk is None:
            return
        self._returning = None
        window.removeEventFilter(self)
        self._arrangement.restore(desk.layout)
        self._home.take_focus()  # with the strip's going, Qt gives it to whatever comes next
        if not is_seen(window.geometry()):
            bring_into_sight(window)

    @Slot(QScreen)
    def _fit_screen(self, screen: QScreen) -> None:
        """Take the size of type, and of the ring around the pointer, that the screen asks for."""
        height = screen.geometry().height()
        QApplication.changeOverrideCursor(ringed_pointer(height, screen.devicePixelRatio()))
        self._appearance.set_projector(True, height)

    # ---- the form and the layouts ----------------------------------------------------------------------------------

    @Slot()
    def _show_layout(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._window.setFocus()  # from what goes out of sight Qt would pass it on as the Tab key does, ring and all
        self._arrangement.show_layout(action.data())

    @Slot()
    def toggle_form(self) -> None:
        """Show the form over the panels, or fold it."""
        if self._form.isVisible():
            self._fold_form()
        else:
            self._form.show()
            if self._content.focusWidget() is None:
                self._content.go_to(FIRST_SETTING)
            else:
                go_to_part((self._form,), forward=True)

    def _fold_form(self) -> None:
        self._glance.stop()
        self._home.take_focus()  # Qt would give it to whatever comes next
        self._form.hide()

    @Slot()
    def _hover(self) -> None:
        if not self._form.isVisible():
            self._form.show()
            self._glance.start()

    @Slot()
    def _place_form(self) -> None:
        """Lay the form over the panels, so that none of them moves."""
        if not self.active or self._form.isHidden():
            return
        strip = self.strip.geometry()
        width = min(self._arrangement.form_width, round(self._window.width() * FORM_SHARE))
        self._form.setGeometry(QRect(strip.topRight() + QPoint(1, 0), QSize(width, strip.height())))
        self._form.raise_()
        self._form.setAutoFillBackground(True)

    @Slot()
    def _fold_unless_used(self) -> None:
        """Fold a form that came because the pointer hovered, when it has gone."""
        focus, popup = QApplication.focusWidget(), QApplication.activePopupWidget()
        used = popup is not None or (focus is not None and self._form.isAncestorOf(focus))
        at = self._window.mapFromGlobal(QCursor.pos())
        if not used and not self._form.geometry().contains(at) and not self.strip.geometry().contains(at):
            self._fold_form()

    # ---- keys ------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self._follow_size()
        elif isinstance(event, QKeyEvent) and self.active:
            return self._key(kind, event)
        return False

    def _follow_size(self) -> None:
        if self._returning is not None:
            QTimer.singleShot(0, self, self._restore_layout)
        elif self.active:
            self.blank.setGeometry(self._window.rect())
            QTimer.singleShot(0, self, self._arrangement.share_out)
            QTimer.singleShot(0, self, self._place_form)

    def _show_menus(self, shown: bool) -> None:
        menus = self._window.menuBar()
        menus.setVisible(shown)
        if shown:
            for menu in menus.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
                menu.aboutToHide.connect(self._fold_menus, Qt.ConnectionType.UniqueConnection)
            menus.setActiveAction(menus.actions()[0])

    @Slot()
    def _fold_menus(self) -> None:
        QTimer.singleShot(0, self, self._fold_menus_unless_used)

    @Slot()
    def _fold_menus_unless_used(self) -> None:
        if self.active and QApplication.activePopupWidget() is None:
            self._hide_menus()

    def _hide_menus(self) -> None:
        self._window.menuBar().hide()
        # Qt gives the focus to whatever comes next, which may be a field that takes the number keys.
        QTimer.singleShot(0, self._home, self._home.take_focus)

    def _key(self, kind: QEvent.Type, event: QKeyEvent) -> bool:
        """Take what nothing in the window has wanted: Escape, and Alt when it was pressed alone."""
        menus = self._window.menuBar()
        if kind == QEvent.Type.KeyRelease:
            if event.key() == Qt.Key.Key_Alt and self._alt:
                self._alt = False
                self._show_menus(not menus.isVisible())
            return False
        self._alt = event.key() == Qt.Key.Key_Alt
        if kind != QEvent.Type.KeyPress or event.key() != Qt.Key.Key_Escape:
            return False
        if menus.isVisible():
            self._hide_menus()
        elif self._form.isVisible():
            self._fold_form()
        else:
            self.leave()
        return True
