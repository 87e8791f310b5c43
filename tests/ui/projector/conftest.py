"""Lends tests a projector, since the screen that they have has another shape."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from nnstudio.ui.appearance import PROJECTED_HEIGHT, Appearance


@pytest.fixture
def projector_screen(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let type and lines be those for a projector's screen, and give the pointer back that a window had there."""
    fit = Appearance.set_projector

    def fit_projector(self: Appearance, projector: bool, height: int = PROJECTED_HEIGHT) -> None:
        own = height == qapp.primaryScreen().geometry().height()
        fit(self, projector, PROJECTED_HEIGHT if own else height)

    monkeypatch.setattr(Appearance, "set_projector", fit_projector)
    yield
    while QApplication.overrideCursor() is not None:
        QApplication.restoreOverrideCursor()
