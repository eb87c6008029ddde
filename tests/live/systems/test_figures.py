"""Single figures of the systems, against loops over the made city; and what is not known is said to be so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import orjson
import pytest

from dashboard.domain.cameras import FAULT, KINDS, OFFLINE, ONLINE
from dashboard.domain.systems import BRANCH_KINDS, DEPARTMENTS, SERVICES, SYSTEMS
from tests.live.systems.made import NOW_MS, Made

MADE = Made()
CODES = [MADE.codes[0], MADE.codes[1], MADE.codes[5], MADE.codes[20], MADE.codes[-3]]


@pytest.mark.parametrize("code", CODES)
def test_cameras_are_what_looking_at_each_gives(code: str) -> None:
    grids, cameras = MADE.grids_of(code), MADE.pack.cameras
    mine = [n for n, grid in enumerate(cameras.grid.tolist()) if grid in grids]
    found = MADE.systems.panel(code, "cameras")
    for number, (slug, _) in enumerate(KINDS):
        row = next(row for row in found["kinds"] if row["kind"] == slug)
        of_kind = [n for n in mine if cameras.kind[n] == number]
        assert row["installed"] == len(of_kind)
        assert row["networked"] == sum(int(cameras.networked[n]) for n in of_kind)
        assert row["online"] == sum(int(MADE.status[n]) == ONLINE for n in of_kind)
    down = [n for n in mine if MADE.status[n] in (OFFLINE, FAULT) and n % 7]
    wanted = sorted(down, key=lambda n: (NOW_MS - 1000 * n, n))[:10]
    assert [row["camera"] for row in found["outages"]] == wanted
    assert [row["since_ms"] for row in found["outages"]] == [NOW_MS - 1000 * n for n in wanted]


def test_villages_with_too_few_cameras_are_counted_one_by_one() -> None:
    hierarchy, cameras = MADE.hierarchy, Counter(MADE.pack.cameras.grid.tolist())
    villages = range(hierarchy.tier_start[3], hierarchy.tier_start[4])
    few = [
        sum(cameras[g] for g in range(int(hierarchy.grid_lo[v]), int(hierarchy.grid_hi[v]))) < 6
        for v in villages
    ]
    found = MADE.systems.panel(MADE.codes[0], "cameras")
    assert (found["villages"], found["villages_under"]) == (len(few), sum(few))


@pytest.mark.parametrize("code", CODES)
def test_branches_workers_and_departments_are_counted_grid_by_grid(code: str) -> None:
    found, grids = MADE.systems.panel(code, "branches"), MADE.grids_of(code)
    kinds = Counter(list(BRANCH_KINDS)[MADE.pack.branches.kind[grid]] for grid in grids)
    assert (found["branches"], found["groups"], found["none"]) == (
        kinds["branch"], kinds["group"], kinds["none"],
    )  # fmt: skip
    units = MADE.pack.units
    workers = [n for n, home in enumerate(units.home_grid.tolist()) if home in grids and units.kind[n] == 0]
    on_duty = [n for n in workers if MADE.unit_state[n]]
    assert (found["workers"], found["on_duty"]) == (len(workers), len(on_duty))
    assert found["grids_without_duty"] == len(grids) - len({int(units.home_grid[n]) for n in on_duty})
    if len(grids) == 1:
        assert [row["call_sign"] for row in found["contacts"]] == [units.call_sign[n] for n in workers]
        assert {row["role"] for row in found["contacts"]} <= {"grid_worker"}
    else:
        assert found["contacts"] is None
    for row in found["departments"]:
        bit = list(DEPARTMENTS).index(row["department"])
        assert row["grids"] == sum(int(MADE.pack.branches.departments[g]) >> bit & 1 for g in grids)


def test_a_station_stands_in_the_most_populous_of_its_grids() -> None:
    hierarchy, station_of = MADE.hierarchy, MADE.pack.stations.station_of_grid
    people = [
        int(MADE.pack.regions.population[hierarchy.region_of_grid(g)]) for g in range(hierarchy.grid_count)
    ]
    for station in range(len(MADE.pack.stations.area_m2)):
        served = [g for g in range(hierarchy.grid_count) if station_of[g] == station]
        host = max(served, key=lambda g: (people[g], -g))
        code = MADE.codes[hierarchy.region_of_grid(host)]
        found = MADE.systems.panel(code, "stations")
        assert found["own"]["grid"] == code
        bits = int(MADE.pack.stations.services[station])
        assert found["own"]["services"] == [slug for n, slug in enumerate(SERVICES) if bits & 2**n]


def test_a_small_station_does_not_meet_the_norm() -> None:
    stations = MADE.pack.stations
    area = stations.area_m2.copy()
    area[[0, 3]] = 14.9
    other = Made(pack=replace(MADE.pack, stations=replace(stations, area_m2=area)))
    found = other.systems.panel(other.codes[0], "stations")
    assert found["meeting"] == len(area) - 2
    assert [row["area_m2"] for row in found["listed"][:2]] == [14.9, 14.9]


@pytest.mark.parametrize("code", CODES)
def test_the_loop_is_what_going_through_the_cases_gives(code: str) -> None:
    grids = MADE.grids_of(code)
    cases = [case for case in MADE.state.open_cases.values() if case["grid"] in grids]
    found = MADE.systems.panel(code, "loop")
    late = [c for c in cases if c["due"] and not c["due"]["paused"] and c["due"]["red_ms"] <= NOW_MS]
    assert (found["open"], found["overdue"]) == (len(cases), len(late))
    assert found["cards"] == {card: sum(c["card"] == card for c in cases) for card in ("yellow", "red")}
    alerts = [case for case in cases if case["origin"] == "camera_alert"]
    assert MADE.systems.panel(code, "devices")["alerts"]["open"] == len(alerts)
    called = [name for case in cases for name in case["called"]]
    whistles = MADE.systems.panel(code, "whistles")
    assert (whistles["waiting"], whistles["open"]) == (len(called), sum(bool(c["called"]) for c in cases))


def test_the_rate_of_whistles_has_its_interval_and_needs_enough_calls() -> None:
    city = MADE.systems.panel(MADE.codes[0], "whistles")["record"]["rate"]
    assert city["share"] == 0.5
    assert city["low"] < 0.5 < city["high"]
    assert MADE.systems.panel(MADE.codes[-1], "whistles")["record"]["rate"]["share"] is None


def test_what_is_not_known_is_none_and_never_nought() -> None:
    bare = Made()
    bare.state.reset()
    bare.sources.leaders = None
    bare.sources.settling = lambda code: None
    for code in CODES:
        cameras = bare.systems.panel(code, "cameras")
        assert cameras["installed"] > 0 or code == CODES[-1]
        assert [cameras[name] for name in ("online", "offline", "share", "outages")] == [None] * 4
        for ring in bare.systems.rings(code)["rings"]:
            assert (ring["online"], ring["watched_m"], ring["share"], ring["gaps"]) == (None, None, None, [])
        assert bare.systems.panel(code, "branches")["on_duty"] is None
        assert bare.systems.panel(code, "whistles")["record"] is None
        assert bare.systems.panel(code, "loop")["flow"] is None
        assert bare.systems.panel(code, "hearings")["found"] is None
        assert bare.systems.panel(code, "population")["disputes"] is None
        assert bare.systems.panel(code, "cameras")["at_ms"] is None


def test_while_the_store_is_away_no_outage_is_told_and_gaps_keep_their_names() -> None:
    away = Made()
    away.times.silent = True
    assert away.systems.panel(away.codes[0], "cameras")["outages"] is None
    gaps = [gap for ring in away.systems.rings(away.codes[0])["rings"] for gap in ring["gaps"]]
    assert gaps
    assert {gap["since_ms"] for gap in gaps} == {None}


def test_the_envelope_says_what_is_made_up_and_of_when_it_is() -> None:
    said = {"synthetic": {"cameras": True, "stations": False}, "as_of": "2024-12-31"}
    made = Made(pack=replace(MADE.pack, manifest={**MADE.pack.manifest, **said}))
    for key, system in SYSTEMS.items():
        found = made.systems.panel(made.codes[0], key)
        assert found["made_up"] == (["cameras"] if "cameras" in system.rests_on else [])
        assert (found["at_ms"], found["simulated"], found["as_of"]) == (NOW_MS, True, "2024-12-31")


def test_answers_are_plain_values() -> None:
    for code in CODES:
        for found in MADE.systems.panels(code).values():
            assert orjson.loads(orjson.dumps(found)) == found


def test_an_unknown_region_or_system_is_an_error() -> None:
    for code, key in (("nowhere", "cameras"), (MADE.codes[0], "kites")):
        with pytest.raises(KeyError):
            MADE.systems.panel(code, key)


def test_nobody_is_named() -> None:
    """Contacts are roles and call signs of units; nothing else in any panel is about who."""
    signs = set(MADE.pack.units.call_sign)
    grid = MADE.codes[MADE.hierarchy.region_of_grid(int(MADE.pack.units.home_grid[0]))]
    contacts = MADE.systems.panel(grid, "branches")["contacts"]
    assert {row["call_sign"] for row in contacts} <= signs
    assert all(set(row) == {"role", "call_sign", "state"} for row in contacts)
    assert np.count_nonzero(MADE.pack.units.kind == 0) > 0
