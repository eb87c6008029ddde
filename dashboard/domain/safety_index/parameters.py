"""Everything the safety index is fixed by, under one version string: weights, half-lives, reference, cuts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import FAMILIES, LEVELS
from dashboard.domain.decay import DAY_MS
from dashboard.domain.safety_index.reference_rates import HALF_LIFE_DAYS, SEVERITY, default_reference

MONTHS = 12
DEFAULT_VERSION = "1.0-default"
LEAST_HALF_LIFE_DAYS, MOST_HALF_LIFE_DAYS = 3, 500
"""What the integer sums can hold: see `decay.AHEAD_HALF_LIVES` and the epochs of the index."""
LEVEL_NAMES: tuple[tuple[str, str], ...] = (
    ("未知", "unknown"),
    ("蓝", "blue"),
    ("黄", "yellow"),
    ("橙", "orange"),
    ("红", "red"),
)
"""Chinese and English name of a region's level by number: 0 unknown, 1 blue (best) … 4 red."""


@dataclass(frozen=True, slots=True)
class IndexParameters:
    """The frozen parameters of the index; a score names the `version` it was made with.

    Tuples of F follow `case_types.FAMILIES`. `reference` is the city's rate ρ_ref in severity per
    person and effective day, for each month (12 rows of F), the mean rate at that month's middle.
    `shrinkage` is m of κ_f = m/ρ_ref_f: a place borrows as much of its parent's rate as if m units of
    severity had been expected of it besides its own. `cuts` are the lowest scores of blue, yellow
    and orange. Raises `ValueError` for values that can't be an index.
    """

    version: str
    reference: tuple[tuple[float, ...], ...]
    half_life_days: tuple[float, ...] = HALF_LIFE_DAYS
    weights: tuple[float, ...] = (0.20, 0.25, 0.35, 0.20)
    severity: tuple[float, ...] = SEVERITY
    shrinkage: float = 1.0
    base_score: float = 85.0
    points_per_doubling: float = 10.0
    cuts: tuple[float, float, float] = (90.0, 80.0, 70.0)
    dead_band: float = 3.0
    cap: float = 69.0
    least_effective_events: float = 5.0
    interval: float = 0.8

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def default(cls, population: int, cases_per_day: float | None = None) -> IndexParameters:
        """Starting parameters of a city without a year of its own to calibrate on; see `reference_rates`.

        The version names the volume when one is given, for it moves the reference.
        """
        volume = "" if cases_per_day is None else f"-{cases_per_day / population * 10_000:.6g}"
        return cls(f"{DEFAULT_VERSION}{volume}", (default_reference(population, cases_per_day),) * MONTHS)

    def half_lives_ms(self) -> NDArray[np.int64]:
        """Half-lives in whole milliseconds, i64[F]."""
        return np.array([round(days * DAY_MS) for days in self.half_life_days], dtype=np.int64)

    def reference_at(self, now_ms: int) -> NDArray[np.float64]:
        """ρ_ref of the season, f64[F]: linear between the middles of months (UTC), so it never jumps."""
        table = np.array(self.reference)
        before, after, share = season(now_ms)
        return np.asarray(table[before] * (1.0 - share) + table[after] * share, dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        """The parameters as JSON-able values."""
        return {name: _listed(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> IndexParameters:
        """The parameters that `to_dict` wrote; raises `ValueError` for others."""
        unknown = sorted(set(values) - {row.name for row in fields(cls)})
        if unknown:
            raise ValueError(f"The index has no parameter {unknown[0]!r}.")
        if "version" not in values or "reference" not in values:
            raise ValueError("The index's parameters must hold 'version' and 'reference'.")
        return cls(**{name: _tupled(value) for name, value in values.items()})


def season(now_ms: int) -> tuple[int, int, float]:
    """The months (0–11) whose middles lie around `now_ms`, and how far it is from the first to the second."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    end = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
    position = now.month - 1 + (now - start) / (end - start) - 0.5
    before = math.floor(position)
    return before % MONTHS, (before + 1) % MONTHS, position - before


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(_tupled(item) for item in value) if isinstance(value, list) else value


def _check(parameters: IndexParameters) -> None:
    families = len(FAMILIES)
    blue, yellow, orange = parameters.cuts
    rows = [*parameters.reference, parameters.half_life_days]
    for holds, sentence in (
        (len(parameters.reference) == MONTHS, f"The reference must have {MONTHS} rows, one a month."),
        (
            all(len(row) == families for row in rows),
            f"The reference and half-lives must have {families} values.",
        ),
        (all(0 < value < math.inf for row in rows for value in row), "Rates and half-lives must be above 0."),
        (
            all(LEAST_HALF_LIFE_DAYS <= days <= MOST_HALF_LIFE_DAYS for days in parameters.half_life_days),
            f"Half-lives must lie between {LEAST_HALF_LIFE_DAYS} and {MOST_HALF_LIFE_DAYS} days.",
        ),
        (len(parameters.weights) == families, f"There must be {families} weights."),
        (min(parameters.weights) >= 0, "No weight may be below 0."),
        (abs(sum(parameters.weights) - 1) < 1e-9, "The weights must sum to 1."),
        (len(parameters.severity) == len(LEVELS), f"There must be {len(LEVELS)} severities."),
        (all(0 < value <= 16 for value in parameters.severity), "Severities must lie in (0, 16]."),
        (parameters.shrinkage > 0, "The shrinkage must be above 0."),
        (
            100 - parameters.dead_band >= blue > yellow > orange > 0,
            "The cuts must fall, within reach of 0 to 100.",
        ),
        (0 <= parameters.cap < orange, "The cap of an open level-01 case must lie in red."),
        (parameters.dead_band >= 0, "The dead band must not be below 0."),
        (0 < parameters.interval < 1, "The interval's probability must lie between 0 and 1."),
    ):
        if not holds:
            raise ValueError(sentence)
