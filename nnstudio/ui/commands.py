"""Lists what a person can do, as commands that can be found by name: actions, examples, panels and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMenu

from nnstudio.files.presets import Preset
from nnstudio.ui.actions import ActionEntry, shortcut_text
from nnstudio.ui.command_search import Searched
from nnstudio.ui.panels.base import Panel


def _nothing_against() -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something that can be done.

    Attributes
    ----------
    key : str
        By which it is remembered.
    searched : Searched
        Its title, where it stands, and a sentence about it.
    run : callable
        Does it.
    hint : str
        Its shortcut; of a setting, its value.
    enabled : bool
        Whether it can be done now.
    check : callable
        Returns why it cannot be done, in words, and an empty text where it can; asked when it is chosen.
    """

    key: str
    searched: Searched
    run: Callable[[], object]
    hint: str = ""
    enabled: bool = True
    check: Callable[[], str] = _nothing_against

    @property
    def title(self) -> str:
        return self.searched.title


def plain_text(text: str) -> str:
    """Return a menu's text without the sign in front of the letter that is underlined."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def menu_commands(menus: Iterable[QAction], skipped: Iterable[QAction], path: str = "") -> Iterator[Command]:
    """List the actions of menus and of the menus in them.

    Parameters
    ----------
    menus : iterable of QAction
        What stands in a menu bar or a menu.
    skipped : iterable of QAction
        Those that have commands of their own.
    path : str
        Where the actions stand: "View › Theme".
    """
    skipped = tuple(skipped)
    for action in menus:
        # PySide6 gives a menu of its own only to an action that has one; a menu with an action in a menu bar is one.
        menu = action.menu()
        if isinstance(menu, QMenu):
            inner = " › ".join(filter(None, (path, plain_text(action.text()))))
            yield from menu_commands(menu.actions(), skipped, inner)
        elif not action.isSeparator() and action.text() and action not in skipped:
            yield _of_action(action, path)


def _of_action(action: QAction, place: str, *, title: str = "", before: Callable[[], object] | None = None) -> Command:
    text = plain_text(action.text())

    def run() -> None:
        if before is not None:
            before()
        action.trigger()

    return Command(
        key=action.objectName() or f"{place} › {text}",
        searched=Searched(title or text, place, action.statusTip() or action.toolTip(), bool(title)),
        run=run,
        hint=", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts()),
        enabled=action.isEnabled(),
        check=partial(_why_not, action),
    )


def _why_not(action: QAction) -> str:
    return "" if action.isEnabled() else f"“{plain_text(action.text())}” has nothing to act on just now."


def dock_commands(docks: Iterable[QDockWidget]) -> Iterator[Command]:
    """List a command that shows each dock, and one that hides it while it is in sight."""
    for dock in docks:
        toggle, title = dock.toggleViewAction(), dock.windowTitle()
        hint = ", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in toggle.shortcuts())
        yield Command(
            key=f"show {dock.objectName()}",
            searched=Searched(f"Show {title}", "Panel", f"Bring {title} into sight, and give it the keys."),
            run=partial(bring_up, dock),
            hint="" if dock.isVisible() else hint,
        )
        if not dock.isHidden():
            yield Command(
                key=f"hide {dock.objectName()}",
                searched=Searched(f"Hide {title}", "Panel", "The View menu brings it back."),
                run=dock.hide,
                hint=hint,
            )


def bring_up(dock: QDockWidget) -> None:
    """Show a dock in front of those that share its place, and give it the focus."""
    dock.show()
    dock.raise_()
    dock.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)


def panel_commands(panel: Panel, title: str, show: Callable[[], object]) -> Iterator[Command]:
    """List what the menu of a panel offers.

    Parameters
    ----------
    panel : Panel
    title : str
        What it is called.
    show : callable
        Brings it into sight first.
    """
    for action in panel.more_menu.actions():
        if action.isSeparator() or not action.text():
            continue
        words = f"{title}: {plain_text(action.text())}"
        command = _of_action(action, f"Panel › {title}", title=words, before=show)
        yield replace(command, key=f"{panel.key} {command.key}")


def own_commands(actions: Mapping[str, QAction], place: str) -> Iterator[Command]:
    """List the actions of the window that a person is in, by their keys."""
    for key, action in actions.items():
        yield replace(_of_action(action, place), key=key)


def window_commands(
    entries: Sequence[ActionEntry], place: str, open_window: Callable[[], object], find: Callable[[str], QAction | None]
) -> Iterator[Command]:
    """List the actions of another window, which is opened first.

    Parameters
    ----------
    entries : sequence of ActionEntry
    place : str
        What the window is called.
    open_window : callable
        Shows it.
    find : callable
        Returns the action with a key, None while the window has not been made.
    """

    def run(key: str) -> None:
        open_window()
        action = find(key)
        if action is not None:
            QTimer.singleShot(0, action.trigger)

    def check(key: str) -> str:
        action = find(key)
        return "" if action is None else _why_not(action)

    for entry in entries:
        found = find(entry.key)
        yield Command(
            key=entry.key,
            searched=Searched(f"{place}: {plain_text(entry.text)}", f"{place} window", entry.tooltip),
            run=partial(run, entry.key),
            hint=shortcut_text(entry),
            enabled=found is None or found.isEnabled(),
            check=partial(check, entry.key),
        )


def preset_commands(presets: Iterable[Preset], use: Callable[[Preset], object]) -> Iterator[Command]:
    """List the example experiments."""
    for preset in presets:
        yield Command(
            key=f"example {preset.name}",
            searched=Searched(preset.title, "Example", preset.description),
            run=partial(use, preset),
        )
