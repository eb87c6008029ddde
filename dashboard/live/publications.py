"""What was published of the index, for pages and programs, and publishing it by hand.

Every answer is about one region and what lies in it; whether the one who asks may look there is asked before.
Scores are in points, None where unknown; levels 1 blue … 4 red, 0 unknown.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.access import Identity, may
from dashboard.domain.commands import ENDED
from dashboard.domain.events import parse_publish
from dashboard.domain.hierarchy import GRID, TIERS, Hierarchy
from dashboard.domain.publication import (
    UNKNOWN_SCORE,
    Cause,
    Head,
    Publication,
    Rectification,
    Standing,
    changes,
)
from dashboard.live.archive import Archive
from dashboard.live.desk import ForbiddenError
from dashboard.live.fresh_ids import fresh_command_id
from dashboard.live.sending import Answer, Sender
from dashboard.live.state import LiveState
from dashboard.streams.keys import Keys

LEVELS = (1, 2, 3, 4)
Told = dict[str, Any]


class Publications:
    """The publications of one city. Raises what a store that does not answer raises (`client.FAILED`)."""

    def __init__(
        self, url: str, keys: Keys, hierarchy: Hierarchy, state: LiveState, sender: Sender, most: int
    ) -> None:
        """`most`: cases of rectification that one that is published by hand opens at most."""
        self._archive = Archive(url, keys, hierarchy.codes)
        self._hierarchy, self._state, self._sender, self._most = hierarchy, state, sender, most

    def forget(self) -> None:
        """Read everything anew: the store may be another one."""
        self._archive.forget()

    # Publishing

    def publish(self, who: Identity, note: str = "", publish_id: str = "") -> Answer:
        """Publish the index of the whole city as it stands, and wait until it is done.

        The answer has `publication`, its number, or why there is none (`reason`, `sentence`). Raises
        `ForbiddenError`, `Refused` for a note that no entry may have, and `UnansweredError`.
        """
        if not may(who, "publish", self._hierarchy.codes[0], self._hierarchy.contains_code):
            raise ForbiddenError(f"{who.name} may not publish the index of the city.")
        now = datetime.now(UTC)
        entry = {
            "id": publish_id or fresh_command_id(),
            "command": "publish",
            "at": now.isoformat(timespec="milliseconds"),
            "by": who.name,
            "most": str(self._most),
            **({"note": note} if note else {}),
        }
        parse_publish(entry, int(now.timestamp() * 1000))
        answer = self._sender.command(entry)
        return {name: value for name, value in answer.items() if name != "case"}

    # Looking

    def latest(self, code: str | None = None) -> Told | None:
        """The last publication about a region (the city), as `all` has it; None before the first."""
        found = self._archive.last()
        return None if found is None else self._row(found, self._region(code))

    def all(self, limit: int = 20, code: str | None = None) -> list[Told]:
        """The last publications, the newest first, each about a region (the city).

        `{number, id, at_ms, by, note, formula, simulated, code, score, level, hatched, capped, reds, counts,
        raised, closed, left}`: `counts` has regions inside by the slug of their tier and by level as text,
        `raised` counts the cases of rectification that it opened, `closed` those that it was the first to see
        ended, `left` the places that had to wait for one.
        """
        last, region = self._archive.last_number(), self._region(code)
        found = (self._archive.of(number) for number in range(last, max(0, last - limit), -1))
        return [self._row(publication, region) for publication in found if publication is not None]

    def of(self, number: int) -> Told | None:
        """A publication whole: its row of `all`, and how every region stands, as arrays in their order.

        These are `score_tenths` u16[R] (65535 unknown), `levels` u8[R], `are_hatched` and `are_capped`
        bool[R], `reds_in_a_row` u8[R]. `rectifications` are as `report` has them.
        """
        found = self._archive.of(number)
        if found is None:
            return None
        standing = found.standing
        return {
            **self._row(found, 0),
            "score_tenths": standing.score,
            "levels": standing.level,
            "are_hatched": standing.hatched,
            "are_capped": standing.capped,
            "reds_in_a_row": standing.reds,
            "rectifications": [self._told(item) for item in found.head.rectifications],
        }

    def report(self, number: int, code: str | None = None) -> Told:
        """A publication about a region: its row of `all`, its children's standing, the rectifications inside.

        Raises `UnknownPublicationError`.
        """
        found, region = self._archive.insist(number), self._region(code)
        return {
            **self._row(found, region),
            "region": self._hierarchy.codes[region],
            "children": [self._standing(found.standing, child) for child in self._hierarchy.children(region)],
            "rectifications": self.rectifications(found.head, region),
            "left_out": [left for left in found.head.left if self._is_inside(left, region)],
        }

    def compare(self, number: int, before: int | None = None, code: str | None = None) -> Told:
        """Two publications, by default one and the one before it, over a region and all inside it.

        `{number, before, better, worse, same, rows}`: how many regions have a better, worse or the same
        level, and those with another level or a case of rectification, the worst first: `{code, level,
        level_before, score, score_before, rectification: case id or None, closed}`. Raises
        `UnknownPublicationError`.
        """
        now = self._archive.insist(number)
        then = self._archive.insist(number - 1 if before is None else before)
        regions = self._inside(self._region(code))
        changed = changes(now.standing, then.standing, regions)
        held = {self._hierarchy.number_of(item.region): item for item in self._known_here(now.head)}
        others = sorted(set(held) & set(regions.tolist()) - {change.region for change in changed})
        rows = [self._compared(now, then, region, held) for region in [c.region for c in changed] + others]
        better, worse = (sum(getattr(c, name) for c in changed) for name in ("is_better", "is_worse"))
        return {
            "number": number,
            "before": then.head.number,
            "better": better,
            "worse": worse,
            "same": len(regions) - len(changed),
            "rows": sorted(rows, key=lambda row: (-row["level"], row["score"] or 0.0, row["code"])),
        }

    def standing(self, code: str) -> Told | None:
        """How a region stood in the last publication, and in the one before it; None before the first.

        `{number, at_ms, simulated, score, level, hatched, capped, score_before, level_before, reds_in_a_row,
        rectification, closed}`: `rectification` is the id of its last case, None where it has none, `closed`
        whether that has ended by now.
        """
        now = self._archive.last()
        if now is None:
            return None
        then, region = self._archive.of(now.head.number - 1), self._region(code)
        item = next((i for i in reversed(self._known_here(now.head)) if i.region == code), None)
        row = self._standing(now.standing, region)
        return {
            "number": now.head.number,
            "at_ms": now.head.at_ms,
            "simulated": now.head.simulated,
            **{name: row[name] for name in ("score", "level", "hatched", "capped")},
            "score_before": None if then is None else _points(then.standing, region),
            "level_before": 0 if then is None else int(then.standing.level[region]),
            "reds_in_a_row": row["reds"],
            "rectification": None if item is None else item.case,
            "closed": item is not None and self.state_now(item) in ENDED,
        }

    def rectifications(self, head: Head, region: int) -> list[Told]:
        """The rectifications of a publication inside a region, the worst first; see `Rectification`.

        `state` is the case's when it was published, `state_now` its present one.
        """
        inside = [item for item in head.rectifications if self._is_inside(item.region, region)]
        inside.sort(key=lambda item: (item.ended != 0, item.raised != head.number, item.score, item.region))
        return [self._told(item) for item in inside]

    def state_now(self, item: Rectification) -> str:
        """The present state of a case: that of the open cases, else ended, or not there yet."""
        known = self._state.open_cases.get(item.case)
        if known is not None:
            return str(known["state"])
        return item.state if item.state in ENDED else "closed" if item.state else "reported"

    def _told(self, item: Rectification) -> Told:
        return {
            **item._asdict(),
            "score": item.score / 10,
            "causes": [{**cause._asdict(), "points": cause.tenths / 10} for cause in self._causes(item)],
            "state_now": self.state_now(item),
        }

    def _causes(self, item: Rectification) -> tuple[Cause, ...]:
        """As the publication said that opened the case."""
        opened_by = self._archive.of(item.raised)
        same = () if opened_by is None else opened_by.head.raised
        return next((other.causes for other in same if other.case == item.case), ())

    # One region of a publication

    def _region(self, code: str | None) -> int:
        return 0 if code is None else self._hierarchy.number_of(code)

    def _is_inside(self, code: str, region: int) -> bool:
        return self._hierarchy.contains_code(self._hierarchy.codes[region], code)

    def _known_here(self, head: Head) -> list[Rectification]:
        """Those of regions that this city (still) has, by the publication that opened them."""
        found = [item for item in head.rectifications if self._is_inside(item.region, 0)]
        return sorted(found, key=lambda item: item.raised)

    def _inside(self, region: int) -> NDArray[np.int64]:
        """The numbers of a region and all inside it."""
        hierarchy, (low, high) = self._hierarchy, self._hierarchy.slice_of(region)
        inside = (hierarchy.grid_lo >= low) & (hierarchy.grid_hi <= high)
        return np.flatnonzero(inside & (hierarchy.tier >= hierarchy.tier[region]))

    def _row(self, publication: Publication, region: int) -> Told:
        head, standing = publication.head, publication.standing
        whole = region == 0
        raised, ended = (
            sum(whole or self._is_inside(item.region, region) for item in items)
            for items in (head.raised, head.ended)
        )
        return {
            **{name: getattr(head, name) for name in _OF_HEAD},
            **self._standing(standing, region),
            "counts": self._counts(standing, region),
            "raised": raised,
            "closed": ended,
            "left": sum(whole or self._is_inside(code, region) for code in head.left),
        }

    def _standing(self, standing: Standing, region: int) -> Told:
        return {
            "code": self._hierarchy.codes[region],
            "score": _points(standing, region),
            "level": int(standing.level[region]),
            "hatched": bool(standing.hatched[region]),
            "capped": bool(standing.capped[region]),
            "reds": int(standing.reds[region]),
        }

    def _counts(self, standing: Standing, region: int) -> dict[str, dict[str, int]]:
        regions = self._inside(region)
        tiers, levels = self._hierarchy.tier[regions], standing.level[regions]
        return {
            TIERS[tier][0]: {str(level): int(np.sum(levels[tiers == tier] == level)) for level in LEVELS}
            for tier in range(int(self._hierarchy.tier[region]) + 1, GRID + 1)
        }

    def _compared(
        self, now: Publication, then: Publication, region: int, held: dict[int, Rectification]
    ) -> Told:
        item = held.get(region)
        return {
            "code": self._hierarchy.codes[region],
            "level": int(now.standing.level[region]),
            "level_before": int(then.standing.level[region]),
            "score": _points(now.standing, region),
            "score_before": _points(then.standing, region),
            "rectification": None if item is None else item.case,
            "closed": item is not None and item.state in ENDED,
        }


_OF_HEAD = ("number", "id", "at_ms", "by", "note", "formula", "simulated")


def _points(standing: Standing, region: int) -> float | None:
    tenths = int(standing.score[region])
    return None if tenths == UNKNOWN_SCORE else tenths / 10
