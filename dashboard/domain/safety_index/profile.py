"""A region's score as a page shows it: families, interval, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index.evaluation import Evaluation
from dashboard.domain.safety_index.explain import LEAST_POINTS, Explanation, Part, explain
from dashboard.domain.safety_index.feeding import WeighedCase
from dashboard.domain.safety_index.interval import score_interval


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of an explanation: a family's slug, and points that it adds to (or takes from) the score.

    `case_id`, `case_type` (four digits) and `level` are None where it is not about a single case; `place`
    is a region's code, None where it is not about one place inside the region.
    """

    family: str
    points: float
    case_id: str | None = None
    case_type: str | None = None
    level: int | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A region's score, its 80 % interval, (slug, score) of each family, and the reasons, strongest first.

    `base_score` + the reasons' points = `score`, but for reasons under 0.05 and what a score would have
    outside 0 to 100.
    """

    code: str
    score: float
    interval: tuple[float, float]
    families: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    hatched: bool
    formula: str


def profile(
    evaluation: Evaluation, hierarchy: Hierarchy, region: int, cases: Sequence[WeighedCase] = ()
) -> Profile:
    """The profile of a region, given an evaluation and the cases known in it (see `feeding.weigh`)."""
    explanation = explain(evaluation, hierarchy, region, cases)
    return Profile(
        code=hierarchy.codes[region],
        score=explanation.score,
        interval=score_interval(evaluation, region),
        families=tuple((FAMILIES[part.family].slug, part.score) for part in explanation.families),
        reasons=reasons_of(evaluation, hierarchy, explanation, cases),
        hatched=bool(evaluation.hatched[region]),
        formula=evaluation.version,
    )


def reasons_of(
    evaluation: Evaluation, hierarchy: Hierarchy, explanation: Explanation, cases: Sequence[WeighedCase]
) -> tuple[Reason, ...]:
    """The parts of an explanation that can be seen in the score, and what the cap takes, strongest first."""
    reasons = [_reason(hierarchy, part) for part in explanation.parts if abs(part.points) >= LEAST_POINTS]
    if evaluation.capped[explanation.region]:
        reasons += _cap_reason(hierarchy, explanation.region, explanation, cases)
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.points)))


def _reason(hierarchy: Hierarchy, part: Part) -> Reason:
    family, case = FAMILIES[part.family].slug, part.case
    if case is not None:
        return _case_reason(hierarchy, case, part.points)
    return Reason(family, part.points, place=None if part.region is None else hierarchy.codes[part.region])


def _case_reason(hierarchy: Hierarchy, case: WeighedCase, points: float) -> Reason:
    place = hierarchy.codes[hierarchy.region_of_grid(case.grid)]
    return Reason(FAMILIES[case.family].slug, points, case.id, case.type, case.level, place)


def _cap_reason(
    hierarchy: Hierarchy, region: int, explanation: Explanation, cases: Sequence[WeighedCase]
) -> list[Reason]:
    """What the cap takes, laid to the weightiest unresolved level-01 case; none when that isn't known."""
    low, high = hierarchy.grid_lo[region], hierarchy.grid_hi[region]
    critical = [case for case in cases if case.critical and low <= case.grid < high]
    if not critical:
        return []
    heaviest = min(critical, key=lambda case: (-case.severity, case.id))
    return [_case_reason(hierarchy, heaviest, explanation.limit_points)]
