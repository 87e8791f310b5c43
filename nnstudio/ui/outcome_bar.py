"""The line at the bottom that says in words how the run stands, and what has just been done."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStatusBar, QToolTip, QWidget

from nnstudio.insight.outcomes import Outcome
from nnstudio.session.run import Run
from nnstudio.ui.elided_label import ElidedLabel
from nnstudio.ui.icons import icon
from nnstudio.ui.projector.words import with_remote
from nnstudio.ui.speech import announce
from nnstudio.ui.theme import Theme, set_look

NOTICE_MILLISECONDS = 8000
#: Picture and colour of each kind of outcome.
OUTCOME_LOOKS = {
    "untrained": ("info", "text"),
    "learning": ("train", "accent"),
    "learned": ("success", "success"),
    "stuck": ("stuck", "warning"),
    "unfinished": ("info", "text"),
    "diverged": ("diverged", "error"),
}


class OutcomeBar(QStatusBar):
    """How the run stands, with an icon, and a hint on what to do about it; on the right, what is being run."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(objectName="outcome_bar", accessibleName="How the run stands")
        self._outcome: Outcome | None = None
        self._presenting = False
        self._said = ""
        self._picture = QLabel()
        self._text = OutcomeText(objectName="outcome")
        # It has its length as long as there is room: the hint gives way first.
        self._text.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._hint = ElidedLabel(objectName="hint")
        self._subject = QLabel(objectName="subject")
        set_look(self._text, role="heading")
        set_look(self._hint, role="muted")
        set_look(self._subject, role="muted")
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(theme.spacing.m, theme.spacing.xs, theme.spacing.s, theme.spacing.xs)
        row.setSpacing(theme.spacing.s)
        row.addWidget(self._picture)
        row.addWidget(self._text)
        row.addWidget(self._hint, 1)
        self.addWidget(left, 1)
        self._subject.setContentsMargins(0, 0, theme.spacing.m, 0)
        self.addPermanentWidget(self._subject)
        self.setSizeGripEnabled(False)
        self._notice_timer = QTimer(self, singleShot=True, interval=NOTICE_MILLISECONDS)
        self._notice_timer.timeout.connect(self.end_notice)
        self.set_theme(theme)

    @Slot(object)
    def show_outcome(self, outcome: Outcome) -> None:
        """Say how the run stands."""
        self._outcome = outcome
        self._show_text()
        if not self._notice_timer.isActive():
            self._show_hint(_hint_of(outcome))
        self._draw()

    @Slot(object)
    def show_run(self, run: Run) -> None:
        """Say what is being run: data, shape and seed."""
        self._subject.setText(subject_text(run))

    def set_presenting(self, presenting: bool) -> None:
        """Give the hint a second line in place of what is being run, or all of it one line."""
        self._presenting = presenting
        self._show_text()
        self._show_hint(self._said)
        self._subject.setVisible(not presenting)
        self._hint.set_lines(2 if presenting else 1)

    @Slot(str)
    def notice(self, text: str) -> None:
        """Say for some seconds what has just been done, or why it was not."""
        words = text[:1].upper() + text[1:]
        self._show_hint(words)
        self._notice_timer.start()
        announce(self, words)

    @Slot()
    def end_notice(self) -> None:
        """Go back to what there is to say about the run."""
        self._notice_timer.stop()
        self._show_hint(_hint_of(self._outcome) if self._outcome else "")

    def _show_text(self) -> None:
        text = self._outcome.text if self._outcome else ""
        if self._presenting:  # the hint needs the room
            text = text.replace(" on the ", " ").removesuffix(" samples")
        self._text.setText(text[:1].upper() + text[1:])

    def _show_hint(self, text: str) -> None:
        self._said = text
        self._hint.setText(with_remote(text) if self._presenting else text)
        self._text.hint = text

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._draw()

    def _draw(self) -> None:
        picture, color = OUTCOME_LOOKS[self._outcome.kind if self._outcome else "untrained"]
        self._picture.setPixmap(
            icon(picture, self._theme, color=color).pixmap(self._theme.scaled(16), self._theme.scaled(16))
        )


def _hint_of(outcome: Outcome) -> str:
    """Return what to do about an outcome; whoever is stuck can find out how common that is."""
    return f"{outcome.hint} L trains 1,000 seeds.".lstrip() if outcome.kind == "stuck" else outcome.hint


def subject_text(run: Run) -> str:
    """Return what is being run: data, shape and seed."""
    return f"{run.dataset.title}   {'-'.join(map(str, run.layout.sizes))}   seed {run.spec.seed}"


class OutcomeText(ElidedLabel):
    """How a run stands, which can have the focus: whoever has no mouse reads there what is cut off, the hint too."""

    hint = ""

    def __init__(self, **properties: str) -> None:
        super().__init__(**properties)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContentsMargins(3, 0, 3, 0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            QTimer.singleShot(0, self, self._show_all)  # what comes with the focus would hide it

    @Slot()
    def _show_all(self) -> None:
        words = f"{self.text()}. {self.hint}".rstrip(". ")
        QToolTip.showText(self.mapToGlobal(QPoint(0, -3 * self.height())), f"<p>{escape(words)}.</p>", self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
        QToolTip.hideText()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
