"""A small server with the edge of the real one: the same page parts, routes and bytes, and faults at will.

The map is dash-leaflet's in a Dash page, as `dashboard/views/map_panel.py` makes it; the statics are
`build_statics`'s, frames are `frame.encode`'s. What the real server never does, this one does when told:
fall silent, die and come back, forget what a screen missed.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from queue import Empty, Queue
from typing import Any

import dash_leaflet as dl
import orjson
from dash import Dash, dcc, html
from flask import Flask, Response, request
from flask_babel import Babel
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

import layers
from dashboard.live.state import LiveState
from dashboard.live.statics import build_statics
from dashboard.settings import Settings
from dashboard.streams import frame
from dashboard.views import page
from geodata import Pack
from layers import palette
from tests.parts import ROOT, free_port

FEEDS = ("reports", "commands", "cameras", "units")
HEARTBEAT_S = 2.0
IDS = {"location": "location"}


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class CityServer:
    """One city on a port of its own; `url` is where its page is."""

    def __init__(self, pack: Pack, sections: list[frame.Section], lang: str = "zh") -> None:
        self.pack = pack
        self.lang = lang
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.state = LiveState()
        self.requests: list[tuple[str, str, str]] = []
        """(path, `from`, Last-Event-ID) of every request to the live routes."""
        self.silent = threading.Event()
        """While set, nothing is said on open streams, and they stay open."""
        self.feeds_s = dict.fromkeys(FEEDS, 0.2)
        """Age of each feed as the heartbeats tell it; None: no entry yet."""
        self.refuse = threading.Event()
        """While set, the live routes answer 503."""
        self.signed_out = threading.Event()
        """While set, the live routes answer 401."""
        self.scope = pack.regions.code[0]
        """Region that `config.json` says the screen is told of; what is published is up to the test."""
        self._statics = build_statics(pack)
        self._by_name = {file.name: file for file in self._statics.values()}
        self._ring: list[tuple[int, bytes]] = []
        self._followers: set[Queue[bytes]] = set()
        self._lock = threading.Lock()
        self._sequence = 0
        self._running: BaseWSGIServer | None = None
        self._app = self._make_app()
        self.publish(*sections)

    # Up and down

    def start(self) -> CityServer:
        """Listen; also again after `stop`, on the same port."""
        self._running = make_server("127.0.0.1", self.port, self._app, threaded=True, request_handler=_Quiet)
        self._running.daemon_threads = True
        threading.Thread(target=self._running.serve_forever, args=(0.05,), daemon=True).start()
        self._alive = threading.Event()
        threading.Thread(target=self._beat, args=(self._alive,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port and every stream, as a process that dies does."""
        assert self._running is not None
        self._alive.set()
        self._running.shutdown()
        self._running.server_close()
        with self._lock:
            for follower in self._followers:
                follower.put(b"")
            self._followers.clear()

    # What it says

    def publish(self, *sections: frame.Section) -> str:
        """Apply a frame and send it to every screen; gives its position."""
        with self._lock:
            self._sequence += 1
            position, data = f"{self._sequence}-0", frame.encode(sections)
            self.state.apply(position, data)
            message = b"id: %b\nevent: frame\ndata: %b\n\n" % (position.encode(), base64.b64encode(data))
            self._ring.append((self._sequence, message))
            self._send(message)
        return position

    def reset(self) -> None:
        """Tell every screen to load the snapshot again."""
        with self._lock:
            self._send(b"event: reset\ndata: {}\n\n")

    def forget(self) -> None:
        """Drop what was published: a screen that comes back from before gets a reset."""
        with self._lock:
            self._ring.clear()

    def _send(self, message: bytes) -> None:
        if not self.silent.is_set():
            for follower in self._followers:
                follower.put(message)

    def _beat(self, ended: threading.Event) -> None:
        while not ended.is_set():
            with self._lock:
                self._send(self._heartbeat())
            ended.wait(HEARTBEAT_S)

    def _heartbeat(self) -> bytes:
        now_ms = time.time_ns() // 1_000_000
        feeds = {
            feed: {"last_ms": now_ms - int(1000 * age), "applied_ms": now_ms - int(1000 * age)}
            for feed, age in self.feeds_s.items()
        }
        body = {"now_ms": now_ms, "clock_ms": now_ms, "simulated": True, "feeds": feeds}
        return b"event: heartbeat\ndata: %b\n\n" % orjson.dumps(body)

    def _follow(self, after: str) -> Iterator[bytes]:
        follower: Queue[bytes] = Queue()
        wanted = int(after.partition("-")[0] or 0)
        with self._lock:
            missed = [message for number, message in self._ring if number > wanted]
            whole = self._sequence - wanted == len(missed)
            self._followers.add(follower)
        yield b"".join(missed) if whole else b"event: reset\ndata: {}\n\n"
        yield self._heartbeat()
        while message := self._next(follower):
            yield message

    def _next(self, follower: Queue[bytes]) -> bytes:
        """The next message, joined with those that wait behind it."""
        message = follower.get()
        try:
            while message and (more := follower.get_nowait()):
                message += more
        except Empty:
            pass
        return message

    # Routes

    def config(self) -> dict[str, Any]:
        """What `/live/config.json` answers: `City.config()` and the page's part."""
        regions, origin = self.pack.regions, self.pack.manifest["origin"]
        return {
            "timezone": self.pack.manifest["timezone"],
            "origin": [10 * origin[0], 10 * origin[1]],
            "tier_start": regions.tier_start.tolist(),
            "scope": self.scope,
            "tables": frame.tables_json(),
            "stale_after_s": Settings().stale_after_s,
            "palette": palette.to_json(),
            "urls": {stem: f"/live/static/{file.name}" for stem, file in self._statics.items()},
            "lang": self.lang,
            "ids": IDS,
            "layers": layers.to_json(layers.discover()),
        }

    def _make_app(self) -> Flask:
        server = Flask("city-server")
        Babel(server, default_locale="zh")
        self._add_routes(server)
        with server.test_request_context():
            app = Dash(
                "city-server",
                server=server,
                assets_folder=str(ROOT / "assets"),
                assets_path_ignore=page.MODULES,
                assets_ignore=r"^(?!map\.css$).*\.css$|^clientside\.js$",
                title="Map",
                update_title="",
            )
            app.index_string = app.index_string.replace("<html>", f'<html lang="{self.lang}">').replace(
                "<head>", "<head><link rel=icon href='data:,'>"
            )
            app.layout = self._layout()
        return server

    def _layout(self) -> html.Div:
        (west, east), (south, north) = self.pack.to_lonlat(self.pack.regions.bbox[0].reshape(2, 2))
        shown = layers.discover()
        city_map = dl.Map(
            [
                *(layer.component() for layer in shown),
                dl.ScaleControl(position="bottomright", imperial=False),
            ],
            id="map",
            bounds=[[float(south), float(west)], [float(north), float(east)]],
            boundsOptions={"padding": [16, 16]},
            minZoom=7,
            maxZoom=18,
            zoomSnap=0.25,
            zoomControl=False,
            attributionControl=False,
            trackViewport=False,
            style={"position": "absolute", "inset": 0},
        )
        fonts = "Noto Sans SC, Noto Sans CJK SC, sans-serif"
        return html.Div(
            [dcc.Location(id="location", refresh=False), city_map],
            style={"position": "fixed", "inset": 0, "background": palette.GROUND, "fontFamily": fonts},
        )

    def _add_routes(self, server: Flask) -> None:
        @server.before_request
        def note() -> Response | None:
            if request.path.startswith("/live/"):
                back = request.headers.get("Last-Event-ID", "")
                self.requests.append((request.path, request.args.get("from", ""), back))
                if self.refuse.is_set():
                    return Response("not yet", status=503)
                if self.signed_out.is_set():
                    return Response("who?", status=401)
            return None

        @server.get("/live/config.json")
        def config() -> Response:
            return Response(orjson.dumps(self.config()), mimetype="application/json")

        @server.get("/live/static/<name>")
        def static_file(name: str) -> Response:
            return _gzipped(
                self._by_name[name].body, {"Cache-Control": "private, max-age=31536000, immutable"}
            )

        @server.get("/live/snapshot")
        def snapshot() -> Response:
            with self._lock:
                position, body = self.state.snapshot()
            return _gzipped(body, {"Cache-Control": "no-store", "X-Kite-Position": position})

        @server.get("/live/events")
        def events() -> Response:
            after = request.headers.get("Last-Event-ID") or request.args.get("from", "")
            return Response(
                self._follow(after), mimetype="text/event-stream", headers={"Cache-Control": "no-store"}
            )


def _gzipped(body: bytes, headers: dict[str, str]) -> Response:
    return Response(
        body, mimetype="application/octet-stream", headers={"Content-Encoding": "gzip", **headers}
    )
