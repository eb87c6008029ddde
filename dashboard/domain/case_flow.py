"""How cases go through the loop and where they wait, and how departments come when they are whistled for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import IS_OPEN, NEVER_MS, STATE_NUMBER, Columns
from dashboard.domain.case_figures import Window, is_counted, is_overdue
from dashboard.domain.commands import OPEN
from dashboard.domain.hierarchy import TIERS
from dashboard.domain.whistle_columns import WhistleColumns

_HOUR_S, _HOUR_MS = 3600, 3_600_000

Mask = NDArray[np.bool_]


def count_flow(cases: Columns, window: Window, now_ms: int) -> dict[str, Any]:
    """The figures of `dashboard.live.leaders.Leaders.flow`."""
    state = cases["state"]
    opened, overdue = IS_OPEN[state], is_overdue(cases, now_ms)
    ended = is_counted(cases) & ~opened & window.holds(cases["ended_ms"])
    stay_s = cases["stay_s"][ended & cases["was_worked"]]
    here = {slug: state == STATE_NUMBER[slug] for slug in OPEN}
    return {
        "from_ms": window.from_ms,
        "to_ms": window.to_ms,
        "ended": int(ended.sum()),
        "stages": [
            {"state": slug, "count": int(here[slug].sum()), **_stay(stay_s[:, number])}
            for number, slug in enumerate(OPEN)
        ],
        "levels": [
            {"tier": slug, "open": int((opened & at).sum()), "overdue": int((overdue & at).sum())}
            for slug, at in ((slug, cases["centre"] == tier) for tier, (slug, _) in enumerate(TIERS))
        ],
        "waits": [_wait(cases, here[slug], overdue, now_ms) | {"state": slug} for slug in OPEN],
    }


def _stay(seconds: NDArray[Any]) -> dict[str, Any]:
    """Of the cases that were in a state at all, the median and the time that nine in ten did not exceed."""
    passed = seconds[seconds > 0]
    if not len(passed):
        return {"median_h": None, "p90_h": None, "passed": 0}
    median, most = np.percentile(passed, (50, 90)) / _HOUR_S
    return {"median_h": float(median), "p90_h": float(most), "passed": len(passed)}


def _wait(cases: Columns, here: Mask, overdue: Mask, now_ms: int) -> dict[str, Any]:
    waited_h = np.maximum(now_ms - cases["since_ms"][here], 0) / _HOUR_MS
    return {
        "open": int(here.sum()),
        "overdue": int((overdue & here).sum()),
        "median_h": float(np.median(waited_h)) if len(waited_h) else None,
        "oldest_h": float(waited_h.max()) if len(waited_h) else None,
    }


def count_whistles(
    whistles: WhistleColumns,
    grids: tuple[int, int],
    child_lo: NDArray[Any],
    codes: Sequence[str],
    window: Window,
    now_ms: int,
) -> dict[str, Any]:
    """The figures of `dashboard.live.leaders.Leaders.whistles` for the grids `grids[0]` to `grids[1]`.

    A department that had not come when the case ended was late if its time was over by then; otherwise it
    need not come any more and was not called, as far as these figures go. `child_lo`: first grids of the
    child regions, `codes`: their codes; none for a grid.
    """
    grid = whistles["grid"]
    inside = np.flatnonzero((grid >= grids[0]) & (grid < grids[1]))
    called_ms, due_ms, reported_ms, ended_ms = (
        whistles[name][inside] for name in ("called_ms", "due_ms", "reported_ms", "ended_ms")
    )
    came, over_ms = reported_ms < NEVER_MS, np.minimum(ended_ms, now_ms)
    on_time = came & (reported_ms <= due_ms)
    late = (came & (reported_ms > due_ms)) | (~came & (over_ms > due_ms))
    waiting = ~came & (ended_ms == NEVER_MS)
    called = window.holds(called_ms)
    marks = {"on_time": called & on_time, "late": called & late, "waiting": called & waiting & ~late}
    names = whistles.departments
    by_department = _grouped(whistles["department"][inside], len(names), marks)
    by_region = _grouped(np.searchsorted(child_lo, grid[inside], side="right") - 1, len(codes), marks)
    return {
        "from_ms": window.from_ms,
        "to_ms": window.to_ms,
        "open": int(waiting.sum()),
        "overdue": int((waiting & late).sum()),
        "by_department": sorted(
            ({"department": names[n], **row} for n, row in enumerate(by_department) if row["called"]),
            key=lambda row: (-row["called"], row["department"]),
        ),
        "by_region": [{"code": code, **row} for code, row in zip(codes, by_region, strict=True)],
    }


def _grouped(group: NDArray[Any], count: int, marks: dict[str, Mask]) -> list[dict[str, int]]:
    """For each of `count` groups how many of its members have each mark, and `called`: how many have one."""
    if not count:
        return []
    columns = {name: np.bincount(group[mask], minlength=count) for name, mask in marks.items()}
    columns = {"called": np.sum(list(columns.values()), axis=0), **columns}
    return [{name: int(column[n]) for name, column in columns.items()} for n in range(count)]
