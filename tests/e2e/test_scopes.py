"""A county's officer sees and commands the county alone: on every route there is, and in a real browser."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dashboard.live.city import City
from dashboard.live.identity import COOKIE
from dashboard.live.province import Province
from dashboard.settings import Settings
from dashboard.streams import frame
from dashboard.streams.tables import SCORE_UNKNOWN
from dashboard.streams.writer import Writer
from tests.e2e.conftest import CITY, Running, run_city
from tests.e2e.test_api import ask, bearer, token

pytestmark = pytest.mark.valkey

OWN, OTHER = "990101", "990102"
PLACES = {OWN: {"lon": "119.05", "lat": "36.65"}, OTHER: {"lon": "119.15", "lat": "36.65"}}
BORDER = {OWN: {"lon": "119.1095", "lat": "36.65"}, OTHER: {"lon": "119.1105", "lat": "36.65"}}
"""Some 90 m from each other."""
MARK = {OWN: "本县楼道冒烟", OTHER: "邻县仓库冒烟"}
CASES = {OWN: ["own-1", "own-2"], OTHER: ["foreign-1", "foreign-2"]}
TRACES = (*CASES[OTHER], MARK[OTHER])
"""What no answer to an officer of the other county may hold."""

Ask = tuple[str, str, Any, int]
"""(method, path, body, status that is expected)"""


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, with two open cases in each county and all units free."""
    with run_city(built, tmp_path_factory.mktemp("scopes"), rate=0) as city:
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        units = [
            {"unit": str(number), "state": "free", "at": now} for number in range(len(city.pack.units.kind))
        ]
        Writer(city.store, city.keys).append_many("units", units)
        for county, (inner, border) in CASES.items():
            report(city, inner, county, PLACES)
            report(city, border, county, BORDER)
        yield city


@pytest.fixture(scope="module")
def officer(quiet: Running) -> str:
    """The token of an officer of the county `OWN`."""
    return token(quiet, "东城值班", region=OWN)


def report(city: Running, case_id: str, county: str, places: dict[str, dict[str, str]]) -> None:
    body = {"id": case_id, "type": "fire", "level": "03", "origin": "hotline", "summary": MARK[county]}
    status, case = ask(city, "reports", {**body, **places[county]})
    assert status == 201, case
    code = city.pack.regions.code[int(city.pack.regions.tier_start[4]) + case["grid"]]
    assert code.startswith(county)


def send(
    city: Running, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body as it was before it was packed); redirects are not followed."""
    link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=60)
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"} if data is not None and "Content-Type" not in headers else {}
    link.request(method, path, data, {**kind, **headers})
    answer = link.getresponse()
    content = answer.read()
    link.close()
    if answer.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    return answer.status, dict(answer.headers), content


def sign_in(city: Running, text: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    form = urllib.parse.urlencode({"token": text}).encode()
    return send(
        city, "POST", "/sign-in", form, **{"Content-Type": "application/x-www-form-urlencoded"}, **headers
    )


def traces_in(content: bytes) -> list[str]:
    """What of the other county is in a body, whatever way JSON writes it."""
    said = content.decode("utf-8", errors="replace")
    said += re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), said)
    return [trace for trace in TRACES if trace in said]


# Every route that there is

PAGES = ("/", "/dispatch/", "/province/", "/wall/")
PLAIN = {  # routes of a Dash app that tell nothing of what happens
    "_dash-layout": 200,
    "_dash-dependencies": 200,
    "_reload-hash": 200,
    "_favicon.ico": 200,
    "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": 500,  # Dash has no x
    "assets/<path:filename>": 404,
    "<path:path>": 200,
}
COMMAND = {"command": "accept"}
FIRE = {"type": "fire", "origin": "hotline"}


def routes(city: Running) -> dict[str, tuple[Ask, ...]]:
    """Route of the url_map → how it is asked with the officer's token, and what it must answer."""
    unit_of = {code: unit_in(city, code) for code in (OWN, OTHER)}
    grid_of = {code: grid_in(city, code) for code in (OWN, OTHER)}
    dash = {
        f"{page}{rule}": (("GET", re.sub("<.*?>", "x", page + rule), None, status),)
        for page in PAGES
        for rule, status in PLAIN.items()
    }
    callbacks = {f"{page}_dash-update-component": () for page in PAGES}  # see the test of the callbacks
    api, own, foreign = "/api/v1", f"/api/v1/cases/{CASES[OWN][1]}", f"/api/v1/cases/{CASES[OTHER][1]}"
    return {
        **dash,
        **callbacks,
        "/": (("GET", "/", None, 302),),
        "/dispatch/": (("GET", "/dispatch/", None, 200),),
        "/province/": (("GET", "/province/", None, 200),),
        "/wall/": (("GET", "/wall/", None, 200),),
        "/<path:path>": (("GET", f"/region/{OTHER}", None, 200), ("GET", f"/region/{OWN}", None, 200)),
        "/static/<path:filename>": (("GET", "/static/x", None, 404),),
        "/healthz": (("GET", "/healthz", None, 200),),
        "/readyz": (("GET", "/readyz", None, 200),),
        "/sign-in": (("GET", "/sign-in", None, 200), ("POST", "/sign-in", b"", 401)),
        "/sign-out": (("GET", "/sign-out", None, 303),),
        "/live/config.json": (("GET", "/live/config.json", None, 200),),
        "/live/static/<name>": (("GET", "/live/static/x", None, 404),),
        "/live/snapshot": (("GET", "/live/snapshot", None, 200),),
        "/live/events": (),  # see the test of the events
        "/live/wall.json": tuple(
            ("GET", f"/live/wall.json?region={code}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        "/brief/<code>": tuple(
            ("GET", f"/brief/{code}{form}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403), ("990100", 403))
            for form in ("", ".pdf")
        ),
        **{  # not for officers
            f"/export/<table>/<code>.{form}": (("GET", f"/export/cases/{OWN}.{form}", None, 403),)
            for form in ("csv", "geojson")
        },
        f"{api}/openapi.json": (("GET", f"{api}/openapi.json", None, 200),),
        f"{api}/cases": (
            ("GET", f"{api}/cases", None, 403),
            ("GET", f"{api}/cases?region={OTHER}", None, 403),
            ("GET", f"{api}/cases?region={OWN}", None, 200),
        ),
        f"{api}/cases/<case_id>": (("GET", own, None, 200), ("GET", foreign, None, 404)),
        f"{api}/cases/<case_id>/suggestions": (
            ("GET", f"{own}/suggestions", None, 200), ("GET", f"{foreign}/suggestions", None, 404),
        ),
        f"{api}/cases/<case_id>/similar": (
            ("GET", f"{own}/similar", None, 200), ("GET", f"{foreign}/similar", None, 404),
        ),
        f"{api}/cases/<case_id>/cameras": (
            ("GET", f"{own}/cameras", None, 200), ("GET", f"{foreign}/cameras", None, 404),
        ),
        f"{api}/cases/<case_id>/alert.cap": (
            ("GET", f"{own}/alert.cap", None, 404),  # of level 03
            ("GET", f"{foreign}/alert.cap", None, 404),
        ),
        f"{api}/alerts": tuple(
            ("GET", f"{api}/alerts?region={code}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        f"{api}/places": tuple(
            ("GET", f"{api}/places?type=fire&lon={place['lon']}&lat={place['lat']}", None, status)
            for place, status in ((PLACES[OWN], 200), (PLACES[OTHER], 403))
        ),
        f"{api}/units/<call_sign>/tasks": tuple(
            ("GET", f"{api}/units/{urllib.parse.quote(unit_of[code])}/tasks", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        "/unit/<call_sign>": tuple(
            ("GET", f"/unit/{urllib.parse.quote(unit_of[code])}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        "/unit/sw.js": (("GET", "/unit/sw.js", None, 200),),
        "/unit/files/<release>/<path:name>": (("GET", "/unit/files/x/x", None, 404),),
        f"{api}/search": (("GET", f"{api}/search?q=fore", None, 200),),
        f"{api}/settling": tuple(
            ("GET", f"{api}/settling?region={code}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        **{
            f"{api}/regions/<code>/{figure}": tuple(
                ("GET", f"{api}/regions/{code}/{figure}", None, status)
                for code, status in ((OWN, 200), (OTHER, 403), ("990100", 403))
            )
            for figure in ("explanation", "moved", "cases-figures")
        },
        f"{api}/systems/<key>": tuple(
            ("GET", f"{api}/systems/{key}?region={code}", None, status)
            for key in ("cameras", "rings", "whistles", "centres")
            for code, status in ((OWN, 200), (OTHER, 403), ("990100", 403))
        ),
        f"{api}/publications": (
            ("GET", f"{api}/publications", None, 200),
            ("GET", f"{api}/publications?region={OTHER}", None, 403),
            ("POST", f"{api}/publications", {"note": "x"}, 403),
        ),
        f"{api}/publications/<int:number>": (
            ("GET", f"{api}/publications/1?region={OTHER}", None, 403),
            ("GET", f"{api}/publications/1", None, 404),
        ),
        f"{api}/publications/<int:number>/compare": (
            ("GET", f"{api}/publications/2/compare?before=1&region={OTHER}", None, 403),
            ("GET", f"{api}/publications/2/compare?before=1", None, 404),
        ),
        f"{api}/docs/": (("GET", f"{api}/docs/", None, 200),),
        f"{api}/docs/<path:path>": (("GET", f"{api}/docs/x", None, 404),),
        f"{api}/cases/<case_id>/commands": (
            ("POST", f"{foreign}/commands", COMMAND, 403),
            ("POST", f"{own}/commands", {"command": "merge", "into": CASES[OTHER][1]}, 404),
            ("POST", f"{own}/commands", COMMAND, 200),
            ("POST", f"{own}/commands", {"command": "triage", "grid": grid_of[OTHER]}, 403),
            ("POST", f"{own}/commands", {"command": "triage", "grid": grid_of[OWN]}, 200),
            ("POST", f"{own}/commands", {"command": "assign", "unit": unit_of[OTHER]}, 403),
            ("POST", f"{own}/commands", {"command": "assign", "unit": unit_of[OWN]}, 200),
        ),
        f"{api}/reports": (
            ("POST", f"{api}/reports", {**FIRE, **PLACES[OTHER]}, 403),
            ("POST", f"{api}/reports", {**FIRE, "id": CASES[OTHER][0], **PLACES[OWN]}, 403),
            ("POST", f"{api}/reports", {**FIRE, "id": "own-3", **PLACES[OWN]}, 201),
        ),
    }  # fmt: skip


def grids_of(city: Running, code: str) -> range:
    regions = city.pack.regions
    number = regions.code.index(code)
    return range(int(regions.grid_lo[number]), int(regions.grid_hi[number]))


def grid_in(city: Running, code: str) -> str:
    return str(city.pack.regions.code[int(city.pack.regions.tier_start[4]) + grids_of(city, code)[3]])


def unit_in(city: Running, code: str) -> str:
    units, grids = city.pack.units, grids_of(city, code)
    homes = zip(units.call_sign, units.home_grid, strict=True)
    return next(str(name) for name, home in homes if home in grids)


def url_map(city: Running, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The routes of the application that runs, from the same code on the same pack; it follows nothing."""
    from app import create_app

    for kind in (City, Province):
        monkeypatch.setattr(kind, "follow", lambda self: None)

    settings = Settings(
        city=CITY, data_dir=city.kite.log.parent, redis_url=city.kite.redis_url
    )
    return {rule.rule for rule in create_app(settings).url_map.iter_rules()}


def test_every_route_keeps_to_the_county(
    quiet: Running, officer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails for a route that is not in the table, and for one that tells of the other county."""
    table = routes(quiet)
    assert url_map(quiet, monkeypatch) == set(table)
    wrong = []
    for rule, asks in table.items():
        for method, path, body, expected in asks:
            status, _, content = send(quiet, method, path, body, **bearer(officer))
            if status != expected:
                wrong.append((rule, method, path, status, content[:200]))
            asked = f"{path} {json.dumps(body)}" if not isinstance(body, bytes) else path
            if found := [trace for trace in traces_in(content) if trace not in asked]:
                wrong.append((rule, method, path, *found))
    assert wrong == []


def test_the_api_describes_every_route_of_its_own(quiet: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """But the description itself, and the page that shows it."""
    api = "/api/v1"
    served = {rule.removeprefix(api) for rule in url_map(quiet, monkeypatch) if rule.startswith(api)}
    served = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in served}
    _, _, content = send(quiet, "GET", f"{api}/openapi.json")
    assert set(json.loads(content)["paths"]) == served - {"/openapi.json", "/docs/", "/docs/{path}"}


def test_the_same_routes_tell_the_city_everything(quiet: Running, officer: str) -> None:
    """So that the test above tests something: without a token the other county's cases are there."""
    report(quiet, "own-border", OWN, BORDER)
    similar = "/api/v1/cases/own-border/similar"
    for path in ("/live/snapshot", "/api/v1/cases", f"/api/v1/cases/{CASES[OTHER][1]}", similar):
        assert traces_in(send(quiet, "GET", path)[2]), path
    status, _, content = send(quiet, "GET", similar, **bearer(officer))
    assert (status, traces_in(content)) == (200, [])


def test_the_snapshot_holds_the_county_and_what_is_above_it(quiet: Running, officer: str) -> None:
    whole, part = (
        frame.by_name(frame.decode(send(quiet, "GET", "/live/snapshot", **headers)[2]))
        for headers in ({}, bearer(officer))
    )
    regions = quiet.pack.regions
    inside = {n for n, code in enumerate(regions.code) if code.startswith(OWN)}
    score = part["regions", "score"].array()
    assert {n for n in range(len(score)) if score[n] != SCORE_UNKNOWN} == inside | {0}
    assert all(score[n] == whole["regions", "score"].array()[n] for n in inside | {0})
    grids = set(grids_of(quiet, OWN))
    assert {case["id"] for case in part["cases", "upserts"].json()} >= set(CASES[OWN])
    assert {case["grid"] for case in part["cases", "upserts"].json()} <= grids
    state, home = part["units", "state"].array(), quiet.pack.units.home_grid
    assert {int(home[n]) for n in range(len(state)) if state[n]} <= grids
    assert (whole["units", "state"].array() > 0).sum() > (state > 0).sum() > 0
    heat = part["grids", "heat"].array()
    assert {n for n in range(len(heat)) if heat[n]} <= grids
    assert heat.any()


def events(city: Running, path: str, until: str, **headers: str) -> Iterator[tuple[str, bytes]]:
    """(position, frame) of the stream, up to and with the first frame that holds `until`."""
    link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=60)
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    assert answer.status == 200, answer.read()
    position = ""
    while line := answer.readline():
        if line.startswith(b"id: "):
            position = line[4:].strip().decode()
        elif line.startswith(b"data: ") and position:
            data = base64.b64decode(line[6:])
            yield position, data
            position = ""
            if until.encode() in data:
                break
    link.close()


def test_the_events_hold_the_countys_only_and_resume(quiet: Running, officer: str) -> None:
    """Also what becomes of commands; and a screen that comes back finds its place."""
    _, headers, _ = send(quiet, "GET", "/live/snapshot", **bearer(officer))
    position = headers["X-Kite-Position"]
    for number in range(3):
        report(quiet, f"foreign-event-{number}", OTHER, PLACES)
        report(quiet, f"own-event-{number}", OWN, PLACES)
        for side in ("foreign", "own"):
            status, said = ask(quiet, f"cases/{side}-event-{number}/commands", {"command": "accept"})
            assert status == 200, said
    report(quiet, "own-last", OWN, PLACES)
    path = f"/live/events?from={position}"
    seen = list(events(quiet, path, "own-last", **bearer(officer)))
    said = b"".join(data for _, data in seen)
    assert b"foreign-" not in said
    assert traces_in(said) == []
    answers = [
        answer["case"]
        for _, data in seen
        for name, part in frame.by_name(frame.decode(data)).items()
        if name[0] == "answers"
        for answer in part.json()
    ]
    assert answers == [f"own-event-{number}" for number in range(3)]
    assert b"foreign-event-2" in b"".join(data for _, data in events(quiet, path, "own-last"))
    for at in (0, len(seen) // 2):  # as a browser does that lost its connection
        back = {**bearer(officer), "Last-Event-ID": seen[at][0]}
        assert list(events(quiet, path, "own-last", **back)) == seen[at + 1 :]


def callbacks_of(city: Running, page: str, **headers: str) -> list[dict[str, Any]]:
    listed = json.loads(send(city, "GET", f"{page}_dash-dependencies", **headers)[2])
    return [callback for callback in listed if not callback["clientside_function"]]


ASKED = (
    "trend", "cases", "facts", "explain", "table", "compare", "daily", "counts", "hours", "systems",
    "published",
)  # fmt: skip
"""What of the region's page the server is asked for: the stores are these with "-asked"."""


def called(
    city: Running, page: str, callback: dict[str, Any], code: str, tab: str, status: int = 200, **headers: str
) -> str:
    """What a callback answers about a region, as text."""
    given = {
        "location.pathname": f"/region/{code}",
        "place.data": {"code": code, "tier": 0},
        **{f"{name}-asked.data": {"code": code, "tick": 1} for name in ASKED},
        "trend-hours.value": "168",
        "compare-hours.value": "168",
        "compare-chosen.data": {"code": code, "codes": [OWN, OTHER]},
        "moved-since.value": "day",
        "cases-period.value": "month",
        "hours-period.value": "month",
        "tabs.value": tab,
    }
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
        for name in callback["output"].strip(".").split("...")
    ]
    body = {
        "output": callback["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "changedPropIds": [f"{item['id']}.{item['property']}" for item in callback["inputs"]],
        **{
            kind: [item | {"value": given.get(f"{item['id']}.{item['property']}")} for item in callback[kind]]
            for kind in ("inputs", "state")
        },
    }
    given_status, _, content = send(city, "POST", f"{page}_dash-update-component", body, **headers)
    assert given_status in (status, 204), content
    return json.dumps(json.loads(content), ensure_ascii=False) if content else ""


def test_every_callback_keeps_to_the_county(quiet: Running, officer: str) -> None:
    """Asked about the county, the city and the other county; names of places outside are not told either."""
    names = [
        str(name)
        for code, name in zip(quiet.pack.regions.code, quiet.pack.regions.name, strict=True)
        if code.startswith(OTHER)
    ]
    about_own = ""
    for page in PAGES:
        for callback in callbacks_of(quiet, page, **bearer(officer)):
            for tab in ("children", "trend", "cases", "facts"):
                for code in (OWN, OTHER, quiet.pack.regions.code[0]):
                    said = called(quiet, page, callback, code, tab, **bearer(officer))
                    assert traces_in(said.encode()) == []
                    assert [name for name in names if name in said] == [], (page, callback["output"])
                    if code == OWN:
                        about_own += said
                    elif "notice.children" in callback["output"]:
                        assert "您没有查看这个地区的权限" in said
                        assert f"/region/{OWN}" in said
    assert MARK[OWN] in about_own
    everything = "".join(
        called(quiet, page, callback, OTHER, "cases")
        for page in PAGES
        for callback in callbacks_of(quiet, page)
    )
    assert MARK[OTHER] in everything


def test_the_province_page_shows_a_county_no_city(quiet: Running, officer: str) -> None:
    (callback,) = callbacks_of(quiet, "/province/")
    rows = [
        json.loads(called(quiet, "/province/", callback, OWN, "", **headers))["response"]["province-cities"]
        for headers in ({}, bearer(officer))
    ]
    assert [len(row["rowData"]) for row in rows] == [1, 0]


def test_suggested_units_are_the_countys(quiet: Running, officer: str) -> None:
    """At the border the nearest ones are often the neighbour's; those are the city's to send."""
    body = {"id": "own-dispute", "type": "neighbour_dispute", "origin": "hotline", **BORDER[OWN]}
    assert ask(quiet, "reports", body)[0] == 201
    path = "cases/own-dispute/suggestions"
    homes = dict(zip(quiet.pack.units.call_sign, quiet.pack.units.home_grid.tolist(), strict=True))
    _, units = ask(quiet, path, **bearer(officer))
    assert len(units) == 3
    assert {homes[unit["unit"]] for unit in units} <= set(grids_of(quiet, OWN))


def test_a_case_that_moves_to_the_other_county_leaves_the_screens(quiet: Running, officer: str) -> None:
    _, headers, _ = send(quiet, "GET", "/live/snapshot", **bearer(officer))
    report(quiet, "own-moving", OWN, PLACES)
    assert ask(quiet, "cases/own-moving/commands", {"command": "accept"})[0] == 200
    moving = {"command": "triage", "grid": grid_in(quiet, OTHER)}
    assert ask(quiet, "cases/own-moving/commands", moving)[0] == 200
    report(quiet, "own-after", OWN, PLACES)
    path = f"/live/events?from={headers['X-Kite-Position']}"
    told = [
        case
        for _, data in events(quiet, path, "own-after", **bearer(officer))
        for name, part in frame.by_name(frame.decode(data)).items()
        if name == ("cases", "upserts")
        for case in part.json()
        if case["id"] == "own-moving"
    ]
    assert told[-1] == {"id": "own-moving", "closed": True}
    assert ask(quiet, "cases/own-moving", **bearer(officer))[0] == 404


# Signing in

HTML = {"Accept": "text/html,application/xhtml+xml"}


def test_a_browser_signs_in_and_out(quiet: Running, officer: str) -> None:
    status, headers, page = send(quiet, "GET", "/sign-in", **HTML)
    assert (status, 'name="token"' in page.decode()) == (200, True)
    status, headers, _ = sign_in(quiet, officer)
    assert (status, headers["Location"]) == (303, f"/region/{OWN}")
    set_cookie = headers["Set-Cookie"]
    assert re.search(r"Max-Age=(\d+)", set_cookie)
    assert 364 * 86_400 < int(re.findall(r"Max-Age=(\d+)", set_cookie)[0]) <= 365 * 86_400
    assert ("HttpOnly" in set_cookie, "SameSite=Strict" in set_cookie, "Secure" in set_cookie) == (
        True, True, False,
    )  # fmt: skip
    cookie = {"Cookie": set_cookie.partition(";")[0]}
    assert send(quiet, "GET", "/", **cookie, **HTML)[1]["Location"] == f"/region/{OWN}"
    assert traces_in(send(quiet, "GET", "/live/snapshot", **cookie)[2]) == []
    assert send(quiet, "GET", "/api/v1/cases", **cookie)[0] == 403
    for header, shown in ((cookie, True), ({}, False)):
        layout = json.dumps(json.loads(send(quiet, "GET", "/_dash-layout", **header)[2]), ensure_ascii=False)
        assert ("东城值班 · 东城区" in layout, "/sign-out" in layout) == (shown, shown)
    status, headers, _ = send(quiet, "GET", "/sign-out", **cookie, **HTML)
    assert (status, headers["Location"]) == (303, "/sign-in")
    assert "Max-Age=0" in headers["Set-Cookie"]
    assert "Set-Cookie" not in send(quiet, "GET", "/sign-out", **HTML)[1]  # another site's link


def test_behind_https_the_cookie_is_for_https_only(quiet: Running, officer: str) -> None:
    """As a proxy on the same machine says it."""
    _, headers, _ = sign_in(quiet, officer, **{"X-Forwarded-Proto": "https"})
    assert "; Secure" in headers["Set-Cookie"]


def test_a_token_that_is_none_signs_nobody_in(quiet: Running) -> None:
    blind = token(quiet, "热线", role="producer")
    for text, expected in (("", 401), ("kite_none", 401), (blind, 403)):
        status, headers, page = sign_in(quiet, text)
        assert (status, "Set-Cookie" in headers) == (expected, False)
        assert "令牌" in page.decode()
    status, headers, _ = sign_in(quiet, blind, Origin="https://evil.example")
    assert (status, "Set-Cookie" in headers) == (403, False)


def test_a_void_cookie_leads_pages_to_the_sign_in_and_is_refused_elsewhere(quiet: Running) -> None:
    cookie = {"Cookie": f"{COOKIE}=kite_gone"}
    for path in ("/", f"/region/{OWN}", "/dispatch/", "/province/"):
        status, headers, _ = send(quiet, "GET", path, **cookie, **HTML)
        assert (status, headers["Location"]) == (303, "/sign-in?void=1"), path
        assert "Max-Age=0" in headers["Set-Cookie"]
    assert "登录已经失效" in send(quiet, "GET", "/sign-in?void=1", **HTML)[2].decode()
    for path in ("/live/snapshot", "/live/events", "/live/config.json", "/api/v1/cases"):
        status, _, content = send(quiet, "GET", path, **cookie)
        assert (status, json.loads(content)["sentence"][-1]) == (401, "."), path
    (drill,) = (c for c in callbacks_of(quiet, "/") if "notice.children" in c["output"])
    assert "not one of this city" in called(quiet, "/", drill, OWN, "", status=401, **cookie)


def test_a_page_of_another_site_commands_nothing(quiet: Running, officer: str) -> None:
    cookie = {"Cookie": f"{COOKIE}={officer}"}
    report(quiet, "own-cross", OWN, PLACES)
    path = "/api/v1/cases/own-cross/commands"
    for more in (cookie, {}):
        status, _, content = send(quiet, "POST", path, COMMAND, Origin="https://evil.example", **more)
        assert (status, "another site" in json.loads(content)["sentence"]) == (403, True)
    assert send(quiet, "POST", path, COMMAND, Origin=quiet.kite.url, **cookie)[0] == 200


@pytest.mark.browser
def test_an_officer_signs_in_and_has_the_county_before_them(browser: Browser, quiet: Running) -> None:
    """The queue, the map and its figures; nothing in the console; and out once the token is taken back."""
    text = token(quiet, "东城夜班", region=OWN)
    page, errors = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{quiet.kite.url}/sign-in")
    page.fill("input[name=token]", text)
    page.click("button")
    page.wait_for_url(f"**/region/{OWN}")
    expect(page.locator(".asking")).to_have_text("东城夜班 · 东城区")
    page.goto(f"{quiet.kite.url}/region/{OTHER}")
    expect(page.locator("#notice")).to_contain_text("您没有查看这个地区的权限")
    page.goto(f"{quiet.kite.url}/dispatch/")
    page.wait_for_function("window.kite_desk?.desk && kite.stats.marks.firstMap > 0")
    expect(page.locator(f'.desk-grid [row-id="{CASES[OWN][0]}"]').first).to_be_visible()
    report(quiet, "foreign-browser", OTHER, PLACES)
    report(quiet, "own-browser", OWN, PLACES)
    expect(page.locator('.desk-grid [row-id="own-browser"]').first).to_be_visible()
    assert "邻县" not in page.content()
    low, high = grids_of(quiet, OWN)[0], grids_of(quiet, OWN)[-1]
    seen = page.evaluate("[...kite.store.cases.values()].map((item) => item.grid)")
    assert seen
    assert all(low <= grid <= high for grid in seen)
    box = quiet.pack.regions.bbox[quiet.pack.regions.code.index(OWN)].reshape(2, 2)
    (west, east), _ = quiet.pack.to_lonlat(box)
    centre = page.evaluate("kite.view.map.getCenter().lng")
    assert west < centre < east
    unknown = page.evaluate(
        "(code) => kite.store.columns.regions.score[kite.store.hierarchy.number(code)]", OTHER
    )
    assert unknown == SCORE_UNKNOWN
    page.wait_for_function("performance.getEntriesByName('kite:all-loaded').length > 0")
    page.wait_for_timeout(1500)  # rings and cameras paint once a second
    assert errors == []
    with page.expect_navigation(url="**/sign-in?void=1"):
        take_back(quiet, "东城夜班")
    expect(page.locator("[role=alert]")).to_contain_text("登录已经失效")
    page.context.close()


def take_back(city: Running, name: str) -> None:
    from dashboard.streams.tokens import revoke_token, tokens

    for known in tokens(city.store, city.keys):
        if known.identity.name == name:
            assert revoke_token(city.store, city.keys, known.number)
