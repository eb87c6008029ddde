"""Why a score is what it is: parts in points that sum to the whole.

Before clipping, 85 − S = 5·log₂ Q with Q = Σ w_f u_f and u_f = θ_f². Going in a straight line from u = 1
(the reference) to the region's u, family f adds (Aumann–Shapley)

    A_f = w_f (u_f − 1)/(Q − 1) · 5·log₂ Q,

and the A_f sum exactly to 85 − S. Within a family θ_f is linear in what it rests on:

    θ_f − 1 = [Σ_c (E_c − X_c ρ_ref) + m (θ_parent − 1)] / (X ρ_ref + m)

over the children c of the region, E and X being sums. So A_f = g_f (θ_f − 1), with
g_f = w_f (θ_f + 1)·5·log₂ Q/(Q − 1) > 0, is shared out in proportion: each child takes points for what
it has above the expected (or gives them for what it has below), a case that can be seen in the score is
taken out of its child's share and named, and what is borrowed from the parent counts for its difference
from the reference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index.evaluation import Array, Evaluation
from dashboard.domain.safety_index.feeding import WeighedCase

LEAST_POINTS = 0.05
"""Parts under this can't be seen in a score of one decimal; they are put together."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a family's points; below 0 lowers the score.

    `case`: of this one case. `region`: of this child, its named cases aside. Neither: what is borrowed
    from the parent, and whatever is too small to name.
    """

    family: int
    points: float
    case: WeighedCase | None = None
    region: int | None = None


@dataclass(frozen=True, slots=True)
class FamilyPart:
    """One family: the score it alone would give, and the points it adds to the whole or takes from it."""

    family: int
    score: float
    points: float
    theta: float
    severity: float
    expected: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score in parts: `base_score` + the points of `parts` + `limit_points` = `score`.

    The parts, the weightiest first, also sum to the points of `families`. `limit_points` is what clipping to
    0–100 and the cap of unresolved level-01 cases take or give.
    """

    region: int
    version: str
    score: float
    base_score: float
    families: tuple[FamilyPart, ...]
    parts: tuple[Part, ...]
    limit_points: float


def explain(
    evaluation: Evaluation, hierarchy: Hierarchy, region: int, cases: Sequence[WeighedCase] = ()
) -> Explanation:
    """The explanation of a region's score; `cases` are those known in it, any number of them.

    A case outside the region is left out. Cases that aren't known are in the shares of their places.
    """
    parameters = evaluation.parameters
    theta = evaluation.theta[region]
    points = attribute(np.ones_like(theta), theta, parameters.weights, parameters.points_per_doubling)
    per_severity = points_per_severity(evaluation, region)
    named = _named(hierarchy, region, cases, per_severity)
    parts = _case_parts(named, per_severity)
    parts += _place_parts(evaluation, hierarchy, region, named, per_severity)
    parts += _remainders(points, parts)
    family_score = evaluation.family_scores(slice(region, region + 1))[0]
    score = float(evaluation.score[region])
    return Explanation(
        region=region,
        version=evaluation.version,
        score=score,
        base_score=parameters.base_score,
        families=tuple(
            FamilyPart(
                family,
                float(family_score[family]),
                float(points[family]),
                float(theta[family]),
                float(evaluation.severity[region, family]),
                float(evaluation.expected[region, family]),
            )
            for family in range(len(theta))
        ),
        parts=tuple(sorted(parts, key=_weightiest_first)),
        limit_points=score - parameters.base_score - float(points.sum()),
    )


def points_per_severity(evaluation: Evaluation, region: int) -> Array:
    """How many points a unit of severity takes from a region's score, per family, f64[F]."""
    parameters, theta = evaluation.parameters, evaluation.theta[region]
    common = slope(np.ones_like(theta), np.square(theta), parameters.weights, parameters.points_per_doubling)
    gain = np.asarray(parameters.weights) * (theta + 1.0) * common
    return np.asarray(gain / (evaluation.expected[region] + parameters.shrinkage), dtype=np.float64)


def attribute(
    theta_from: Array, theta_to: Array, weights: Sequence[float], points_per_doubling: float
) -> Array:
    """Points per family, f64[F], of going from one vector of relative risks to another; below 0 is worse.

    They sum to the difference of the two scores before clipping: with `theta_from` of ones, to S − 85;
    with last week's, to the change since. (Aumann–Shapley along the straight line of θ².)
    """
    before, after = np.square(theta_from), np.square(theta_to)
    common = slope(before, after, weights, points_per_doubling)
    return np.asarray(-np.asarray(weights) * (after - before) * common, dtype=np.float64)


def slope(before: Array, after: Array, weights: Sequence[float], points_per_doubling: float) -> float:
    """(points/2)·log₂(Q₁/Q₀)/(Q₁ − Q₀), and its limit where the two meet."""
    low, high = float(np.dot(weights, before)), float(np.dot(weights, after))
    change = (high - low) / low
    per_log = points_per_doubling / 2 / math.log(2)
    if abs(change) < 1e-12:
        return per_log / low
    logarithm = math.log1p(change) if abs(change) < 0.1 else math.log(high / low)
    return per_log * logarithm / (high - low)


def _named(
    hierarchy: Hierarchy, region: int, cases: Sequence[WeighedCase], per_severity: Array
) -> list[WeighedCase]:
    low, high = hierarchy.grid_lo[region], hierarchy.grid_hi[region]
    return [
        case
        for case in cases
        if low <= case.grid < high and per_severity[case.family] * case.severity >= LEAST_POINTS
    ]


def _case_parts(named: Sequence[WeighedCase], per_severity: Array) -> list[Part]:
    return [Part(case.family, -float(per_severity[case.family]) * case.severity, case=case) for case in named]


def _place_parts(
    evaluation: Evaluation,
    hierarchy: Hierarchy,
    region: int,
    named: Sequence[WeighedCase],
    per_severity: Array,
) -> list[Part]:
    """What each child has above or below the expected, its named cases aside; a grid has no children."""
    children = hierarchy.children(region)
    if not children:
        return []
    chosen = slice(children.start, children.stop)
    excess = evaluation.severity[chosen] - evaluation.expected[chosen]
    starts = hierarchy.grid_lo[chosen]
    for case in named:
        child = int(np.searchsorted(starts, case.grid, side="right")) - 1
        excess[child, case.family] -= case.severity
    points = -per_severity * excess
    return [
        Part(int(family), float(points[child, family]), region=children[child])
        for child, family in np.argwhere(np.abs(points) >= LEAST_POINTS).tolist()
    ]


def _remainders(points: Array, parts: Sequence[Part]) -> list[Part]:
    """What is left of each family's points."""
    left = points.tolist()
    for part in parts:
        left[part.family] -= part.points
    return [Part(family, rest) for family, rest in enumerate(left)]


def _weightiest_first(part: Part) -> tuple[float, int, str, int]:
    case_id = "" if part.case is None else part.case.id
    return -abs(part.points), part.family, case_id, -1 if part.region is None else part.region
