"""How wide words are, where they break, and how names under an axis keep out of each other's way."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.views.charts import svg

MINUS = "−"
_WIDE, _BROAD, _CAPITAL, _SMALL, _THIN = 1.0, 0.9, 0.68, 0.57, 0.34
_THIN_LETTERS = frozenset(" .,:;'|!ijl·()[]")
_BROAD_LETTERS = frozenset("mwMW%@…—")
_HAIR = 0.01
_SLANT_DEG = 35.0
_LINE = 1.25
_MOST_LINES = 3
_LONGEST_EM = 11.0


def written(value: float, digits: int = 1, signed: bool = False) -> str:
    """A figure with separators and a real minus; `signed`: a plus before what adds."""
    text = f"{abs(value):,.{digits}f}"
    if not any(digit in text for digit in "123456789"):
        return text
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + text


def counted(value: float) -> str:
    """A count, or a figure that is none with one decimal."""
    return written(value, 0 if float(value).is_integer() else 1)


def width_of(words: str, size: float = svg.SIZE) -> float:
    """About how wide words are, a little too much rather than too little."""
    return size * sum(_em(letter) for letter in words)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    if letter in _THIN_LETTERS:
        return _THIN
    if letter in _BROAD_LETTERS:
        return _BROAD
    return _CAPITAL if letter.isupper() else _SMALL


def cut(words: str, room: float, size: float = svg.SIZE) -> str:
    """The words, or as much of them as there is room for, with an ellipsis."""
    if width_of(words, size) <= room + _HAIR:
        return words
    kept = words
    while kept and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…" if kept else ""


def wrapped(words: str, room: float, size: float = svg.SIZE) -> list[str]:
    """The words in lines of that width, broken where they may be: at spaces, between Chinese characters."""
    lines = [""]
    for piece in _pieces(words):
        if lines[-1] and width_of((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _pieces(words: str) -> list[str]:
    """Parts between which a line may end."""
    pieces = [""]
    for letter in words:
        before = pieces[-1][-1:]
        wide = unicodedata.east_asian_width(letter) in "WF"
        if before and (before == " " or wide or unicodedata.east_asian_width(before) in "WF"):
            pieces.append("")
        pieces[-1] += letter
    return pieces


@dataclass(frozen=True)
class Names:
    """Names under an axis: in lines, or slanted where they have no room; `height` is what they take.

    `every`: only each so many is written, as more would run into each other.
    """

    lines: tuple[tuple[str, ...], ...]
    slanted: bool
    height: float
    every: int = 1
    size: float = svg.SIZE

    @classmethod
    def plan(cls, names: Sequence[str], slot: float, size: float = svg.SIZE) -> Names:
        """How to write names whose places are `slot` apart."""
        lines = tuple(tuple(wrapped(name, slot - 6, size)) for name in names)
        most = max((len(each) for each in lines), default=1)
        widest = max((width_of(line, size) for each in lines for line in each), default=0.0)
        if most <= _MOST_LINES and widest <= slot - 4:
            return cls(lines, False, most * size * _LINE + 8, 1, size)
        short = tuple((cut(name, _LONGEST_EM * size, size),) for name in names)
        longest = max(width_of(each[0], size) for each in short)
        every = math.ceil(size * _LINE / (slot * math.sin(math.radians(_SLANT_DEG))))
        return cls(short, True, longest * math.sin(math.radians(_SLANT_DEG)) + size + 8, max(1, every), size)

    @classmethod
    def sparse(cls, names: Sequence[str], slot: float, size: float = svg.SIZE) -> Names:
        """Names on one line each, as many as have room; for dates and hours, which one can count on."""
        widest = max((width_of(name, size) for name in names), default=0.0)
        every = max(1, math.ceil((widest + 8) / slot)) if slot > 0 else 1
        return cls(tuple((name,) for name in names), False, size * _LINE + 8, every, size)

    def drawn(self, centres: Sequence[float], top: float, fill: str) -> list[str]:
        """The names around (or, slanted, up to) their places, below `top`."""
        shown = list(zip(centres, self.lines, strict=True))[:: self.every]
        if not self.slanted:
            return [
                svg.text(line, x, top + 4 + self.size * (1 + _LINE * i), fill, self.size, "middle")
                for x, each in shown
                for i, line in enumerate(each)
            ]
        return [self._slanted(x, top + self.size, each[0], fill) for x, each in shown]

    def _slanted(self, x: float, y: float, name: str, fill: str) -> str:
        """A name that ends at (x, y), cut where it would leave the drawing on the left."""
        room = x / math.cos(math.radians(_SLANT_DEG))
        turn = f"rotate({svg.number(-_SLANT_DEG)} {svg.number(x)} {svg.number(y)})"
        return svg.text(cut(name, room, self.size), x, y, fill, self.size, "end", transform=turn)
