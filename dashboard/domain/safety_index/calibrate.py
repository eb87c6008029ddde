"""Freezing the reference and the cuts of the index on a past year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import FAMILIES
from dashboard.domain.decay import DAY_MS
from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.safety_index.evaluation import Array, effective_days, evaluate
from dashboard.domain.safety_index.feeding import UNFED_ORIGINS
from dashboard.domain.safety_index.parameters import MONTHS, IndexParameters, season

SAMPLE_DAYS = 5
"""The year is looked at every so many days; the shortest half-life is nineteen."""
WARM_UP_DAYS = 30
"""Days from the start of the record in which too little has gathered to measure a rate."""
SHARES = (0.03, 0.12, 0.35)
"""Share of grids, over the year, that the cuts put in red, orange and yellow; the rest is blue."""

_COLUMNS = np.dtype(
    [
        ("grid", "i4"),
        ("family", "i4"),
        ("severity", "f8"),
        ("occurred_ms", "i8"),
        ("closed_ms", "i8"),
        ("dispute", "?"),
    ]
)
_NEVER = np.iinfo(np.int64).max


def calibrate(
    hierarchy: Hierarchy,
    exposure_per_grid: NDArray[Any],
    cases: Iterable[Case],
    start_ms: int,
    end_ms: int,
    base: IndexParameters,
    version: str,
) -> IndexParameters:
    """`base` with reference and cuts measured over [start_ms, end_ms), under a new version.

    The reference is the city's own rate in each month, by the same decaying sums as the index; a month
    that the record does not reach takes the mean of the others. A family without a single case carries
    no weight and keeps `base`'s reference. The cuts put `SHARES` of the grids, pooled over the year, in red,
    orange and yellow; the cap of an open level-01 case stays one point below orange.
    Raises `ValueError` when the record is too short or holds no case that feeds the index.
    """
    if version == base.version:
        raise ValueError(f"A calibration needs a version of its own, not {version!r} again.")
    moments = np.arange(start_ms + WARM_UP_DAYS * DAY_MS, end_ms, SAMPLE_DAYS * DAY_MS)
    rows = _columns(cases, base, end_ms)
    if not len(moments) or not len(rows):
        raise ValueError(f"A calibration needs more than {WARM_UP_DAYS} days with cases that feed the index.")
    half_life_ms = base.half_lives_ms()
    people = np.maximum(np.asarray(exposure_per_grid, dtype=np.float64), 0.0)
    sums = [_severity_at(rows, int(moment), half_life_ms, hierarchy.grid_count) for moment in moments]
    days = [effective_days(half_life_ms, int(moment) - start_ms) for moment in moments]
    rates = np.array([e.sum(axis=1) / (people.sum() * d) for e, d in zip(sums, days, strict=True)])
    known = np.bincount(rows["family"], minlength=len(FAMILIES)) > 0
    measured = replace(
        base,
        version=version,
        reference=_monthly(rates, moments, base, known),
        weights=_weights(base, known),
    )
    people_of_regions = hierarchy.sum_to_regions(people)
    nobody = np.zeros(hierarchy.region_count, dtype=np.int64)
    grids = hierarchy.tier_slice(GRID)
    scores = [
        evaluate(
            hierarchy, measured, hierarchy.sum_to_regions(e.T).T, people_of_regions, d, nobody, int(moment)
        ).score[grids]
        for e, d, moment in zip(sums, days, moments, strict=True)
    ]
    cuts = _cuts(np.concatenate(scores), measured.dead_band)
    return replace(measured, cuts=cuts, cap=max(cuts[2] - 1.0, 0.0))


def _columns(cases: Iterable[Case], base: IndexParameters, end_ms: int) -> NDArray[np.void]:
    rows = [
        (
            case.grid,
            case.family,
            base.severity[case.level - 1],
            case.occurred_at_ms,
            _NEVER if case.closed_at_ms is None else max(case.closed_at_ms, case.occurred_at_ms),
            case.is_dispute,
        )
        for case in cases
        if case.origin not in UNFED_ORIGINS and case.state != "merged" and case.occurred_at_ms < end_ms
    ]
    return np.array(rows, dtype=_COLUMNS)


def _severity_at(rows: NDArray[np.void], moment: int, half_life_ms: NDArray[np.int64], grids: int) -> Array:
    """E per family and grid as it was at `moment`, f64[F, G]."""
    past = rows[rows["occurred_ms"] <= moment]
    steady = past["dispute"] & (past["closed_ms"] > moment)
    since = np.where(past["dispute"] & ~steady, past["closed_ms"], past["occurred_ms"])
    age = np.where(steady, 0, moment - since)
    worth = past["severity"] * np.exp2(-age / half_life_ms[past["family"]])
    place = past["family"].astype(np.int64) * grids + past["grid"]
    summed = np.bincount(place, weights=worth, minlength=len(FAMILIES) * grids)
    return np.asarray(summed, dtype=np.float64).reshape(len(FAMILIES), grids)


def _monthly(
    rates: Array, moments: NDArray[np.int64], base: IndexParameters, known: NDArray[np.bool_]
) -> tuple[tuple[float, ...], ...]:
    """Mean rate of each month (the month whose middle is nearest), or of all when it was not seen."""
    nearest = [season(int(moment)) for moment in moments]
    month = np.array([before if share < 0.5 else after for before, after, share in nearest])
    table = np.array(base.reference)
    for number in range(MONTHS):
        seen = rates[month == number] if np.any(month == number) else rates
        table[number, known] = np.maximum(seen.mean(axis=0), rates.mean(axis=0) * 0.01)[known]
    return tuple(tuple(row) for row in table.tolist())


def _weights(base: IndexParameters, known: NDArray[np.bool_]) -> tuple[float, ...]:
    kept = np.where(known, base.weights, 0.0)
    return tuple((kept / kept.sum()).tolist()) if kept.sum() > 0 else base.weights


def _cuts(score: Array, dead_band: float) -> tuple[float, float, float]:
    """Lowest score of blue, yellow and orange, in tenths, a tenth apart at least."""
    orange, yellow, blue = np.quantile(score, np.cumsum(SHARES)).round(1).tolist()
    blue = min(blue, 100.0 - dead_band)
    yellow = min(yellow, round(blue - 0.1, 1))
    return blue, yellow, min(orange, round(yellow - 0.1, 1))
