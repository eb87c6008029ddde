"""Characters as numbers, and which of them a piece of what is typed may stand for.

A Chinese character may be typed as itself, as any of its readings in full ("kui"), or as the beginning of
one: in the middle of a word its initial ("k", "zh"), at the end as much as has been typed ("kuiwe" on the way
to 奎文). A word may mix all of that: "kuiwq" is 奎文区. All readings of a character count, so that 重, 长 and
都 are found either way; its usual one only ranks before the others.
"""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Its phrases have next to no reading that their characters don't have by themselves, and would take three
# quarters of its memory and most of the time that it takes to import it (docs/cases.md).
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
from pypinyin import Style, pinyin

SEPARATING, SEPARATOR = "\0", 0
"""What stands between texts, and its number; nothing that is typed stands for it."""
USUAL, OTHER = 1, 2
"""How a piece stands for a character: as itself or by its usual reading, or by another one."""
SIGN, CHINESE, LETTER, DIGIT = range(4)
"""Kinds of characters: a word begins where the kind changes, and after every sign."""

LONGEST_READING = 6
_TWO_LETTER_INITIALS = frozenset({"zh", "ch", "sh"})
_CODE_POINTS = 0x110000

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
Steps = list[list[tuple[int, U8]]]
"""For each letter of a word: where it may go on from there, and which characters take it that far."""


def readings_of(char: str) -> list[str]:
    """A character's readings without tones, the usual one first; none for what is not Chinese."""
    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    once = dict.fromkeys(reading for readings in found for reading in readings)
    return [reading for reading in once if reading.isascii() and reading.isalpha()]


class Alphabet:
    """Numbers characters as they come, letters without regard to case and width."""

    def __init__(self, readings: Callable[[str], list[str]] = readings_of) -> None:
        self._readings = readings
        self._number_of = np.zeros(_CODE_POINTS, np.int32)
        self._known = {SEPARATING}  # its number is 0 as it is
        self._folded: dict[str, int] = {}
        self._kinds = bytearray([SIGN])
        self._whole: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._tables: dict[tuple[str, bool], U8] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def kinds(self) -> U8:
        """The kind of each character by its number."""
        return np.frombuffer(bytes(self._kinds), np.uint8)

    def number(self, char: str) -> int:
        """A character's number."""
        self._learn({char})
        return int(self._number_of[ord(char)])

    def numbers(self, text: str) -> I32:
        """The numbers of a text's characters."""
        self._learn(set(text))
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        found: I32 = self._number_of[points]
        return found

    def _learn(self, chars: set[str]) -> None:
        for char in sorted(chars - self._known):
            self._known.add(char)
            self._number_of[ord(char)] = self._number_of_folded(_folded(char))

    def _number_of_folded(self, char: str) -> int:
        if char not in self._folded:
            number = self._folded[char] = len(self)
            readings = self._readings(char)
            self._kinds.append(_kind_of(char, bool(readings)))
            for place, reading in enumerate(readings):
                self._spell(number, reading, USUAL if place == 0 else OTHER)
            self._tables.clear()
        return self._folded[char]

    def _spell(self, number: int, reading: str, how: int) -> None:
        self._whole[reading][number] = how
        for length in range(1, len(reading) + 1):
            self._begun[reading[:length]].setdefault(number, how)  # the usual one came first

    def steps(self, word: str) -> Steps:
        """How a word may be read; a table says for each character's number how it is meant, 0 not at all."""
        size = len(word)
        return [
            [
                (to, table)
                for to in range(at + 1, min(at + LONGEST_READING, size) + 1)
                if (table := self._table(word[at:to], to == size)) is not None
            ]
            for at in range(size)
        ]

    def _table(self, piece: str, is_last: bool) -> U8 | None:
        """Which characters a piece may stand for; None when there are none."""
        known = self._tables.get((piece, is_last))
        if known is not None:
            return known
        is_initial = len(piece) == 1 or piece in _TWO_LETTER_INITIALS
        members = (self._begun if is_last or is_initial else self._whole).get(piece, {})
        if piece in self._folded:
            members = {**members, self._folded[piece]: USUAL}
        if not members:
            return None
        table = np.zeros(len(self), np.uint8)
        table[list(members)] = list(members.values())
        self._tables[piece, is_last] = table
        return table


def _folded(char: str) -> str:
    """As `words_of` folds a query, where that leaves one character."""
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char


def _kind_of(char: str, has_readings: bool) -> int:
    if has_readings:
        return CHINESE
    if char.isdigit():
        return DIGIT
    return LETTER if char.isalpha() else SIGN
