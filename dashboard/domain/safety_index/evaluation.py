"""From summed severity and exposure to scores: shrinkage, relative risk, score, in one pass down the tiers.

Formula (families f, regions a; everything at one moment):

    ρ_af = (E_af + κ_f·ρ_parent,f)/(X_af + κ_f),  κ_f = m/ρ_ref_f,  ρ above the city = ρ_ref
    θ_af = ρ_af/ρ_ref_f
    Θ_a  = (Σ_f w_f θ_af²)^½
    S_a  = clip(85 − 10·log₂ Θ_a, 0, 100), at most 69 while a level-01 case in a is unresolved

E is decayed severity, X people times effective days. ρ_af is the mean of the gamma posterior
Gamma(shape E + κρ_parent, rate X + κ). Its shape is the number of events (in units of the severity of
an ordinary case) that the estimate rests on: a region's own decayed events, and what it borrows from
its parent through κ. `effective_events` is that shape summed over the families; under five, the
score is hatched. (Counting a grid's own events alone would hatch nearly every grid: a grid has some 350
people, and in a city of a thousand cases a day about four decayed events.)
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

    `expected` is X·ρ_ref, the severity a place of its size has at the reference rate. `parent_rate`
    is the ρ a region shrinks towards. `uncapped` is the score before the cap of open level-01 cases.
    """

    now_ms: int
    version: str
    score: Array
    uncapped: Array
    family_score: Array
    theta: Array
    effective_events: Array
    capped: NDArray[np.bool_]
    hatched: NDArray[np.bool_]
    severity: Array
    exposure: Array
    rate: Array
    parent_rate: Array
    reference: Array
    kappa: Array


def evaluate(
    hierarchy: Hierarchy,
    parameters: IndexParameters,
    severity_per_grid: Array,
    exposure: Array,
    critical: NDArray[np.int64],
    now_ms: int,
) -> Evaluation:
    """The index from E per grid f64[F, G], X per region f64[F, R], open level-01 cases per region i64[R]."""
    severity = sum_families(hierarchy, severity_per_grid)
    reference = parameters.reference_at(now_ms)
    kappa = parameters.shrinkage / reference
    rate, parent_rate = shrink(hierarchy, severity, exposure, reference, kappa)
    theta = rate / reference[:, None]
    points = parameters.points_per_doubling
    logs = np.log2(np.maximum(theta, _TINY))
    family_score = np.clip(parameters.base_score - points * logs, 0.0, 100.0)
    mixed = np.asarray(parameters.weights) @ (theta * theta)
    uncapped = np.clip(parameters.base_score - points / 2 * np.log2(np.maximum(mixed, _TINY)), 0.0, 100.0)
    is_critical = critical > 0
    score = np.where(is_critical, np.minimum(uncapped, parameters.cap), uncapped)
    events = severity.sum(axis=0) + kappa @ parent_rate
    return Evaluation(
        now_ms=now_ms,
        version=parameters.version,
        score=score,
        uncapped=uncapped,
        family_score=family_score.T,
        theta=theta.T,
        effective_events=events,
        capped=is_critical & (uncapped > parameters.cap),
        hatched=events < parameters.least_effective_events,
        severity=severity.T,
        exposure=exposure.T,
        rate=rate.T,
        parent_rate=parent_rate.T,
        reference=reference,
        kappa=kappa,
    )


def effective_days(half_life_ms: NDArray[np.int64], recorded_ms: int) -> Array:
    """Days of exposure per family, f64[F]: ∫ 2^(−t/H) dt over the time on record, H/ln 2 in the long run.

    A record of few days has few days of exposure, so that a young system does not look safe.
    """
    whole = half_life_ms / DAY_MS / np.log(2)
    return np.asarray(-whole * np.expm1(-np.log(2) * max(recorded_ms, 0) / half_life_ms), dtype=np.float64)


def sum_families(hierarchy: Hierarchy, per_grid: Array) -> Array:
    """Sums over every region, f64[F, R], of f64[F, G], tier by tier from below."""
    summed = np.empty((len(per_grid), hierarchy.region_count))
    summed[:, hierarchy.tier_slice(GRID)] = per_grid
    for tier in range(GRID - 1, -1, -1):
        here, below = hierarchy.tier_slice(tier), hierarchy.tier_slice(tier + 1)
        starts = hierarchy.child_lo[here] - below.start
        np.add.reduceat(summed[:, below], starts, axis=1, out=summed[:, here])
    return summed


def shrink(
    hierarchy: Hierarchy, severity: Array, exposure: Array, reference: Array, kappa: Array
) -> tuple[Array, Array]:
    """ρ and the parent's ρ, f64[F, R] each: a tier shrinks towards the one above, the city towards ρ_ref."""
    rate, parent_rate = np.empty_like(severity), np.empty_like(severity)
    borrowed = kappa[:, None]
    parent_rate[:, 0] = reference
    for tier in range(GRID + 1):
        here = hierarchy.tier_slice(tier)
        if tier > 0:
            np.take(rate, hierarchy.parent[here], axis=1, out=parent_rate[:, here], mode="clip")
        rate[:, here] = (severity[:, here] + borrowed * parent_rate[:, here]) / (exposure[:, here] + borrowed)
    return rate, parent_rate


def tenths(score: Array) -> NDArray[np.uint16]:
    """Scores in whole tenths, halves up, as they are sent and shown; u16 of the same shape."""
    return np.floor(score * 10 + 0.5).astype(np.uint16)


def levels(score: Array, previous: NDArray[np.uint8], parameters: IndexParameters) -> NDArray[np.uint8]:
    """Levels 1 blue … 4 red of scores [R], given the levels before them (0: none yet).

    A level worsens as soon as the score, in tenths as it is shown, is under its cut; it improves only
    once the score is the dead band above the cut. So a shown level is never better than its score, an
    open level-01 case is red at once, and a score that trembles about a cut changes the level once.
    """
    shown = tenths(score).astype(np.int64)
    cuts = np.floor(np.asarray(parameters.cuts) * 10 + 0.5).astype(np.int64)
    band = int(np.floor(parameters.dead_band * 10 + 0.5))
    plain = _level_of(shown, cuts)
    cautious = np.minimum(_level_of(shown, cuts + band), previous)
    return np.where((previous == 0) | (plain >= previous), plain, cautious).astype(np.uint8)


def _level_of(shown: NDArray[np.int64], cuts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(1 + (shown[:, None] < cuts[None, :]).sum(axis=1), dtype=np.int64)
