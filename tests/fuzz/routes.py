"""Requests that no description allows, byte by byte, to every page, stream, file and callback of a Kite.

Paths with broken escapes, parameters that look like numbers, bodies that are no JSON or nested without end,
headers full of nonsense; sent over a socket as they are, as any program in the network may.
"""

from __future__ import annotations

import json
import re
import socket
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from hypothesis import strategies as st

from dashboard.live.route_table import TABLE
from tests.fuzz.api import check
from tests.fuzz.drawing import draw_examples
from tests.fuzz.served import ADMINISTRATOR, Served
from tests.fuzz.tally import Tally
from tests.fuzz.values import JSON, NASTY, TIMES

TIMEOUT_S = 30
_ENOUGH_BYTES = 20_000


def _asked(method: str) -> tuple[str, ...]:
    """The paths of every route of this method, `{}` where one has a part of its own."""
    rules = {rule for asked, rule in TABLE if asked == method}
    return tuple(sorted({re.sub(r"<[^>]*>", "{}", rule) for rule in rules}))


LOOKED_AT, SENT_TO = _asked("GET"), _asked("POST")
PARAMETERS = (
    "region", "level", "state", "first", "limit", "lon", "lat", "type", "q", "lang", "since", "period",
    "number", "before",
    "from", "next", "city", "kind", "case", "account",
)  # fmt: skip
HEADERS = (
    "Last-Event-ID", "If-None-Match", "Cookie", "Accept-Language", "Accept-Encoding", "Range", "Origin",
    "Referer",
    "X-Forwarded-For", "Content-Type", "Accept", "If-Modified-Since", "Authorization",
)  # fmt: skip
BODIES = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b'{"id":', b"[" * 2000, b'{"a":' * 2000, b"\xff\xfe\x00",
    b"\x00" * 100,
    b'{"type":"fire","type":"theft","origin":"hotline"}',
    b'{"type":"fire","origin":"hotline","lon":1e999,"lat":36.6}',
    b'{"type":"fire","origin":"hotline","lon":119.05,"lat":36.65,"summary":"\\ud800"}',
    b'{"type":["fire"],"origin":{"a":[]},"lon":NaN,"lat":-Infinity}',
    b'{"command":"accept","version":99999999999999999999}',
    b'{"command":"extend","until":"9999-12-31T23:59:59Z"}',
    b'{"command":"accept","at":"0001-01-01T00:00:00+14:00"}',
    b'{"type":"fire","origin":"hotline","lon":"119.05","lat":"36.65","closed_at":"2026-11-25T10:00:00+08:00",'
    b'"occurred_at":"2026-11-24T10:00:00+08:00"}',
    b'{"outputs":{},"output":"x.y","inputs":[],"changedPropIds":[],"state":[]}',
    b'{"output":"x.y","inputs":[{"id":"a"}]}',
    b'{"output":{"a":1},"outputs":[[]],"inputs":"x"}', b"token=%00%ff&next=//x",
    b"name=%f0%28&password=" + b"x" * 5000,
    b"x" * 70_000,
)  # fmt: skip
_IN_CITY = {"type": "fire", "origin": "hotline", "lon": 119.05, "lat": 36.65}
GOOD_BODIES: tuple[dict[str, object], ...] = (
    _IN_CITY,
    {"type": "02", "origin": "grid_worker", "grid": "990101001001001", "place": "东关"},
    {**_IN_CITY, "occurred_at": "2026-11-24T10:00:00+08:00", "closed_at": "2026-11-25T10:00:00+08:00"},
    {**_IN_CITY, "id": "same"},
    {"command": "accept"},
    {"command": "assign", "unit": "东城-网格-0001", "departments": ["住建局"]},
    {"command": "triage", "level": "01", "grid": "990101001001001"},
    {"command": "to_hearing", "team": "grid", "scheduled": "2026-12-26T14:00:00+08:00"},
    {"command": "extend", "until": "2026-12-28T18:00:00+08:00"},
    {"command": "whistle", "departments": "住建局,消防大队", "within_min": 30},
    {"command": "resolve", "outcome": "settled"},
    {"command": "undo"},
    {"note": "x"},
)
_FORMS = ("/sign-in", "/password", "/admin/")
"""Where forms are sent to, not JSON."""
_FORM_FIELDS = (
    "do", "name", "role", "region", "account", "actions", "days", "number", "before", "new", "again", "token",
    "password", "next", "reason", "f.id", "f.type", "f.origin", "f.occurred_at", "f.lon", "f.lat",
    "f.summary",
)  # fmt: skip
_FORM_VALUES = (
    "add", "change", "reset", "lock", "unlock", "remove", "revoke", "fuzzed", "leader", "administrator",
    "990101", "view", "30", "duplicate", "theft", "hotline", "2026-11-24T10:00:00+08:00", "119.05", "36.65",
)  # fmt: skip
_MORE_FIELDS = ("at", "version", "id", "by", "case", "colour", "phone", "summary", "simulated", "level")
_CODES = (
    "990100", "990101", "990101001", "cases", "1", "-1", "²", "٣", "x", "..", "%2e%2e", "%", "%zz", "%00",
    "%ff%fe", "a" * 3000,
)  # fmt: skip


class Request(NamedTuple):
    """One request as it goes over the wire."""

    method: str
    target: bytes
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    length: int | None = None
    """What the header says of the body's length; None: how long it is."""


def fuzz_routes(kite: Served, inputs: int, seed: int) -> Tally:
    """Requests with an administrator's token, or none."""
    tally = Tally("routes")
    token = kite.tokens[ADMINISTRATOR]

    def one(request: Request) -> None:
        status, body = send(kite.url, request, token)
        check(tally, f"{request.method} {request.target[:200]!r} {request.body[:100]!r}", status, body)

    draw_examples(tally, one, requests_for([*kite.cases, *kite.letters]), inputs, seed)
    return tally


@st.composite
def requests_for(draw: st.DrawFn, ids: list[str]) -> Request:
    """A request to any route; `ids`: of what there is."""
    is_sent = draw(st.integers(0, 2)) == 0
    path = draw(st.sampled_from(SENT_TO if is_sent else LOOKED_AT))
    while "{}" in path:
        path = path.replace("{}", draw(st.sampled_from([*_CODES, *ids]) | _escaped()), 1)
    query = "&".join(
        f"{draw(st.sampled_from(PARAMETERS))}={draw(_escaped())}" for _ in range(draw(st.integers(0, 3)))
    )
    headers = tuple(
        (draw(st.sampled_from(HEADERS)), _one_line(draw(st.sampled_from(NASTY)).encode(errors="replace")))
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2])))
    )
    is_form = path.startswith(_FORMS)
    body = draw(st.sampled_from(BODIES) | st.binary(max_size=60) | (_form() if is_form else _spoilt()))
    if is_form and draw(st.integers(0, 3)):
        headers = (("Content-Type", b"application/x-www-form-urlencoded"), *headers)
    usual = "POST" if is_sent else "GET"
    method = draw(st.sampled_from([usual] * 12 + ["HEAD", "PUT", "OPTIONS", "DELETE"]))
    target = f"{path}?{query}".encode() if query else path.encode()
    return Request(method, target, headers, body if is_sent else b"")


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    """A good report or command of which a field or two are something else."""
    body = dict(draw(st.sampled_from(GOOD_BODIES)))
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        name = draw(st.sampled_from([*sorted(body), *_MORE_FIELDS]))
        body[name] = draw(JSON)
    return json.dumps(body).encode(errors="replace")


@st.composite
def _form(draw: st.DrawFn) -> bytes:
    """A form of some fields, the first of them what is to be done."""
    names = ["do", *draw(st.lists(st.sampled_from(_FORM_FIELDS), max_size=6))]
    values = st.sampled_from(_FORM_VALUES) | st.sampled_from(_FORM_VALUES) | st.sampled_from(NASTY)
    return urlencode([(name, draw(values)) for name in names], errors="replace").encode()


def _escaped() -> st.SearchStrategy[str]:
    """A text as a parameter's value: escaped as it should be, or with bytes that are no UTF-8."""
    texts = st.sampled_from(NASTY) | st.sampled_from(TIMES) | st.text(max_size=12)
    as_it_should = texts.map(lambda text: quote(text[:2000].encode(errors="replace"), safe=""))
    any_bytes = st.binary(max_size=4).map(lambda data: quote(data, safe=""))
    return as_it_should | st.sampled_from(_CODES) | any_bytes


def _one_line(value: bytes) -> bytes:
    return value.replace(b"\r", b"").replace(b"\n", b"")[:4000]


def send(url: str, request: Request, token: str) -> tuple[int, bytes]:
    """(status, beginning of the body) of the answer."""
    host = urlsplit(url)
    given = {name.lower() for name, _ in request.headers}
    lines = [f"{request.method} ".encode() + request.target + b" HTTP/1.1", b"Host: " + host.netloc.encode()]
    if "authorization" not in given:
        lines.append(f"Authorization: Bearer {token}".encode())
    if "content-type" not in given:
        lines.append(b"Content-Type: application/json")
    lines += [name.encode() + b": " + value for name, value in request.headers]
    length = len(request.body) if request.length is None else request.length
    lines += [b"Content-Length: %d" % length, b"Connection: close", b"", b""]
    with socket.create_connection((host.hostname or "", host.port or 80), timeout=TIMEOUT_S) as line:
        # It may answer, and hang up, before all of the body was sent.
        with suppress(ConnectionError):
            line.sendall(b"\r\n".join(lines) + request.body)
        return _read(line)


def _read(line: socket.socket) -> tuple[int, bytes]:
    data = b""
    while len(data) < _ENOUGH_BYTES:
        try:
            more = line.recv(65_536)
        except ConnectionResetError:  # it has answered before all of the body was read
            break
        data += more
        head, _, body = data.partition(b"\r\n\r\n")
        if not more or b"text/event-stream" in head:
            break
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    assert len(words) == 3, f"no answer, but {data[:100]!r}"
    return int(words[1]), body
