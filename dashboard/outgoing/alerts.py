"""Cases of one city as alerts: what `domain.cap` must know of the city, from its pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.domain.cap import Place, Point, Sender, alert_xml
from dashboard.domain.case_record import Case
from dashboard.domain.hierarchy import Hierarchy
from dashboard.settings import SettingsError
from geodata import Pack

_EARTH_KM = 6_371.0088  # the mean radius (IUGG)
_CENTRE = ("综治中心", "social-governance centre")
_OF_A_VERSION = (
    "type", "level", "scale", "nature", "state", "version", "grid", "occurred_at_ms", "place", "summary",
    "origin", "simulated",
)  # fmt: skip


class Alerts:
    """Makes the alerts of one city."""

    def __init__(self, pack: Pack, hierarchy: Hierarchy, sender: str = "") -> None:
        """`sender`: who sends them; `kite.` and the city's code where it is empty. Raises `SettingsError`."""
        self._pack, self._hierarchy = pack, hierarchy
        city = (pack.manifest["title"], pack.manifest["title_en"] or pack.manifest["title"])
        name = (city[0] + _CENTRE[0], f"{city[1]} {_CENTRE[1]}")
        try:
            self.sender = Sender(sender or f"kite.{pack.regions.code[0]}", name, pack.manifest["timezone"])
        except ValueError as problem:
            raise SettingsError(f"KITE_ALERT_SENDER can't be used. {problem}") from None

    def xml(self, case: Case) -> bytes | None:
        """The alert of a case as it stands; None where there is none (see `cap.message_of`)."""
        return alert_xml(case, self.place(case.grid), self.sender)

    def place(self, grid: int) -> Place:
        """The regions above a grid, and its outline."""
        regions = self._pack.regions
        own = self._hierarchy.region_of_grid(grid)
        line = [*reversed(self._hierarchy.ancestors(own)), own]
        return Place(
            tuple((regions.name[region], regions.name_en[region]) for region in line),
            tuple(regions.code[region] for region in line),
            tuple(self._outlines(grid)),
            self._circle(own),
        )

    def _outlines(self, grid: int) -> list[tuple[Point, ...]]:
        """The grid's outlines in degrees; its holes, which run clockwise, can't be said in CAP."""
        geometry = self._pack.geometry
        found = []
        for ring in range(int(geometry.grid_ring_start[grid]), int(geometry.grid_ring_start[grid + 1])):
            start, end = (int(at) for at in geometry.ring_start[ring : ring + 2])
            xy = geometry.vertex_xy[geometry.ring_vertex[start:end]].astype(np.float64)
            if _area(xy) > 0:
                lon, lat = self._pack.to_lonlat(xy)
                found.append(tuple(zip(lon.tolist(), lat.tolist(), strict=True)))
        return found

    def _circle(self, region: int) -> tuple[Point, float]:
        """A circle that holds the region's bounding box."""
        west, south, east, north = self._pack.regions.bbox[region].tolist()
        corners = [[(west + east) / 2, (south + north) / 2], [west, south], [west, north]]
        lon, lat = (np.radians(degrees) for degrees in self._pack.to_lonlat(np.array(corners)))
        haversine = (
            np.sin((lat[1:] - lat[0]) / 2) ** 2
            + np.cos(lat[0]) * np.cos(lat[1:]) * np.sin((lon[1:] - lon[0]) / 2) ** 2
        )
        km = float(2 * _EARTH_KM * np.arcsin(np.sqrt(haversine)).max())
        return (float(np.degrees(lon[0])), float(np.degrees(lat[0]))), km


def _area(xy: np.ndarray[Any, Any]) -> float:
    """Twice the signed area of a ring [n, 2]: positive where it runs anticlockwise."""
    x, y = (xy - xy[0]).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def as_of(case: Case, wire: Mapping[str, Any]) -> Case:
    """The case as it stood at an earlier version, of which the wire tells; its history only ever grows."""
    told = {name: wire[name] for name in _OF_A_VERSION}
    if case.grid != wire["grid"]:  # the point is that of the grid where it is now
        told |= {"lon": None, "lat": None}
    return replace(case, **told, history=case.history[: wire["version"]])
