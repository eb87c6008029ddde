"""The same questions answered text by text and letter by letter: the truth that the index is held to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Readings = Callable[[str], list[str]]

EXACT, PREFIX, WORD_START, SUBSTRING = 0, 2, 4, 6
NONE = 255


def rank(text: str, word: str, readings: Readings) -> int:
    """How well a word fits a text; one more where it only fits with a reading that is not the usual one."""
    return min(
        (
            _place(text, start, end, readings) + is_other
            for start in range(len(text))
            for end, is_other in ends(text, start, word, readings)
        ),
        default=NONE,
    )


def ends(text: str, start: int, word: str, readings: Readings) -> Iterator[tuple[int, bool]]:
    """Where the word may end that begins here, and whether it takes an unusual reading to get there."""
    if start == len(text):
        return
    for piece, is_whole, is_other in spellings(text[start], readings):
        if piece.startswith(word) and (is_whole or piece == word):
            yield start + 1, is_other
        if word != piece and word.startswith(piece):
            for end, later in ends(text, start + 1, word[len(piece) :], readings):
                yield end, is_other or later


def spellings(char: str, readings: Readings) -> Iterator[tuple[str, bool, bool]]:
    """All that may be typed for a character: the piece, whether it may break off at the end, is unusual."""
    yield char.lower(), False, False
    for number, reading in enumerate(readings(char)):
        yield reading, True, number > 0
        yield reading[0], False, number > 0
        if reading[:2] in ("zh", "ch", "sh"):
            yield reading[:2], False, number > 0


def _place(text: str, start: int, end: int, readings: Readings) -> int:
    if start == 0:
        return EXACT if end == len(text) else PREFIX
    before, first = _kind(text[start - 1], readings), _kind(text[start], readings)
    return WORD_START if before == "sign" or before != first else SUBSTRING


def _kind(char: str, readings: Readings) -> str:
    if readings(char):
        return "chinese"
    return "digit" if char.isdigit() else "letter" if char.isalpha() else "sign"
