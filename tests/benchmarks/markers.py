"""Entries whose way to the screen is timed."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime

import numpy as np
import redis
from PIL import Image
from playwright.sync_api import Page

from dashboard.streams.keys import Keys
from geodata import Pack
from tests.benchmarks.probes import from_red

FAR_FROM_RED = 150
"""Difference of a colour from red, summed over its parts, from which a turn to red is plain to see."""


class Markers:
    """Writes markers into calm grids, each once, the largest first; into none that `load` writes to."""

    def __init__(self, pack: Pack, client: redis.Redis) -> None:
        regions = pack.regions
        first = int(regions.tier_start[4])
        self._pack, self._client, self.keys = pack, client, Keys(regions.code[0])
        self._left: list[int] = [g for g in np.argsort(-regions.area_m2[first:]).tolist() if g % 2]
        self._first = first

    def next_calm(self, page: Page, is_calm: str) -> int:
        """The next grid number of which the page says so; those passed over may be calm another time.

        Raises `AssertionError` when none is left: the load has filled the city with cases.
        """
        # Asked of all at once: the load fills the city, and one by one thousands would be passed over.
        found = page.evaluate(f"(grids) => grids.find({is_calm}) ?? null", self._left)
        assert found is not None, f"none of the {len(self._left)} grids that are left is calm on the page"
        self._left.remove(found)
        return found

    def next_seen(self, page: Page, place: str) -> tuple[int, dict[str, float], tuple[int, ...]]:
        """The next grid that is not red to be seen on a peer's page: where it is there, and its colour.

        `place`: the page's function that says where (lat, lon) is on the screen. All that are left are looked
        for in one picture: a page that is busy takes a second for each, and a full city is red for the most.
        Raises `AssertionError` when there is none.
        """
        lon_lat = [self.lonlat(grid) for grid in self._left]
        places = page.evaluate(f"(all) => all.map(([lon, lat]) => {place}(lat, lon))", lon_lat)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        for grid, at in zip(list(self._left), places, strict=True):
            x, y = (int(at["x"]), int(at["y"])) if at else (-1, -1)
            if not (0 <= x < shot.width and 0 <= y < shot.height):
                continue
            before = shot.getpixel((x, y))
            assert isinstance(before, tuple)
            if from_red(before) > FAR_FROM_RED:
                self._left.remove(grid)
                return grid, at, before
        raise AssertionError(f"none of the {len(self._left)} grids that are left is calm on the peer's page")

    def code(self, grid: int) -> str:
        """The grid's code."""
        return self._pack.regions.code[self._first + grid]

    def lonlat(self, grid: int) -> tuple[float, float]:
        """A point inside the grid."""
        lon, lat = self._pack.to_lonlat(self._pack.regions.label_xy[self._first + grid])
        return float(lon), float(lat)

    def write(self, grid: int) -> float:
        """Append the marker; the time just before, ms since 1970."""
        lon, lat = self.lonlat(grid)
        now = datetime.now(UTC)
        fields = {
            "id": f"marker-{time.time_ns()}",
            "type": "fire",
            "level": "01",
            "origin": "sensor",
            "occurred_at": now.isoformat(timespec="milliseconds"),
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
        }
        begun_ms = time.time_ns() / 1e6
        self._client.xadd(self.keys.raw("reports"), fields)  # type: ignore[arg-type]
        return begun_ms
