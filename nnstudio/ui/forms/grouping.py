"""Says in which section of the form a setting stands, also one that is added to the engine later."""

from __future__ import annotations

# The section of the longest name that begins a setting's key. What is not named goes to the last.
_SECTIONS: dict[str, str] = {
    "data": "Data",
    "data.features": "Network",
    "network": "Network",
    "seed": "Network",
    "training": "Training",
}
_LAST = "Training"
# What nobody needs in the first minute; a data set brings the outputs along that it needs.
_FOLDED = (
    "data.targets",
    "data.scaling",
    "data.validation_share",
    "data.seed",
    "network.output_activation",
    "network.initializer",
    "training.reduction",
    "training.shuffle",
    "training.schedule",
)

#: The titles of all sections, in their order.
SECTIONS = tuple(dict.fromkeys(_SECTIONS.values()))


def section_of(key: str) -> str:
    """Return the title of the section in which a setting stands."""
    while key:
        if key in _SECTIONS:
            return _SECTIONS[key]
        key = key.rpartition(".")[0]
    return _LAST


def is_folded(key: str) -> bool:
    """Return whether a setting is folded away at first: what is named so, and what has no section of its own."""
    return key in _FOLDED or (key not in _SECTIONS and key.partition(".")[0] not in _SECTIONS)
