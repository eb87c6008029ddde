"""Cases, places and units by a few words, the best first.

Every word must be found, in a thing's own texts or in those of a place that it lies in ("青州 李家"). A place
or a unit needs one word of its own; a case is found by its place alone too, behind those that say it
themselves, and so is a grid, which is named after its village.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import CASE_TYPES
from dashboard.domain.hierarchy import COUNTY, GRID, Hierarchy
from dashboard.domain.search.alphabet import U8, Alphabet
from dashboard.domain.search.open_cases import OpenCases
from dashboard.domain.search.query import Emphasis
from dashboard.domain.search.texts import NONE, Texts
from dashboard.domain.units import KINDS as UNIT_KINDS

KINDS = CASE, PLACE, UNIT = ("case", "place", "unit")
"""What can be found; of equally good ones cases come first."""
BY_PLACE = 8
"""The rank of what is only found because of the place that it lies in: worse than every rank of `texts`."""
_RANK_BITS = 56

Ranks = list[U8]
"""One word after the other: how well it fits each row."""


@dataclass(frozen=True)
class Area:
    """Where may be looked: regions from this tier down, inside these grids."""

    tier: int
    grid_lo: int
    grid_hi: int

    @classmethod
    def of(cls, hierarchy: Hierarchy, region: int) -> Area:
        """A region and what lies in it."""
        return cls(
            int(hierarchy.tier[region]), int(hierarchy.grid_lo[region]), int(hierarchy.grid_hi[region])
        )


@dataclass(frozen=True)
class Hit:
    """What was found: its kind, its number (of the region, the unit, or the row of the case), its rank."""

    kind: str
    number: int
    rank: int


class Finder:
    """All that can be found in one city; `cases` must be kept up (see `OpenCases`)."""

    def __init__(self, hierarchy: Hierarchy, unit_kinds: NDArray[Any], unit_homes: NDArray[Any]) -> None:
        self.alphabet = Alphabet()
        self._hierarchy = hierarchy
        self.places, self.units = Texts(self.alphabet), Texts(self.alphabet)
        """Filled by whoever has the names, in the order of regions and units; see `add` of `Texts`."""
        self.cases = OpenCases(self.alphabet)
        self._kinds_of_units, self._types_of_cases = Texts(self.alphabet), Texts(self.alphabet)
        self._kinds_of_units.add([(slug.replace("_", " "), zh) for slug, zh in UNIT_KINDS])
        self._types_of_cases.add([(row.zh, row.en, row.code) for row in CASE_TYPES])
        self._unit_kinds = unit_kinds.astype(np.int64)
        self._unit_homes = unit_homes.astype(np.int64)

    def find(self, words: Sequence[str], area: Area, limit: int) -> list[Hit]:
        """The best `limit`; of each kind at least a third of them, where it has so many.

        `words`: at least one, as `words_of` gives them.
        """
        places = [self.places.ranks(word) for word in words]
        within = [self._within(ranks) for ranks in places]
        found = {
            CASE: self._cases(words, within, area),
            PLACE: self._places(places, within, area),
            UNIT: self._units(words, within, area),
        }
        return _shared([_best(kind, *found[kind], limit) for kind in KINDS], limit)

    def emphasis(self, words: Sequence[str]) -> Emphasis:
        """Tells where the words are in a text."""
        return Emphasis(self.alphabet, words)

    def _within(self, ranks: U8) -> NDArray[np.bool_]:
        """Which regions the word names, or one of those above them."""
        named: NDArray[np.bool_] = ranks != NONE
        for tier in range(COUNTY, GRID + 1):
            here = self._hierarchy.tier_slice(tier)
            named[here] |= named[self._hierarchy.parent[here]]
        return named

    def _places(self, own: Ranks, within: list[NDArray[np.bool_]], area: Area) -> tuple[U8, NDArray[Any]]:
        regions = self._hierarchy
        rank = _all_found(own, within, NONE)
        grids = regions.tier_slice(GRID)
        village = regions.parent[grids]
        adds_nothing = np.all([ranks[village] <= ranks[grids] for ranks in own], axis=0)
        rank[grids][adds_nothing & (rank[grids] != NONE)] = BY_PLACE
        outside = (regions.grid_lo < area.grid_lo) | (regions.grid_hi > area.grid_hi)
        rank[outside | (regions.tier < area.tier)] = NONE
        return rank, np.arange(len(rank))  # regions are numbered tier by tier

    def _units(
        self, words: Sequence[str], within: list[NDArray[np.bool_]], area: Area
    ) -> tuple[U8, NDArray[Any]]:
        kinds = self._unit_kinds
        own = [np.minimum(self.units.ranks(w), self._kinds_of_units.ranks(w)[kinds]) for w in words]
        at_home = [named[self._hierarchy.tier_start[GRID] + self._unit_homes] for named in within]
        rank = _all_found(own, at_home, NONE)
        rank[(self._unit_homes < area.grid_lo) | (self._unit_homes >= area.grid_hi)] = NONE
        return rank, np.arange(len(rank))

    def _cases(
        self, words: Sequence[str], within: list[NDArray[np.bool_]], area: Area
    ) -> tuple[U8, NDArray[Any]]:
        rows = self.cases.rows
        own = [
            np.minimum(self.cases.texts.ranks(w), self._types_of_cases.ranks(w)[rows["type"]]) for w in words
        ]
        there = [named[self._hierarchy.tier_start[GRID] + rows["grid"]] for named in within]
        rank = _all_found(own, there, BY_PLACE)
        rank[~rows["open"] | (rows["grid"] < area.grid_lo) | (rows["grid"] >= area.grid_hi)] = NONE
        return rank, rows["order"]

    def case(self, number: int) -> Mapping[str, Any]:
        """The case of a hit, as it was when it was last taken up."""
        return self.cases.case(number)


def _all_found(own: Ranks, within: list[NDArray[np.bool_]], by_place: int) -> U8:
    """The worst rank of the words that a row holds itself, where every word is found; `by_place` where all
    are found in the places around it alone."""
    rank = np.zeros(len(own[0]), np.uint8)
    found, alone = np.ones(len(rank), bool), np.ones(len(rank), bool)
    for ranks, named in zip(own, within, strict=True):
        has = ranks != NONE
        rank = np.maximum(rank, np.where(has, ranks, 0).astype(np.uint8))
        found &= has | named
        alone &= ~has
    rank[alone] = by_place
    rank[~found] = NONE
    return rank


def _best(kind: str, rank: U8, order: NDArray[Any], limit: int) -> list[Hit]:
    """The first `limit` by rank, then by `order` (whole numbers below 2^56)."""
    rows = np.flatnonzero(rank != NONE)
    key = (rank[rows].astype(np.int64) << _RANK_BITS) + order[rows]
    if len(rows) > limit:
        nearest = np.argpartition(key, limit)[:limit]
        rows, key = rows[nearest], key[nearest]
    return [Hit(kind, int(row), int(rank[row])) for row in rows[np.lexsort((rows, key))]]


def _shared(by_kind: list[list[Hit]], limit: int) -> list[Hit]:
    """The best of all kinds; none crowds another out."""
    share = limit // len(by_kind)
    sure = [hit for hits in by_kind for hit in hits[:share]]
    rest = sorted((hit for hits in by_kind for hit in hits[share:]), key=lambda hit: hit.rank)
    return sorted(sure + rest[: limit - len(sure)], key=lambda hit: (hit.rank, KINDS.index(hit.kind)))
