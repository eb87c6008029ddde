"""The index once more, in plain Python and one region at a time: section 7 of the design, word for word."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.cases import Case
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import IndexParameters

DAY_MS = 86_400_000
FAMILIES = ("stability", "public_order", "criminal", "safety")


def family_of(case: Case) -> int:
    """By type, but thefts and fights by whether they were called 治安 (1) or 刑事 (2)."""
    row = TYPE_BY_CODE[case.type]
    slug = {1: "public_order", 2: "criminal"}.get(case.nature, row.family) if row.by_nature else row.family
    return FAMILIES.index(slug)


def feeds(case: Case) -> bool:
    """Only what was reported, once."""
    return case.origin not in ("patrol", "publication") and case.state != "merged"


def decays_from(case: Case) -> int:
    """A dispute begins to decay when it is closed."""
    if TYPE_BY_CODE[case.type].is_dispute and case.closed_at_ms is not None:
        return max(case.closed_at_ms, case.occurred_at_ms)
    return case.occurred_at_ms


def is_steady(case: Case) -> bool:
    """Open disputes do not decay."""
    return TYPE_BY_CODE[case.type].is_dispute and case.closed_at_ms is None


class PlainIndex:
    """Scores, relative risks and effective events of every region, as dictionaries by region number."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        people: Sequence[float],
        parameters: IndexParameters,
        cases: Sequence[Case],
        now_ms: int,
        counts_from_ms: Sequence[int],
    ) -> None:
        """`counts_from_ms`: for each family, what decays from before this is worth nothing."""
        self.parameters, self.now_ms = parameters, now_ms
        self.cases = [
            case
            for case in cases
            if feeds(case) and (is_steady(case) or decays_from(case) >= counts_from_ms[family_of(case)])
        ]
        critical = [c for c in cases if feeds(c) and c.level == 1 and c.state in UNRESOLVED]
        known = [decays_from(case) for case in {c.id: c for c in [*self.cases, *critical]}.values()]
        recorded_ms = now_ms - min(known) if known else 0
        self.theta: dict[int, list[float]] = {}
        self.score: dict[int, float] = {}
        self.events: dict[int, float] = {}
        for region in range(hierarchy.region_count):
            grids = range(int(hierarchy.grid_lo[region]), int(hierarchy.grid_hi[region]))
            inside = [case for case in self.cases if case.grid in grids]
            persons = sum(people[grid] for grid in grids)
            above = int(hierarchy.parent[region])
            self.theta[region], self.events[region] = [], 0.0
            for family in range(4):
                reference = self.reference(family)
                half_life_ms = parameters.half_life_days[family] * DAY_MS
                days = half_life_ms / DAY_MS / math.log(2) * (1 - 2 ** (-recorded_ms / half_life_ms))
                e = sum(self.worth(case) for case in inside if family_of(case) == family)
                x = persons * days
                kappa = parameters.shrinkage / reference
                parent_rate = reference if above < 0 else self.theta[above][family] * reference
                rate = (e + kappa * parent_rate) / (x + kappa)
                self.theta[region].append(rate / reference)
                self.events[region] += e + kappa * parent_rate
            squares = sum(w * t * t for w, t in zip(parameters.weights, self.theta[region], strict=True))
            score = 85 - 10 * math.log2(math.sqrt(squares))
            score = min(max(score, 0.0), 100.0)
            if any(case.grid in grids for case in critical):
                score = min(score, 69.0)
            self.score[region] = score

    def worth(self, case: Case) -> float:
        """8, 4, 2 or 1, halving every half-life of the family."""
        half_life_ms = self.parameters.half_life_days[family_of(case)] * DAY_MS
        age = 0 if is_steady(case) else (self.now_ms - decays_from(case)) / half_life_ms
        return float({1: 8, 2: 4, 3: 2, 4: 1}[case.level] * 2**-age)

    def reference(self, family: int) -> float:
        """The tests' parameters have the same reference in all months."""
        return self.parameters.reference[0][family]


UNRESOLVED = ("reported", "accepted", "assigned", "handling")
