"""A Kite that must be signed in to, asked for what there is not, too often, for too long, and by tricks."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.live.route_table import PUBLIC, TABLE
from dashboard.streams.tokens import add_token
from tests.e2e.conftest import Running, run_city
from tests.e2e.scopes.two_counties import send
from tests.e2e.test_api import bearer
from tests.fuzz.routes import Request
from tests.fuzz.routes import send as send_bytes

pytestmark = pytest.mark.valkey

API = "/api/v1"
OFTEN = 40
"""Requests to the API that a token has in an hour here."""
STREAMS = 2
NOWHERE = [  # method, path, what is answered to everybody
    ("GET", "/api", 404),
    ("GET", f"{API}/nothing", 404),
    ("HEAD", f"{API}/nothing", 404),
    ("POST", f"{API}/nothing", 404),
    ("GET", f"{API}/cases/", 404),
    ("GET", f"{API}/publications/x", 404),
    ("GET", "/api//v1/cases", 404),
    ("GET", "/api/v1/%2e%2e/v1/cases", 404),
    ("GET", "/live/nothing", 404),
    ("GET", f"{API}/reports", 405),
    ("DELETE", f"{API}/cases", 405),
]
TRICKS = [  # ways around the table of routes to what only somebody may see
    b"//api/v1/cases", b"/api//v1/cases", b"/api/v1//cases", b"/%61pi/v1/cases", b"/api%2fv1%2fcases",
    b"/assets/../api/v1/cases", b"/assets/%2e%2e/api/v1/cases", b"/assets/..%2f..%2fapp.py",
    b"/static/..%2f..%2fapp.py", b"/unit/files/x/..%2f..%2f..%2fapp.py", b"/api/v1/docs/..%2f..%2fapp.py",
    b"/api/v1/docs/../cases", b"/healthz/../api/v1/cases", b"/sign-in/../api/v1/cases", b"/api/v1/cases;x",
    b"/api/v1/cases%00", b"/api/v1/cases%20", b"/API/v1/cases", b"/api/v1/cases?x=/healthz",
    b"http://127.0.0.1/api/v1/cases", b"//127.0.0.1//live/snapshot", b"/live/snapshot/", b"/live//snapshot",
    b"/./live/snapshot", b"/live/./snapshot", b"/live/%73napshot",
]  # fmt: skip


@pytest.fixture(scope="module")
def city(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    settings = {"rate": 0, "sign_in": "required", "limit_api": f"{OFTEN} per hour", "limit_streams": STREAMS}
    with run_city(built, tmp_path_factory.mktemp("doors"), **settings) as city:
        yield city


def made(city: Running, name: str, role: str = "administrator") -> dict[str, str]:
    """The header of a new token; each name has limits of its own."""
    ends_ms = int(time.time() * 1000) + 3_600_000
    return bearer(add_token(city.store, city.keys, Identity(name, role, EVERYWHERE), ends_ms))


def described(city: Running, **headers: str) -> dict[tuple[str, str], dict[str, Any]]:
    """(method, path with its parameters filled in) → the operation of the API's description."""
    paths = json.loads(send(city, "GET", f"{API}/openapi.json", **headers)[2])["paths"]
    return {
        (method.upper(), API + re.sub("{.*?}", "1", path)): operation
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


@pytest.mark.parametrize("who", ["nobody", "void", "administrator", "wall"])
def test_what_there_is_not_is_told_everybody_alike(city: Running, who: str) -> None:
    """As the API tells every problem, also a browser; a page is what only a page's address gets."""
    known = {"nobody": {}, "void": bearer("kite_none")}
    headers = known[who] if who in known else made(city, f"lost-{who}", who)
    for method, path, expected in NOWHERE:
        for accepted in ({}, {"Accept": "text/html"}):
            status, told, content = send(city, method, path, None, **headers, **accepted)
            assert (status, told["Content-Type"]) == (expected, "application/json"), (method, path)
            if method != "HEAD":
                assert json.loads(content)["sentence"].endswith("."), content
            if expected == 405:
                assert told["Allow"]


def test_too_much_is_answered_as_it_is_described(city: Running) -> None:
    """Of every operation: a body that is too large, and then one request too many."""
    headers = made(city, "eager")
    operations = described(city, **headers)
    for (method, path), operation in operations.items():
        if method != "POST":
            continue
        status, told, content = send(city, method, path, b"x" * 70_000, **headers)
        assert (status, told["Content-Type"]) == (413, "application/json"), path
        assert "65536" in json.loads(content)["sentence"]
        assert "413" in operation["responses"], path
    for _ in range(OFTEN):
        send(city, "GET", f"{API}/settling", **headers)
    for (method, path), operation in operations.items():
        status, told, content = send(city, method, path, b"{}" if method == "POST" else None, **headers)
        assert (status, told["Content-Type"]) == (429, "application/json"), path
        assert json.loads(content)["sentence"].endswith(".")
        assert 0 < int(told["Retry-After"]) <= 3601  # the store counts in whole seconds
        assert "Retry-After" in operation["responses"]["429"]["headers"], path
    assert send(city, "GET", f"{API}/cases", **made(city, "patient"))[0] == 200


def test_nobody_is_answered_as_it_is_described(city: Running) -> None:
    operations = described(city, **made(city, "reader"))
    for (method, path), operation in operations.items():
        status, told, content = send(city, method, path, b"{}" if method == "POST" else None)
        assert (status, told["WWW-Authenticate"]) == (401, "Bearer"), path
        assert set(operation["responses"]["401"]["headers"]) == {"WWW-Authenticate"}
        assert json.loads(content)["sentence"]


def test_what_only_somebody_may_see_is_kept_nowhere(city: Running) -> None:
    """Of every route that is not everybody's; what says that it may be kept is for that browser alone."""
    headers, paths = made(city, "keeper"), set[str]()
    for (method, rule), row in TABLE.items():
        if method == "GET" and row.action != PUBLIC and rule != "/live/events":
            filled = rule.replace("<code>", "990101").replace("<table>", "scores").replace("<key>", "cameras")
            paths.add(re.sub("<.*?>", "1", filled))
    assert len(paths) > 40
    open_to_all = {}
    for path in sorted(paths):
        status, told, _ = send(city, "GET", path, **headers)
        kept = {word.strip() for word in told.get("Cache-Control", "").split(",")}
        if not kept & {"no-store", "private"} and not (status == 200 and path.startswith(f"{API}/docs/")):
            open_to_all[path] = (status, told.get("Cache-Control"))
    assert open_to_all == {}


def test_no_trick_leads_around_the_table(city: Running) -> None:
    """Nobody gets what somebody may see, however the address is written."""
    for target in TRICKS:
        for name in (b"Basic eDp5", b"Bearer x", b""):
            asked = Request("GET", target, (("Authorization", name),), b"")
            status, body = send_bytes(city.kite.url, asked, "")
            assert status in (308, 400, 401, 404), (target, status)
            assert b"total" not in body
            assert b"import" not in body


class Following:
    """An event stream that is open."""

    def __init__(self, city: Running, headers: dict[str, str]) -> None:
        self._link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=30)
        self._link.request("GET", "/live/events", headers=headers)
        self.answer = self._link.getresponse()
        if self.answer.status == 200:
            assert self.answer.readline().startswith(b"retry:")
            assert self.answer.readline() == b"\n"
            assert self.answer.readline()  # of the stream itself, which is counted by now

    def close(self) -> None:
        self.answer.close()
        self._link.close()


def test_an_account_has_so_many_event_streams_and_others_have_theirs(city: Running) -> None:
    mine, other = made(city, "many-screens", "wall"), made(city, "one-screen", "wall")
    opened = [Following(city, mine) for _ in range(STREAMS)]
    assert [stream.answer.status for stream in opened] == [200] * STREAMS
    status, told, content = send(city, "GET", "/live/events", **mine)
    assert (status, told["Retry-After"]) == (429, "60")
    assert json.loads(content)["sentence"].endswith(".")
    theirs = Following(city, other)
    assert theirs.answer.status == 200
    theirs.close()
    opened.pop().close()
    ends_s = time.monotonic() + 30  # the server learns of it when it next sends
    while (again := Following(city, mine)).answer.status != 200:
        again.close()
        assert time.monotonic() < ends_s
        time.sleep(0.2)
    for stream in (again, *opened):
        stream.close()


def test_only_the_proxy_says_from_where_and_by_what(city: Running) -> None:
    """None is trusted here, not even on this machine, neither for https nor for where Kite begins."""
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "X-Forwarded-For": "192.0.2.7"}
    status, told, _ = send(city, "GET", "/sign-in", **headers)
    assert (status, told.get("Strict-Transport-Security")) == (200, None)
    status, _, _ = send(city, "GET", "/api/healthz", SCRIPT_NAME="/api")
    assert status == 404
