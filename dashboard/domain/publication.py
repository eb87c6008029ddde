"""The published index (平安指数发布): numbered snapshots that nothing changes, and what each asks for (整改).

A publication is a document: what it says of every region, by code, stands as it was published. What it asks
for is decided by `rectification`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ORANGE, RED = 3, 4
UNKNOWN_LEVEL = 0
UNKNOWN_SCORE = 65535
"""Tenths of a score that is not known, as on the wire."""


class Cause(NamedTuple):
    """One part of why a place is bad, in tenths of a point below 0: a case with type and level, or a place.

    `place` is a region's code; a part that is about neither is what its family has besides.
    """

    family: str
    tenths: int
    case: str = ""
    type: str = ""
    level: int = 0
    place: str = ""


class Rectification(NamedTuple):
    """A region's case of rectification, as one publication has it.

    `case`: its id; `grid`: code of the grid that it lies in. `raised`: the publication that opened it;
    `score` (tenths) and `region_level` are the region's in that one, `before` its level in the one before.
    `state`: of the case when this one was made, "" where this one opened it. `ended`: the publication that
    first saw it ended, 0 for none. `card`: what this one shows the case, "" for none. `causes`: why, where
    this one opened it.
    """

    region: str
    case: str
    grid: str
    raised: int
    score: int
    region_level: int
    before: int = UNKNOWN_LEVEL
    state: str = ""
    ended: int = 0
    card: str = ""
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the regions stand. Arrays are [R]: `score` u16 tenths, `level` u8 1 blue … 4 red, bool flags.

    `reds`: u8, red publications in a row up to this one. `codes` are the regions'.
    """

    codes: Sequence[str]
    score: NDArray[np.uint16]
    level: NDArray[np.uint8]
    hatched: NDArray[np.bool_]
    capped: NDArray[np.bool_]
    reds: NDArray[np.uint8]

    def aligned(self, codes: Sequence[str]) -> Standing:
        """The same in the order of other codes, as of a pack built anew; what is not in here is unknown."""
        if list(codes) == list(self.codes):
            return replace(self, codes=codes)
        number = {code: place for place, code in enumerate(self.codes)}
        places = np.array([number.get(code, -1) for code in codes], dtype=np.int64)
        known = places >= 0
        return Standing(
            codes,
            np.where(known, self.score[places], UNKNOWN_SCORE).astype(np.uint16),
            np.where(known, self.level[places], UNKNOWN_LEVEL).astype(np.uint8),
            known & self.hatched[places],
            known & self.capped[places],
            np.where(known, self.reds[places], 0).astype(np.uint8),
        )


@dataclass(frozen=True, slots=True)
class Head:
    """All of a publication but how each region stands.

    `at_ms`: the moment that it shows, in stream time. `left`: codes of regions that were to get a case, and
    have to wait as there were too many at once.
    """

    number: int
    id: str
    at_ms: int
    by: str
    note: str
    formula: str
    simulated: bool
    most: int
    rectifications: tuple[Rectification, ...]
    left: tuple[str, ...]

    @property
    def raised(self) -> tuple[Rectification, ...]:
        """The cases that it opened."""
        return tuple(item for item in self.rectifications if item.raised == self.number)

    @property
    def ended(self) -> tuple[Rectification, ...]:
        """The earlier cases that it was the first to see ended."""
        return tuple(item for item in self.rectifications if item.ended == self.number)


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication: its head, and how each region stands in it."""

    head: Head
    standing: Standing

    def aligned(self, codes: Sequence[str]) -> Publication:
        """The same with its regions in the order of other codes."""
        return Publication(self.head, self.standing.aligned(codes))


@dataclass(frozen=True, slots=True)
class Change:
    """How a region stands in two publications, the later and the earlier; scores in tenths."""

    region: int
    level: int
    level_before: int
    score: int
    score_before: int

    @property
    def is_worse(self) -> bool:
        """Whether its level is worse than before, as far as both are known."""
        return self.level_before != UNKNOWN_LEVEL and self.level > self.level_before

    @property
    def is_better(self) -> bool:
        """Whether its level is better than before, as far as both are known."""
        return self.level != UNKNOWN_LEVEL and self.level < self.level_before


def changes(now: Standing, before: Standing, regions: NDArray[np.int64]) -> list[Change]:
    """Those of the regions whose level is another one, the worst first; both must have the same codes."""
    differ = regions[now.level[regions] != before.level[regions]]
    columns = (now.level, before.level, now.score, before.score)
    found = [Change(region, *(int(column[region]) for column in columns)) for region in differ.tolist()]
    return sorted(found, key=lambda change: (-change.level, change.score, change.region))
