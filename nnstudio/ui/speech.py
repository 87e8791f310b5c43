"""What screen readers need that Qt does not give them by itself: words for what happens elsewhere, and plain ones."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QTextDocumentFragment
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

#: Milliseconds after which the system has told Qt which window is active.
SETTLED = 150


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say something, wherever the focus is.

    Parameters
    ----------
    widget : QWidget
        What it is about.
    words : str
        Plain text.
    """
    if words and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


def focus_in_popup(widget: QWidget) -> None:
    """Give the focus to a widget in a popup that has just been shown.

    Behind the popup, Qt 6.10 has the window told to screen readers as what the person has turned to: the focus is told
    once more after that.
    """
    widget.setFocus(Qt.FocusReason.PopupFocusReason)
    QTimer.singleShot(SETTLED, widget, partial(_tell_focus, widget))


def _tell_focus(widget: QWidget) -> None:
    if QAccessible.isActive() and widget.hasFocus():
        QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Focus))


def plain(text: str) -> str:
    """Return a text as it is to be spoken: without the marks of rich text."""
    if not text.startswith("<"):
        return text
    return " ".join(QTextDocumentFragment.fromHtml(text).toPlainText().split())


def set_tip(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip in rich text, and screen readers its words alone."""
    widget.setToolTip(text)
    widget.setAccessibleDescription(plain(text))


def name_box(box: QComboBox, name: str) -> None:
    """Name a combo box that has no label in sight.

    For screen readers on Linux, Qt 6.10 takes what is chosen in a combo box for its name, and tells what it is for only
    by a label beside it.
    """
    box.setAccessibleName(name)
    parent = box.parentWidget()
    if parent is None:  # it is yet to be put where it belongs
        QTimer.singleShot(0, box, partial(name_box, box, name))
        return
    labels = parent.findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
    label = next((each for each in labels if each.buddy() is box), None)
    if label is None:
        label = QLabel(parent)
        label.setBuddy(box)
        label.hide()
    label.setText(name)
