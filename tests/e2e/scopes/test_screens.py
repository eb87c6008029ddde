"""A county's officer gets the county alone: snapshots, events, callbacks and pages."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator

import pytest

from dashboard.streams import frame
from dashboard.streams.tables import SCORE_UNKNOWN
from tests.e2e.conftest import Running
from tests.e2e.scopes.two_counties import (
    BORDER,
    CASES,
    MARK,
    OTHER,
    OWN,
    PAGES,
    PLACES,
    callbacks_of,
    called,
    grid_in,
    grids_of,
    report,
    send,
    traces_in,
)
from tests.e2e.test_api import ask, bearer

pytestmark = pytest.mark.valkey

NOT_AN_OFFICERS = {"publish-said.children"}
"""What only leaders and administrators may call."""


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
                    status = 403 if callback["output"] in NOT_AN_OFFICERS else 200
                    said = called(quiet, page, callback, code, tab, status, **bearer(officer))
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
