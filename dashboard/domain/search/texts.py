"""Finding a word in many texts at once: all texts are one array of character numbers.

A word is followed through the array letter by letter, from all places where it may begin at the same time, so
a query costs a few array operations however many texts there are. Where each character stands is kept sorted
for the texts there were at the last `sort`; those that came after it are looked through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.search.alphabet import I32, OTHER, SEPARATING, SEPARATOR, SIGN, U8, Alphabet

EXACT, PREFIX, WORD_START, SUBSTRING = 0, 2, 4, 6
"""How well a word fits a text; one more where a character is meant by a reading that is not its usual one."""
NONE = 255

Places = tuple[I32, I32, U8]
"""Of words that are being followed: where each began, where it goes on, and how it was meant so far."""


class Texts:
    """Rows of a few texts each; a row is found when any of its texts holds the word."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self._numbers = np.zeros(1, np.int32)
        self._row = np.zeros(1, np.int32)
        self._end = 1  # a separator stands before the first text too
        self.rows = 0
        self.sort()

    def add(self, rows: Sequence[Sequence[str]]) -> range:
        """Add rows; their numbers. A NUL in a text cuts it in two."""
        given = range(self.rows, self.rows + len(rows))
        joined = "".join(text + SEPARATING for texts in rows for text in texts)
        lengths = [sum(len(text) + 1 for text in texts) for texts in rows]
        end = self._end + len(joined)
        self._numbers = _with_room(self._numbers, end)
        self._row = _with_room(self._row, end)
        self._numbers[self._end : end] = self._alphabet.numbers(joined)
        self._row[self._end : end] = np.repeat(np.arange(given.start, given.stop), lengths)
        self._end, self.rows = end, given.stop
        return given

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Drop the rows that are not `kept` [rows]; those that are get new numbers, in the same order."""
        kept_at = kept[self._row[: self._end]]
        kept_at[0] = True
        number = np.cumsum(kept, dtype=np.int32) - 1
        self._numbers = self._numbers[: self._end][kept_at]
        self._row = number[self._row[: self._end][kept_at]]
        self._end, self.rows = len(self._numbers), int(kept.sum())
        self.sort()

    def sort(self) -> None:
        """Sort where each character stands, so that words are found faster in what is there now."""
        self._numbers, self._row = self._numbers[: self._end].copy(), self._row[: self._end].copy()
        self._sorted = self._end
        numbers = self._numbers
        if len(self._alphabet) <= np.iinfo(np.uint16).max:
            numbers = numbers.astype(np.uint16)  # which NumPy sorts by radix
        self._places = np.argsort(numbers, kind="stable").astype(np.int32)
        self._first = np.concatenate([[0], np.cumsum(np.bincount(numbers))])

    def ranks(self, word: str) -> U8:
        """How well the word fits each row, the best of its texts: of `EXACT` …, `NONE` where it isn't.

        `word`: one of `words_of`, which are never empty.
        """
        steps = self._alphabet.steps(word)
        reached: list[list[Places]] = [[] for _ in range(len(word) + 1)]
        for to, table in steps[0]:
            starts, how = self._where(table)
            reached[to].append((starts, starts + 1, how))
        for used in range(1, len(word)):
            if not reached[used]:
                continue
            starts, at, how = self._together(reached[used])
            numbers = self._numbers[at]
            for to, table in steps[used]:
                meant = table[numbers]
                goes_on = np.flatnonzero(meant != 0)
                if len(goes_on):
                    reached[to].append((starts[goes_on], at[goes_on] + 1, how[goes_on] | meant[goes_on]))
        best = np.full(self.rows, NONE, np.uint8)
        if reached[len(word)]:
            starts, ends, how = self._together(reached[len(word)])
            np.minimum.at(best, self._row[starts], self._rank(starts, ends, how))
        return best

    def _where(self, table: U8) -> tuple[I32, U8]:
        """Where the characters of a table stand, and how each is meant."""
        members = np.flatnonzero(table[: len(self._first) - 1])
        low, high = self._first[members], self._first[members + 1]
        later = table.take(self._numbers[self._sorted : self._end])
        tail = np.flatnonzero(later != 0)
        sorted_places = [self._places[lo:hi] for lo, hi in zip(low, high, strict=True)]
        places = np.concatenate([*sorted_places, (tail + self._sorted).astype(np.int32)])
        return places, np.concatenate([np.repeat(table[members], high - low), later[tail]])

    def _together(self, parts: list[Places]) -> Places:
        """Ways that meet at the same letter, as one; each once where they outnumber the characters."""
        if len(parts) == 1:
            return parts[0]
        starts, at, how = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        if len(starts) > self._end:
            starts, at, how = np.unique(np.stack([starts, at, how.astype(np.int32)]), axis=1)
        return starts, at, how.astype(np.uint8)

    def _rank(self, starts: I32, ends: I32, how: U8) -> U8:
        kinds = self._alphabet.kinds
        before, first, after = (self._numbers[at] for at in (starts - 1, starts, ends))
        begins_word = (kinds[before] == SIGN) | (kinds[before] != kinds[first])
        rank = np.where(begins_word, WORD_START, SUBSTRING)
        rank[before == SEPARATOR] = PREFIX
        rank[(before == SEPARATOR) & (after == SEPARATOR)] = EXACT
        return (rank + ((how & OTHER) > 0)).astype(np.uint8)


def _with_room(column: NDArray[Any], size: int) -> NDArray[Any]:
    """The column, or a longer one, so that adding one by one costs the same each time."""
    if size <= len(column):
        return column
    return np.concatenate([column, np.zeros(max(size, 2 * len(column)) - len(column), column.dtype)])
