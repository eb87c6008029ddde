"""The cases of a region counted: by type, state, level and origin, and how their deadlines went.

Pure functions over columns (see `case_columns`). What they count is additive: the counts of regions that do
not overlap sum to those of the whole. A case that was merged into another is counted nowhere. What Kite
itself asks for (rectification) is work, and counts among what is open and due, but nothing that happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import (
    IS_OPEN,
    KEPT,
    MERGED,
    MISSED,
    NEVER_MS,
    ORIGIN_NUMBER,
    STATE_NUMBER,
    Columns,
)
from dashboard.domain.case_types import KITES_ORIGIN, LEVELS
from dashboard.domain.commands import OPEN, PHASES
from dashboard.domain.decay import DAY_MS

PERIOD_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
YEAR_DAYS = 364
"""How long ago the same days a year before were: whole weeks, so that weekdays meet weekdays."""
_HOUR_MS = 3_600_000
_WEEK_DAYS = 7
_LEAST_SHARE_OF_A_WEEK = 0.2
_HANDLE = list(PHASES).index("handle")
_ORIGINS = {slug: number for slug, number in ORIGIN_NUMBER.items() if slug != KITES_ORIGIN}

Mask = NDArray[np.bool_]


class Window(NamedTuple):
    """The time from `from_ms` up to, but not with, `to_ms`."""

    from_ms: int
    to_ms: int

    def earlier(self, by_ms: int) -> Window:
        """The window that lies so much earlier."""
        return Window(self.from_ms - by_ms, self.to_ms - by_ms)

    @property
    def before(self) -> Window:
        """The window of the same length that ends where this one begins."""
        return self.earlier(self.to_ms - self.from_ms)

    def holds(self, at_ms: NDArray[Any]) -> Mask:
        """Which of the times lie in it."""
        return np.asarray((at_ms >= self.from_ms) & (at_ms < self.to_ms), dtype=np.bool_)

    def is_on_record(self, record_from_ms: int | None) -> bool:
        """Whether there was a record all the time."""
        return record_from_ms is not None and self.from_ms >= record_from_ms


def record_from_ms(columns: Columns, now_ms: int) -> int | None:
    """When the city's record of cases begins; None without a case.

    It is the first day from which a week has a fifth of the cases of an ordinary week: a single case that is
    told of with a date long ago doesn't mean that all was recorded since.
    """
    day = columns["occurred_ms"] // DAY_MS
    day = day[(day >= 0) & (day <= now_ms // DAY_MS)]
    if not len(day):
        return None
    first = int(day.min())
    counts = np.bincount(day - first, minlength=int(now_ms // DAY_MS) - first + 1)
    weeks = np.convolve(counts, np.ones(_WEEK_DAYS, dtype=np.int64))[_WEEK_DAYS - 1 :]
    least = _LEAST_SHARE_OF_A_WEEK * float(np.median(weeks[weeks > 0]))
    return (first + int(np.argmax((counts > 0) & (weeks >= least)))) * DAY_MS


def is_counted(cases: Columns) -> Mask:
    """All but those that were merged into another."""
    return np.asarray(cases["state"] != MERGED, dtype=np.bool_)


def has_happened(cases: Columns) -> Mask:
    """Those that are counted and that Kite did not open itself."""
    is_told = cases["origin"] != ORIGIN_NUMBER[KITES_ORIGIN]
    return np.asarray(is_counted(cases) & is_told, dtype=np.bool_)


def is_overdue(cases: Columns, now_ms: int) -> Mask:
    """Which are open and have a clock that is red."""
    found = IS_OPEN[cases["state"]]
    opened = np.flatnonzero(found)
    found[opened] = (cases["red_ms"][opened] <= now_ms).any(axis=1)
    return np.asarray(found, dtype=np.bool_)


def count_cases(cases: Columns, window: Window, now_ms: int, record_from_ms: int | None) -> dict[str, Any]:
    """The counts of `dashboard.live.leaders.Leaders.cases`; `now_ms`: which clocks are red by now."""
    counted = has_happened(cases)
    occurred_ms, state = cases["occurred_ms"], cases["state"]
    new = counted & window.holds(occurred_ms)
    before = counted & window.before.holds(occurred_ms)
    opened, overdue = IS_OPEN[state], is_overdue(cases, now_ms)
    closed = counted & ~opened & window.holds(cases["ended_ms"])
    a_year_ago = window.earlier(YEAR_DAYS * DAY_MS)
    knows_before = window.before.is_on_record(record_from_ms)
    deadlines = count_deadlines(cases, window, now_ms)
    masks: dict[str, Mask | None] = {"new": new, "before": before if knows_before else None, "open": opened}
    return {
        "from_ms": window.from_ms,
        "to_ms": window.to_ms,
        "new": int(new.sum()),
        "new_before": int(before.sum()) if knows_before else None,
        "new_year_ago": int((counted & a_year_ago.holds(occurred_ms)).sum())
        if a_year_ago.is_on_record(record_from_ms)
        else None,
        "ended": int(closed.sum()),
        "open": int(opened.sum()),
        "overdue": int(overdue.sum()),
        "by_type": _by_type(cases["type"] // 100, masks, 2),
        "by_full_type": _by_type(cases["type"], masks, 4),
        "by_stage": _rows(
            "state", {slug: STATE_NUMBER[slug] for slug in OPEN}, state, open=opened, overdue=overdue
        ),
        "by_level": _rows("level", {level: level for level in LEVELS}, cases["level"], new=new, open=opened),
        "by_origin": _rows("origin", _ORIGINS, cases["origin"], new=new),
        "deadlines": deadlines,
        "kept_share": kept_share(deadlines),
        "median_handle_h": _median_handle_h(cases, closed),
    }


def _rows(name: str, numbers: Mapping[Any, int], values: NDArray[Any], **masks: Mask) -> list[dict[str, Any]]:
    """A row for each of the named numbers: how many of the values in each mask are it."""
    least = max(numbers.values()) + 1
    counts = {key: np.bincount(values[mask], minlength=least).tolist() for key, mask in masks.items()}
    return [
        {name: value} | {key: count[number] for key, count in counts.items()}
        for value, number in numbers.items()
    ]


def _by_type(types: NDArray[Any], masks: Mapping[str, Mask | None], digits: int) -> list[dict[str, Any]]:
    """A row for each type that has a case in any of the masks, those with most new ones first."""
    counts = {
        name: None if mask is None else np.bincount(types[mask], minlength=10**digits)
        for name, mask in masks.items()
    }
    kinds = np.flatnonzero(np.sum([count for count in counts.values() if count is not None], axis=0))
    rows = [
        {"type": f"{kind:0{digits}d}"}
        | {name: None if count is None else int(count[kind]) for name, count in counts.items()}
        for kind in kinds.tolist()
    ]
    return sorted(rows, key=lambda row: (-row["new"], row["type"]))


class Deadlines(NamedTuple):
    """How deadlines stand, for the cases at places `rows` i64[k] that have any: masks by phase, [k, P]."""

    rows: NDArray[np.int64]
    kept: Mask
    missed: Mask
    running: Mask
    running_late: Mask


def deadlines_in(cases: Columns, window: Window, now_ms: int) -> Deadlines:
    """The deadlines that were kept or missed inside the window, and those that run now.

    A deadline is missed at the moment in which it turns red, whether or not its clock still runs.
    """
    decided = window.holds(cases["verdict_ms"])
    rows = np.flatnonzero(is_counted(cases) & (decided.any(axis=1) | IS_OPEN[cases["state"]]))
    verdict, red_ms, running, decided = (
        column[rows] for column in (cases["verdict"], cases["red_ms"], cases["runs"], decided)
    )
    late = running & (red_ms <= now_ms)
    missed_now = late & (verdict != MISSED) & window.holds(red_ms)
    return Deadlines(
        rows=rows,
        kept=(verdict == KEPT) & decided & ~missed_now,
        missed=((verdict == MISSED) & decided) | missed_now,
        running=running,
        running_late=late,
    )


def count_deadlines(cases: Columns, window: Window, now_ms: int) -> list[dict[str, Any]]:
    """A row per phase: `{phase, kept, missed, running, running_late}`."""
    found = deadlines_in(cases, window, now_ms)._asdict()
    del found["rows"]
    counts = {name: mask.sum(axis=0).tolist() for name, mask in found.items()}
    return [
        {"phase": phase} | {name: column[number] for name, column in counts.items()}
        for number, phase in enumerate(PHASES)
    ]


def kept_share(deadlines: list[dict[str, Any]]) -> float | None:
    """Kept ÷ (kept + missed) over all phases; None where none was decided."""
    kept, missed = (sum(row[name] for row in deadlines) for name in ("kept", "missed"))
    return kept / (kept + missed) if kept + missed else None


def _median_handle_h(cases: Columns, closed: Mask) -> float | None:
    """Hours from learning of a case (or, where that was after its end, from its occurrence) to its result."""
    handled_ms = cases["first_ms"][closed, _HANDLE]
    end_ms = np.where(handled_ms < NEVER_MS, handled_ms, cases["ended_ms"][closed])
    learned_ms = cases["learned_ms"][closed]
    begun_ms = np.where(learned_ms <= end_ms, learned_ms, cases["occurred_ms"][closed])
    return float(np.median(end_ms - begun_ms)) / _HOUR_MS if len(end_ms) else None


def count_by_child(
    cases: Columns, grid_lo: NDArray[Any], window: Window, now_ms: int
) -> dict[str, NDArray[np.int64]]:
    """Counts per child region, i64[C] each: new, before, open, overdue, kept and missed.

    `grid_lo` [C]: the first grid of each child, which follow one another and hold all of the cases.
    """
    child = np.searchsorted(grid_lo, cases["grid"], side="right") - 1
    counted, occurred_ms = has_happened(cases), cases["occurred_ms"]
    deadlines = deadlines_in(cases, window, now_ms)
    of_deadline = np.repeat(child[deadlines.rows, None], len(PHASES), axis=1)
    members = {
        "new": child[counted & window.holds(occurred_ms)],
        "before": child[counted & window.before.holds(occurred_ms)],
        "open": child[IS_OPEN[cases["state"]]],
        "overdue": child[is_overdue(cases, now_ms)],
        "kept": of_deadline[deadlines.kept],
        "missed": of_deadline[deadlines.missed],
    }
    return {name: np.bincount(column, minlength=len(grid_lo)) for name, column in members.items()}
