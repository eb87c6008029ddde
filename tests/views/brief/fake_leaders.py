"""Leaders' figures that are made up but add up."""

from __future__ import annotations

import itertools
from typing import Any

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.commands import OPEN, PHASES
from tests.views.brief.places import (
    BASE,
    CODES,
    DANGEROUS,
    FAMILY_POINTS,
    HIERARCHY,
    NOW_MS,
    PACK,
    SCORE,
    grid_in,
)
from tests.views.fakes import HOUR_MS


class FakeLeaders:
    """What `Leaders` answers, the same for every region but for what is inside it."""

    ready = True

    def __init__(self, ready: bool = True) -> None:
        self.ready = ready

    def version(self, code: str) -> str:
        return "v1"

    def explanation(self, code: str) -> dict[str, Any]:
        parts = [
            {
                "family": "criminal",
                "points": -2.11,
                "kind": "case",
                "case": "c1",
                "case_type": "2204",
                "level": 3,
                "place": grid_in(code),
                "severity": 2.0,
            },
            {
                "family": "criminal",
                "points": -1.2,
                "kind": "rest",
                "case": None,
                "case_type": None,
                "level": None,
                "place": None,
                "severity": 1.0,
            },
            *(
                {
                    "family": family.slug,
                    "points": points,
                    "kind": "place",
                    "case": None,
                    "case_type": None,
                    "level": None,
                    "place": grid_in(code),
                    "severity": 1.0,
                }
                for family, points in zip(FAMILIES, FAMILY_POINTS, strict=True)
                if family.slug != "criminal"
            ),
        ]
        families = [
            {
                "slug": family.slug,
                "weight": 0.25,
                "half_life_days": 30.0,
                "score": 80.0,
                "points": points,
                "theta": 1.3,
                "parent_theta": 1.1,
                "severity": 5.0,
                "expected": 4.0,
                "reference_per_10000_day": 0.5,
            }
            for family, points in zip(FAMILIES, FAMILY_POINTS, strict=True)
        ]
        return {
            "code": code,
            "at_ms": NOW_MS,
            "score": SCORE,
            "uncapped": SCORE,
            "base_score": BASE,
            "limit_points": 0.0,
            "hatched": False,
            "effective_events": 40.0,
            "least_effective_events": 5,
            "interval": [76.9, 80.1],
            "interval_share": 0.8,
            "formula": "1.0-test",
            "parent": None,
            "shrinkage": 1.0,
            "points_per_doubling": 10.0,
            "cuts": [90.0, 80.0, 70.0],
            "families": families,
            "parts": parts,
        }

    def moved(self, code: str, since: str) -> dict[str, Any]:
        points = (-0.6, -0.4, 1.3, -2.6)
        return {
            "since": since,
            "from_ms": NOW_MS - 7 * 24 * HOUR_MS,
            "to_ms": NOW_MS,
            "from_score": 80.7,
            "to_score": SCORE,
            "cap_points": 0.0,
            "rest_points": 0.0,
            "families": [
                {"slug": family.slug, "points": each} for family, each in zip(FAMILIES, points, strict=True)
            ],
            "cases": [
                {
                    "case": "c2",
                    "case_type": "3201",
                    "level": 2,
                    "place": grid_in(code),
                    "family": "safety",
                    "points": -1.94,
                    "what": "new",
                },
                {
                    "case": "c3",
                    "case_type": "2204",
                    "level": 3,
                    "place": grid_in(code),
                    "family": "criminal",
                    "points": 0.83,
                    "what": "decayed",
                },
            ],
            "places": [{"code": grid_in(code), "points": -0.72}, {"code": grid_in(code), "points": 0.001}],
        }

    def cases(self, code: str, period: str) -> dict[str, Any]:
        types = [("21", 9, 7, 2), ("35", 14, 20, 1), ("07", 5, 6, 4)]
        return {
            "period": period,
            "from_ms": NOW_MS - 1,
            "to_ms": NOW_MS,
            "new": 28,
            "new_before": 33,
            "new_year_ago": None,
            "ended": 25,
            "open": 7,
            "overdue": 1,
            "by_type": [{"type": t, "new": n, "before": b, "open": o} for t, n, b, o in types],
            "by_full_type": [],
            "by_stage": [{"state": state, "open": 2, "overdue": 1} for state in OPEN],
            "by_level": [{"level": level, "new": 7, "open": 1} for level in (1, 2, 3, 4)],
            "by_origin": [{"origin": "hotline", "new": 20}, {"origin": "resident", "new": 8}],
            "deadlines": [
                {"phase": phase, "kept": 18, "missed": 2, "running": 3, "running_late": 1} for phase in PHASES
            ],
            "kept_share": 0.9,
            "median_handle_h": 6.5,
        }

    def calendar(self, code: str, period: str) -> dict[str, Any]:
        counts = [[(day + hour) % 4 for hour in range(24)] for day in range(7)]
        return {"counts": counts, "from_ms": NOW_MS - 1, "to_ms": NOW_MS}

    def daily(self, code: str, period: str) -> dict[str, Any]:
        days = {"day": 1, "week": 7, "month": 30}[period]
        return {
            "days": [f"2026-11-{day + 1:02d}" for day in range(days)],
            "new": list(itertools.islice(itertools.cycle((4, 3, 5, 2)), days)),
            "before": [3] * days,
            "year_ago": [None] * days,
            "ended": [4] * days,
        }

    def children(self, code: str) -> dict[str, Any]:
        children = HIERARCHY.children(HIERARCHY.number_of(code))
        return {
            "at_ms": NOW_MS,
            "from_ms": NOW_MS - 1,
            "rows": [_child(at, child) for at, child in enumerate(children)],
        }

    def whistles(self, code: str, period: str) -> dict[str, Any]:
        rows = [{"department": "公安", "called": 6, "on_time": 4, "late": 1, "waiting": 1}]
        return {"from_ms": 0, "to_ms": 0, "open": 1, "overdue": 0, "by_department": rows, "by_region": []}

    def case_rows(self, code: str, period: str, limit: int) -> list[dict[str, Any]]:
        grid = grid_in(code)
        return [
            {
                "id": "c2",
                "type": "3201",
                "level": 2,
                "state": "handling",
                "grid": grid,
                "place": "化工园",
                "summary": DANGEROUS,
                "occurred_at_ms": NOW_MS - 3 * HOUR_MS,
                "closed_at_ms": None,
                "overdue": True,
            },
            {
                "id": "c9",
                "type": "2101",
                "level": 4,
                "state": "closed",
                "grid": grid,
                "place": "",
                "summary": "",
                "occurred_at_ms": NOW_MS - 9 * HOUR_MS,
                "closed_at_ms": NOW_MS - HOUR_MS,
                "overdue": False,
            },
        ][:limit]


def _child(at: int, child: int) -> dict[str, Any]:
    return {
        "code": CODES[child],
        "name": PACK.regions.name[child],
        "name_en": PACK.regions.name_en[child],
        "tier": int(HIERARCHY.tier[child]),
        "score": 91.3 - 8.7 * at,
        "level": min(4, 1 + at),
        "hatched": False,
        "day": 0.2,
        "week": -1.4 + at,
        "month": None,
        "open": 3 + at,
        "overdue": at,
        "new": 11,
        "before": 9,
        "kept_share": 0.913,
        "per_10000": 2.75,
        "population": int(PACK.regions.population[child]),
    }
