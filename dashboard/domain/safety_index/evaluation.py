"""From summed severity and exposure to scores: shrinkage, relative risk, score, in one pass down the tiers.

Formula (families f, regions a; everything at one moment):

    ρ_af = (E_af + κ_f·ρ_parent,f)/(X_af + κ_f),  κ_f = m/ρ_ref_f,  ρ above the city = ρ_ref
    θ_af = ρ_af/ρ_ref_f
    Θ_a  = (Σ_f w_f θ_af²)^½
    S_a  = clip(85 − 10·log₂ Θ_a, 0, 100), at most 69 while a level-01 case in a is unresolved

E is decayed severity, X people times effective days. Divided by ρ_ref the first line is

    θ_af = (E_af + m·θ_parent,f)/(X_af·ρ_ref_f + m),

which is what is computed: X·ρ_ref is what a place of its size is expected to have, and m what it borrows.

ρ_af is the mean of the gamma posterior Gamma(shape E + κρ_parent, rate X + κ). Its shape is the number of
events (in units of the severity of an ordinary case) that the estimate rests on: a region's own decayed
events, and what it borrows from its parent through κ. `effective_events` is that shape summed over the
families; under five, the score is hatched. docs/index.md says what that means in figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.decay import DAY_MS
from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.safety_index.parameters import IndexParameters

Array = NDArray[np.float64]

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The index of every region at one moment. Arrays are [R] or [R, F]; none is reused later.

    `theta` is the relative risk, `parent_theta` the one a region shrinks towards (1 for the city);
    `expected` is X·ρ_ref, the severity a place of its size has at the reference rate. `uncapped` is the
    score before the cap of open level-01 cases.
    """

    now_ms: int
    parameters: IndexParameters
    score: Array
    uncapped: Array
    theta: Array
    parent_theta: Array
    severity: Array
    expected: Array
    effective_events: Array
    capped: NDArray[np.bool_]
    hatched: NDArray[np.bool_]

    @property
    def version(self) -> str:
        """The version of the parameters that the scores were made with."""
        return self.parameters.version

    @property
    def family_score(self) -> Array:
        """The score that each family alone would give, f64[R, F]; see `family_scores`."""
        return self.family_scores(slice(None))

    def family_scores(self, regions: slice) -> Array:
        """The score that each family alone would give, f64[n, F], of some regions: logarithms cost time."""
        logs = np.log2(np.maximum(self.theta[regions], _TINY))
        return _clipped(self.parameters.base_score - self.parameters.points_per_doubling * logs)


def evaluate(
    hierarchy: Hierarchy,
    parameters: IndexParameters,
    severity: Array,
    people: Array,
    days: Array,
    critical: NDArray[np.int64],
    now_ms: int,
) -> Evaluation:
    """The index from E f64[F, R], people f64[R], effective days f64[F] and open level-01 cases i64[R]."""
    expected = np.multiply.outer(days * parameters.reference_at(now_ms), people)
    theta, parent_theta = shrink(hierarchy, severity, expected, parameters.shrinkage)
    mixed = _weighted_sum(parameters.weights, np.square(theta))
    half_points = parameters.points_per_doubling / 2
    uncapped = _clipped(parameters.base_score - half_points * np.log2(np.maximum(mixed, _TINY, out=mixed)))
    limit = np.where(critical > 0, parameters.cap, 100.0)
    events = severity.sum(axis=0) + parameters.shrinkage * parent_theta.sum(axis=0)
    return Evaluation(
        now_ms=now_ms,
        parameters=parameters,
        score=np.minimum(uncapped, limit),
        uncapped=uncapped,
        theta=theta.T,
        parent_theta=parent_theta.T,
        severity=severity.T,
        expected=expected.T,
        effective_events=events,
        capped=uncapped > limit,
        hatched=events < parameters.least_effective_events,
    )


def shrink(hierarchy: Hierarchy, severity: Array, expected: Array, shrinkage: float) -> tuple[Array, Array]:
    """θ and the parent's θ, f64[F, R] each: a tier shrinks towards the one above, the city towards 1."""
    parent_theta = np.empty_like(severity)
    parent_theta[:, 0] = 1.0
    theta = np.empty_like(severity)
    weight = expected + shrinkage
    for tier in range(GRID + 1):
        here = hierarchy.tier_slice(tier)
        above = hierarchy.parent[here]
        for family in range(len(severity)):
            borrowed = parent_theta[family, here]
            if tier > 0:
                np.take(theta[family], above, out=borrowed, mode="clip")
            mine = np.multiply(borrowed, shrinkage, out=theta[family, here])
            mine += severity[family, here]
            mine /= weight[family, here]
    return theta, parent_theta


def effective_days(half_life_ms: NDArray[np.int64], recorded_ms: int) -> Array:
    """Days of exposure per family, f64[F]: ∫ 2^(−t/H) dt over the time on record, H/ln 2 in the long run.

    A record of few days has few days of exposure, so that a young system does not look safe.
    """
    whole = half_life_ms / DAY_MS / np.log(2)
    return np.asarray(-whole * np.expm1(-np.log(2) * max(recorded_ms, 0) / half_life_ms), dtype=np.float64)


def _weighted_sum(weights: tuple[float, ...], rows: Array) -> Array:
    """Σ w_f rows_f, always added in the same order (a matrix product may choose its own)."""
    total: Array = rows[0] * weights[0]
    for weight, row in zip(weights[1:], rows[1:], strict=True):
        total += row * weight
    return total


def _clipped(score: Array) -> Array:
    np.maximum(score, 0.0, out=score)
    np.minimum(score, 100.0, out=score)
    return score
