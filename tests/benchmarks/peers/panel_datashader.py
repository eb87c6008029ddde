"""What a user of Python's own tools would pick: Panel, with HoloViews and datashader drawing on the server.

Written as their documentation does it: polygons in a spatialpandas frame (datashader, "Polygons"), levels
pushed through a `Pipe` into a `DynamicMap` (HoloViews, "Working with Streaming Data"), `rasterize` over it,
as the guide "Working with large data" advises, so that the browser colours the values, and a periodic
callback of 200 ms for each session (Panel, "Periodically run callbacks"). It reads the same levels from the
same changes stream as Kite's web process, and draws at the size at which the city fills the screen's height.

    python -m tests.benchmarks.peers.panel_datashader PACK REDIS_URL PORT
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread
from typing import Any

import datashader as ds
import holoviews as hv
import numpy as np
import panel as pn
import redis
import shapely
import spatialpandas
from holoviews.operation.datashader import rasterize
from holoviews.streams import Pipe
from numpy.typing import NDArray
from spatialpandas.geometry import MultiPolygonArray

from dashboard.live.state import LiveState
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot
from geodata import Pack, load_pack
from geodata.outlines import tier_polygons
from geodata.tables import GRID

COLOURS = ["#1B2A33", "#1B3645", "#6E682F", "#B87D00", "#D55E00"]
HEIGHT = 1060
TICK_MS = 200

hv.extension("bokeh")
pn.extension()


def polygons_of(pack: Pack) -> Any:
    """All grids as a spatialpandas frame in metres of web mercator, without their levels."""
    origin = np.asarray(pack.manifest["origin"])
    outlines = tier_polygons(pack.geometry, pack.regions, GRID)
    in_metres = shapely.transform(outlines, lambda xy: xy / 10 + origin)
    several = [shapely.MultiPolygon([o]) if o.geom_type == "Polygon" else o for o in in_metres]
    return spatialpandas.GeoDataFrame({"geometry": MultiPolygonArray.from_geopandas(several)})


def follow(client: Any, city: str, state: LiveState) -> None:
    """Keep `state` at the end of the changes stream."""
    keys = Keys(city)
    saved = load_snapshot(client, keys)
    assert saved
    state.apply(saved.position, saved.frame)
    while True:
        for _, entries in client.xread({keys.changes: state.position}, block=1000) or []:
            for position, fields in entries:
                state.apply(position.decode(), fields[b"frame"])


class GridMap:
    """The app: every session gets a map of its own that is drawn again at each tick with something new."""

    def __init__(self, pack: Pack, state: LiveState) -> None:
        self._frame, self._state = polygons_of(pack), state
        self._first_grid = int(pack.regions.tier_start[GRID])
        west, south, east, north = (pack.regions.bbox[0] / 10 + np.tile(pack.manifest["origin"], 2)).tolist()
        self._size = {"width": round(HEIGHT * (east - west) / (north - south)), "height": HEIGHT}
        self._x_range, self._y_range = (west, east), (south, north)

    def _levels(self) -> NDArray[np.uint8]:
        return self._state.column("regions", "level")[self._first_grid :] & 0x0F

    def _polygons(self, data: NDArray[np.uint8]) -> hv.Polygons:
        return hv.Polygons(self._frame.assign(level=data), vdims=["level"])

    def session(self) -> Any:
        """What a browser that connects is shown."""
        pipe, shown = Pipe(data=self._levels()), [self._state.position]
        image = rasterize(
            hv.DynamicMap(self._polygons, streams=[pipe]),
            aggregator=ds.max("level"), x_range=self._x_range, y_range=self._y_range, **self._size,
        ).opts(
            cmap=COLOURS, clim=(0, len(COLOURS) - 1), xlim=self._x_range, ylim=self._y_range,
            xaxis=None, yaxis=None, toolbar=None, **self._size,
        )  # fmt: skip

        def tick() -> None:
            if shown[0] != self._state.position:
                shown[0] = self._state.position
                pipe.send(self._levels())

        pn.state.add_periodic_callback(tick, period=TICK_MS)
        return pn.pane.HoloViews(image)


def main() -> None:
    """Serve until killed."""
    path, url, port = sys.argv[1:]
    pack = load_pack(Path(path))
    client, state = redis.Redis.from_url(url), LiveState()
    Thread(target=follow, args=(client, pack.regions.code[0], state), daemon=True).start()
    pn.serve(
        {"/": GridMap(pack, state).session}, port=int(port), show=False, websocket_origin=f"127.0.0.1:{port}"
    )


if __name__ == "__main__":
    main()
