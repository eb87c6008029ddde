"""What the server's own parts answer with a 500, and shouldn't: it was the asker's mistake."""

from __future__ import annotations

from typing import Any

import orjson
from dash.exceptions import DependencyException
from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider


class ShallowJson(DefaultJSONProvider):
    """JSON read by orjson, which refuses what is nested without end; the usual reader fails on that."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a text; raises `ValueError`."""
        return orjson.loads(s)


def install(server: Flask) -> None:
    """Let `server` answer 400 to a body of endless brackets and 404 for a script that Dash doesn't have."""
    server.json = ShallowJson(server)
    server.register_error_handler(DependencyException, _no_such_script)


def _no_such_script(problem: Exception) -> Response:
    return Response("There is no such script.\n", 404, mimetype="text/plain")
