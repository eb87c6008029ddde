"""The index at a past moment, from what is known of the cases now, and what has moved it since.

At a past moment those cases count that had occurred by then (and were not yet merged into another); a dispute
that was open then did not decay, and a level-01 case that was unresolved then capped. Levels, types and grids
are those of today. So the score is what the index would have said with today's knowledge; what it did say
differs by what has become known since, and a change between two moments names that difference.

With θ before and after, family *f* moved the score by A_f = g_f·(θ₁ − θ₀), g_f = −w_f·(θ₀ + θ₁)·slope (see
`explain.attribute`). As θ = (E + m·θ_parent)/(X·ρ_ref + m) is linear in E, a case of severities E₀ and E₁
moved it by g_f·(E₁/D₁ − E₀/D₀), D being the denominator, and a child region by the same of its E − X·ρ_ref.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import MERGED, Columns, RegionCases
from dashboard.domain.case_types import FAMILIES
from dashboard.domain.decay import HORIZON_HALF_LIVES, SEVERITY_UNIT, UNIT, contributions, epoch_of
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index.evaluation import Array, Evaluation
from dashboard.domain.safety_index.explain import attribute, slope
from dashboard.domain.safety_index.index import EPOCH_PERIOD_MS
from dashboard.domain.safety_index.parameters import IndexParameters
from dashboard.domain.safety_index.sums import GridSums

SINCE_DAYS = {"day": 1, "week": 7, "month": 30}
"""Since when a page may ask what moved a score."""

Mask = NDArray[np.bool_]


class Standing(NamedTuple):
    """How cases stood at a moment, [n] each: rows of `feeding.row_of`, and whether each fed the index then.

    `severity` is in 256ths.
    """

    feeds: Mask
    severity: NDArray[np.int64]
    at_ms: NDArray[np.int64]
    steady: Mask
    critical: Mask


def standing_at(cases: Columns, parameters: IndexParameters, at_ms: int) -> Standing:
    """How the cases stood at `at_ms`, by what is known of them now."""
    occurred_ms, ended_ms, level = cases["occurred_ms"], cases["ended_ms"], cases["level"]
    severities = np.rint(np.array((0.0, *parameters.severity)) * SEVERITY_UNIT).astype(np.int64)
    had_ended = ended_ms <= at_ms
    was_merged = (cases["state"] == MERGED) & had_ended
    feeds = cases["is_fed"] & (occurred_ms <= at_ms) & ~was_merged
    decays_later = cases["is_dispute"] & had_ended
    return Standing(
        feeds=feeds,
        severity=severities[level],
        at_ms=np.where(decays_later, np.maximum(occurred_ms, ended_ms), occurred_ms),
        steady=cases["is_dispute"] & ~had_ended,
        critical=(level == 1) & (cases["unresolved_until_ms"] > at_ms),
    )


def sums_at(cases: Columns, parameters: IndexParameters, grid_count: int, at_ms: int) -> GridSums:
    """The sums from which the index of `at_ms` follows: what a `SafetyIndex` of cases as they stood has."""
    stood = standing_at(cases, parameters, at_ms)
    half_life_ms = parameters.half_lives_ms()
    family = cases["family"].astype(np.int64)
    epoch_ms = epoch_of(at_ms, EPOCH_PERIOD_MS)
    lasts = stood.steady | stood.critical
    oldest_ms = epoch_ms - HORIZON_HALF_LIVES * half_life_ms[family]
    held = np.flatnonzero(stood.feeds & ((stood.at_ms >= oldest_ms) | lasts))
    family, grid, steady = family[held], cases["grid"][held], stood.steady[held]
    severity, since_ms = stood.severity[held], stood.at_ms[held]
    shape = (len(FAMILIES), grid_count)
    decaying, lasting = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    critical = np.zeros(grid_count, dtype=np.int64)
    worth = contributions(severity, since_ms, half_life_ms[family], epoch_ms)
    place = family * grid_count + grid
    np.add.at(decaying.reshape(-1), place[~steady], worth[~steady])
    np.add.at(lasting.reshape(-1), place[steady], severity[steady] * (UNIT // SEVERITY_UNIT))
    np.add.at(critical, grid, stood.critical[held])
    record_from_ms = int(since_ms.min()) if len(held) else None
    return GridSums(epoch_ms, record_from_ms, decaying, lasting, critical)


def together(parts: Sequence[GridSums]) -> GridSums:
    """The sums of several lots of cases at one moment, at least one: those of all of them."""
    begun_ms = [part.record_from_ms for part in parts if part.record_from_ms is not None]
    decaying, steady, critical = (
        np.asarray(np.sum([getattr(part, name) for part in parts], axis=0), dtype=np.int64)
        for name in ("decaying", "steady", "critical")
    )
    return GridSums(parts[0].epoch_ms, min(begun_ms, default=None), decaying, steady, critical)


def severity_at(cases: Columns, parameters: IndexParameters, at_ms: int) -> Array:
    """The decayed severity of each case at `at_ms`, f64[n]; 0 for one that did not feed the index then."""
    stood = standing_at(cases, parameters, at_ms)
    half_life_ms = parameters.half_lives_ms()[cases["family"]]
    age = np.where(stood.steady | ~stood.feeds, 0.0, (at_ms - stood.at_ms) / half_life_ms)
    return np.where(stood.feeds, stood.severity / SEVERITY_UNIT * np.exp2(-age), 0.0)


class MovedCase(NamedTuple):
    """A case that moved a score by so many points, and how: its place in the columns, and a word of `HOW`."""

    place: int
    points: float
    what: str


HOW = ("new", "ended", "decayed", "changed")
"""It occurred since; it ended, and was a dispute or a duplicate; it weighs less with time; anything else."""


@dataclass(frozen=True)
class Moved:
    """What moved a region's score: `from_score` + Σ `families` + `cap_points` + `rest_points` = `to_score`.

    `families`: points f64[F]. `cap_points`: the cap of unresolved level-01 cases, and the ends of the scale.
    `rest_points`: the score as it would have been said with today's knowledge less the one that was.
    """

    from_score: float
    to_score: float
    families: Array
    cap_points: float
    rest_points: float


def moved(then: Evaluation, now: Evaluation, region: int, said: float | None = None) -> Moved:
    """What moved a region between two evaluations; `said`: the score that was on record then, if any was."""
    parameters = now.parameters
    points = attribute(
        then.theta[region], now.theta[region], parameters.weights, parameters.points_per_doubling
    )
    was, to_score = float(then.score[region]), float(now.score[region])
    from_score = was if said is None else said
    return Moved(from_score, to_score, points, to_score - was - float(points.sum()), was - from_score)


class Gain(NamedTuple):
    """Points per severity of each family, f64[F]: a case moved a score by E₁·after − E₀·before."""

    before: Array
    after: Array

    @classmethod
    def of(cls, then: Evaluation, now: Evaluation, region: int) -> Gain:
        """The gains of a region."""
        parameters = now.parameters
        theta = then.theta[region] + now.theta[region]
        common = slope(
            np.square(then.theta[region]), np.square(now.theta[region]), parameters.weights,
            parameters.points_per_doubling,
        )  # fmt: skip
        gain = -np.asarray(parameters.weights) * theta * common
        return cls(
            gain / (then.expected[region] + parameters.shrinkage),
            gain / (now.expected[region] + parameters.shrinkage),
        )


def moving_cases(
    cases: RegionCases, then: Evaluation, now: Evaluation, region: int, limit: int
) -> list[MovedCase]:
    """The cases of a region that moved its score most, at most `limit`, the one that moved it most first."""
    gain, family = Gain.of(then, now, region), cases["family"]
    before = severity_at(cases, now.parameters, then.now_ms)
    after = severity_at(cases, now.parameters, now.now_ms)
    points = gain.after[family] * after - gain.before[family] * before
    what = _how(cases, then.now_ms, now.now_ms, before, after)
    return [
        MovedCase(place, float(points[place]), HOW[int(what[place])])
        for place in greatest(np.abs(points), limit)
        if points[place] != 0
    ]


def greatest(values: Array, limit: int) -> list[int]:
    """The places of the greatest values, at most `limit`, the greatest first."""
    chosen = np.arange(len(values))
    if len(values) > limit:
        chosen = np.argpartition(-values, limit)[:limit]
    order: list[int] = chosen[np.lexsort((chosen, -values[chosen]))].tolist()
    return order


def _how(cases: Columns, then_ms: int, now_ms: int, before: Array, after: Array) -> NDArray[Any]:
    """By case the place in `HOW`."""
    ended_ms = cases["ended_ms"]
    ends = cases["is_dispute"] | (cases["state"] == MERGED)
    has_ended = ends & (ended_ms > then_ms) & (ended_ms <= now_ms)
    return np.select([cases["occurred_ms"] > then_ms, has_ended, after < before], [0, 1, 2], 3)


def moving_places(
    then: Evaluation, now: Evaluation, hierarchy: Hierarchy, region: int, limit: int
) -> list[tuple[int, float]]:
    """(child region, points) of those that moved the score of the region most, the strongest first."""
    children = hierarchy.children(region)
    if not children:
        return []
    chosen, gain = slice(children.start, children.stop), Gain.of(then, now, region)
    points = (now.severity[chosen] - now.expected[chosen]) @ gain.after
    points = points - (then.severity[chosen] - then.expected[chosen]) @ gain.before
    order = greatest(np.abs(points), limit)
    return [(children[child], float(points[child])) for child in order if points[child] != 0]
