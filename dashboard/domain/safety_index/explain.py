"""Why a score is what it is: parts in points that sum to the whole.

Before clipping, 85 − S = 5·log₂ Q with Q = Σ w_f u_f and u_f = θ_f². Going in a straight line from u = 1
(the reference) to the region's u, family f adds (Aumann–Shapley)

    A_f = w_f (u_f − 1)/(Q − 1) · 5·log₂ Q,

and the A_f sum exactly to 85 − S. Within a family θ_f is linear in the cases' decayed severities e_i:

    θ_f − 1 = [Σ e_i − X ρ_ref + κ(ρ_parent − ρ_ref)] / ((X + κ) ρ_ref)

so A_f = g_f (θ_f − 1), with g_f = w_f (θ_f + 1)·5·log₂ Q/(Q − 1) > 0, is shared out in proportion: each
case takes g_f e_i/D points, a place of this size would have had its expected number and is given
those back, and what is borrowed from the parent counts for its difference from the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.safety_index.evaluation import Array, Evaluation
from dashboard.domain.safety_index.parameters import IndexParameters


@dataclass(frozen=True, slots=True)
class CasePart:
    """One case: its decayed severity now, and the points it takes (below 0)."""

    case_id: str
    severity: float
    points: float


@dataclass(frozen=True, slots=True)
class FamilyPart:
    """One family: `points` = the cases' + `other_cases_points` + `expected_points` + `borrowed_points`.

    Points below 0 lower the score. `cases` are the weightiest, `other_cases` is the number of the rest.
    `expected_points` is what the place is given because so much is usual for its size at the reference
    rate; `borrowed_points` comes from its parent being worse or better than the reference.
    """

    family: int
    points: float
    theta: float
    severity: float
    expected_severity: float
    cases: tuple[CasePart, ...]
    other_cases: int
    other_cases_points: float
    expected_points: float
    borrowed_points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score in parts: `base_score` + the families' points + `limit_points` = `score`.

    `limit_points` is what clipping to 0–100 and the cap of unresolved level-01 cases (`critical`) change.
    """

    region: int
    now_ms: int
    version: str
    score: float
    base_score: float
    families: tuple[FamilyPart, ...]
    limit_points: float
    critical: tuple[str, ...]


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
    per_log = points_per_doubling / 2 / np.log(2)
    return float(per_log / low * (np.log1p(change) / change if abs(change) > 1e-12 else 1.0))


@dataclass(frozen=True, slots=True)
class CaseWeights:
    """The cases of a region: family [n], decayed severity [n], and the id of the i-th."""

    family: NDArray[Any]
    worth: Array
    id_of: Callable[[int], str]

    def weightiest(self, family: int, top: int) -> tuple[list[tuple[str, float]], int]:
        """Id and severity of the `top` weightiest cases of a family, ties by id; and how many others."""
        mine = np.flatnonzero(self.family == family)
        worth = self.worth[mine]
        if 0 < top < len(mine):
            mine = mine[worth >= np.partition(worth, -top)[-top]]
        total = len(worth)
        ranked = sorted(
            ((self.id_of(i), float(self.worth[i])) for i in mine.tolist()), key=lambda c: (-c[1], c[0])
        )
        return ranked[:top], total - len(ranked[:top])


def explain(
    evaluation: Evaluation,
    parameters: IndexParameters,
    region: int,
    cases: CaseWeights,
    critical: Sequence[str],
    top: int,
) -> Explanation:
    """The explanation of a region, given all the cases in it and the ids of its unresolved level-01 ones."""
    theta = evaluation.theta[region]
    common = slope(np.ones_like(theta), np.square(theta), parameters.weights, parameters.points_per_doubling)
    parts = []
    for family, weight in enumerate(parameters.weights):
        gain = weight * (float(theta[family]) + 1) * common
        parts.append(_family_part(evaluation, region, family, gain, *cases.weightiest(family, top)))
    score = float(evaluation.score[region])
    unlimited = parameters.base_score + sum(part.points for part in parts)
    return Explanation(
        region, evaluation.now_ms, evaluation.version, score, parameters.base_score, tuple(parts),
        score - unlimited, tuple(critical),
    )  # fmt: skip


def _family_part(
    evaluation: Evaluation,
    region: int,
    family: int,
    gain: float,
    weightiest: list[tuple[str, float]],
    others: int,
) -> FamilyPart:
    reference, kappa = float(evaluation.reference[family]), float(evaluation.kappa[family])
    exposure = float(evaluation.exposure[region, family])
    severity = float(evaluation.severity[region, family])
    per_severity = gain / ((exposure + kappa) * reference)
    rest = severity - sum(worth for _, worth in weightiest) if others else 0.0
    borrowed = kappa * (float(evaluation.parent_rate[region, family]) - reference)
    theta = float(evaluation.theta[region, family])
    return FamilyPart(
        family=family,
        points=-gain * (theta - 1),
        theta=theta,
        severity=severity,
        expected_severity=exposure * reference,
        cases=tuple(CasePart(key, worth, -per_severity * worth) for key, worth in weightiest),
        other_cases=others,
        other_cases_points=-per_severity * rest,
        expected_points=per_severity * exposure * reference,
        borrowed_points=-per_severity * borrowed,
    )
