"""The HTTP edge beside Dash: configuration, static files, snapshot, event stream and health.

docs/protocol.md is its contract. Every route that shows something of the city asks the one gate.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, abort, request

from dashboard.domain.access import may
from dashboard.live.city import City
from dashboard.live.hub import Hub
from dashboard.live.identity import UnidentifiedError
from dashboard.live.line import Line

_FOR_EVER = "public, max-age=31536000, immutable"
_POSITION = "X-Kite-Position"
_RETRY_MS = (500, 1500)

PageConfig = Callable[[str], Mapping[str, Any]]


def register(server: Flask, city: City, page_config: PageConfig) -> None:
    """Add the routes of `city` to the Flask server; `page_config(language)`: what the page needs besides."""
    blueprint = Blueprint("live", __name__, url_prefix="/live")
    code = city.pack.regions.code[0]
    by_name = {file.name: file for file in city.statics.values()}

    @blueprint.before_request
    def _gate() -> None:
        if not may(city.identity(), "view", code):
            abort(403)

    @blueprint.get("/config.json")
    def config() -> Response:
        language = request.args.get("lang", city.settings.language)
        return _json({**city.config(), **page_config(language)})

    @blueprint.get("/static/<name>")
    def static_file(name: str) -> Response:
        if name not in by_name:
            abort(404)
        return _gzipped(by_name[name].body, {"Cache-Control": _FOR_EVER})

    @blueprint.get("/snapshot")
    def snapshot() -> Response:
        if not city.ready:
            return _not_ready()
        position, body = city.state.snapshot()
        return _gzipped(body, {"Cache-Control": "no-store", _POSITION: position})

    @blueprint.get("/events")
    def events() -> Response:
        if not city.ready:
            return _not_ready()
        after = request.headers.get("Last-Event-ID") or request.args.get("from", "")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        stream = _events(city.hub, after, Line.of(request.environ))
        return Response(stream, mimetype="text/event-stream", headers=headers)

    server.register_error_handler(UnidentifiedError, _unidentified)
    server.register_blueprint(blueprint)
    _register_health(server, city)


def _events(hub: Hub, after: str, line: Line | None) -> Iterator[bytes]:
    """The stream, and before it how long a browser shall wait before it opens a lost one again.

    Its own three seconds are long for a map; the spread keeps screens that were cut off together apart.
    """
    yield b"retry: %d\n\n" % random.randint(*_RETRY_MS)
    yield from hub.follow(after, line)


def _register_health(server: Flask, city: City) -> None:
    @server.get("/healthz")
    def healthz() -> Response:
        return _json({"ok": True})

    @server.get("/readyz")
    def readyz() -> Response:
        """Ready once the state is loaded; what is missing otherwise."""
        return _json({"ready": True}) if city.ready else _not_ready()


def _unidentified(problem: Exception) -> Response:
    body = _json({"sentence": str(problem)})
    body.status_code = 401
    body.headers["WWW-Authenticate"] = "Bearer"
    return body


def _not_ready() -> Response:
    body = _json({"ready": False, "reason": "The first snapshot is not there yet; is the projector running?"})
    body.status_code = 503
    body.headers["Retry-After"] = "1"
    return body


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json", headers={"Cache-Control": "no-store"})


def _gzipped(body: bytes, headers: Mapping[str, str]) -> Response:
    """The gzipped body as it is: every browser takes gzip, and no screen pays for packing it again."""
    return Response(
        body, mimetype="application/octet-stream", headers={"Content-Encoding": "gzip", **headers}
    )
