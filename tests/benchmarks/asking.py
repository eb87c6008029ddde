"""Asking Kite's HTTP API as a program does: one connection that is kept, a token, and the time each takes."""

from __future__ import annotations

import http.client
import time
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import orjson

NO_ANSWER = 0
_PATIENCE_S = 30.0
_KEPT_S = 20.0
"""A connection that was idle for longer is opened anew: the server ends it after 30 s, perhaps just now."""


class Answered(NamedTuple):
    """Status (`NO_ANSWER` where the connection failed), what was said, and how long it took."""

    status: int
    said: Any
    took_ms: float


class Asking:
    """One caller of the API of a Kite; not for several threads."""

    def __init__(self, url: str, token: str) -> None:
        """`url` of the server, without a path."""
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_S)
        self._used_s = time.perf_counter()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Answered:
        """Look: `path` below `/api/v1/`."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Answered:
        """Send. It is never sent again behind the caller's back."""
        return self._ask("POST", path, orjson.dumps(body))

    def command(self, case_id: str, body: dict[str, Any]) -> Answered:
        """Send a command: its fields without `case`."""
        return self.post(f"{case_path(case_id)}/commands", body)

    def _ask(self, method: str, path: str, body: bytes | None) -> Answered:
        begun_s = time.perf_counter()
        if begun_s - self._used_s > _KEPT_S:
            self._connection.close()
        self._used_s = begun_s
        try:
            self._connection.request(method, f"/api/v1/{path}", body, self._headers)
            response = self._connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return Answered(NO_ANSWER, {}, (time.perf_counter() - begun_s) * 1000)
        took_ms = (time.perf_counter() - begun_s) * 1000
        is_json = response.headers.get_content_type() == "application/json"
        return Answered(response.status, orjson.loads(data) if is_json else {}, took_ms)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def case_path(case_id: str) -> str:
    """Where a case is, below `/api/v1/`."""
    return f"cases/{quote(case_id, safe='')}"
