"""Every route and every callback, asked by every role: of its own county, of the other, and bound to none."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from callbacks import gate
from callbacks.table import TABLE as CALLBACKS
from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.live import route_table
from dashboard.live.city import City
from dashboard.live.province import Province
from dashboard.settings import Settings
from dashboard.streams.tokens import add_token
from tests.e2e.conftest import CITY, Running, run_city
from tests.e2e.scopes.two_counties import CASES, OTHER, OWN, PAGES, PLACES, call_of, traces_in, unit_in
from tests.e2e.test_api import bearer
from tests.e2e.trust import walked
from tests.e2e.trust.walked import DASH, NOBODY, OWN_WAY, ROLES, ROUTES, WHOLE_CITY, Row

pytestmark = pytest.mark.valkey

NOWHERE = "110101"
"""A region that this city doesn't have."""
LINKS: dict[str, http.client.HTTPConnection] = {}
BOUND = {"own": OWN, "other": OTHER, "everywhere": EVERYWHERE, "nowhere": NOWHERE}


@pytest.fixture(scope="module")
def city(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite where one must sign in, with two open cases in each county; tries to sign in are not counted."""
    settings = {"rate": 0, "sign_in": "required", "limit_sign_in": "none"}
    with run_city(built, tmp_path_factory.mktemp("walk"), **settings) as city:
        text = made(city, "A", "everywhere")
        for county, ids in CASES.items():
            for case_id in ids:
                body = {"id": case_id, "type": "fire", "level": "03", "origin": "hotline", **PLACES[county]}
                status, content = asked(city, "POST", "/api/v1/reports", body, text)
                assert status == 201, content
        yield city


def made(city: Running, letter: str, bound: str) -> str:
    """A token of that role, bound to that region; a unit's has the name of a unit of the county."""
    county = OTHER if bound == "other" else OWN
    name = unit_in(city, county) if letter == "U" else f"{ROLES[letter]}-{bound}"
    ends_ms = int(time.time() * 1000) + 3_600_000
    return add_token(city.store, city.keys, Identity(name, ROLES[letter], BOUND[bound]), ends_ms)


@pytest.fixture(scope="module")
def tokens(city: Running) -> dict[tuple[str, str], str | None]:
    """(role, what it is bound to) → its token; nobody has none."""
    held = {(letter, bound): made(city, letter, bound) for letter in ROLES for bound in BOUND}
    return {**held, (NOBODY, "own"): None}


def asked(
    city: Running, method: str, path: str, body: Any, text: str | None, **headers: str
) -> tuple[int, bytes]:
    """(status, body); of an event stream only that it begins. The connection is kept for the next one."""
    host = city.kite.url.removeprefix("http://")
    link = LINKS.setdefault(host, http.client.HTTPConnection(host, timeout=60))
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if isinstance(body, bytes) else "application/json"
    with_token = bearer(text) if text else {}
    link.request(method, path, data, {"Content-Type": kind, **with_token, **headers})
    answer = link.getresponse()
    if path.startswith("/live/events") and answer.status == 200:
        answer.close()
        link.close()
        return answer.status, b""
    return answer.status, answer.read()


@pytest.fixture(scope="module")
def apps(city: Running) -> Iterator[tuple[Any, list[Dash]]]:
    """The server and the Dash apps of the application that runs, from the same code; it follows nothing."""
    from app import create_app

    made_here: list[Dash] = []
    with pytest.MonkeyPatch.context() as patch:
        for kind in (City, Province):
            patch.setattr(kind, "follow", lambda self: None)
        install = gate.install

        def noted(server: Any, dashes: Any, identity: Any) -> None:
            made_here.extend(dashes)
            install(server, dashes, identity)

        patch.setattr(gate, "install", noted)
        settings = Settings(city=CITY, data_dir=city.kite.log.parent, redis_url=city.kite.redis_url)
        yield create_app(settings), made_here


def everything() -> dict[tuple[str, str], Row]:
    """All routes, those of the Dash apps too."""
    of_dash = {
        (method, f"{page}{rule}"): Row(
            roles, re.sub("<.*?>", "x", page + rule), {} if method == "POST" else None
        )
        for page in PAGES
        for (method, rule), roles in DASH.items()
    }
    return {**of_dash, **ROUTES, **WHOLE_CITY}


def test_the_table_is_that_of_the_application(apps: tuple[Any, list[Dash]]) -> None:
    """Every method of every route is in the route table and in the one written by hand; nothing else is."""
    served = {
        (method, rule.rule)
        for rule in apps[0].url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served - set(route_table.TABLE) == set()
    assert set(route_table.TABLE) - served == set()
    assert set(everything()) | OWN_WAY == served


def test_the_callbacks_are_those_of_the_applications(apps: tuple[Any, list[Dash]]) -> None:
    names = {called.name for app in apps[1] for called in gate.callables(app).values()}
    assert len(apps[1]) == len(PAGES)
    assert names == set(CALLBACKS)
    assert set(walked.CALLBACKS) <= names


def filled(value: Any, city: Running, county: str) -> Any:
    """A path or body about that county."""
    if isinstance(value, dict):
        return {name: filled(inner, city, county) for name, inner in value.items()}
    if not isinstance(value, str):
        return value
    words = {"own": county, "case": CASES[county][1], "unit": quoted(unit_in(city, county))}
    words["lon"] = PLACES[county]["lon"]
    return re.sub(r"\{(\w+)\}", lambda match: words[match[1]], value)


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def is_taken(row: Row, letter: str, bound: str, county: str, of_city: bool) -> bool:
    """Whether who is bound so may ask this about that county."""
    if letter not in row.roles:
        return False
    if of_city:
        return bound == "everywhere"
    if not row.is_of_region:
        return True
    if letter == "U" and "{unit}" in row.path:  # its own alone, wherever it is bound to
        return (county == OTHER) == (bound == "other")
    return bound == "everywhere" or BOUND[bound] == county


def wrong(
    city: Running, method: str, row: Row, who: tuple[str, str], text: str | None, county: str, of_city: bool
) -> str | None:
    """What is wrong with the answer, if anything."""
    taken = is_taken(row, *who, county, of_city)
    body = row.harmless if taken and row.harmless is not None else row.body
    status, content = asked(city, method, filled(row.path, city, county), filled(body, city, county), text)
    if NOBODY not in row.roles and who[0] == NOBODY:
        fine = status == 401
    elif who[0] not in row.roles:
        fine = status == 403
    elif taken:
        refused = () if NOBODY in row.roles else (401, 403)
        fine = status not in refused and status < 500
    else:
        fine = status in (403, 404)
    if who[1] == "nowhere" and not row.is_of_region:  # may be told the same: it has nothing to see
        fine = fine or status in (403, 404)
    traces = [] if who[1] in ("everywhere", "other") else [t for t in traces_in(content) if t not in row.path]
    traces = [trace for trace in traces if trace not in filled(row.path, city, county)]
    if fine and not traces:
        return None
    return f"{who} {method} {filled(row.path, city, county)}: {status} {content[:120]!r} {traces}"


def test_every_route_with_every_role(
    city: Running, tokens: dict[tuple[str, str], str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Roles get what the table by hand says, in the regions that they are bound to; nobody gets anything."""
    found, count = [], 0
    for (method, rule), row in everything().items():
        for who, text in tokens.items():
            if who[1] == "other" and not row.is_of_region:
                continue  # the same as its own
            for county in (OWN, OTHER) if row.is_of_region else (OWN,):
                count += 1
                found.append(wrong(city, method, row, who, text, county, (method, rule) in WHOLE_CITY))
    rows = len(everything()) + len(OWN_WAY)
    with capsys.disabled():
        print(f"\nroute table: {rows} routes x {len(ROLES)} roles and nobody; {count} asked")
    assert list(filter(None, found)) == []


def test_every_callback_with_every_role(
    city: Running,
    apps: tuple[Any, list[Dash]],
    tokens: dict[tuple[str, str], str | None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A role that may not gets 403 and nobody 401; the others nothing of what is outside their region."""
    found, count, named = [], 0, 0
    for app in apps[1]:
        page = app.config.requests_pathname_prefix
        status, content = asked(city, "GET", f"{page}_dash-dependencies", None, tokens["A", "everywhere"])
        rows = [row for row in json.loads(content) if not row["clientside_function"]]
        by_output = gate.callables(app)
        assert {row["output"] for row in rows} == set(by_output)
        for row in rows:
            name = by_output[row["output"]].name
            roles, named = walked.CALLBACKS.get(name, walked.LOOK), named + 1
            for (letter, bound), text in tokens.items():
                for county in (OWN, OTHER):
                    count += 1
                    body = call_of(row, county, "cases")
                    status, content = asked(city, "POST", f"{page}_dash-update-component", body, text)
                    if letter == NOBODY:
                        fine = status == 401
                    else:
                        fine = status in (200, 204) if letter in roles else status == 403
                    mine = bound in ("everywhere", "other")
                    if not fine or (not mine and traces_in(content)):
                        found.append(f"{letter} {bound} {name} {county}: {status} {content[:120]!r}")
    with capsys.disabled():
        print(f"\ncallback table: {named} callbacks x {len(ROLES)} roles and nobody; {count} called")
    assert found == []


def test_what_is_no_callback_is_refused(city: Running, tokens: dict[tuple[str, str], str | None]) -> None:
    """Also one that the page itself answers, one of another app, and what has not the shape of a call."""
    text = tokens["A", "everywhere"]

    def called(page: str, body: Any) -> int:
        return asked(city, "POST", f"{page}_dash-update-component", body, text)[0]

    whole = {"output": "facts-shown.data", "outputs": {"id": "facts-shown", "property": "data"}}
    given = {"inputs": [{"id": "facts-asked", "property": "data", "value": {"code": OWN, "tick": 1}}]}
    assert called("/", {**whole, **given}) == 200
    assert called("/dispatch/", {**whole, **given}) == 404
    assert called("/", {**whole, **given, "output": "layer-switches.data"}) == 404
    assert called("/", {**whole, **given, "output": "none.such"}) == 404
    for broken in (
        [],
        "text",
        None,
        {},
        {"output": ["facts-shown.data"]},
        whole,
        {**whole, "inputs": [], "state": []},
        {**whole, "inputs": [None]},
        {**whole, "inputs": {"id": "facts-asked"}},
        {**whole, "inputs": [[given["inputs"][0]]]},
        {**whole, **given, "state": [given["inputs"][0]]},
        {**whole, **given, "outputs": []},
        {**whole, **given, "outputs": {"id": "other", "property": "data"}},
        {**whole, **given, "changedPropIds": {"a": 1}},
        {**whole, **given, "changedPropIds": [1]},
    ):
        assert called("/", broken) == 400, broken


def test_nobody_in_a_browser_is_led_to_sign_in(city: Running) -> None:
    """From every page that is not for everyone; programs get 401 above."""
    for page in ("/", f"/region/{OWN}", "/dispatch/", "/wall/", "/province/", f"/brief/{OWN}"):
        status, content = asked(city, "GET", page, None, None, Accept="text/html")
        assert status == 303, (page, status, content[:100])


def test_the_route_of_a_new_page_answers_nobody_until_it_is_in_the_table(
    apps: tuple[Any, list[Dash]],
    tokens: dict[tuple[str, str], str | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the walk would find: a row is taken out, and the application refuses even an administrator."""
    monkeypatch.delitem(route_table.TABLE, ("GET", "/healthz"))
    headers = bearer(str(tokens["A", "everywhere"]))
    assert apps[0].test_client().get("/healthz", headers=headers).status_code == 404
    assert apps[0].test_client().get("/healthz").status_code == 401
