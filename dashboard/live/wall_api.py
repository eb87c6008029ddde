"""What the wall shows beside its live figures: yesterday, what moved the index, the rings' gaps, new cases.

`GET /live/wall.json?region=<code>`, asked every few seconds by each screen. The answer for a region is made
at most once in `KEPT_S` and shared by all screens of the process; what can't be told now is None, never 0.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from dashboard.domain.access import Identity, may, own_region
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.rings import RINGS
from dashboard.live.answering import BadRequestError, json_answer, part_of_api
from dashboard.live.city import City
from dashboard.live.desk import ForbiddenError, UnansweredError
from dashboard.streams.client import FAILED

KEPT_S = 4.0
_MOST_KEPT = 64
HOUR_MS, DAY_HOURS = 3_600_000, 24
TEN_MINUTES_MS = 600_000
BUCKETS = 144
"""Ten minutes each: a day."""
MOST_CASES = 20_000
_MOST_MOVED = 4
"""Cases that are named among what moved the index."""

Figures = dict[str, Any]


@dataclass(frozen=True)
class Sources:
    """Who is asked beside the city itself; either may be None.

    `leaders`: a `dashboard.live.leaders.Leaders`; `systems`: a `dashboard.live.systems.Systems`.
    """

    leaders: Any = None
    systems: Any = None


def register(server: Flask, city: City, sources: Sources, release: str) -> None:
    """Add the route to the Flask server; `release` names what the server runs (see `release`)."""
    blueprint = part_of_api("wall", "/live")
    figures = WallFigures(city, sources)

    @blueprint.get("/wall.json")
    def wall() -> Response:
        code = region_to_show(city.identity(), city.hierarchy, request.args.get("region"))
        if not city.ready:
            raise UnansweredError("unwritten", "The city's state is not loaded yet; try again in a moment.")
        return json_answer({"release": release, **figures.of(code)})

    server.register_blueprint(blueprint)


def region_to_show(who: Identity, hierarchy: Hierarchy, code: str | None) -> str:
    """The code that is asked about, else of one's own region.

    Raises `BadRequestError` for a code that is none, `ForbiddenError` where `who` may not look.
    """
    own = own_region(who, hierarchy)
    if code is None and own is not None:
        code = hierarchy.codes[own]
    if code is None or not may(who, "view", code, hierarchy.contains_code):
        raise ForbiddenError(f"{who.name} may not look there.")
    try:
        hierarchy.number_of(code)
    except KeyError:
        raise BadRequestError(f"There is no region {code[:20]!r}.") from None
    return code


class WallFigures:
    """Answers for one city."""

    def __init__(self, city: City, sources: Sources, now: Callable[[], float] = time.monotonic) -> None:
        self._city, self._sources, self._now = city, sources, now
        self._kept: dict[str, tuple[float, Figures]] = {}

    def of(self, code: str) -> Figures:
        """The figures of a region, not older than `KEPT_S`.

        `{code, at_ms, trend, day_ago, moved, rings, cases}`; each of the last five may be None.
        """
        kept = self._kept.get(code)
        if kept is not None and self._now() - kept[0] < KEPT_S:
            return kept[1]
        parts: dict[str, Callable[[str], Any]] = {
            "trend": self._trend, "day_ago": self._day_ago, "moved": self._moved, "rings": self._rings,
            "cases": self._cases,
        }  # fmt: skip
        found = {"code": code, "at_ms": time.time_ns() // 1_000_000}
        found |= {name: _or_none(part, code) for name, part in parts.items()}
        while len(self._kept) >= _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept.pop(code, None)
        self._kept[code] = (self._now(), found)
        return found

    def _trend(self, code: str) -> Figures | None:
        """`{times_ms, scores}`: hourly scores of two days, oldest first, the last is now; None for a grid."""
        times_ms, scores = self._city.figures.region_trend(code, 2 * DAY_HOURS)
        return {"times_ms": times_ms, "scores": scores} if times_ms else None

    def _day_ago(self, code: str) -> dict[str, float | None]:
        """Code → score of a day ago, of the region and its children."""
        figures = self._city.figures
        times_ms, scores = figures.region_trend(code, DAY_HOURS + 1)
        child_times_ms, children = figures.children_trend(code, DAY_HOURS + 1)
        found = {code: score_day_ago(times_ms, scores)}
        return found | {child: score_day_ago(child_times_ms, column) for child, column in children.items()}

    def _moved(self, code: str) -> Figures | None:
        """What moved the score since yesterday, as `Leaders.moved` says it, its weightiest cases first."""
        leaders = self._sources.leaders
        moved = leaders.moved(code, "day") if leaders is not None else None
        if moved is None:
            return None
        weightiest = sorted(moved["cases"], key=lambda case: -abs(case["points"]))[:_MOST_MOVED]
        return {**moved, "cases": weightiest}

    def _rings(self, code: str) -> list[Figures]:
        """Of each ring `{ring, length_m, watched_m, share, checkpoints, online, gaps}`.

        Without the city's systems the share alone is known; what is not known is None.
        """
        if self._sources.systems is not None:
            told = self._sources.systems.rings(code)
            return list(told["rings"])
        shares = self._city.figures.ring_integrity(code)
        unknown = dict.fromkeys(("length_m", "watched_m", "checkpoints", "online", "gaps"))
        return [{"ring": ring, **unknown, "share": share} for ring, share in zip(RINGS, shares, strict=True)]

    def _cases(self, code: str) -> Figures | None:
        """New and ended cases of the day: `{by_ten_minutes, from_ms, new, new_before, ended, kept_share}`.

        None until the history of cases has been read.
        """
        leaders = self._sources.leaders
        if leaders is None or not leaders.ready:
            return None
        sums, rows = leaders.cases(code, "day"), leaders.case_rows(code, "day", MOST_CASES)
        if sums is None or rows is None:  # the one may be kept while the store is not asked for the other
            return None
        to_ms = int(self._city.state.clock.get("clock_ms") or sums["to_ms"])
        from_ms = (to_ms // TEN_MINUTES_MS - BUCKETS + 1) * TEN_MINUTES_MS
        wanted = ("new", "new_before", "ended", "kept_share")
        return {
            "from_ms": from_ms,
            "by_ten_minutes": by_ten_minutes([row["occurred_at_ms"] for row in rows], from_ms),
            **{name: sums.get(name) for name in wanted},
        }


def score_day_ago(times_ms: list[int], scores: list[float | None]) -> float | None:
    """The newest of these scores that is a day old; None where the record doesn't reach back so far."""
    if not times_ms:
        return None
    end_ms = times_ms[-1] - DAY_HOURS * HOUR_MS
    old = [score for at_ms, score in zip(times_ms, scores, strict=True) if at_ms <= end_ms]
    return old[-1] if old else None


def by_ten_minutes(occurred_at_ms: list[int], from_ms: int) -> list[int]:
    """How many of these times lie in each ten minutes of the day that begins at `from_ms`."""
    found = Counter((at_ms - from_ms) // TEN_MINUTES_MS for at_ms in occurred_at_ms)
    return [found[bucket] for bucket in range(BUCKETS)]


def _or_none(part: Callable[[str], Any], code: str) -> Any:
    """A part of the figures; None while the store that it rests on does not answer."""
    try:
        return part(code)
    except FAILED:
        return None
