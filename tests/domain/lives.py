"""Cases with their whole lives: reported, worked by a careless city, some ended, some imported closed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random

from dashboard.domain import cases
from dashboard.domain.case_record import Case
from dashboard.domain.case_types import CASE_TYPES, ORIGINS
from dashboard.domain.events import parse_command
from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.refused import Refused
from tests.domain.made import DAY_MS, NOW_MS, report, small_city
from tests.domain.sequences import Around, careless_command

MINUTE_MS = 60_000
CITY = small_city()
MOST_TRIES = 40


def grid_codes(city: Hierarchy) -> list[str]:
    """The codes of all grids, in their order."""
    return city.codes[city.tier_start[GRID] :]


def life(
    rng: Random, case_id: str, city: Hierarchy = CITY, days: int = 500, types: bool = False
) -> list[Case]:
    """Every version of one case, the last as it is at `NOW_MS`; at most `days` old.

    `types`: whether it may be triaged to another type, of which nothing is on record.
    """
    learned_ms = NOW_MS - rng.randint(1, days * DAY_MS)
    occurred_ms = learned_ms - rng.choice((0, MINUTE_MS, DAY_MS)) * rng.randint(0, 5)
    grid = rng.randrange(city.grid_count)
    told = report(
        case_id, type=rng.choice(CASE_TYPES).code, level=rng.choice((1, 2, 3, 4, 4, 4)),
        origin=rng.choice(list(ORIGINS)), occurred_at_ms=occurred_ms, learned_at_ms=learned_ms,
        grid=grid_codes(city)[grid],
    )  # fmt: skip
    if rng.random() < 0.25:
        closed_ms = rng.randint(occurred_ms, learned_ms)
        return [cases.new_case(replace(told, closed_at_ms=closed_ms), grid)]
    versions = [cases.new_case(told, grid)]
    pace_ms = rng.choice((MINUTE_MS, 20 * MINUTE_MS, DAY_MS, 3 * DAY_MS))
    at_ms, around = learned_ms, Around(("u-1", "u-2"), grid_codes(city), ("case-0", "case-1"))
    for _ in range(rng.randint(0, MOST_TRIES)):
        one, at_ms = versions[-1], at_ms + rng.randint(1, 2 * pace_ms)
        if at_ms >= NOW_MS:
            break
        if rng.random() < 0.03:
            closing = replace(told, learned_at_ms=at_ms, closed_at_ms=rng.randint(learned_ms, at_ms))
            after = cases.merge_report(one, closing, grid)
            versions += [after] if after is not one else []
            continue
        entry = careless_command(rng, one, at_ms, len(versions), around, 0.6)
        if "type" in entry and not types:
            del entry["type"]
            entry["level"] = "02"
        what = parse_command(entry, at_ms)
        with suppress(Refused):
            moved = None if what.grid is None else city.grid_of(what.grid)
            versions.append(cases.apply(one, what, moved))
    return versions


def lives(seed: int, count: int, city: Hierarchy = CITY, days: int = 500) -> list[list[Case]]:
    """The lives of so many cases."""
    rng = Random(seed)
    return [life(rng, f"case-{number}", city, days, types=True) for number in range(count)]


def worked(seed: int, count: int, city: Hierarchy = CITY, days: int = 500) -> list[Case]:
    """So many cases as they are now."""
    return [versions[-1] for versions in lives(seed, count, city, days)]


def as_of(versions: list[Case], at_ms: int) -> Case | None:
    """The case as it was at a moment, by the times of its steps; None before it was learned of."""
    past = [one for one in versions if one.history[-1].at_ms <= at_ms]
    return past[-1] if past else None
