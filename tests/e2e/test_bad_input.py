"""A whole Kite and bad input: the rows of docs/bad-input.md, and two thousand inputs of the fuzzers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.callbacks import body_of, callbacks_of
from tests.fuzz.routes import Request, send
from tests.fuzz.runs import SHARES, run
from tests.fuzz.served import ADMINISTRATOR, Served, served
from tests.fuzz.tally import total
from tests.tables import answers_of

pytestmark = pytest.mark.valkey

ANSWERS = answers_of("bad-input.md", "The HTTP API, pages and callbacks")
INPUTS = 2_000
SECRET = "13912345678"
REPORTS, CALLBACK = "/api/v1/reports", "/_dash-update-component"
FIRE: dict[str, Any] = {"type": "fire", "origin": "hotline", "lon": 119.05, "lat": 36.65}
OVER = {**FIRE, "occurred_at": "2026-11-24T10:00:00+08:00", "closed_at": "2026-11-25T10:00:00+08:00"}
ASKED: dict[str, tuple[str, str, Any]] = {
    "body-no-json": ("POST", REPORTS, b"{"),
    "body-brackets": ("POST", REPORTS, b"[" * 5000),
    "body-a-list": ("POST", REPORTS, [FIRE]),
    "body-large": ("POST", REPORTS, b"x"),  # the first byte of 10 MB
    "value-nested": ("POST", REPORTS, {**FIRE, "summary": {"a": 1}}),
    "value-personal": ("POST", REPORTS, {**FIRE, "summary": f"找{SECRET}"}),
    "value-unknown": ("POST", REPORTS, {**FIRE, "type": "nonsense"}),
    "closed-report": ("POST", REPORTS, OVER),
    "path-unknown": ("GET", "/api/v1/cases/nobody", None),
    "number-huge": ("GET", "/api/v1/publications/99999999999999999999999", None),
    "parameter-digits": ("GET", "/api/v1/cases?level=%C2%B2", None),
    "parameter-long": ("GET", f"/api/v1/cases?limit={'9' * 1000}", None),
    "parameter-bytes": ("GET", "/api/v1/cases?region=%ff%fe", None),
    "stream-position": ("GET", "/live/events?from=%C2%B2-%C2%B2", None),
    "callback-brackets": ("POST", CALLBACK, b"[" * 5000),
    "callback-value": ("POST", CALLBACK, None),  # see `callback`
    "script-unknown": ("GET", "/_dash-component-suites/x/x.js", None),
}


@pytest.fixture(scope="module")
def kite(built: Path) -> Iterator[Served]:
    with served(built) as running:
        yield running


def asked(kite: Served, name: str) -> tuple[int, bytes]:
    method, path, body = ASKED[name]
    if name == "callback-value":
        body = callback(kite)
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    length = 10_000_000 if name == "body-large" else None
    return send(kite.url, Request(method, path.encode(), (), data, length), kite.tokens[ADMINISTRATOR])


def callback(kite: Served) -> dict[str, Any]:
    """The first callback of the page that takes a text, given a number."""
    known = next(one for one in callbacks_of(kite, "/") if one.output.startswith("..place.data"))
    return body_of(known, [5] * (len(known.inputs) + len(known.state)))


def test_the_page_has_a_row_for_each_case_and_no_other() -> None:
    assert list(ANSWERS) == list(ASKED)


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_is_that_of_the_page(kite: Served, name: str) -> None:
    status, body = asked(kite, name)
    assert (name, str(status)) == (name, ANSWERS[name])
    assert SECRET.encode() not in body
    assert b"Traceback" not in body


def test_nothing_of_a_person_is_in_the_log_or_the_store(kite: Served) -> None:
    asked(kite, "value-personal")
    assert SECRET not in kite.log()
    store = kite.city.store
    kinds = {b"stream": store.xrange, b"hash": store.hgetall, b"string": store.get, b"set": store.smembers}
    for key in store.scan_iter():
        read = kinds.get(store.type(key))
        assert read is None or SECRET.encode() not in repr(read(key)).encode(), key


def test_two_thousand_inputs_get_an_answer_each(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        tallies = run(list(SHARES), INPUTS, seed=6, built=built)
    assert not [failure for tally in tallies for failure in tally.failures], total(tallies)
    assert sum(tally.inputs for tally in tallies) >= INPUTS
