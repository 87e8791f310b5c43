"""Each class has a shape of its own, and those that share one differ in colour."""

import numpy as np
import pytest

from nnstudio.ui.marks import marks
from nnstudio.ui.theme import load_theme


def test_no_two_classes_look_the_same() -> None:
    theme, place = load_theme("light"), np.zeros((1, 2))
    looks = set()
    for number in range(12):
        path = marks(number, place, 10.0)
        corners = [path.elementAt(i) for i in range(path.elementCount())]
        looks.add((theme.class_color(number).name(), *((round(c.x, 3), round(c.y, 3)) for c in corners)))
    assert len(looks) == 12


@pytest.mark.parametrize("number", range(7))
def test_each_stands_where_it_should_and_is_about_as_wide_as_asked(number: int) -> None:
    bounds = marks(number, np.array([[30.0, 40.0], [130.0, 40.0]]), 10.0).boundingRect()
    assert abs(bounds.center().x() - 80) < 0.5 and abs(bounds.center().y() - 40) < 1.5
    assert 9 <= bounds.height() <= 14 and 109 <= bounds.width() <= 114
