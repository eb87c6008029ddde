"""A stand-in for `dashboard.live.leaders.Leaders` over the small city; its parts sum as the real ones do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.hierarchy import GRID, Hierarchy

NOW_MS = 1_764_000_000_000
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
SPANS = {"day": 1, "week": 7, "month": 30, "year": 365}
FAMILY_POINTS = (-0.637, -0.412, -2.6049, 1.5031)
"""Of stability, public order, criminal incidents and public safety, in every explanation."""
BASE = 85.0


class FakeLeaders:
    """Answers at once; `ready` and what an answer holds can be set."""

    def __init__(self, hierarchy: Hierarchy, ready: bool = True) -> None:
        self.hierarchy = hierarchy
        self.ready = ready

    def version(self, code: str) -> str:
        return f"1.{code}"

    def explanation(self, code: str) -> dict[str, Any]:
        region = self.hierarchy.number_of(code)
        parent = int(self.hierarchy.parent[region])
        limit = -1.25 if region == 0 else 0.0
        families = [
            {
                "slug": family.slug, "weight": weight, "half_life_days": days, "score": BASE + points,
                "points": points, "theta": 1.2, "parent_theta": 1.0, "severity": 12.5, "expected": 11.1,
                "reference_per_10000_day": 0.66,
            }
            for family, weight, days, points in zip(
                FAMILIES, (0.20, 0.25, 0.35, 0.20), (30, 19, 60, 45), FAMILY_POINTS, strict=True
            )
        ]  # fmt: skip
        score = BASE + sum(FAMILY_POINTS) + limit
        return {
            "code": code, "at_ms": NOW_MS, "score": score, "uncapped": score - limit, "base_score": BASE,
            "limit_points": limit, "hatched": region % 5 == 4, "effective_events": 3.2 + region,
            "least_effective_events": 5.0, "interval": [score - 1.4, score + 1.3], "interval_share": 0.8,
            "formula": "1.0-default", "parent": None if parent < 0 else self.hierarchy.codes[parent],
            "shrinkage": 1.0, "points_per_doubling": 10.0, "cuts": [90.0, 80.0, 70.0], "families": families,
            "parts": self._parts(region),
        }  # fmt: skip

    def _parts(self, region: int) -> list[dict[str, Any]]:
        """Half of each family to a case in the region's first grid, a third to its first child, the rest."""
        grid = self._first_grid(region)
        children = self.hierarchy.children(region)
        parts = []
        for family, points in zip(FAMILIES, FAMILY_POINTS, strict=True):
            part = {"family": family.slug, "case": None, "case_type": None, "level": None, "severity": None}
            named = {
                **part, "kind": "case", "points": points / 2, "case": f"c-{family.slug}", "case_type": "2101",
                "level": 3, "place": grid, "severity": 2.0,
            }  # fmt: skip
            places = [{**part, "kind": "place", "points": points / 3, "place": self.hierarchy.codes[c]}
                      for c in children[:1]]  # fmt: skip
            left = points - named["points"] - sum(place["points"] for place in places)
            parts += [named, *places, {**part, "kind": "rest", "points": left, "place": None}]
        return parts

    def _first_grid(self, region: int) -> str:
        return self.hierarchy.codes[self.hierarchy.region_of_grid(int(self.hierarchy.grid_lo[region]))]

    def moved(self, code: str, since: str) -> dict[str, Any] | None:
        if not self.ready:
            return None
        region = self.hierarchy.number_of(code)
        to_score = self.explanation(code)["score"]
        points = [0.31, -1.44, -0.2501, 0.0]
        cap, rest = -0.5, 0.0421
        case = {"level": 2, "place": self._first_grid(region), "family": "public_order"}
        return {
            "since": since, "from_ms": NOW_MS - SPANS[since] * DAY_MS, "to_ms": NOW_MS,
            "from_score": to_score - sum(points) - cap - rest, "to_score": to_score,
            "families": [
                {"slug": family.slug, "points": p} for family, p in zip(FAMILIES, points, strict=True)
            ],
            "cap_points": cap, "rest_points": rest,
            "cases": [
                {**case, "case": "c1", "case_type": "2101", "points": -1.2, "what": "new"},
                {**case, "case": "c2", "case_type": "3201", "points": 0.31, "what": "ended"},
            ],
            "places": [
                {"code": self.hierarchy.codes[child], "points": -0.004 * child}
                for child in self.hierarchy.children(region)
            ],
        }  # fmt: skip

    def cases(self, code: str, period: str) -> dict[str, Any] | None:
        if not self.ready:
            return None
        return {
            "period": period, **self._window(period), "new": 64, "new_before": 58, "new_year_ago": None,
            "ended": 40, "open": 24, "overdue": 3,
            "by_type": [{"type": f"{first:02d}", "new": 40 - first, "before": 20, "open": 2}
                        for first in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 21)],
            "by_stage": [{"state": "reported", "open": 20, "overdue": 1},
                         {"state": "handling", "open": 4, "overdue": 2}],
            "by_level": [{"level": level, "new": 16 * level, "open": level} for level in (1, 2, 3, 4)],
            "by_origin": [{"origin": "hotline", "new": 50}, {"origin": "patrol", "new": 14}],
            "deadlines": [{"phase": "accept", "kept": 60, "missed": 4, "running": 20, "running_late": 1},
                          {"phase": "on_scene", "kept": 0, "missed": 0, "running": 0, "running_late": 0}],
            "kept_share": 0.9375, "median_handle_h": 5.25,
        }  # fmt: skip

    def calendar(self, code: str, period: str) -> dict[str, Any] | None:
        if not self.ready:
            return None
        counts = [[day + hour for hour in range(24)] for day in range(7)]
        return {"counts": counts, **self._window(period)}

    def daily(self, code: str, period: str) -> dict[str, Any] | None:
        if not self.ready:
            return None
        days = np.arange(SPANS[period]) + np.datetime64("2025-11-01")
        return {
            "days": [str(day) for day in days], "new": [3 + i % 4 for i in range(len(days))],
            "before": [2] * len(days), "year_ago": [None] * len(days), "ended": [1] * len(days),
        }  # fmt: skip

    def children(self, code: str) -> dict[str, Any] | None:
        if not self.ready:
            return None
        region = self.hierarchy.number_of(code)
        return {"at_ms": NOW_MS, "rows": [self._row(child) for child in self.hierarchy.children(region)]}

    def _row(self, region: int) -> dict[str, Any]:
        score = round(96.4 - (region * 7.3) % 34, 1)
        return {
            "code": self.hierarchy.codes[region], "name": "", "name_en": "",
            "tier": int(self.hierarchy.tier[region]), "score": score, "hatched": False,
            "level": next((n for n, cut in enumerate((90.0, 80.0, 70.0), 1) if score >= cut), 4),
            "day": -0.4, "week": 1.2, "month": None, "open": 2 * region, "overdue": region % 3, "new": 7,
            "before": 9, "kept_share": 0.9, "per_10000": 3.14, "population": 350,
        }  # fmt: skip

    def compare(self, codes: Sequence[str], hours: int) -> dict[str, Any]:
        regions = {code: self.hierarchy.number_of(code) for code in codes}
        above = {code: r for code, r in regions.items() if self.hierarchy.tier[r] < GRID}
        times = [NOW_MS - hour * HOUR_MS for hour in range(hours, -1, -1)]
        return {
            "times_ms": times,
            "series": {code: [80.0 + r + hour % 5 for hour in range(hours + 1)] for code, r in above.items()},
        }

    def _window(self, period: str) -> dict[str, int]:
        return {"from_ms": NOW_MS - SPANS[period] * DAY_MS, "to_ms": NOW_MS}
