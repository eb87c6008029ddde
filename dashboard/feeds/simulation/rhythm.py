"""The rhythm of cases: how many of each type, at which hours and on which days of the week.

Figures are assumptions of the simulator, chosen to look like a city of four million; none is a statistic of a
real place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import FAMILIES, resolve_type

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

# Relative weight of each hour of the day, 0 h to 23 h.
DAYS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "office": (1, 1, 1, 1, 1, 2, 4, 8, 20, 28, 27, 20, 12, 14, 22, 24, 22, 15, 9, 7, 5, 4, 2, 1),
        "evening": (8, 5, 3, 2, 2, 2, 4, 6, 8, 9, 9, 10, 11, 9, 8, 8, 9, 12, 17, 22, 25, 24, 18, 12),
        "night": (22, 20, 17, 14, 10, 7, 5, 5, 7, 8, 8, 8, 9, 8, 8, 8, 9, 11, 13, 15, 18, 21, 24, 24),
        "morning": (4, 4, 4, 4, 5, 8, 16, 24, 24, 18, 13, 10, 9, 9, 9, 9, 10, 13, 14, 12, 10, 8, 6, 5),
        "commute": (3, 2, 2, 2, 3, 6, 13, 27, 25, 14, 11, 13, 12, 11, 12, 14, 20, 28, 25, 16, 11, 9, 6, 4),
        "meals": (4, 3, 3, 3, 3, 5, 8, 9, 9, 11, 15, 19, 15, 10, 9, 10, 14, 19, 20, 15, 12, 10, 8, 6),
        "flat": (6, 5, 5, 5, 5, 6, 8, 10, 12, 13, 13, 12, 12, 12, 13, 13, 12, 12, 11, 10, 10, 9, 8, 7),
    }
)

# Relative weight of each day of the week, Monday to Sunday.
WEEKS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "workday": (1.28, 1.14, 1.08, 1.05, 1.05, 0.75, 0.65),
        "weekend": (0.88, 0.88, 0.9, 0.95, 1.1, 1.2, 1.09),
        "level": (1.02, 1.0, 1.0, 1.0, 1.02, 1.0, 0.96),
    }
)

# Who tells the centre, by kind of case; what patrols find does not feed the index.
ORIGINS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "dispute": {"grid_worker": 0.45, "resident": 0.30, "hotline": 0.25},
        "call": {"hotline": 0.56, "resident": 0.30, "camera_alert": 0.05, "patrol": 0.09},
        "road": {"hotline": 0.55, "camera_alert": 0.25, "resident": 0.10, "patrol": 0.10},
        "hazard": {"grid_worker": 0.36, "patrol": 0.40, "resident": 0.12, "hotline": 0.09, "sensor": 0.03},
        "alarm": {"hotline": 0.52, "sensor": 0.30, "camera_alert": 0.14, "resident": 0.04},
    }
)


@dataclass(frozen=True)
class TypeRhythm:
    """A row: a type by its slug, its cases per 1,000, its day, its week, its origins, and rare higher levels.

    `raised` gives the probability of levels above the type's default, by level.
    """

    slug: str
    per_1000: float
    day: str
    week: str
    origins: str
    raised: tuple[tuple[int, float], ...] = ()


TABLE: tuple[TypeRhythm, ...] = (
    TypeRhythm("family_dispute", 16, "evening", "weekend", "dispute", ((3, 0.03),)),
    TypeRhythm("divorce_dispute", 4, "office", "workday", "dispute", ((3, 0.02),)),
    TypeRhythm("support_dispute", 3.3, "office", "workday", "dispute"),
    TypeRhythm("inheritance_dispute", 1.7, "office", "workday", "dispute"),
    TypeRhythm("neighbour_dispute", 27, "evening", "weekend", "dispute", ((3, 0.02),)),
    TypeRhythm("noise_dispute", 20, "evening", "weekend", "dispute"),
    TypeRhythm("water_leak_dispute", 6, "evening", "level", "dispute"),
    TypeRhythm("shared_space_dispute", 6, "office", "level", "dispute"),
    TypeRhythm("reputation_dispute", 1.7, "office", "workday", "dispute"),
    TypeRhythm("property_dispute", 2.2, "office", "workday", "dispute"),
    TypeRhythm("estate_dispute", 10, "office", "level", "dispute", ((3, 0.04),)),
    TypeRhythm("tort_dispute", 3.3, "office", "workday", "dispute"),
    TypeRhythm("traffic_damage_dispute", 7, "office", "workday", "dispute"),
    TypeRhythm("medical_dispute", 1.1, "office", "workday", "dispute", ((3, 0.12), (2, 0.01))),
    TypeRhythm("contract_dispute", 6, "office", "workday", "dispute"),
    TypeRhythm("consumer_dispute", 9, "office", "weekend", "dispute"),
    TypeRhythm("rent_dispute", 4, "office", "workday", "dispute"),
    TypeRhythm("labour_dispute", 6, "office", "workday", "dispute", ((3, 0.05),)),
    TypeRhythm("wage_dispute", 12, "office", "workday", "dispute", ((3, 0.12), (2, 0.02))),
    TypeRhythm("work_injury_dispute", 2.2, "office", "workday", "dispute"),
    TypeRhythm("private_loan_dispute", 6, "office", "workday", "dispute"),
    TypeRhythm("fundraising_dispute", 0.6, "office", "workday", "dispute", ((3, 0.2), (2, 0.04))),
    TypeRhythm("land_dispute", 3.3, "office", "workday", "dispute", ((3, 0.05), (2, 0.01))),
    TypeRhythm("land_contract_dispute", 3.3, "office", "workday", "dispute", ((3, 0.04),)),
    TypeRhythm("boundary_dispute", 4, "office", "level", "dispute"),
    TypeRhythm("civil_dispute", 3.3, "office", "workday", "dispute"),
    TypeRhythm("illegal_building_dispute", 4, "office", "workday", "dispute"),
    TypeRhythm("civil_affairs_dispute", 2.2, "office", "workday", "dispute"),
    TypeRhythm("enforcement_dispute", 1.1, "office", "workday", "dispute", ((3, 0.08),)),
    TypeRhythm("theft", 52, "morning", "level", "call", ((3, 0.01),)),
    TypeRhythm("theft_from_person", 12, "commute", "weekend", "call"),
    TypeRhythm("theft_from_vehicle", 35, "morning", "level", "call"),
    TypeRhythm("bicycle_theft", 38, "commute", "workday", "call"),
    TypeRhythm("gambling", 10, "night", "weekend", "call"),
    TypeRhythm("disorder", 44, "evening", "weekend", "call", ((3, 0.01),)),
    TypeRhythm("affray", 32, "night", "weekend", "call", ((3, 0.04),)),
    TypeRhythm("mischief", 21, "night", "weekend", "call"),
    TypeRhythm("robbery", 1.5, "night", "weekend", "call", ((2, 0.15),)),
    TypeRhythm("burglary_residential", 8, "morning", "level", "call"),
    TypeRhythm("burglary_commercial", 7, "morning", "level", "call"),
    TypeRhythm("vehicle_theft", 4, "morning", "level", "call"),
    TypeRhythm("assault", 10, "night", "weekend", "call", ((2, 0.02),)),
    TypeRhythm("fraud", 34, "office", "workday", "call", ((3, 0.08), (2, 0.004))),
    TypeRhythm("drugs", 0.8, "night", "level", "call", ((2, 0.2),)),
    TypeRhythm("drug_use", 2.3, "night", "weekend", "call"),
    TypeRhythm("fire", 7, "meals", "level", "alarm", ((2, 0.08), (1, 0.012))),
    TypeRhythm("fire_hazard", 82, "office", "workday", "hazard"),
    TypeRhythm("blocked_exit", 59, "evening", "level", "hazard"),
    TypeRhythm("ebike_charging", 49, "evening", "level", "hazard"),
    TypeRhythm("work_safety", 3, "office", "workday", "alarm", ((2, 0.15), (1, 0.02))),
    TypeRhythm("site_hazard", 39, "office", "workday", "hazard"),
    TypeRhythm("hazardous_leak", 0.25, "office", "workday", "alarm", ((1, 0.4),)),
    TypeRhythm("food_safety", 29, "meals", "weekend", "call", ((3, 0.02),)),
    TypeRhythm("environment", 42, "office", "level", "hazard"),
    TypeRhythm("pollution", 26, "flat", "level", "hazard", ((3, 0.05), (2, 0.008))),
    TypeRhythm("flooding", 7, "flat", "level", "alarm"),
    TypeRhythm("traffic", 90, "commute", "workday", "road"),
    TypeRhythm("traffic_injury", 22, "commute", "level", "road", ((2, 0.01), (1, 0.002))),
    TypeRhythm("traffic_fatal", 0.6, "night", "weekend", "road", ((1, 0.1),)),
    TypeRhythm("road_hazard", 41, "flat", "level", "hazard"),
    TypeRhythm("crowding", 3.5, "evening", "weekend", "alarm", ((2, 0.08), (1, 0.006))),
    TypeRhythm("other", 7, "flat", "level", "call"),
)

CODES: tuple[str, ...] = tuple(resolve_type(row.slug).code for row in TABLE)
FAMILY_OF_ROW: NDArray[np.int64] = np.array(
    [[family.slug for family in FAMILIES].index(resolve_type(row.slug).family) for row in TABLE]
)


def _hour_weights() -> NDArray[np.float64]:
    """Share of a type's week that falls into each hour, [types, 168] from Monday 0 h; rows sum to 1."""
    rows = []
    for row in TABLE:
        day, week = np.array(DAYS[row.day], dtype=float), np.array(WEEKS[row.week], dtype=float)
        rows.append(np.outer(week / week.sum(), day / day.sum()).ravel())
    return np.array(rows)


_ORIGIN_BOUNDS = {
    kind: (tuple(shares), tuple(accumulate(shares.values()))) for kind, shares in ORIGINS.items()
}
HOUR_SHARE = _hour_weights()
TYPE_SHARE = np.array([row.per_1000 for row in TABLE]) / sum(row.per_1000 for row in TABLE)


def hour_of_week(local_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """0 to 167 from Monday 0 h, of local times given as milliseconds since the epoch's local midnight."""
    # The 1st of January 1970 was a Thursday.
    return (local_ms // HOUR_MS + 3 * 24) % 168


def expected_per_hour(cases_per_day: float, hour: int) -> NDArray[np.float64]:
    """Cases of every row of the table in one hour of the week, [types]."""
    return cases_per_day * 7 * TYPE_SHARE * HOUR_SHARE[:, hour]


@dataclass
class Arrivals:
    """Some new cases: row of the table and moment (UTC ms) of each, in time order."""

    rows: NDArray[np.int64]
    at_ms: NDArray[np.int64]


def arrivals(
    rng: np.random.Generator, cases_per_day: float, from_ms: int, to_ms: int, utc_offset_ms: int
) -> Arrivals:
    """Cases of a Poisson process with the table's rhythm in [from_ms, to_ms).

    `utc_offset_ms` turns UTC into the city's wall clock; it is taken as constant over the span.
    """
    edges = _hour_edges(from_ms, to_ms, utc_offset_ms)
    rows: list[NDArray[np.int64]] = []
    times: list[NDArray[np.int64]] = []
    for low, high in pairwise(edges):
        hour = int(hour_of_week(np.array([low + utc_offset_ms]))[0])
        counts = rng.poisson(expected_per_hour(cases_per_day, hour) * ((high - low) / HOUR_MS))
        total = int(counts.sum())
        rows.append(np.repeat(np.arange(len(TABLE)), counts))
        times.append(rng.integers(low, high, total))
    row, at = np.concatenate(rows), np.concatenate(times)
    order = np.argsort(at, kind="stable")
    return Arrivals(row[order], at[order])


def _hour_edges(from_ms: int, to_ms: int, utc_offset_ms: int) -> list[int]:
    first = (from_ms + utc_offset_ms) // HOUR_MS * HOUR_MS + HOUR_MS - utc_offset_ms
    return [from_ms, *range(first, to_ms, HOUR_MS), to_ms]


def levels(rng: np.random.Generator, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A level 1 to 4 for every case: the type's default, seldom a higher one."""
    out = np.array([resolve_type(TABLE[row].slug).default_level for row in rows.tolist()], dtype=np.int64)
    draws = rng.random(len(rows))
    for index, row in enumerate(rows.tolist()):
        for level, probability in TABLE[row].raised:
            if draws[index] < probability:
                out[index] = level
                break
            draws[index] -= probability
    return out


def origins(rng: np.random.Generator, rows: NDArray[np.int64]) -> list[str]:
    """Who told the centre, for every case."""
    draws = rng.random(len(rows))
    out: list[str] = []
    for row, draw in zip(rows.tolist(), draws.tolist(), strict=True):
        names, bounds = _ORIGIN_BOUNDS[TABLE[row].origins]
        out.append(names[bisect_right(bounds, draw * bounds[-1])])
    return out
