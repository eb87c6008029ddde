"""Starting values of a city without a year of its own: assumptions, each with where it comes from.

They fix where 85 points lie until `calibrate` has seen a year; they are not statistics of any city.
"""

from __future__ import annotations

import math

from dashboard.domain.case_types import FAMILIES

HALF_LIFE_DAYS = (30.0, 19.0, 60.0, 45.0)
"""Days after which an event counts half, per family: the design's starting values."""
SEVERITY = (8.0, 4.0, 2.0, 1.0)
"""Severity of levels 01–04."""

CASES_PER_10000_DAY: dict[str, float] = {
    "stability": 0.46,
    "public_order": 0.66,
    "criminal": 0.24,
    "safety": 1.01,
}
"""Cases per 10,000 people and day; 2.37 in all, some 1,000 a day in a city of 4.21 million.

- stability: the model city's published 71,000 disputes handled, taken as one year's, over 4.21 million.
- public_order: the order of magnitude of public-security cases that police accept nationally (about 6
  per 1,000 people and year, 0.17 here), times four, for a centre also learns of what never becomes one.
- criminal: the same, from about 3 per 1,000 people and year (0.08 here), times three.
- safety: what is left to some 1,000 a day: hazards, accidents, environment, traffic, crowding.
"""

LEVEL_SHARES: dict[int, float] = {1: 0.0002, 2: 0.004, 3: 0.06, 4: 0.9358}
"""Assumed share of each level among cases: one especially serious case in five days, four serious a day."""

DISPUTE_OPEN_DAYS = 10.0
"""Assumed mean time a dispute stays open; the working days that handling one may take."""


def default_reference(population: int, cases_per_day: float | None = None) -> tuple[float, ...]:
    """ρ_ref per family in severity per person and effective day, F values.

    `cases_per_day` scales the families' mix to a city's own volume; None leaves the table's. Disputes
    stand undecayed while open, so their steady sum is greater by open days over effective days.
    Raises `ValueError` for a population or a volume that is not above 0.
    """
    if population <= 0 or (cases_per_day is not None and cases_per_day <= 0):
        raise ValueError("The population and the cases a day must be above 0.")
    scale = 1.0
    if cases_per_day is not None:
        scale = cases_per_day / (sum(CASES_PER_10000_DAY.values()) * population / 10_000)
    severity = sum(share * SEVERITY[level - 1] for level, share in LEVEL_SHARES.items())
    rates = {slug: scale * cases / 10_000 * severity for slug, cases in CASES_PER_10000_DAY.items()}
    rates["stability"] *= 1 + DISPUTE_OPEN_DAYS / (HALF_LIFE_DAYS[0] / math.log(2))
    return tuple(rates[family.slug] for family in FAMILIES)
