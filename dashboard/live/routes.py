"""The HTTP edge beside Dash: configuration, static files, snapshot, event stream and health.

docs/protocol.md is its contract. Every route that shows something of the city asks the one gate.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, abort, g, request

from dashboard.domain.access import may, own_region
from dashboard.live.city import City
from dashboard.live.identity import ForeignOriginError, UnidentifiedError, UnknowableError
from dashboard.live.line import Line
from dashboard.live.local_only import NotLocalError
from dashboard.live.open_streams import OpenStreams
from dashboard.live.openapi_answers import UNREAD
from dashboard.streams.client import UNAVAILABLE

_FOR_EVER = "private, max-age=31536000, immutable"
_POSITION = "X-Kite-Position"
_RETRY_MS = (500, 1500)
_ROOM_S = 60
"""When somebody who has too many streams may ask again."""
_LOG = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {
    UnidentifiedError: 401,
    ForeignOriginError: 403,
    NotLocalError: 403,
    UnknowableError: 503,
}
"""What is answered on every route where who asks can't be told."""

PageConfig = Callable[[str], Mapping[str, Any]]


def register(server: Flask, city: City, page_config: PageConfig) -> None:
    """Add the routes of `city` to the Flask server; `page_config(language)`: what the page needs besides."""
    blueprint = Blueprint("live", __name__, url_prefix="/live")
    codes = city.hierarchy.codes
    by_name = {file.name: file for file in city.statics.values()}
    # Where nobody signs in everyone is one identity.
    streams = OpenStreams(0 if city.settings.sign_in == "off" else city.settings.limit_streams)

    @blueprint.before_request
    def _gate() -> None:
        """What one sees is one's own region: the whole city for who is bound to none."""
        who = city.identity()
        region = own_region(who, city.hierarchy)
        if region is None or not may(who, "view", codes[region], city.hierarchy.contains_code):
            abort(403)
        g.region = region

    @blueprint.get("/config.json")
    def config() -> Response:
        language = request.args.get("lang", city.settings.language)
        return _json({**city.config(), "scope": codes[g.region], **page_config(language)})

    @blueprint.get("/static/<name>")
    def static_file(name: str) -> Response:
        if name not in by_name:
            abort(404)
        return _gzipped(by_name[name].body, {"Cache-Control": _FOR_EVER})

    @blueprint.get("/snapshot")
    def snapshot() -> Response:
        if not city.ready:
            return _not_ready()
        position, body = city.screens.snapshot(g.region)
        return _gzipped(body, {"Cache-Control": "no-store", _POSITION: position})

    @blueprint.get("/events")
    def events() -> Response:
        if not city.ready:
            return _not_ready()
        name = city.identity().name
        if streams.is_full(name):
            return _too_many_streams()
        after = request.headers.get("Last-Event-ID") or request.args.get("from", "")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        messages = city.screens.follow(g.region, after, Line.of(request.environ))
        watched = city.lapses.watched(city.identities.presented(), messages)
        stream = _events(streams.counted(name, watched))
        return Response(stream, mimetype="text/event-stream", headers=headers)

    for problem, status in STATUS.items():
        server.register_error_handler(problem, partial(_problem, status))
    for kind in UNAVAILABLE:
        server.register_error_handler(kind, _no_store)
    server.register_blueprint(blueprint)
    _register_health(server, city)


def _events(messages: Iterator[bytes]) -> Iterator[bytes]:
    """The stream, and before it how long a browser shall wait before it opens a lost one again.

    Its own three seconds are long for a map; the spread keeps screens that were cut off together apart.
    """
    yield b"retry: %d\n\n" % random.randint(*_RETRY_MS)
    yield from messages


def _register_health(server: Flask, city: City) -> None:
    @server.get("/healthz")
    def healthz() -> Response:
        return _json({"ok": True})

    @server.get("/readyz")
    def readyz() -> Response:
        """Ready once the state is loaded; what is missing otherwise."""
        return _json({"ready": True}) if city.ready else _not_ready()


def _problem(status: int, problem: Exception) -> Response:
    body = _json({"sentence": str(problem)})
    body.status_code = status
    if status == 401:
        body.headers["WWW-Authenticate"] = "Bearer"
    return body


def _no_store(problem: Exception) -> Response:
    """Whatever a route could not be told by the store: said so, where the route itself does not."""
    _LOG.warning("%s was not answered: %s", request.path, type(problem).__name__)
    body = _json({"sentence": "The store does not answer now; try again in a moment.", "reason": UNREAD})
    body.status_code = 503
    body.headers["Retry-After"] = "1"
    return body


def _not_ready() -> Response:
    body = _json({"ready": False, "reason": "The first snapshot is not there yet; is the projector running?"})
    body.status_code = 503
    body.headers["Retry-After"] = "1"
    return body


def _too_many_streams() -> Response:
    sentence = "Too many event streams of this account are open; close some, or give each screen its own."
    body = _json({"sentence": sentence})
    body.status_code = 429
    body.headers["Retry-After"] = str(_ROOM_S)
    return body


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json", headers={"Cache-Control": "no-store"})


def _gzipped(body: bytes, headers: Mapping[str, str]) -> Response:
    """The gzipped body as it is: every browser takes gzip, and no screen pays for packing it again."""
    return Response(
        body, mimetype="application/octet-stream", headers={"Content-Encoding": "gzip", **headers}
    )
