"""What is countable of a region is what is countable of its parts, for every system and every tier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dashboard.domain.hierarchy import GRID, TIERS
from dashboard.domain.systems import SYSTEMS
from dashboard.live.systems.systems import PANELS
from tests.live.systems.made import Made

Figures = Mapping[str, Any]
Numbers = dict[str, float]


def plain(*names: str) -> Callable[[Figures], Numbers]:
    return lambda found: {name: found[name] for name in names}


def rows(found: Figures, table: str, key: str, *figures: str) -> Numbers:
    return {f"{table}.{row[key]}.{name}": row[name] for row in found[table] for name in figures}


def of_rings(found: Figures) -> Numbers:
    names = ("checkpoints", "online", "unknown", "length_m", "watched_m")
    gaps = {f"{row['ring']}.gaps_m": sum(gap["length_m"] for gap in row["gaps"]) for row in found["rings"]}
    return gaps | rows(found, "rings", "ring", *names)


def of_record(found: Figures) -> Numbers:
    return {name: found["record"][name] for name in ("called", "on_time", "late", "waiting")}


COUNTED: dict[str, Callable[[Figures], Numbers]] = {
    "branches": lambda found: (
        plain("grids", "branches", "groups", "none", "covered", "households", "workers", "on_duty",
              "grids_without_duty")(found)
        | rows(found, "departments", "department", "grids")
    ),
    "whistles": lambda found: (
        plain("open", "waiting", "overdue")(found) | of_record(found)
        | rows(found, "by_department", "department", "waiting")
    ),
    "stations": lambda found: (
        plain("stations", "meeting", "grids", "grids_served", "area_m2")(found)
        | rows(found, "services", "service", "stations")
    ),
    "property": plain("companies", "helpers", "estates", "served"),
    "hearings": lambda found: (
        plain("open", "found", "ended")(found) | found["settled"]
        | {name: found["hearings"][name] for name in ("set", "past")}
    ),
    "centres": lambda found: plain("open_in_grids")(found) | rows(found, "tiers", "tier", "open"),
    "loop": lambda found: (
        plain("open", "overdue", "paused")(found) | found["cards"]
        | rows(found, "by_state", "state", "open", "overdue") | rows(found, "levels", "tier", "open")
    ),
    "population": lambda found: plain("people", "dwellings", "grids")(found) | found["disputes"],
    "cameras": lambda found: (
        plain("installed", "networked", "online", "offline", "fault", "unknown")(found)
        | rows(found, "kinds", "kind", "installed", "networked", "online", "offline", "fault", "unknown")
    ),
    "rings": of_rings,
    "devices": lambda found: (
        rows(found, "kinds", "kind", "installed", "online") | {"alerts": found["alerts"]["open"]}
        | rows(found["alerts"], "by_type", "type", "open")
    ),
}  # fmt: skip
MADE = Made()


def test_every_system_has_its_figures_and_is_counted_here() -> None:
    assert set(PANELS) == set(SYSTEMS) == set(COUNTED)


@pytest.mark.parametrize("key", SYSTEMS)
def test_the_parts_sum_to_the_whole(key: str) -> None:
    hierarchy, counted = MADE.hierarchy, COUNTED[key]
    some = 0.0
    for region in range(hierarchy.tier_start[GRID]):
        whole = counted(MADE.systems.panel(MADE.codes[region], key))
        parts: Numbers = {}
        for child in hierarchy.children(region):
            for name, number in counted(MADE.systems.panel(MADE.codes[child], key)).items():
                parts[name] = parts.get(name, 0) + number
        assert {n: v for n, v in parts.items() if v} == pytest.approx(
            {n: v for n, v in whole.items() if v}, abs=1e-3
        )
        some += sum(whole.values())
    assert some > 0


def test_villages_and_centres_sum_with_the_regions_own() -> None:
    """Things of a tier above the grids: those of the parts, and the region's own."""
    hierarchy = MADE.hierarchy
    for region in range(hierarchy.tier_start[3]):
        code = MADE.codes[region]
        children = [MADE.codes[child] for child in hierarchy.children(region)]
        for name in ("villages", "villages_under"):
            parts = [MADE.systems.panel(child, "cameras")[name] for child in children]
            assert MADE.systems.panel(code, "cameras")[name] == sum(parts)
        own = TIERS[hierarchy.tier[region]][0]
        whole = {row["tier"]: row for row in MADE.systems.panel(code, "centres")["tiers"]}
        below = [row for child in children for row in MADE.systems.panel(child, "centres")["tiers"]]
        for tier, row in whole.items():
            for name in ("centres", "staff"):
                parts = sum(part[name] for part in below if part["tier"] == tier)
                assert row[name] == parts + (row[name] if tier == own else 0)
        assert whole[own]["centres"] == 1


@pytest.mark.parametrize("key", ["cameras", "population"])
def test_rows_of_children_are_what_the_children_say_of_themselves(key: str) -> None:
    for region in range(MADE.hierarchy.tier_start[GRID]):
        for row in MADE.systems.panel(MADE.codes[region], key)["children"]:
            own = MADE.systems.panel(row["code"], key)
            assert {name: own[name] for name in row if name != "code"} == {
                name: value for name, value in row.items() if name != "code"
            }


def test_all_panels_at_once_are_the_panels_one_by_one() -> None:
    for code in (MADE.codes[0], MADE.codes[1], MADE.codes[-1]):
        found = MADE.systems.panels(code)
        assert list(found) == list(SYSTEMS)
        assert found == {key: MADE.systems.panel(code, key) for key in SYSTEMS}
