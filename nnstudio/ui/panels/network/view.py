"""Answers the pointer and the keys on the drawing of a network, and tells what a person clicks and types."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.session.run import Run
from nnstudio.ui.panels.network.canvas import NetworkCanvas
from nnstudio.ui.panels.network.editor import ValueEditor
from nnstudio.ui.panels.network.targets import Target, incoming, parameter_index
from nnstudio.ui.theme import Theme

STEP = 1.25
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NetworkView(NetworkCanvas):
    """The drawing with its manners.

    Tab brings a focus ring to the nodes, which the arrows move; Enter edits the bias of a neuron or toggles a feature,
    Escape takes the ring away. While there is a ring, the arrows are not the window's.

    Attributes
    ----------
    unit_hovered : Signal(object)
        Layer and number of the unit that is pointed at, or None.
    parameter_typed : Signal(int, float, str)
        Place in the flat vector of parameters, value, and name.
    feature_clicked : Signal(int)
        Which of all features.
    editor : ValueEditor
    """

    unit_hovered = Signal(object)
    parameter_typed = Signal(int, float, str)
    feature_clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._hovered: Target | None = None
        self._ring: Target | None = None
        self._told: tuple[int, int] | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self.editor = ValueEditor(self)
        self.editor.set_theme(theme)
        self.editor.entered.connect(self._enter)
        self.editor.stepped.connect(self._step_editor)
        self.editor.closed.connect(self._end_editing)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.editor.set_theme(theme)

    def set_run(self, run: Run) -> None:
        self.editor.close()
        self._hovered = self._ring = None
        super().set_run(run)
        self._point()

    @property
    def has_ring(self) -> bool:
        """Whether the arrows move about in the drawing."""
        return self._ring is not None

    # ---- pointing ---------------------------------------------------------------------------------------------------

    def _point(self) -> None:
        """Show what is pointed at, and tell of it: the pointer counts before the ring."""
        self.target = self._hovered or self._ring
        unit = self.unit_of(self.target)
        if unit != self._told:
            self._told = unit
            self.unit_hovered.emit(unit)
        self.update()

    def _hover(self, target: Target | None) -> None:
        if target == self._hovered:
            return
        self._hovered = target
        if target is not None:
            self.say("")
        self._show_cursor()
        self._point()

    def _show_cursor(self) -> None:
        target = self._hovered
        clickable = target is not None and (target.kind != "unit" or target.layer > 0)
        self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)

    def _move_ring(self, target: Target | None) -> None:
        self._ring, self._hovered = target, None
        if target is not None:
            self._reveal(self.rect_of(target))
        self._point()
        if target is not None:
            self.setAccessibleDescription("; ".join(self.lines))

    def _start_ring(self) -> None:
        if self.places is not None and self._ring is None:
            first = next(layer for layer in range(len(self.places.columns)) if self._finder.column(layer))
            self._move_ring(self._finder.column(first)[0])

    def _reveal(self, rect: QRectF) -> None:
        """Move the drawing so that a place of it is in view."""
        inner = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        x = min(inner.right() - rect.right(), 0.0) + max(inner.left() - rect.left(), 0.0)
        y = min(inner.bottom() - rect.bottom(), 0.0) + max(inner.top() - rect.top(), 0.0)
        if (x or y) and not self.is_fitted:
            self.move_by(QPointF(x, y))

    # ---- doing ------------------------------------------------------------------------------------------------------

    def activate(self, target: Target) -> None:
        """Do what a click on something does."""
        if target.is_parameter:
            self.edit(target)
        elif target.kind == "unit" and target.layer:
            self.edit(Target("bias", target.layer, target.unit))
        elif target.kind == "feature":
            self.feature_clicked.emit(target.feature)
        elif target.kind == "more":
            self._hovered = self._ring = None
            self.unfold(target.layer)
            self._point()

    def edit(self, target: Target) -> None:
        """Open the field for a weight or a bias."""
        assert self._run is not None
        self.editing = target
        value = float(self._run.frame.parameters[parameter_index(self._run.layout, target)])
        self.editor.open(target, self.reading.name(target), value, self.rect_of(target))
        self.update()

    @Slot(float)
    def _enter(self, value: float) -> None:
        assert self._run is not None and self.editing is not None
        index = parameter_index(self._run.layout, self.editing)
        self.parameter_typed.emit(index, value, self.reading.name(self.editing))

    @Slot(int)
    def _step_editor(self, by: int) -> None:
        assert self._run is not None and self.editing is not None
        others = list(incoming(self._run.layout, self.editing.layer, self.editing.unit))
        self.edit(others[(others.index(self.editing) + by) % len(others)])

    @Slot()
    def _end_editing(self) -> None:
        self.editing = None
        self.update()

    # ---- the pointer ------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.places is None:
            return
        if self._pressed is not None:
            way = event.position() - self._pressed
            if self._dragging or way.manhattanLength() >= QApplication.startDragDistance():
                self._dragging, self._pressed = True, event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.move_by(way)
            return
        self._hover(self._finder.at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.places is None:
            return
        self.editor.leave()
        self._pressed = event.position()  # only the release tells a click from a drag: edges lie nearly everywhere

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged = self._pressed, self._dragging
        self._pressed, self._dragging = None, False
        target = self._finder.at(event.position()) if self.places is not None and pressed is not None else None
        if target is not None and not dragged:
            self.activate(target)
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.places is not None and self._finder.at(event.position()) is None:
            self.fit()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_by(STEP**turns, event.position())
            self._hover(self._finder.at(event.position()) if self.places else None)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    # ---- the keys ---------------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._start_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # The field that opens over the drawing, a menu or another window give the focus back to it.
        kept = Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.OtherFocusReason
        if event.reason() not in kept:
            self._move_ring(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()  # the key is the drawing's, not the window's
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            # With Ctrl they are the window's, for all of it. Many keyboards have the plus above another sign.
            return not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return plain and (key == Qt.Key.Key_F or (self.has_ring and key in (*_ARROWS, *_ENTER, Qt.Key.Key_Escape)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.places is None or not (self._takes(event) or key in _ENTER):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom_by(1 / STEP if key == Qt.Key.Key_Minus else STEP)
        elif self._ring is None:
            self._start_ring()
        elif key == Qt.Key.Key_Escape:
            self._move_ring(None)
        elif key in _ARROWS:
            self._move_ring(self._finder.next(self._ring, key))
        else:
            self.activate(self._ring)
