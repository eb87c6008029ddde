"""Small cities, cases and reports that were never anywhere, and Hypothesis strategies of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dashboard.domain import cases
from dashboard.domain.case_types import CASE_TYPES, ORIGINS
from dashboard.domain.cases import Case
from dashboard.domain.events import Command, Report
from dashboard.domain.hierarchy import Hierarchy, from_parents

DAY_MS = 86_400_000
NOW_MS = 1_790_000_000_000
"""A moment in September 2026."""

PARENTS = ([0, 0], [0, 0, 1], [0, 1, 1, 2], [0, 0, 1, 2, 3, 3, 3])
"""Two counties, three towns, four villages, seven grids."""
CODES = (
    "370700",
    "370702", "370703",
    "370702001", "370702002", "370703001",
    "370702001001", "370702002001", "370702002002", "370703001001",
    "370702001001001", "370702001001002", "370702002001001", "370702002002001",
    "370703001001001", "370703001001002", "370703001001003",
)  # fmt: skip
GRIDS = 7


def small_city() -> Hierarchy:
    """The hierarchy of `PARENTS` and `CODES`."""
    return from_parents(PARENTS, CODES)


def city_of_size(counties: int, towns: int, villages: int, grids: int, seed: int = 1) -> Hierarchy:
    """A hierarchy with so many regions, spread at random."""
    rng = np.random.default_rng(seed)
    counts = (1, counties, towns, villages, grids)
    parents = [
        np.sort(np.concatenate([np.arange(above), rng.integers(0, above, below - above)])).tolist()
        for above, below in pairwise(counts)
    ]
    return from_parents(parents)


@st.composite
def parent_lists(draw: st.DrawFn) -> list[list[int]]:
    """What `from_parents` takes: for four tiers, each member's parent, none without a child."""
    lists, above = [], 1
    for _ in range(4):
        children = draw(st.lists(st.integers(1, 3), min_size=above, max_size=above))
        lists.append([number for number, count in enumerate(children) for _ in range(count)])
        above = len(lists[-1])
    return lists


def report(case_id: str = "a", **changes: Any) -> Report:
    """A report of an ordinary theft; `changes` are fields of `Report`."""
    values: dict[str, Any] = {
        "type": "2100", "level": None, "scale": None, "nature": None, "origin": "resident",
        "occurred_at_ms": NOW_MS - DAY_MS, "learned_at_ms": NOW_MS - DAY_MS + 60_000,
        "lon": None, "lat": None, "grid": CODES[10], "place": "", "summary": "", "source": "",
        "simulated": False, "closed_at_ms": None,
    }  # fmt: skip
    return Report(id=case_id, **(values | changes))


def case(case_id: str = "a", grid: int = 0, **changes: Any) -> Case:
    """The case that `report` opens."""
    return cases.new_case(report(case_id, **changes), grid)


def command(name: str, command_id: str = "c", case_id: str = "a", **changes: Any) -> Command:
    """A command of the duty desk."""
    values: dict[str, Any] = {"at_ms": NOW_MS, "by": "值班席01"}
    return Command(id=command_id, case=case_id, command=name, **(values | changes))


@st.composite
def many_cases(draw: st.DrawFn, grids: int = GRIDS, most: int = 25) -> list[Case]:
    """Cases of all types, levels and origins, up to two years old, open and closed."""
    found = []
    for number in range(draw(st.integers(0, most))):
        occurred_at_ms = NOW_MS - draw(st.integers(0, 730 * DAY_MS))
        closed_at_ms = draw(st.none() | st.integers(occurred_at_ms, NOW_MS))
        found.append(
            case(
                f"case-{number}",
                draw(st.integers(0, grids - 1)),
                type=draw(st.sampled_from(CASE_TYPES)).code,
                level=draw(st.integers(1, 4)),
                nature=draw(st.sampled_from([None, 1, 2, 3])),
                origin=draw(st.sampled_from(list(ORIGINS))),
                occurred_at_ms=occurred_at_ms,
                closed_at_ms=closed_at_ms,
            )
        )
    return found
