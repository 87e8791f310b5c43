"""Finds what a person means by some letters of it: whole words first, then beginnings, parts and gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_]+")
# What a word of the query is worth in the title: as a whole word, its beginning, anywhere, with letters left out.
_WHOLE, _BEGINNING, _ANYWHERE, _GAPS = 100, 80, 45, 15
# And outside the title: in where the command stands, and in the sentence about it.
_ELSEWHERE, _ABOUT = 30, 12
_DETAIL, _FAR = 5, 12


@dataclass(frozen=True)
class Searched:
    """The texts of one thing that can be found.

    Attributes
    ----------
    title : str
        Its name.
    place : str
        Where it stands: a menu, a section.
    about : str
        A sentence about it.
    is_detail : bool
        It is one of several things that can be done with what the title begins with: the thing itself comes first.
    is_far : bool
        It is done in another window: of two that match alike, what is done here comes first.
    """

    title: str
    place: str = ""
    about: str = ""
    is_detail: bool = False
    is_far: bool = False
    _title: str = field(init=False, repr=False)
    _words: tuple[str, ...] = field(init=False, repr=False)
    _elsewhere: str = field(init=False, repr=False)
    _about: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        title = self.title.casefold()
        object.__setattr__(self, "_title", title)
        object.__setattr__(self, "_words", tuple(_WORD.findall(title)))
        object.__setattr__(self, "_elsewhere", " " + self.place.casefold())
        object.__setattr__(self, "_about", " " + self.about.casefold())

    def score(self, words: Sequence[str]) -> float:
        """Return how well this is meant by the words of a query, 0 where one of them is not to be found in it."""
        total = 0.0
        for word in words:
            # Several are asked for where one is listed, "spirals" for "Spiral".
            worth = self._worth(word) or (self._worth(word[:-1]) if len(word) > 3 and word.endswith("s") else 0.0)
            if not worth:
                return 0.0
            total += worth
        # Of two that match alike, the shorter title is the closer one.
        return total / len(words) - min(len(self._title), 60) / 10 - _DETAIL * self.is_detail - _FAR * self.is_far

    def _worth(self, word: str) -> float:
        if word in self._title:
            for number, each in enumerate(self._words):
                if each.startswith(word):
                    return (_WHOLE if each == word else _BEGINNING) - min(number, 4)
            return _ANYWHERE
        if f" {word}" in self._elsewhere:
            return _ELSEWHERE
        if len(word) > 1 and _with_gaps(word, self._title):
            return _GAPS
        return _ABOUT if f" {word}" in self._about else 0.0


def query_words(query: str) -> list[str]:
    """Return the words of a query as they are looked for."""
    return _WORD.findall(query.casefold())


def ranked(query: str, things: Iterable[Searched]) -> list[int]:
    """Return the numbers of the things that a query may mean, the best first; all in their order without a query."""
    words = query_words(query)
    if not words:
        return [] if query.strip() else [number for number, _ in enumerate(things)]
    scores = [(-score, number) for number, thing in enumerate(things) if (score := thing.score(words)) > 0]
    return [number for _, number in sorted(scores)]


def _with_gaps(word: str, title: str) -> bool:
    """Whether the letters of a word begin words of the title or follow one another in it: "trn" in "train"."""
    place = -1
    for number, letter in enumerate(word):
        found = title.find(letter, place + 1)
        if found < 0:
            return False
        if number == 0:
            while found > 0 and title[found - 1].isalnum():
                found = title.find(letter, found + 1)
                if found < 0:
                    return False
        elif found - place > 4 and title[found - 1].isalnum():
            return False  # too far for one word
        place = found
    return True
