"""A calibration on a made-up year finds the year's own rates and the shares that were asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.domain.cases import Case
from dashboard.domain.hierarchy import GRID
from dashboard.domain.safety_index import IndexParameters, SafetyIndex, calibrate
from tests.domain.made import DAY_MS, case, city_of_size

CITY = city_of_size(3, 12, 60, 180)
PEOPLE = np.random.default_rng(5).integers(150, 700, CITY.grid_count)
START_MS = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
END_MS = START_MS + 365 * DAY_MS
BASE = IndexParameters.default(int(PEOPLE.sum()))
TYPES = ("0200", "2100", "2200", "3100")


def a_year(per_day: float = 30.0, types: tuple[str, ...] = TYPES) -> list[Case]:
    """Cases at the same rate all year, more of them in some grids than in others, each closed in ten days."""
    rng = np.random.default_rng(11)
    danger = PEOPLE * rng.gamma(2.0, 0.5, CITY.grid_count)
    count = rng.poisson(per_day * 365)
    grids = rng.choice(CITY.grid_count, count, p=danger / danger.sum())
    times = START_MS + (rng.random(count) * 365 * DAY_MS).astype(np.int64)
    return [
        case(
            f"c-{n}",
            int(grid),
            type=types[n % len(types)],
            level=4,
            occurred_at_ms=int(at_ms),
            closed_at_ms=int(at_ms) + 10 * DAY_MS,
        )
        for n, (grid, at_ms) in enumerate(zip(grids, times, strict=True))
    ]


YEAR = a_year()
CALIBRATED = calibrate(CITY, PEOPLE, YEAR, START_MS, END_MS, BASE, "2025-made-up")


def test_the_reference_is_the_years_own_rate() -> None:
    per_person_and_day = len(YEAR) / 4 / 365 / PEOPLE.sum()
    for month in range(1, 12):  # the first is warm-up for the most part
        assert CALIBRATED.reference[month][1:] == pytest.approx((per_person_and_day,) * 3, rel=0.25)
        # Ten days undecayed on top of H/ln 2 = 43.3 effective days.
        assert CALIBRATED.reference[month][0] == pytest.approx(per_person_and_day * (1 + 10 / 43.3), rel=0.25)


def test_the_city_has_about_the_base_score_on_its_own_reference() -> None:
    index = SafetyIndex(CITY, PEOPLE, CALIBRATED)
    index.add_all(one for one in YEAR if one.occurred_at_ms < START_MS + 300 * DAY_MS)
    assert index.evaluate(START_MS + 300 * DAY_MS).score[0] == pytest.approx(85, abs=2)


def test_the_cuts_put_the_asked_shares_of_grids_in_red_and_orange() -> None:
    index = SafetyIndex(CITY, PEOPLE, CALIBRATED)
    shares = []
    for day in range(60, 365, 40):
        now_ms = START_MS + day * DAY_MS
        index.add_all(one for one in YEAR if now_ms - 40 * DAY_MS <= one.occurred_at_ms < now_ms)
        index.add_all(one for one in YEAR if day == 60 and one.occurred_at_ms < now_ms - 40 * DAY_MS)
        score = index.evaluate(now_ms).score
        level = index.levels(score, np.zeros(len(score), dtype=np.uint8))[CITY.tier_slice(GRID)]
        shares.append([np.mean(level == 4), np.mean(level == 3)])
    red, orange = np.mean(shares, axis=0)
    assert red == pytest.approx(0.03, abs=0.02)
    assert orange == pytest.approx(0.12, abs=0.04)


def test_the_cap_stays_in_red_and_the_rest_as_it_was() -> None:
    blue, yellow, orange = CALIBRATED.cuts
    assert 97 >= blue > yellow > orange > CALIBRATED.cap
    assert CALIBRATED.version == "2025-made-up"
    assert CALIBRATED.half_life_days == BASE.half_life_days
    assert CALIBRATED.weights == BASE.weights


def test_a_family_that_never_had_a_case_carries_no_weight() -> None:
    found = calibrate(CITY, PEOPLE, a_year(5.0, ("2100", "3100")), START_MS, END_MS, BASE, "two")
    assert found.weights == pytest.approx((0, 0.25 / 0.45, 0, 0.20 / 0.45))
    assert [row[2] for row in found.reference] == [row[2] for row in BASE.reference]


def test_what_a_patrol_found_calibrates_nothing() -> None:
    patrol = [
        case(f"p-{n}", n % 180, origin="patrol", occurred_at_ms=START_MS + n * DAY_MS // 9)
        for n in range(3000)
    ]
    assert calibrate(CITY, PEOPLE, [*YEAR, *patrol], START_MS, END_MS, BASE, "2025-made-up") == CALIBRATED


def test_a_calibration_needs_a_name_and_a_year() -> None:
    with pytest.raises(ValueError, match="version of its own"):
        calibrate(CITY, PEOPLE, YEAR, START_MS, END_MS, BASE, BASE.version)
    with pytest.raises(ValueError, match="more than 30 days"):
        calibrate(CITY, PEOPLE, YEAR, START_MS, START_MS + 20 * DAY_MS, BASE, "short")
    with pytest.raises(ValueError, match="feed the index"):
        calibrate(CITY, PEOPLE, [], START_MS, END_MS, BASE, "empty")
