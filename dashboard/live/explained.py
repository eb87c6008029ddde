"""A score explained and what moved it, as plain values: see `leaders.Leaders.explanation` and `moved`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import gevent
import numpy as np

from dashboard.domain.case_columns import CaseColumns, RegionCases
from dashboard.domain.case_figures import record_from_ms
from dashboard.domain.case_types import FAMILIES, ORIGINS
from dashboard.domain.commands import STATES
from dashboard.domain.decay import DAY_MS
from dashboard.domain.hierarchy import CITY, VILLAGE, Hierarchy
from dashboard.domain.safety_index import (
    Evaluation,
    KnownCase,
    Part,
    explain,
    score_interval,
    weigh,
)
from dashboard.domain.safety_index.explain import LEAST_POINTS, points_per_severity
from dashboard.domain.safety_index.moved import (
    MovedCase,
    moved,
    moving_cases,
    moving_places,
    severity_at,
)
from dashboard.live.case_history import CaseHistory
from dashboard.live.cases import open_cases_in
from dashboard.live.past_index import PastIndex
from dashboard.live.published import Latest
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends

Answer = dict[str, Any]

NAMED_CASES = 20
"""Cases that are named of those that moved a score."""
NAMED_PLACES = 12
_NEAR_H = 6
"""A row of the trend may be so much older than what is asked for."""
_OF_THOSE_ABOVE = ("parent_theta", "severity", "expected")
_ORIGINS, _STATES = tuple(ORIGINS), tuple(STATES)


def explained(
    latest: Latest, hierarchy: Hierarchy, region: int, history: CaseHistory | None, state: LiveState
) -> Answer:
    """Why a region's score is what it is; without a history single cases are named among the open ones."""
    evaluation = latest.evaluation
    parameters, parent = evaluation.parameters, int(hierarchy.parent[region])
    known: Iterable[KnownCase] = (
        map(KnownCase.of, open_cases_in(state, hierarchy, region))
        if history is None
        else cases_that_count(history.columns, hierarchy, region, evaluation)
    )
    found = explain(evaluation, hierarchy, region, weigh(known, parameters, evaluation.now_ms))
    reference = parameters.reference_at(evaluation.now_ms)
    return {
        "code": hierarchy.codes[region],
        "at_ms": evaluation.now_ms,
        "score": found.score,
        "uncapped": float(evaluation.uncapped[region]),
        "base_score": found.base_score,
        "limit_points": found.limit_points,
        "hatched": bool(evaluation.hatched[region]),
        "effective_events": float(evaluation.effective_events[region]),
        "least_effective_events": parameters.least_effective_events,
        "interval": list(score_interval(evaluation, region)),
        "interval_share": parameters.interval,
        "formula": found.version,
        "parent": None if region == CITY else hierarchy.codes[parent],
        "shrinkage": parameters.shrinkage,
        "points_per_doubling": parameters.points_per_doubling,
        "cuts": list(parameters.cuts),
        "families": [
            {
                "slug": FAMILIES[part.family].slug,
                "weight": parameters.weights[part.family],
                "half_life_days": parameters.half_life_days[part.family],
                "score": part.score,
                "points": part.points,
                "theta": part.theta,
                "parent_theta": float(evaluation.parent_theta[region, part.family]),
                "severity": part.severity,
                "expected": part.expected,
                "reference_per_10000_day": float(reference[part.family]) * 10_000,
            }
            for part in found.families
        ],
        "parts": [_part(hierarchy, part) for part in found.parts],
    }


def without_those_above(explanation: Answer) -> Answer:
    """The explanation for who may not look at the region above: without what tells of its families."""
    families = [{**row, **dict.fromkeys(_OF_THOSE_ABOVE)} for row in explanation["families"]]
    return {**explanation, "parent": None, "families": families}


def _part(hierarchy: Hierarchy, part: Part) -> Answer:
    case = part.case
    place = part.region if case is None else hierarchy.region_of_grid(case.grid)
    return {
        "family": FAMILIES[part.family].slug,
        "points": part.points,
        "kind": "case" if case is not None else "rest" if part.region is None else "place",
        "case": None if case is None else case.id,
        "case_type": None if case is None else case.type,
        "level": None if case is None else case.level,
        "place": None if place is None else hierarchy.codes[place],
        "severity": None if case is None else case.severity,
    }


def cases_that_count(
    columns: CaseColumns, hierarchy: Hierarchy, region: int, evaluation: Evaluation
) -> list[KnownCase]:
    """The cases of a region, open or ended, that can be seen in its score, and some just too small."""
    cases = RegionCases(columns, *hierarchy.slice_of(region))
    severity = severity_at(cases, evaluation.parameters, evaluation.now_ms)
    points = points_per_severity(evaluation, region)[cases["family"]] * severity
    return [_known(cases, place) for place in np.flatnonzero(points > 0.9 * LEAST_POINTS).tolist()]


def _known(cases: RegionCases, place: int) -> KnownCase:
    row = {name: int(cases[name][place]) for name in _READ}
    state = _STATES[row["state"]]
    return KnownCase(
        id=cases.id_of(place),
        type=f"{row['type']:04d}",
        nature=row["nature"],
        level=row["level"],
        origin=_ORIGINS[row["origin"]],
        state=state,
        grid=row["grid"],
        occurred_at_ms=row["occurred_ms"],
        closed_at_ms=row["ended_ms"] if state == "closed" else None,
    )


_READ = ("type", "nature", "level", "origin", "state", "grid", "occurred_ms", "ended_ms")


def moved_since(
    since: str,
    days: int,
    latest: Latest,
    hierarchy: Hierarchy,
    region: int,
    columns: CaseColumns,
    past: PastIndex,
    trends: Trends,
) -> Answer | None:
    """What moved a region's score in so many days; None where the record doesn't reach back."""
    now = latest.evaluation
    then_ms, (said,) = past_scores(hierarchy, [region], days, trends, now.now_ms)
    begins_ms = record_from_ms(columns, now.now_ms)
    if begins_ms is None or then_ms < begins_ms:
        return None
    then = past.at(columns, then_ms)
    gevent.sleep(0)  # in a large city either part takes some ten milliseconds
    found = moved(then, now, region, said)
    cases = RegionCases(columns, *hierarchy.slice_of(region))
    return {
        "since": since,
        "from_ms": then_ms,
        "to_ms": now.now_ms,
        "from_score": found.from_score,
        "to_score": found.to_score,
        "families": [
            {"slug": family.slug, "points": float(points)}
            for family, points in zip(FAMILIES, found.families, strict=True)
        ],
        "cap_points": found.cap_points,
        "rest_points": found.rest_points,
        "cases": [
            _moved_case(hierarchy, cases, one) for one in moving_cases(cases, then, now, region, NAMED_CASES)
        ],
        "places": [
            {"code": hierarchy.codes[child], "points": points}
            for child, points in moving_places(then, now, hierarchy, region, NAMED_PLACES)
        ],
    }


def _moved_case(hierarchy: Hierarchy, cases: RegionCases, one: MovedCase) -> Answer:
    grid = int(cases["grid"][one.place])
    return {
        "case": cases.id_of(one.place),
        "case_type": f"{int(cases['type'][one.place]):04d}",
        "level": int(cases["level"][one.place]),
        "place": hierarchy.codes[hierarchy.region_of_grid(grid)],
        "family": FAMILIES[int(cases["family"][one.place])].slug,
        "points": one.points,
        "what": one.what,
    }


def past_scores(
    hierarchy: Hierarchy, regions: Sequence[int], days: int, trends: Trends, now_ms: int
) -> tuple[int, list[float | None]]:
    """(moment, scores on record then) of so many days ago, for regions of one tier.

    Of grids no scores are on record, nor of others while no row of the trend is near.
    """
    if hierarchy.tier[regions[0]] <= VILLAGE:
        times, scores = trends.past(regions, _NEAR_H, days * 24)
        if times:
            return times[-1], [column[-1] for column in scores]
    hour_ms = DAY_MS // 24
    return (now_ms // hour_ms - days * 24) * hour_ms, [None] * len(regions)
