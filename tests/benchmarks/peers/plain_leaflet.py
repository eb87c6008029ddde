"""The plain way: dash-leaflet's GeoJSON with `hideout`, redrawn by a `dcc.Interval` of one second.

Written as dash-leaflet's own documentation does a choropleth: geobuf, a style function in JavaScript, the
values in `hideout`. It reads the same levels from the same changes stream as Kite's web process does.

    python -m tests.benchmarks.peers.plain_leaflet PACK REDIS_URL PORT
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread
from typing import Any

import dash_leaflet as dl
import dash_leaflet.express as dlx
import numpy as np
import redis
from dash import Dash, Input, Output, dcc, html
from dash_extensions.javascript import Namespace

from dashboard.live.state import LiveState
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot
from geodata import load_pack

COLOURS = ["#1B2A33", "#1B3645", "#6E682F", "#B87D00", "#D55E00"]

STYLE = Namespace("plain", "leaflet")("style")
INDEX = """<!DOCTYPE html>
<html>
<head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}
<script>
window.plain = { leaflet: { style(feature, context) {
  const { levels, colours } = context.hideout;
  const fillColor = colours[levels[feature.properties.grid]];
  return { weight: 0.5, color: '#111', fillOpacity: 1, fillColor };
} } };
</script>
</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def features(pack: Any) -> dict[str, Any]:
    """All grids as a GeoJSON FeatureCollection, WGS 84."""
    geometry = pack.geometry
    lon, lat = pack.to_lonlat(np.asarray(geometry.vertex_xy))
    points = np.column_stack([lon, lat]).round(6).tolist()
    rows = []
    for grid in range(len(geometry.grid_ring_start) - 1):
        polygons = []
        for ring in range(geometry.grid_ring_start[grid], geometry.grid_ring_start[grid + 1]):
            vertices = geometry.ring_vertex[geometry.ring_start[ring] : geometry.ring_start[ring + 1]]
            outline = [points[v] for v in vertices]
            polygons.append([[*outline, outline[0]]])
        shape = {"type": "MultiPolygon", "coordinates": polygons}
        rows.append({"type": "Feature", "properties": {"grid": grid}, "geometry": shape})
    return {"type": "FeatureCollection", "features": rows}


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


def build(pack: Any, state: LiveState) -> Dash:
    """The app: a map, its grids, and one interval."""
    app = Dash(__name__, index_string=INDEX)
    first_grid = int(pack.regions.tier_start[4])
    west, south = pack.to_lonlat(np.asarray(pack.regions.bbox[0, :2])[None])
    east, north = pack.to_lonlat(np.asarray(pack.regions.bbox[0, 2:])[None])
    bounds = [[float(south[0]), float(west[0])], [float(north[0]), float(east[0])]]

    def hideout() -> dict[str, Any]:
        levels = state.column("regions", "level")[first_grid:] & 0x0F
        return {"levels": levels.tolist(), "colours": COLOURS}

    grids = dl.GeoJSON(
        data=dlx.geojson_to_geobuf(features(pack)),
        format="geobuf",
        style=STYLE,
        hideout=hideout(),
        id="grids",
    )
    app.layout = html.Div(
        [
            dl.Map([grids], bounds=bounds, preferCanvas=True, id="map", style={"height": "100vh"}),
            dcc.Interval(id="tick", interval=1000),
        ]
    )

    @app.callback(Output("grids", "hideout"), Input("tick", "n_intervals"), prevent_initial_call=True)
    def restyle(_: int) -> dict[str, Any]:
        return hideout()

    return app


def main() -> None:
    """Serve until killed."""
    path, url, port = sys.argv[1:]
    pack = load_pack(Path(path))
    client, state = redis.Redis.from_url(url), LiveState()
    Thread(target=follow, args=(client, pack.regions.code[0], state), daemon=True).start()
    build(pack, state).run(port=int(port), debug=False)


if __name__ == "__main__":
    main()
