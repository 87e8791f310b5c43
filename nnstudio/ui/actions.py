"""Lists every action once, as data: the toolbar, the menus and the shortcut sheet are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme


@dataclass(frozen=True)
class ActionEntry:
    """What a person sees of an action.

    Attributes
    ----------
    key : str
        The action's object name is ``action_`` and this.
    menu : str
        The menu that it stands in.
    text : str
        Its words in the menu.
    tooltip : str
        What it does, in a sentence.
    shortcuts : tuple of str
        Key sequences, at least one.
    icon : str
        Its picture's role, or an empty string.
    separated : bool
        A line stands above it in the menu.
    """

    key: str
    menu: str
    text: str
    tooltip: str
    shortcuts: tuple[str, ...]
    icon: str = ""
    separated: bool = False


ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("new", "File", "&New", "Begin with the tutorial's experiment.", ("Ctrl+N",), "new"),
    ActionEntry("open", "File", "&Open…", "Open an experiment from a file.", ("Ctrl+O",), "open"),
    ActionEntry(
        "reopen", "File", "Open &last unsaved", "Bring back what was not saved the last time.", ("Ctrl+Shift+O",)
    ),
    ActionEntry(
        "open_data", "File", "Open &data…", "Learn a table of your own: CSV, TSV or NumPy.", ("Ctrl+D",), "table", True
    ),
    ActionEntry("save", "File", "&Save", "Save the experiment, and what has been trained.", ("Ctrl+S",), "save", True),
    ActionEntry("save_as", "File", "Save &as…", "Save the experiment under another name.", ("Ctrl+Shift+S",)),
    ActionEntry(
        "export_python",
        "File",
        "&Export as Python…",
        "Write the trained network as a program that needs NumPy alone.",
        ("Ctrl+Shift+P",),
        "export",
    ),
    ActionEntry("quit", "File", "&Quit", "End the program.", ("Ctrl+Q",), "", True),
    ActionEntry("undo", "Edit", "&Undo", "Take back the last change of the experiment.", ("Ctrl+Z",), "undo"),
    ActionEntry("redo", "Edit", "&Redo", "Do again what was taken back.", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    ActionEntry(
        "copy_settings",
        "Edit",
        "&Copy settings",
        "Copy the experiment's settings as text, to send them.",
        ("Ctrl+Alt+C",),
        "copy",
        True,
    ),
    ActionEntry(
        "paste_settings", "Edit", "&Paste settings", "Take the settings that were sent as text.", ("Ctrl+Alt+V",)
    ),
    ActionEntry(
        "settings", "Edit", "&Settings…", "Set looks, digits, pace and processes.", ("Ctrl+,",), "settings", True
    ),
    ActionEntry("train", "Run", "&Train", "Train the network, or pause.", ("Space",), "train"),
    ActionEntry("step", "Run", "&Step one epoch", "Train for one epoch, and pause.", ("Right",), "step"),
    ActionEntry(
        "step_batch", "Run", "Step one &batch", "Train for one batch, and pause.", ("Shift+Right",), "step_batch"
    ),
    ActionEntry(
        "rewind", "Run", "&Rewind", "Back to the first epoch: same seed, same weights.", ("Home",), "rewind", True
    ),
    ActionEntry(
        "new_weights", "Run", "&New weights", "Begin again from the weights of the next seed.", ("N",), "new_weights"
    ),
    ActionEntry(
        "regenerate", "Run", "Re&generate data", "Draw the samples, and who of them trains, anew.", ("G",), "regenerate"
    ),
    ActionEntry(
        "lab",
        "Run",
        "Train 1,000 &seeds…",
        "Train the experiment from 1,000 seeds, and see how many learn it.",
        ("L",),
        "lab",
        True,
    ),
    ActionEntry("pin", "Run", "&Pin run", "Keep this run for comparing.", ("K",), "pin"),
    ActionEntry("compare", "Run", "&Compare…", "Compare the runs that were pinned.", ("Ctrl+Shift+K",), "compare"),
    ActionEntry("faster", "Run", "&Faster", "Train more epochs a second.", ("Ctrl+Right", "]"), "", True),
    ActionEntry("slower", "Run", "S&lower", "Train fewer epochs a second.", ("Ctrl+Left", "["), ""),
    ActionEntry(
        "reset_layout", "View", "&Reset layout", "Put every panel back in its place.", ("Ctrl+Shift+R", "0"), "layout"
    ),
    ActionEntry("see_outputs", "View", "Outputs &and loss", "Show outputs and loss alone.", ("1",), "", True),
    ActionEntry("see_weights", "View", "Net&work and weights", "Show network and weights alone.", ("2",)),
    ActionEntry("see_everything", "View", "E&verything", "Show network, surface, weights, outputs and loss.", ("3",)),
    ActionEntry(
        "projector",
        "View",
        "&Projector mode",
        "Fill the screen, with type and lines for the last row; again, or Escape, leaves.",
        ("F11", "P", "F5"),
        "projector",
        True,
    ),
    ActionEntry("zoom_in", "View", "&Larger", "Make the whole interface larger.", ("Ctrl++", "Ctrl+="), "", True),
    ActionEntry("zoom_out", "View", "S&maller", "Make the whole interface smaller.", ("Ctrl+-",)),
    ActionEntry("zoom_reset", "View", "&Usual size", "Give the interface its usual size.", ("Ctrl+0",)),
    ActionEntry("next_part", "View", "Next part", "Go to the next part of the window.", ("F6",), "", True),
    ActionEntry("previous_part", "View", "Previous part", "Go to the part before.", ("Shift+F6",)),
    ActionEntry(
        "show_all",
        "View",
        "Show all &settings",
        "Show the settings that were hidden from the form.",
        ("Ctrl+Shift+H",),
        "",
        True,
    ),
    ActionEntry(
        "shortcuts", "Help", "&Keyboard shortcuts", "Show every shortcut on one sheet.", ("F1", "?"), "keyboard"
    ),
    ActionEntry("find_command", "Help", "&Find a command…", "Find and do anything by its name.", ("Ctrl+K",), "locate"),
    ActionEntry("reading", "Help", "&Reading the panels", "Show how to read each panel.", ("Ctrl+Shift+F1",), "help"),
    ActionEntry("show_log", "Help", "Show &log", "Show where the program writes what went wrong.", ("Ctrl+Shift+L",)),
    ActionEntry("about", "Help", "&About nnstudio", "Version and licence.", ("Shift+F1",), "info", True),
)

#: What shows and hides the docks, by their object names.
DOCK_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("form", "View", "&Experiment", "Show or hide the experiment.", ("Alt+0",)),
    ActionEntry("panel_network", "View", "&Network", "Show or hide the network.", ("Alt+1",)),
    ActionEntry("panel_surface", "View", "&Decision surface", "Show or hide the decision surface.", ("Alt+2",)),
    ActionEntry("panel_loss", "View", "&Loss", "Show or hide the loss.", ("Alt+3",)),
    ActionEntry("panel_outputs", "View", "&Outputs", "Show or hide the outputs.", ("Alt+4",)),
    ActionEntry("panel_weights", "View", "&Weights", "Show or hide the weights.", ("Alt+5",)),
    ActionEntry("panel_scores", "View", "&Scores", "Show or hide the scores.", ("Alt+6",)),
    ActionEntry("panel_pictures", "View", "&Pictures", "Show or hide the pictures.", ("Alt+7",)),
)

THEME_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("system", "View", "As the &system", "Light or dark, as the system is.", ("Ctrl+Alt+1",)),
    ActionEntry("light", "View", "&Light", "Dark letters on light ground.", ("Ctrl+Alt+2",)),
    ActionEntry("dark", "View", "&Dark", "Light letters on dark ground.", ("Ctrl+Alt+3",)),
    ActionEntry(
        "high_contrast", "View", "&High contrast", "White letters on black, with strong outlines.", ("Ctrl+Alt+4",)
    ),
    ActionEntry(
        "high_contrast_light",
        "View",
        "High contrast, &bright",
        "Black letters on white, with strong outlines.",
        ("Ctrl+Alt+5",),
    ),
)

#: What a presenter's remote does, and the keys that belong to projector mode alone.
PRESENTER_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("present_play", "Projector", "Train or pause", "Train the network, or pause: forward.", ("PgDown",)),
    ActionEntry("present_back", "Projector", "Rewind", "Back to the first epoch.", ("PgUp",)),
    ActionEntry("present_blank", "Projector", "Blank", "Make the screen black, until any key.", ("B", ".")),
    ActionEntry("present_form", "Projector", "Experiment", "Show the settings over the panels, or fold them.", ("E",)),
    ActionEntry("present_leave", "Projector", "Leave", "Leave projector mode; Alt alone shows the menus.", ("Esc",)),
)

#: What every panel offers, while it has the focus.
PANEL_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry(
        "save_picture", "Panel", "Save picture…", "Save the panel's picture as PNG or SVG.", ("Ctrl+E",), "picture"
    ),
    ActionEntry("copy_picture", "Panel", "Copy picture", "Copy the panel's picture.", ("Ctrl+C",), "copy"),
    ActionEntry(
        "save_numbers", "Panel", "Save numbers…", "Save the panel's numbers as CSV.", ("Ctrl+Shift+E",), "table", True
    ),
    ActionEntry("copy_numbers", "Panel", "Copy numbers", "Copy the panel's numbers.", ("Ctrl+Shift+C",), "copy"),
    ActionEntry(
        "copy_summary", "Panel", "Copy in words", "Copy what the panel shows, in words.", ("Ctrl+Alt+W",), "copy"
    ),
    ActionEntry("panel_help", "Panel", "How to read it", "Show how to read the panel.", ("Ctrl+F1",), "help", True),
)

#: What the surface offers besides.
SURFACE_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("save_data", "Panel", "Save data as CSV…", "Save all samples as CSV.", ("Ctrl+Alt+E",), "table", True),
    ActionEntry(
        "copy_data", "Panel", "Copy data", "Copy all samples, as a spreadsheet takes them.", ("Ctrl+Shift+D",), "copy"
    ),
)

#: What the lab's window offers.
LAB_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("lab_start", "Lab", "&Start", "Start the sweep that is set up at the left.", ("Ctrl+Return",), "train"),
    ActionEntry("lab_pause", "Lab", "&Pause", "Pause the sweep, or go on with it.", ("Ctrl+Space",), "pause"),
    ActionEntry("lab_cancel", "Lab", "&Cancel", "End the sweep, and keep what is done.", ("Ctrl+Backspace",), "stop"),
    ActionEntry(
        "lab_take", "Lab", "&Take the current experiment", "Sweep the main window's experiment.", ("Ctrl+T",), ""
    ),
    ActionEntry(
        "lab_all", "Lab", "Show &all cells", "Show the runs of all cells together.", ("Ctrl+Shift+A",), "layout"
    ),
    ActionEntry("lab_open", "Lab", "&Open", "Open the run in the main window.", ("Ctrl+Shift+Return",), "train"),
    ActionEntry("lab_pin", "Lab", "P&in", "Pin the run, to compare it.", ("Ctrl+I",), "pin"),
    ActionEntry(
        "lab_earlier", "Lab", "&Earlier sweeps", "List the sweeps that were made before.", ("Ctrl+H",), "recent"
    ),
    ActionEntry(
        "lab_save", "Lab", "Save &results…", "Save a row for each run that is done as CSV.", ("Ctrl+Alt+S",), "save"
    ),
    ActionEntry("lab_copy", "Lab", "Copy results", "Copy a row for each run that is done.", ("Ctrl+Alt+R",), "copy"),
    ActionEntry("lab_form", "Lab", "Set&up", "Show what is swept, or fold it into a strip.", ("E",), ""),
    ActionEntry("lab_close", "Lab", "Close", "Close the lab; a sweep under way goes on.", ("Ctrl+W",), ""),
)

#: The buttons of the lab's ready-made sweeps, in their order.
READY_ACTION = ActionEntry(
    "lab_ready", "Lab", "Ready-made sweep", "Start one of the ready-made sweeps.", ("Alt+1", "Alt+2", "Alt+3", "Alt+4")
)

#: Ends the program from any of its windows.
QUIT_ACTION = next(entry for entry in ACTIONS if entry.key == "quit")

#: What the window of pinned runs offers.
COMPARE_ACTIONS: tuple[ActionEntry, ...] = (
    ActionEntry("compare_open", "Compare", "&Open", "Open the run in the main window.", ("Return",), "open"),
    ActionEntry(
        "compare_twin",
        "Compare",
        "&Twin",
        "Train two runs side by side, or one and the main window's.",
        ("T",),
        "twin",
    ),
    ActionEntry("compare_rename", "Compare", "Re&name", "Give the run another name.", ("F2",), "rename"),
    ActionEntry("compare_remove", "Compare", "&Remove", "Pin the selected runs no longer.", ("Del",), "remove"),
    ActionEntry("compare_clear", "Compare", "Remove a&ll", "Pin no run any longer.", ("Ctrl+Shift+Del",), "", True),
    ActionEntry("compare_save", "Compare", "&Save table…", "Save the table as CSV.", ("Ctrl+Alt+T",), "table", True),
    ActionEntry(
        "compare_copy", "Compare", "&Copy table", "Copy the table, as a spreadsheet takes it.", ("Ctrl+Alt+K",), "copy"
    ),
    ActionEntry("compare_close", "Compare", "Close", "Close the window of pinned runs, or of twins.", ("Ctrl+W",), ""),
)

EVERY_ACTION = (
    *ACTIONS,
    *DOCK_ACTIONS,
    *THEME_ACTIONS,
    *PRESENTER_ACTIONS,
    *PANEL_ACTIONS,
    *SURFACE_ACTIONS,
    *LAB_ACTIONS,
    READY_ACTION,
    *COMPARE_ACTIONS,
)


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """Make every action as a child of the window, by its key."""
    actions = {}
    for entry in ACTIONS:
        action = QAction(parent, objectName=f"action_{entry.key}")
        describe(action, entry)
        parent.addAction(action)
        actions[entry.key] = action
    return actions


def add_actions(
    window: QWidget, entries: Iterable[ActionEntry], slots: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Give a window beside the main one actions of its own, by their keys, with what each does."""
    actions = {}
    for entry in entries:
        action = QAction(window, objectName=f"action_{entry.key}")
        describe(action, entry)
        action.triggered.connect(slots[entry.key])
        window.addAction(action)
        actions[entry.key] = action
    return actions


def describe(action: QAction, entry: ActionEntry) -> None:
    """Give an action its words, its shortcuts, and a tooltip that names them."""
    action.setText(entry.text)
    action.setShortcuts([QKeySequence(keys) for keys in entry.shortcuts])
    action.setStatusTip(entry.tooltip)
    action.setToolTip(f"{entry.tooltip} ({shortcut_text(entry)})")


def shortcut_text(entry: ActionEntry) -> str:
    """Return an action's shortcuts as they are written on this system."""
    return ", ".join(QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in entry.shortcuts)


def draw_icons(actions: Mapping[str, QAction], theme: Theme) -> None:
    """Give the actions their icons in the theme's colours."""
    for entry in ACTIONS:
        if entry.icon:
            actions[entry.key].setIcon(icon(entry.icon, theme))
