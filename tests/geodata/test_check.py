"""Every verdict: good for a good pack, bad for one that was broken in just that way."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geodata import Pack
from geodata.check import check
from geodata.tables import GRID
from tests.geodata.made_pack import odd_pack, small_pack, with_table


@pytest.fixture(scope="module")
def pack() -> Pack:
    return small_pack()


def bad_verdicts(pack: Pack) -> set[str]:
    return {verdict.name for verdict in check(pack).verdicts if not verdict.ok}


def changed(column: np.ndarray, at: object, value: object) -> np.ndarray:
    other = column.copy()
    other[at] = value
    return other


def put(table: str, column: str, at: object, value: Callable[[Pack], object]) -> Callable[[Pack], Pack]:
    """A breaker: puts a value at a place of a column."""

    def broken(pack: Pack) -> Pack:
        before = getattr(getattr(pack, table), column)
        return with_table(pack, table, **{column: changed(before, at, value(pack))})

    return broken


def without_last(table: str) -> Callable[[Pack], Pack]:
    """A breaker: leaves out the last row of a table."""

    def broken(pack: Pack) -> Pack:
        columns = {name: column[:-1] for name, column in vars(getattr(pack, table)).items()}
        return with_table(pack, table, **columns)

    return broken


def other_code(pack: Pack) -> Pack:
    code = (*pack.regions.code[:-1], "990102001201999999")
    return with_table(pack, "regions", code=code)


def code_twice(pack: Pack) -> Pack:
    return with_table(pack, "regions", code=(*pack.regions.code[:-1], pack.regions.code[-2]))


def more_wanted(pack: Pack) -> Pack:
    totals = {**pack.manifest["totals"], "cameras_per_village": 10_000}
    return replace(pack, manifest={**pack.manifest, "totals": totals})


def arc_less(pack: Pack) -> Pack:
    """Without the last arc."""
    g = pack.geometry
    keep = slice(0, int(g.arc_start[-2]))
    return with_table(
        pack, "geometry", arc_start=g.arc_start[:-1], arc_vertex=g.arc_vertex[keep],
        arc_left=g.arc_left[:-1], arc_right=g.arc_right[:-1], arc_tier=g.arc_tier[:-1],
    )  # fmt: skip


def crossed(pack: Pack) -> Pack:
    """With two vertices of the city's border in each other's place."""
    g = pack.geometry
    xy = g.vertex_xy.copy()
    first, *_, last = g.arc_vertex[g.arc_start[:-1][g.arc_tier == 0]]
    xy[[first, last]] = xy[[last, first]]
    return with_table(pack, "geometry", vertex_xy=xy)


def torn(pack: Pack) -> Pack:
    """With a ring that has a vertex of its own, a hundred metres from its neighbours'."""
    g = pack.geometry
    inner = int(g.arc_vertex[g.arc_start[np.flatnonzero(g.arc_right >= 0)[0]]])
    place = np.flatnonzero(g.ring_vertex == inner)[0]
    return with_table(
        pack, "geometry", vertex_xy=np.concatenate([g.vertex_xy, g.vertex_xy[[inner]] + 1000]),
        ring_vertex=changed(g.ring_vertex, place, len(g.vertex_xy)),
    )  # fmt: skip


BREAKERS = {
    "slices": put("regions", "grid_lo", 3, lambda pack: pack.regions.grid_lo[3] + 1),
    "slices of a wrong parent": put("regions", "parent", -1, lambda pack: pack.regions.tier_start[3]),
    "codes": other_code,
    "codes given twice": code_twice,
    "coverage.grid": torn,
    "coverage.city": crossed,
    "areas.children": put("regions", "area_m2", -1, lambda pack: pack.regions.area_m2[-1] * 1.01),
    "areas.drawn": put("regions", "area_m2", 0, lambda pack: pack.regions.area_m2[0] * 1.01),
    "arcs": arc_less,
    "arcs with a wrong side": put("geometry", "arc_left", 5, lambda pack: pack.geometry.arc_left[5] + 1),
    "sums.people": put("regions", "population", 2, lambda pack: pack.regions.population[2] + 1),
    "sums.dwellings": put("regions", "dwellings", -1, lambda pack: pack.regions.dwellings[-1] + 1),
    "totals": without_last("units"),
    "totals for a village": more_wanted,
    "places.cameras": put("cameras", "xy", 7, lambda pack: pack.regions.label_xy[-1]),
    "places.cameras not in order": put("cameras", "grid", 0, lambda pack: pack.grid_count - 1),
    "places.units": put("units", "xy", 0, lambda pack: [-50, -50]),
    "places.companies": put("companies", "xy", 0, lambda pack: pack.regions.label_xy[-1] + 30_000),
    "places.labels": put("regions", "label_xy", -1, lambda pack: pack.regions.label_xy[-3]),
    "places.centres": put("centres", "xy", -1, lambda pack: [-50, -50]),
    "rings.city": put("checkpoints", "xy", 0, lambda pack: pack.checkpoints.xy[0] + 400),
    "rings.county with another's camera": put("checkpoints", "camera", -1, lambda pack: 0),
    "rings.police with a gap": put("checkpoints", "stretch_xy", -1, lambda pack: pack.checkpoints.xy[-1]),
    "stations": put("stations", "area_m2", 0, lambda pack: 14.0),
    "stations that serve nobody": put("stations", "station_of_grid", slice(None), lambda pack: -1),
    "stations that there aren't": put("stations", "station_of_grid", 0, lambda pack: 10_000),
    "stations of unknown services": put("stations", "services", 0, lambda pack: 1 << 15),
    "stations that offer nothing": put("stations", "services", 0, lambda pack: 0),
    "centres": put("centres", "departments", 0, lambda pack: 1 << 31),
    "centres with more desks than posts": put("centres", "staff", 0, lambda pack: 1),
    "centres that are not there": without_last("centres"),
    "branches": put("branches", "kind", 0, lambda pack: 0),
    "branches with unknown departments": put("branches", "departments", -1, lambda pack: 1 << 31),
    "branches too few": without_last("branches"),
    "companies": put("companies", "estates_served", 0, lambda pack: pack.companies.estates[0] + 1),
}


@pytest.mark.parametrize("made", [small_pack, odd_pack])
def test_a_good_pack_passes(made: Callable[[], Pack]) -> None:
    assert bad_verdicts(made()) == set()
    assert check(made()).ok


@pytest.mark.parametrize("what", BREAKERS)
def test_a_pack_broken_in_one_way_fails_that_verdict(pack: Pack, what: str) -> None:
    name, broken = what.split()[0], BREAKERS[what](pack)
    if name.startswith("rings"):
        ring = int(broken.checkpoints.ring[0 if "city" in name else -1])
        name = f"rings.{('city', 'county', 'police')[ring - 1]}"
    found = bad_verdicts(broken)
    assert name in found
    assert not check(broken).ok


def test_every_verdict_has_its_breaker(pack: Pack) -> None:
    said = {verdict.name for verdict in check(pack).verdicts}
    tried = {what.split()[0] for what in BREAKERS}
    same = {"coverage.county", "coverage.town", "coverage.village", "areas.children_drawn", "rings.police"}
    assert said - tried - same <= {"rings.county"}


def test_a_pack_too_broken_to_look_at_is_bad_and_not_a_crash(pack: Pack) -> None:
    g = pack.geometry
    broken = with_table(pack, "geometry", ring_vertex=g.ring_vertex[:-3], arc_vertex=g.arc_vertex[:-1])
    report = check(broken)
    assert not report.ok
    assert any("can't be judged" in str(verdict.found) for verdict in report.verdicts)


def test_the_json_has_counts_and_verdicts(pack: Pack) -> None:
    report = json.loads(check(pack).to_json())
    assert report["ok"] is True
    assert report["counts"]["regions"] == {"city": 1, "county": 2, "town": 3, "village": 7, "grid": 24}
    assert report["counts"]["people"] == int(pack.regions.population[pack.regions.tier_start[GRID] :].sum())
    assert report["counts"]["cameras"]["total"] == len(pack.cameras.grid)
    assert report["verdicts"]["coverage.grid"]["ok"] is True


def test_lines_say_which_verdict_is_bad(pack: Pack) -> None:
    lines = check(BREAKERS["sums.people"](pack)).lines()
    assert [line.split()[1] for line in lines if "WRONG" in line] == ["sums.people"]
    assert check(pack).lines()[-1] == "All is as it should be."
