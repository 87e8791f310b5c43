"""Whatever the style sheet writes can be read, and whatever state it shows can be seen, in every theme and palette.

The pairs of colours are read out of the style sheet itself, so that a new rule is held to this as well.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from nnstudio.resource_files import resource
from nnstudio.ui.theme import PALETTE_NAMES, THEME_NAMES, Theme, contrast_ratio, load_theme

#: Where a widget without a ground of its own may stand.
GROUNDS = ("window", "surface", "raised")
#: Widgets that stand on a ground of their own kind, and parts of widgets whose ground another rule gives.
OWN_GROUNDS = {
    "QMenu": "raised",
    "QComboBox QAbstractItemView": "raised",
    "QMenuBar": "surface",
    "QHeaderView": "surface",
}
#: Parts of widgets, and frames, that have no letters on them.
WITHOUT_LETTERS = ("separator", "handle", "groove", "page", "chunk", "indicator", "button", "line")
LISTS = ("QTableView", "QListView", "QTreeView", "QAbstractItemView")
#: What shows that something is chosen, has the focus, or would act.
STATES = ("selected", "checked", "indeterminate", "focus", "on", "default", "hover")
#: Nothing but the pointer, which is over it, asks whether these would act; what they are is seen without.
POINTER_ONLY = (
    "QAbstractSpinBox::up-button:hover",
    "QAbstractSpinBox::down-button:hover",
    "QDockWidget::close-button:hover",
    "QDockWidget::float-button:hover",
)


class Rule(NamedTuple):
    """One selector with what is declared for it."""

    selector: str
    declared: dict[str, str]

    @property
    def base(self) -> str:
        """The selector without its states."""
        return re.sub(r"(?<!:):(?!:)!?[a-z-]+", "", self.selector)

    @property
    def states(self) -> list[str]:
        return re.findall(r"(?<!:):(?!:)([a-z-]+)", self.selector)


def rules() -> list[Rule]:
    sheet = re.sub(r"/\*.*?\*/", "", resource("themes", "style.qss").read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for selectors, body in re.findall(r"([^{}]+)\{((?:@\{\w+\}|[^{}])*)\}", sheet):
        declared = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
        declared = {key.strip(): value.strip() for key, value in declared.items()}
        found += [Rule(" ".join(selector.split()), declared) for selector in selectors.split(",")]
    return found


RULES = rules()


def role_in(value: str | None) -> str | None:
    """The role of a colour in a declaration: "@accent" in "1px solid @accent"."""
    found = re.search(r"@([a-z_]+)", value or "")
    return found[1] if found else None


def before(rule: Rule) -> dict[str, str]:
    """What holds for the same widget without the rule's states."""
    kept: dict[str, str] = {}
    last = rule.base.rpartition(" ")[2]
    names = {rule.base, last, re.sub(r"\[[^]]*\]", "", last)}
    if last in LISTS:
        names.add("QAbstractItemView")
    for each in RULES:
        if not each.states and each.selector in names:
            kept |= each.declared
    return kept


def grounds_of(rule: Rule) -> tuple[str, ...]:
    """What lies around a widget, or under it where it has no ground of its own."""
    widget = rule.base.split("::")[0]
    own = OWN_GROUNDS.get(widget) or next((OWN_GROUNDS[key] for key in OWN_GROUNDS if key in rule.base), None)
    if own is not None:
        return (own,)
    return ("surface",) if widget in LISTS or "::" in rule.base else GROUNDS


def written() -> Iterator[tuple[str, str, str, bool]]:
    """Selector, ink, ground and whether it is disabled, of everything that the sheet gives a colour or a ground."""
    for rule in RULES:
        kept = before(rule) | rule.declared
        ink = role_in(kept.get("color")) or "text"
        if not {"color", "background", "selection-color"} & set(rule.declared):
            continue
        ground = kept.get("background", "transparent")
        if "color" not in rule.declared and any(part in rule.selector for part in WITHOUT_LETTERS):
            continue
        for under in [role_in(ground)] if role_in(ground) else grounds_of(rule):
            assert under is not None
            yield rule.selector, ink, under, "disabled" in rule.states
        if "selection-color" in rule.declared:
            chosen = role_in(rule.declared["selection-background-color"])
            inked = role_in(rule.declared["selection-color"])
            assert chosen and inked
            yield f"{rule.selector} (selection)", inked, chosen, False


def shown() -> Iterator[tuple[str, list[str], str]]:
    """Selector, the roles by which a state is seen, and a ground that they lie on."""
    for rule in RULES:
        if not set(rule.states) & set(STATES) or "disabled" in rule.states or rule.selector in POINTER_ONLY:
            continue
        was = before(rule)
        if rule.states == ["hover"] and (role_in(was.get("border")) or role_in(was.get("background"))):
            continue  # its bounds are seen already
        seen = [value for key, value in rule.declared.items() if re.match("border|background", key) and value != "none"]
        if seen in ([], ["transparent"]):
            continue  # another rule shows it, for the widget around this one
        for ground in [role_in(was.get("background"))] if role_in(was.get("background")) else grounds_of(rule):
            assert ground is not None
            yield rule.selector, [role for value in seen if (role := role_in(value))], ground


@pytest.fixture(params=[(name, palette) for name in THEME_NAMES for palette in PALETTE_NAMES], ids="-".join)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(*request.param)


def test_the_sheet_is_read() -> None:
    assert len(RULES) > 150
    pairs = set(written())
    assert ("QMenu::item:selected", "text", "selection", False) in pairs
    assert ("QPushButton:disabled", "disabled", "window", True) in pairs
    states = {selector: roles for selector, roles, _ in shown()}
    assert states["QMenu::item:selected"] == ["selection", "accent"]
    assert states["QTabBar::tab:selected"] == ["accent"]


def test_all_that_is_written_can_be_read(theme: Theme) -> None:
    enough = 7.0 if theme.name.startswith("high_contrast") else 4.5
    low = {
        (selector, ink, ground): round(ratio, 2)
        for selector, ink, ground, disabled in written()
        # What is disabled need not be read (WCAG 2.2, 1.4.3), but says here why something else cannot be done.
        if (ratio := contrast_ratio(theme.color(ink), theme.color(ground))) < (3.0 if disabled else enough)
    }
    assert low == {}


def test_every_state_can_be_seen(theme: Theme) -> None:
    def seen(roles: list[str], ground: str) -> float:
        return max((contrast_ratio(theme.color(role), theme.color(ground)) for role in roles), default=1.0)

    low = {
        (selector, ground): round(ratio, 2) for selector, roles, ground in shown() if (ratio := seen(roles, ground)) < 3
    }
    assert low == {}
