"""All cameras the plain way: dash-leaflet's GeoJSON with `cluster=True`, its data a geobuf file.

Written as dash-leaflet's own tutorial of many points does (https://www.dash-leaflet.com/docs/geojson_tutorial:
50,000 markers from `url="/assets/leaflet_50k.pbf"`, `format="geobuf"`, `cluster=True`,
`superClusterOptions={"radius": 100}`): the file is a static one, clustered by supercluster in a worker of
the page. Cameras carry their state, as ours do.

    python -m tests.benchmarks.peers.leaflet_cameras PACK REDIS_URL cameras|everything PORT

`everything` lays them over the grids of `plain_leaflet`, kept up to date as it does.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path
from threading import Thread
from typing import Any

import dash_leaflet as dl
import geobuf
import numpy as np
import redis
from dash import Dash, html
from flask import Response, send_file

from dashboard.live.state import LiveState
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot
from dashboard.views.map_panel import bounds_of
from geodata import load_pack
from tests.benchmarks.peers import plain_leaflet

URL = "/cameras.pbf"


def geobuf_of(pack: Any, state: LiveState) -> Path:
    """The cameras as a geobuf file, made once: place to a metre, number, and state at the time."""
    path = Path(tempfile.gettempdir()) / f"kite-peer-cameras-{pack.digest[:12]}.pbf"
    if not path.exists():
        lon, lat = pack.to_lonlat(np.asarray(pack.cameras.xy))
        places = np.column_stack([lon, lat]).round(5).tolist()
        status = state.column("cameras", "status").tolist()
        rows = [
            {
                "type": "Feature",
                "properties": {"camera": camera, "status": status[camera]},
                "geometry": {"type": "Point", "coordinates": place},
            }
            for camera, place in enumerate(places)
        ]
        part = path.with_suffix(".part")
        part.write_bytes(geobuf.encode({"type": "FeatureCollection", "features": rows}, 5))
        part.rename(path)
    return path


def cameras(app: Dash, file: Path) -> dl.GeoJSON:
    """The layer as the tutorial has it, and its file."""

    @app.server.route(URL)
    def serve_file() -> Response:
        return send_file(file, mimetype="application/octet-stream")

    return dl.GeoJSON(
        url=URL,
        format="geobuf",
        cluster=True,
        zoomToBoundsOnClick=True,
        superClusterOptions={"radius": 100},
        id="cameras",
    )


def main() -> None:
    """Serve until killed."""
    path, url, layers, port = sys.argv[1:]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    pack, client, state = load_pack(Path(path)), redis.Redis.from_url(url), LiveState()
    keys = Keys(pack.regions.code[0])
    saved = load_snapshot(client, keys)
    assert saved
    state.apply(saved.position, saved.frame)
    file = geobuf_of(pack, state)
    if layers == "everything":
        Thread(target=plain_leaflet.follow, args=(client, keys.city, state), daemon=True).start()
        app = plain_leaflet.build(pack, state)
        city_map = app.layout.children[0]
        city_map.children = [*city_map.children, cameras(app, file)]
    else:
        app = Dash(__name__)
        style = {"height": "100vh"}
        city_map = dl.Map(
            [cameras(app, file)], bounds=bounds_of(pack, 0), preferCanvas=True, id="map", style=style
        )
        app.layout = html.Div(city_map)
    app.run(port=int(port), debug=False)


if __name__ == "__main__":
    main()
