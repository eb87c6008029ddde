"""What the cases say of the city's systems: whistles, hearings, and the closed loop."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.commands import OPEN
from dashboard.domain.hierarchy import CITY, GRID, TIERS
from dashboard.domain.settling import COUNTED, success
from dashboard.domain.systems import middle
from dashboard.live.cases import OpenCase
from dashboard.live.systems.look import PERIOD, Look


def whistles(look: Look) -> dict[str, Any]:
    """Open cases whose departments haven't all reported in, the calls that wait, and how past calls went.

    `record` is None until the history of cases has been read: {period, called, on_time, late, waiting,
    rate: {on_time, decided, share, low, high}, by_department, by_region}.
    """
    waiting = Counter(name for case in look.cases for name in case["called"])
    found = look.record("whistles")
    return {
        "open": sum(bool(case["called"]) for case in look.cases),
        "waiting": waiting.total(),
        "by_department": [{"department": name, "waiting": count} for name, count in waiting.most_common()],
        "overdue": None if found is None else found["overdue"],
        "record": None if found is None else _whistle_record(found),
    }


def _whistle_record(found: dict[str, Any]) -> dict[str, Any]:
    rows = found["by_department"]
    total = {name: sum(row[name] for row in rows) for name in ("called", "on_time", "late", "waiting")}
    rate = success(total["on_time"], total["late"])
    return {
        "period": PERIOD,
        **total,
        "rate": {
            "on_time": rate.settled, "decided": rate.decided, "share": rate.share, "low": rate.low,
            "high": rate.high,
        },
        "by_department": rows,
        "by_region": found["by_region"],
    }  # fmt: skip


def hearings(look: Look) -> dict[str, Any]:
    """Disputes found, where they were settled, the success rate, and how old the open ones are.

    What rests on the counts of settled disputes is None while the store does not answer.
    """
    now_ms = look.sources.now_ms()
    open_ones = [case for case in look.cases if _is_undecided_dispute(case)]
    ages_s = [max(0, now_ms - case["occurred_at_ms"]) // 1000 for case in open_ones]
    found = look.settling
    paths = {} if found is None else {row["path"]: row for row in found["paths"]}
    return {
        "open": len(open_ones),
        "open_age": {"median_s": middle(ages_s), "oldest_s": max(ages_s, default=None)},
        "found": None if found is None else found["ended"] + len(open_ones),
        "ended": None if found is None else found["ended"],
        "settled": {path: row["settled"] for path, row in paths.items()} or None,
        "success": None if found is None else found["success"],
        "paths": None if found is None else found["paths"],
        "hearings": None if found is None else found["hearings"],
    }


def _is_undecided_dispute(case: OpenCase) -> bool:
    return TYPE_BY_CODE[case["type"]].is_dispute and case["state"] not in COUNTED


def loop(look: Look) -> dict[str, Any]:
    """Open cases by state and by the centre that has them, what is overdue, cards, and where cases wait.

    `flow` is None until the history of cases has been read: `Leaders.flow` over the last month.
    """
    now_ms = look.sources.now_ms()
    late = {case["id"] for case in look.cases if _is_overdue(case, now_ms)}
    by_state = Counter(case["state"] for case in look.cases)
    late_by_state = Counter(case["state"] for case in look.cases if case["id"] in late)
    cards = Counter(case["card"] for case in look.cases)
    return {
        "open": len(look.cases),
        "overdue": len(late),
        "paused": sum(bool(case["due"] and case["due"]["paused"]) for case in look.cases),
        "cards": {card: cards[card] for card in ("yellow", "red")},
        "by_state": [
            {"state": state, "open": by_state[state], "overdue": late_by_state[state]} for state in OPEN
        ],
        "levels": held_by_tier(look),
        "period": PERIOD,
        "flow": look.record("flow"),
    }


def _is_overdue(case: OpenCase, now_ms: int) -> bool:
    due = case["due"]
    return bool(due and not due["paused"] and due["red_ms"] <= now_ms)


def held_by_tier(look: Look) -> list[dict[str, Any]]:
    """Open cases of the region by the tier of the centre that has them, the city's first."""
    held = Counter(case["centre"] for case in look.cases)
    return [{"tier": TIERS[tier][0], "open": held[tier]} for tier in range(CITY, GRID + 1)]
