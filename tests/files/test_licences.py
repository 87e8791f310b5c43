"""What the program is made with is named with its licence, in full."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from nnstudio.files.licences import DEPENDENCIES, components


def test_everything_that_the_package_asks_for_is_named() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [re.split(r"[<>=!~ \[;]", line, maxsplit=1)[0] for line in project["dependencies"]]
    assert sorted(asked) == sorted(DEPENDENCIES)


def test_each_has_a_version_a_licence_and_its_text() -> None:
    found = {each.name.lower().replace("_", "-"): each for each in components()}
    # QtPy and shiboken6 are needed by what the program needs.
    for name in (*DEPENDENCIES, "QtPy", "shiboken6", "Python", "Phosphor icons"):
        each = found[name.lower()]
        assert each.version
        assert each.licence
        assert len(each.text) > 500, name


def test_qt_comes_with_both_licences_that_its_own_builds_on() -> None:
    text = next(each.text for each in components() if each.name.lower().startswith("pyside6"))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "TERMS AND CONDITIONS" in text


def test_what_only_tests_need_is_not_named() -> None:
    assert not {"pytest", "pytest-qt", "mypy"} & {each.name.lower() for each in components()}
