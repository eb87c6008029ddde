"""How disputes end: by which path and with what result, told from each case's record and counted.

A dispute counts from when its result has been checked (`verified`): what a unit says when it resolves a case
is a claim until an officer has verified it, and closing adds no judgement of its own. One that was merged
counts where it was merged into. What was settled is counted, never typed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.commands import OUTCOMES
from dashboard.domain.hierarchy import VILLAGE

PATHS: dict[str, tuple[str, str]] = {
    "grid": ("网格内", "in the grid"),
    "above": ("上级中心", "by a centre above"),
    "grid_hearing": ("本网格听证", "by the grid's hearing"),
    "joint_hearing": ("联合听证", "by a joint hearing"),
}
"""In the grid (微风险): no hearing was held, and no centre above the village's had the case (小事不出村)."""

PATH_OF: dict[tuple[str, bool], str] = {
    ("", False): "grid",
    ("", True): "above",
    ("grid", False): "grid_hearing",
    ("grid", True): "grid_hearing",
    ("joint", False): "joint_hearing",
    ("joint", True): "joint_hearing",
}
"""(team of the last hearing that was held, "" for none; whether it went above the village) → its path."""

RESULTS: dict[str, tuple[str, str]] = {
    "settled": ("化解", "settled"),
    "unsettled": ("未化解", "not settled"),
    "withdrawn": ("撤回", "withdrawn"),
    "other": ("其他", "ended otherwise"),
    "unrecorded": ("未记录", "no result on record"),
}
"""What it came to. Only the first two say whether mediation succeeds: the rate is settled ÷ both."""

RESULT_OF: dict[str, str] = {
    **dict.fromkeys(OUTCOMES, "other"),
    "settled": "settled",
    "unsettled": "unsettled",
    "withdrawn": "withdrawn",
    "": "unrecorded",  # a history that was imported closed
}
"""Outcome of a case → its result."""

OPEN = "open"
"""The result of a dispute that has none yet."""
COUNTED = frozenset({"verified", "closed"})
"""States in which a dispute's result counts."""

LEAST_DECIDED = 5
"""With fewer settled and unsettled ones there is no rate, as there is no unhatched score on fewer events."""
_Z = NormalDist().inv_cdf(0.975)

_PATH_NUMBER = {slug: number for number, slug in enumerate(PATHS)}
_RESULT_NUMBER = {slug: number for number, slug in enumerate(RESULTS)}
SHAPE = (len(PATHS), len(RESULTS))
Counts = NDArray[np.int32]


class Way(NamedTuple):
    """The path of a dispute (of `PATHS`), so far or to its end, and its result (of `RESULTS`, or `OPEN`)."""

    path: str
    result: str


def way_of(case: Case) -> Way | None:
    """Which way a dispute went or is going; None for what is none or was merged into another."""
    if not case.is_dispute or case.state == "merged":
        return None
    teams = [hearing.team for hearing in case.hearings if hearing.result]
    path = PATH_OF[teams[-1] if teams else "", case.centre < VILLAGE]
    return Way(path, RESULT_OF[case.outcome] if case.state in COUNTED else OPEN)


def hearing_since_ms(case: Case) -> int | None:
    """Since when the hearing that is set is waited for, however often it was moved; None without one."""
    if case.hearing is None:
        return None
    since_ms: int | None = None
    for step in case.history:
        if step.command == "hearing_result":
            since_ms = None
        elif step.command == "to_hearing" and since_ms is None:
            since_ms = step.at_ms
    return since_ms


class Settled:
    """How the disputes of each grid ended: `counts` i32[G, paths, results], in the tables' order."""

    def __init__(self, grid_count: int) -> None:
        self.counts: Counts = np.zeros((grid_count, *SHAPE), dtype="<i4")

    def replace(self, before: Case | None, after: Case) -> list[int]:
        """Count a case as it is now in place of what it was counted as; the grids whose counts changed."""
        was, now = _cell(before), _cell(after)
        if was == now:
            return []
        for cell, sign in ((was, -1), (now, 1)):
            if cell is not None:
                self.counts[cell] += sign
        return [cell[0] for cell in (was, now) if cell is not None]

    @classmethod
    def of(cls, cases: Iterable[Case], grid_count: int) -> Settled:
        """The counts of many cases."""
        settled = cls(grid_count)
        for case in cases:
            settled.replace(None, case)
        return settled


def _cell(case: Case | None) -> tuple[int, int, int] | None:
    """The place of a case in the counts; None while it does not count."""
    if case is None or case.state not in COUNTED:
        return None
    way = way_of(case)
    return None if way is None else (case.grid, _PATH_NUMBER[way.path], _RESULT_NUMBER[way.result])


class Rate(NamedTuple):
    """Settled ones of so many that were `decided`; share and its 95 % interval, None with too few of them."""

    settled: int
    decided: int
    share: float | None
    low: float | None
    high: float | None


def success(settled: int, unsettled: int) -> Rate:
    """The success rate with the score interval of E. B. Wilson (J. Am. Stat. Assoc. 22, 1927)."""
    n = settled + unsettled
    if n < LEAST_DECIDED:
        return Rate(settled, n, None, None, None)
    share, spread = settled / n, _Z * _Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * ((share * (1 - share) + spread / 4) / n) ** 0.5
    return Rate(settled, n, share, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True)
class Figures:
    """A region's disputes that have ended: how many, the overall rate, and per path its results and rate."""

    ended: int
    success: Rate
    paths: dict[str, tuple[dict[str, int], Rate]]


def figures(cells: NDArray[Any]) -> Figures:
    """From counts [paths, results]: those of a grid, or the sum over a region's slice."""
    paths = {}
    for path, row in zip(PATHS, cells.tolist(), strict=True):
        results = dict(zip(RESULTS, row, strict=True))
        paths[path] = (results, success(results["settled"], results["unsettled"]))
    settled, unsettled = (int(cells[:, _RESULT_NUMBER[name]].sum()) for name in ("settled", "unsettled"))
    return Figures(int(cells.sum()), success(settled, unsettled), paths)
