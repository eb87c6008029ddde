"""Deciding a publication: which places it asks to be rectified, and which of their cases are supervised.

Villages and grids that are orange or red in it get a case each, once for as long as they stay so:

- when they turn orange or red (in the first publication: are), and again when they turn red after orange, or
  have been red for three publications in a row, should the earlier case have ended by then;
- not while there is too little behind their score (hatched), nor while their earlier case is open;
- no more than so many at once, the worst first (ISA-18.2: of a flood nobody sees anything). What is left out
  is named, and has its turn in the next publication if it is still bad then.

All of it is a pure function of what was published before, of the index and of the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.commands import ENDED
from dashboard.domain.events import Publish
from dashboard.domain.hierarchy import GRID, VILLAGE, Hierarchy
from dashboard.domain.publication import (
    ORANGE,
    RED,
    Cause,
    Head,
    Publication,
    Rectification,
    Standing,
)

RECTIFIED_TIERS = (VILLAGE, GRID)
MOST_RAISED = 100
"""Cases that one publication opens at most, where the entry does not say."""
REDS_TO_SUPERVISE: dict[str, int] = {"yellow": 3, "red": 6}
"""Card → so many red publications in a row, and the open case is shown it."""
CASE_LEVEL: dict[int, str] = {ORANGE: "04", RED: "03"}
"""Level of the region → level of its case of rectification."""
_CARDS = ("normal", "yellow", "red")
_MOST_REDS = 255


@dataclass(frozen=True, slots=True)
class Moment:
    """What is published: the index as it stands at `at_ms`. Arrays as in `Standing`."""

    at_ms: int
    formula: str
    simulated: bool
    score: NDArray[np.uint16]
    level: NDArray[np.uint8]
    hatched: NDArray[np.bool_]
    capped: NDArray[np.bool_]


CaseOf = Callable[[str], Case | None]
"""Id → the case as it stands, None where it has not been reported yet."""
CausesOf = Callable[[int], tuple[Cause, ...]]
"""Region number → why it is as bad as it is."""


def decide(
    event: Publish,
    number: int,
    moment: Moment,
    before: Publication | None,
    hierarchy: Hierarchy,
    case_of: CaseOf,
    causes_of: CausesOf,
) -> Publication:
    """The publication of that number; `before` must be aligned with the hierarchy's codes."""
    deciding = _Deciding(number, moment, before, hierarchy, case_of)
    most = MOST_RAISED if event.most is None else event.most
    wanted = deciding.wanted()
    raised = [deciding.raise_case(region, causes_of(region)) for region in wanted[:most]]
    head = Head(
        number, event.id, moment.at_ms, event.by, event.note, moment.formula, moment.simulated, most,
        (*deciding.followed(), *raised), tuple(hierarchy.codes[region] for region in wanted[most:]),
    )  # fmt: skip
    standing = Standing(
        hierarchy.codes, moment.score, moment.level, moment.hatched, moment.capped, deciding.reds
    )
    return Publication(head, standing)


class _Deciding:
    """What one publication asks of places."""

    def __init__(
        self, number: int, moment: Moment, before: Publication | None, hierarchy: Hierarchy, case_of: CaseOf
    ) -> None:
        self._number, self._moment, self._hierarchy, self._case_of = number, moment, hierarchy, case_of
        self._left_before = frozenset(() if before is None else before.head.left)
        count = len(hierarchy)
        unknown = np.zeros(count, dtype=np.uint8)
        self._level_before = unknown if before is None else before.standing.level
        self.reds = _in_a_row(moment, unknown if before is None else before.standing.reds)
        known = () if before is None else before.head.rectifications
        self._followed = [self._followed_up(item) for item in known if self._is_followed(item)]
        self._latest = dict(self._by_region())

    def _is_followed(self, item: Rectification) -> bool:
        """An open case is, and one that has ended for as long as its place has stayed bad since."""
        region = self._number_of(item.region)
        if item.state not in ENDED or region is None:
            return item.state not in ENDED
        return bool(min(self._moment.level[region], self._level_before[region]) >= ORANGE)

    def _followed_up(self, item: Rectification) -> Rectification:
        case = self._case_of(item.case)
        state = (item.state or "reported") if case is None else case.state
        ended = item.ended or (self._number if state in ENDED else 0)
        return item._replace(state=state, ended=ended, card="", causes=())

    def _by_region(self) -> Iterator[tuple[int, Rectification]]:
        for item in sorted(self._followed, key=lambda item: item.raised):
            region = self._number_of(item.region)
            if region is not None:
                yield region, item

    def _number_of(self, code: str) -> int | None:
        try:
            return self._hierarchy.number_of(code)
        except KeyError:
            return None

    def wanted(self) -> list[int]:
        """Regions that are to get a case: those that are to be supervised first, then the worst."""
        moment, tier = self._moment, self._hierarchy.tier
        bad = (moment.level >= ORANGE) & ~moment.hatched & np.isin(tier, RECTIFIED_TIERS)
        regions = [region for region in np.flatnonzero(bad).tolist() if self._wants(region)]
        return sorted(
            regions, key=lambda region: (not self._is_supervised(region), int(moment.score[region]), region)
        )

    def _wants(self, region: int) -> bool:
        item = self._latest.get(region)
        if item is None or self._hierarchy.codes[region] in self._left_before:
            return item is None or item.state in ENDED
        worsened = bool(self._level_before[region] < self._moment.level[region])
        return item.state in ENDED and (worsened or self._is_supervised(region))

    def _is_supervised(self, region: int) -> bool:
        return bool(self.reds[region] >= REDS_TO_SUPERVISE["yellow"])

    def raise_case(self, region: int, causes: tuple[Cause, ...]) -> Rectification:
        """The case that is opened for a region."""
        code = self._hierarchy.codes[region]
        return Rectification(
            code,
            case_id(self._number, code),
            self._hierarchy.codes[self._worst_grid(region)],
            self._number,
            int(self._moment.score[region]),
            int(self._moment.level[region]),
            int(self._level_before[region]),
            card=self._card(region, None),
            causes=causes,
        )

    def _worst_grid(self, region: int) -> int:
        """The region number of the grid with the lowest score inside: of a grid, itself."""
        low, high = self._hierarchy.slice_of(region)
        grids = slice(self._hierarchy.region_of_grid(low), self._hierarchy.region_of_grid(high))
        return grids.start + int(np.argmin(self._moment.score[grids]))

    def followed(self) -> list[Rectification]:
        """The earlier cases as they are now, with the card that each is shown."""
        shown = []
        for item in self._followed:
            region = self._number_of(item.region)
            is_latest = region is not None and self._latest[region] is item
            if region is not None and is_latest and item.state not in ENDED:
                item = item._replace(card=self._card(region, self._case_of(item.case)))
            shown.append(item)
        return shown

    def _card(self, region: int, case: Case | None) -> str:
        """The gravest card that the region's reds in a row are worth, "" where the case has it already."""
        earned = [card for card, reds in REDS_TO_SUPERVISE.items() if self.reds[region] >= reds]
        if not earned or self._hierarchy.tier[region] not in RECTIFIED_TIERS:
            return ""
        has = "normal" if case is None else case.card
        return earned[-1] if _CARDS.index(earned[-1]) > _CARDS.index(has) else ""


def _in_a_row(moment: Moment, before: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Red publications in a row, u8[R]; one with too little behind it is none."""
    red = (moment.level == RED) & ~moment.hatched
    return np.where(red, np.minimum(before.astype(np.int64) + 1, _MOST_REDS), 0).astype(np.uint8)


def case_id(number: int, region: str) -> str:
    """The id of the case of rectification that a publication opens for a region."""
    return f"rect-{number}-{region}"
