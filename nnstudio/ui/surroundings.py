"""Tells what a window beside the main one holds, for what helps a person along in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from nnstudio.ui.panels.base import Panel


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a person has around them in a window.

    Attributes
    ----------
    place : str
        What the window is called; also the menu that its actions are listed under.
    actions : mapping of str to QAction
        What can be done there, by key.
    panels : mapping of str to Panel
        By the title that tells each from the others.
    parts : sequence of QWidget
        What there is from the top left to the bottom right; some may be out of sight.
    """

    place: str
    actions: Mapping[str, QAction]
    panels: Mapping[str, Panel]
    parts: Sequence[QWidget]
