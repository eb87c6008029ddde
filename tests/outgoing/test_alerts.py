"""Places of alerts are the grids' own outlines, and an earlier version of a case is as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from dashboard.domain import cases
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.working_days import WorkingDays
from dashboard.outgoing.alerts import Alerts, as_of
from dashboard.settings import SettingsError
from dashboard.streams.from_pack import hierarchy_of
from dashboard.streams.publish import describe
from geodata import Pack
from geodata.outlines import tier_polygons
from geodata.tables import GRID
from tests.domain.cap_schema import parsed, text
from tests.domain.made import case, command
from tests.geodata.made_pack import odd_pack


@pytest.fixture(scope="module")
def odd() -> tuple[Pack, Hierarchy]:
    """A land with grids of several parts and grids with holes."""
    pack = odd_pack()
    return pack, hierarchy_of(pack)


def test_outlines_are_those_of_the_pack_in_degrees(odd: tuple[Pack, Hierarchy]) -> None:
    """By shapely: the same polygons, but for holes, which CAP does not have."""
    pack, hierarchy = odd
    alerts = Alerts(pack, hierarchy)
    truth = tier_polygons(pack.geometry, pack.regions, GRID)
    several = holes = 0
    for grid, polygon in enumerate(truth):
        place = alerts.place(grid)
        rings = [np.array(ring) for ring in place.polygons]
        ours = shapely.union_all([shapely.Polygon(pack.from_lonlat(*ring.T)) for ring in rings])
        whole = getattr(polygon, "geoms", [polygon])
        parts = [shapely.Polygon(part.exterior) for part in whole]
        assert len(rings) == len(parts)
        several += len(parts) > 1
        holes += sum(len(part.interiors) for part in whole)
        assert ours.symmetric_difference(shapely.union_all(parts)).area < 1e-6 * ours.area + 100
        (lon, lat), km = place.circle
        metres = km * 1000 / np.cos(np.radians(lat)) * 10 * 1.01
        circle = shapely.Point(pack.from_lonlat(lon, lat)).buffer(metres)
        assert circle.contains(shapely.box(*pack.regions.bbox[hierarchy.region_of_grid(grid)].tolist()))
    assert several
    assert holes


def test_names_and_codes_run_from_the_city_to_the_grid(odd: tuple[Pack, Hierarchy]) -> None:
    pack, hierarchy = odd
    place = Alerts(pack, hierarchy).place(hierarchy.grid_count - 1)
    assert [len(code) for code in place.codes] == [6, 6, 9, 12, 15]
    assert place.names[0] == (pack.regions.name[0], pack.regions.name_en[0])
    assert len(place.names) == 5


def test_the_sender_is_the_citys_unless_another_is_said(odd: tuple[Pack, Hierarchy]) -> None:
    pack, hierarchy = odd
    assert Alerts(pack, hierarchy).sender.id == f"kite.{pack.regions.code[0]}"
    assert Alerts(pack, hierarchy, "alerts.example.org").sender.id == "alerts.example.org"
    with pytest.raises(SettingsError, match="KITE_ALERT_SENDER can't be used"):
        Alerts(pack, hierarchy, "two words")


def test_an_earlier_version_gives_the_alert_that_it_gave_then(odd: tuple[Pack, Hierarchy]) -> None:
    pack, hierarchy = odd
    alerts = Alerts(pack, hierarchy)
    first = case("a", 3, level=2, summary="先", lon=119.0, lat=36.0)
    steps = [first]
    for number, (name, fields) in enumerate(
        (("accept", {}), ("triage", {"level": 1}), ("triage", {"level": 3}), ("assign", {"unit": "u"}))
    ):
        steps.append(cases.apply(steps[-1], command(name, f"c{number}", **fields)))
    last = replace(steps[-1], summary="后")
    days = WorkingDays(pack.manifest["timezone"])
    for stood in steps:
        wire = describe(stood, 0, 0, days)
        xml = alerts.xml(as_of(last, wire))
        assert xml == alerts.xml(stood)
        parsed(xml)
    assert text(parsed(alerts.xml(steps[-1])), "msgType") == "Cancel"
