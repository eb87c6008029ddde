"""What was typed: its words, and where each is in a text that is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from dashboard.domain.search.alphabet import SEPARATING, SEPARATOR, Alphabet

MOST_LETTERS = 64
MOST_WORDS = 5
"""More than anybody types, and few enough that no query takes long."""

Ways = list[list[tuple[int, bytes]]]
"""As `Steps` of `alphabet`."""


def words_of(typed: str) -> list[str]:
    """The words of a query, each once: in small letters and half width, ü as v, which is how it is typed."""
    folded = unicodedata.normalize("NFKC", typed).lower().replace("ü", "v")
    return list(dict.fromkeys(folded.split()))


class Emphasis:
    """Where the words of one query are in the texts that are shown."""

    def __init__(self, alphabet: Alphabet, words: Sequence[str]) -> None:
        self._alphabet = alphabet
        self._known = len(alphabet)  # letters that come later are in no table of the ways
        # Single letters are looked up here, which bytes do faster than arrays.
        self._ways: list[Ways] = [
            [[(to, table.tobytes()) for to, table in steps] for steps in alphabet.steps(word)]
            for word in words
        ]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where they are in a text, [start, end) each, in order and apart; of a word its first place."""
        numbers = self._alphabet.numbers(text + SEPARATING)
        numbers = np.where(numbers < self._known, numbers, SEPARATOR).tolist()
        found = sorted(span for ways in self._ways if (span := _first_place(numbers, ways)))
        apart: list[tuple[int, int]] = []
        for start, end in found:
            if apart and start <= apart[-1][1]:
                start, end = apart[-1][0], max(end, apart.pop()[1])
            apart.append((start, end))
        return apart


def _first_place(numbers: Sequence[int], ways: Ways) -> tuple[int, int] | None:
    for start, first in enumerate(numbers):
        if any(members[first] for _, members in ways[0]) and (end := _end(numbers, start, ways)):
            return start, end
    return None


def _end(numbers: Sequence[int], start: int, ways: Ways) -> int:
    """Where the word ends, as far on as it may, that begins here; 0 when it doesn't."""
    places = [{start}] + [set[int]() for _ in ways]  # letters of the word used up → places in the text
    for used, steps in enumerate(ways):
        for at in places[used]:
            for to, members in steps:
                if members[numbers[at]]:
                    places[to].add(at + 1)
    return max(places[-1], default=0)
