"""The facts of a place that do not change by the minute: people, cameras, centre, station, companies; above
them, how its disputes are settled.

A row of `FACTS` is a name of a text and a function of (services, region) that gives the value as words, or ""
where there is nothing to say. What the pack has made up from published totals is tagged as synthetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import SupportsInt

import numpy as np
from dash import html

from dashboard.domain import cameras as camera_table
from dashboard.domain.hierarchy import GRID, VILLAGE
from dashboard.domain.units import KINDS
from dashboard.views.places import part_of, within
from dashboard.views.services import Services
from dashboard.views.settling import settling
from dashboard.views.texts import t

Value = Callable[[Services, int], str]


@dataclass(frozen=True)
class Fact:
    """One row: the text that names it, what it says, and which flag of the manifest makes it synthetic."""

    text: str
    value: Value
    synthetic: str = ""


def facts(services: Services, region: int) -> list[html.Div]:
    """How its disputes are settled, and the rows that say something about this region."""
    said = ((fact, fact.value(services, region)) for fact in FACTS)
    rows = [_row(services, fact, value) for fact, value in said if value]
    derived = _tag("derived") if services.pack.regions.derived[region] else None
    table = settling(services, region)
    return [*([table] if table else []), _line(t("fact.area"), _area(services, region), derived), *rows]


def _row(services: Services, fact: Fact, value: str) -> html.Div:
    synthetic = services.pack.manifest.get("synthetic", {})
    return _line(t(fact.text), value, _tag("synthetic") if synthetic.get(fact.synthetic) else None)


def _line(name: str, value: str, tag: html.Span | None) -> html.Div:
    return html.Div(
        [html.Span(name, className="name"), html.Span(value, className="what", title=value), tag],
        className="row fact",
    )


def _tag(kind: str) -> html.Span:
    return html.Span(t(f"tag.{kind}"), className="tag", title=t(f"tag.{kind}.help"))


def _count(number: SupportsInt) -> str:
    """A count with separators, "" for none."""
    return f"{int(number):,}" if int(number) else ""


def _area(services: Services, region: int) -> str:
    km2 = float(services.pack.regions.area_m2[region]) / 1e6
    return t("fact.area.km2", n=f"{km2:,.0f}" if km2 >= 100 else f"{km2:,.2f}")


def _grids(services: Services, region: int) -> str:
    part = part_of(services, region)
    return _count(part.stop - part.start) if services.hierarchy.tier[region] < GRID else ""


def _cameras_of(services: Services, region: int) -> slice:
    part, start = part_of(services, region), services.pack.grid_camera_start
    return slice(int(start[part.start]), int(start[part.stop]))


def _cameras(services: Services, region: int) -> str:
    mine = _cameras_of(services, region)
    return _count(mine.stop - mine.start)


def _networked(services: Services, region: int) -> str:
    return _count(services.pack.cameras.networked[_cameras_of(services, region)].sum())


def _cameras_of_kind(slug: str) -> Value:
    kind = [name for name, _ in camera_table.KINDS].index(slug)

    def value(services: Services, region: int) -> str:
        return _count(np.count_nonzero(services.pack.cameras.kind[_cameras_of(services, region)] == kind))

    return value


def _checkpoints(ring: int) -> Value:
    def value(services: Services, region: int) -> str:
        points = services.pack.checkpoints
        return _count(np.count_nonzero((points.ring == ring) & within(services, region, points.grid)))

    return value


def _units(kind: int) -> Value:
    def value(services: Services, region: int) -> str:
        units = services.pack.units
        return _count(np.count_nonzero((units.kind == kind) & within(services, region, units.home_grid)))

    return value


def _centre(services: Services, region: int) -> str:
    """The region's own centre; a grid belongs to its village's."""
    hierarchy, centres = services.hierarchy, services.pack.centres
    owner = int(hierarchy.parent[region]) if hierarchy.tier[region] == GRID else region
    own = np.flatnonzero(centres.region == owner)
    if not len(own):
        return ""
    staff = int(centres.staff[own].sum())
    if not staff and hierarchy.tier[owner] == VILLAGE:
        return t("fact.centre.no_staff")
    return t("fact.centre.staff", n=f"{staff:,}")


def _stations(services: Services, region: int) -> str:
    """How many stations serve the region; of a grid, the floor area of its own."""
    stations = services.pack.stations
    serving = np.unique(stations.station_of_grid[part_of(services, region)])
    serving = serving[serving >= 0]
    if services.hierarchy.tier[region] == GRID and len(serving):
        return t("fact.stations.area", n=f"{float(stations.area_m2[serving[0]]):.0f}")
    return _count(len(serving))


def _companies(services: Services, region: int) -> str:
    return _count(np.count_nonzero(within(services, region, services.pack.companies.grid)))


def _helpers(services: Services, region: int) -> str:
    companies = services.pack.companies
    return _count(companies.helpers[within(services, region, companies.grid)].sum())


def _estates(services: Services, region: int) -> str:
    companies = services.pack.companies
    mine = within(services, region, companies.grid)
    total, served = int(companies.estates[mine].sum()), int(companies.estates_served[mine].sum())
    return t("fact.estates.value", served=f"{served:,}", n=f"{total:,}") if total else ""


FACTS: tuple[Fact, ...] = (
    Fact("fact.population", lambda s, r: _count(s.pack.regions.population[r]), "population"),
    Fact("fact.dwellings", lambda s, r: _count(s.pack.regions.dwellings[r]), "population"),
    Fact("fact.grids", _grids),
    Fact("fact.centre", _centre, "centres"),
    *(Fact(f"unit_kind.{slug}", _units(number), "units") for number, (slug, _) in enumerate(KINDS)),
    Fact("fact.cameras", _cameras, "cameras"),
    Fact("fact.networked", _networked, "cameras"),
    Fact("fact.gates", _cameras_of_kind("entrance_capture"), "cameras"),
    Fact("fact.eyes", _cameras_of_kind("augmented_reality"), "cameras"),
    Fact("fact.domes", _cameras_of_kind("high_dome"), "cameras"),
    *(Fact(f"fact.ring.{ring}", _checkpoints(ring), "cameras") for ring in (1, 2, 3)),
    Fact("fact.stations", _stations, "stations"),
    Fact("fact.companies", _companies, "companies"),
    Fact("fact.helpers", _helpers, "companies"),
    Fact("fact.estates", _estates, "companies"),
)
