"""A unit's tasks over HTTP, and commands that were pressed earlier than they are told."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.hierarchy import COUNTY
from tests.e2e.conftest import Running, run_city
from tests.e2e.test_api import ask, bearer, reported, send, token

pytestmark = pytest.mark.valkey

HOUR_S = 3600


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("unit-api"), rate=0) as city:
        yield city


def given(city: Running, case_id: str, unit: str, **fields: str) -> None:
    """A case that the unit has been given."""
    reported(city, case_id, **fields)
    for name, more in (("accept", {}), ("assign", {"unit": unit})):
        status, said = send(city, case_id, name, **more)
        assert status == 200, said


def tasks_path(unit: str) -> str:
    return f"units/{urllib.parse.quote(unit)}/tasks"


def tasks(city: Running, unit: str, **headers: str) -> list[dict[str, Any]]:
    status, told = ask(city, tasks_path(unit), **headers)
    assert status == 200, told
    return list(told["tasks"])


def ago(seconds: float) -> str:
    return datetime.fromtimestamp(time.time() - seconds, UTC).isoformat(timespec="milliseconds")


def test_what_is_due_first_is_first_and_what_is_done_last(quiet: Running) -> None:
    unit = quiet.pack.units.call_sign[3]
    given(quiet, "order-late", unit, level="04", type="neighbour_dispute")
    given(quiet, "order-done", unit, level="01")
    given(quiet, "order-soon", unit, level="02")
    given(quiet, "order-other", quiet.pack.units.call_sign[4])
    reported(quiet, "order-nobody")
    assert send(quiet, "order-done", "on_scene")[0] == 200
    assert send(quiet, "order-done", "resolve", outcome="handled")[0] == 200
    told = tasks(quiet, unit)
    assert [task["id"] for task in told] == ["order-soon", "order-late", "order-done"]
    soon, _, done = told
    assert (soon["state"], soon["version"], soon["level"]) == ("assigned", 3, 2)
    assert (soon["lon"], soon["lat"], soon["exact"]) == (119.05, 36.65, True)
    assert [clock["phase"] for clock in soon["clocks"]] == ["on_scene", "handle"]
    assert [len(region["code"]) for region in soon["regions"]] == [6, 9, 12, 15]
    assert soon["regions"][0]["name"] == "东城区"
    assert soon["allowed"] == ["take_on", "en_route", "on_scene", "return_back", "extend"]
    assert [step["command"] for step in soon["history"]] == ["report", "accept", "assign"]
    assert (done["state"], done["allowed"], done["clocks"], done["outcome"]) == (
        "resolved", [], [], "handled",
    )  # fmt: skip
    assert send(quiet, "order-late", "return_back", note="不在本网格")[0] == 200
    assert [task["id"] for task in tasks(quiet, unit)] == ["order-soon", "order-done"]


def test_what_has_not_changed_is_not_told_again(quiet: Running) -> None:
    unit = quiet.pack.units.call_sign[5]
    given(quiet, "etag", unit)
    address = f"{quiet.kite.url}/api/v1/{tasks_path(unit)}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        etag, now_ms = answer.headers["ETag"], int(answer.headers["X-Kite-Now"])
    assert abs(now_ms - time.time() * 1000) < 60_000
    again = urllib.request.Request(address, headers={"If-None-Match": etag})
    with pytest.raises(urllib.error.HTTPError) as same:
        urllib.request.urlopen(again, timeout=30)
    assert (same.value.code, same.value.read()) == (304, b"")
    assert int(same.value.headers["X-Kite-Now"]) >= now_ms
    assert send(quiet, "etag", "take_on")[0] == 200
    with urllib.request.urlopen(again, timeout=30) as answer:
        assert json.load(answer)["tasks"][0]["state"] == "handling"


def test_who_may_look_at_whose_tasks(quiet: Running) -> None:
    pack = quiet.pack
    counties = [pack.regions.code[r] for r in range(*pack.regions.tier_start[COUNTY : COUNTY + 2])]
    of_county = {
        code: next(
            sign
            for sign, grid in zip(pack.units.call_sign, pack.units.home_grid, strict=True)
            if pack.regions.code[int(pack.regions.tier_start[4]) + int(grid)].startswith(code)
        )
        for code in counties
    }
    home, elsewhere = counties
    unit, stranger = of_county[home], of_county[elsewhere]
    given(quiet, "gate-home", unit, lon="119.05" if home == "990101" else "119.15")
    given(quiet, "gate-away", unit, lon="119.15" if home == "990101" else "119.05")
    both = ["gate-away", "gate-home"]
    assert sorted(task["id"] for task in tasks(quiet, unit)) == both
    own = bearer(token(quiet, unit, role="unit"))
    assert sorted(task["id"] for task in tasks(quiet, unit, **own)) == both
    assert ask(quiet, tasks_path(stranger), **own)[0] == 403
    assert ask(quiet, tasks_path("网-0"), **own)[0] == 403
    here = bearer(token(quiet, "家乡值班", region=home))
    there = bearer(token(quiet, "外地值班", region=elsewhere))
    assert [task["id"] for task in tasks(quiet, unit, **here)] == ["gate-home"]  # what they may see of it
    assert ask(quiet, tasks_path(unit), **there)[0] == 403
    status, said = ask(quiet, tasks_path("网-0"))
    assert (status, said["sentence"]) == (404, "There is no unit 网-0 in this city.")


def test_a_command_keeps_the_time_at_which_it_was_pressed(quiet: Running) -> None:
    """Its step says when, and how much later we learned of it; terms run from then."""
    unit = quiet.pack.units.call_sign[6]
    given(quiet, "pressed", unit)
    at = ago(2 * HOUR_S)
    before_ms = time.time() * 1000
    assert send(quiet, "pressed", "take_on", at=at, id="pressed-1")[0] == 200
    _, whole = ask(quiet, "cases/pressed")
    at_ms, name, _, _, command_id, _, late_ms = whole["history"][-1]
    assert at_ms == datetime.fromisoformat(at).timestamp() * 1000
    assert (name, command_id) == ("take_on", "pressed-1")
    assert 2 * HOUR_S * 1000 <= late_ms < 2 * HOUR_S * 1000 + 60_000
    reported(quiet, "pressed-2")
    assert send(quiet, "pressed-2", "accept", at=at)[0] == 200
    _, whole = ask(quiet, "cases/pressed-2")
    assert whole["clocks"][0]["phase"] == "assign"
    assert whole["clocks"][0]["started_ms"] >= before_ms
    assert send(quiet, "pressed", "en_route", at=ago(-2))[0] == 200  # a clock that runs a little ahead


@pytest.mark.parametrize(
    ("at", "reason", "says"),
    [
        (lambda: ago(-60), "future", "set your clock"),
        (lambda: ago(8 * 24 * HOUR_S), "bad_value", "7 days back"),
        (lambda: "2026-11-24T09:30:00", "bad_value", "offset"),
        (lambda: "yesterday", "bad_value", "ISO 8601"),
    ],
)
def test_a_time_that_can_not_be_is_refused_in_one_sentence(
    quiet: Running, at: Any, reason: str, says: str
) -> None:
    if ask(quiet, "cases/times")[0] == 404:
        reported(quiet, "times")
    status, said = send(quiet, "times", "accept", at=at())
    assert (status, said["reason"], says in said["sentence"]) == (422, reason, True), said
    assert ask(quiet, "cases/times")[1]["version"] == 1


def test_an_answer_that_was_lost_is_told_again_though_the_case_is_another_s_now(quiet: Running) -> None:
    """Sent twice by the unit that returned it: done once, and not "it is not your own"."""
    unit = quiet.pack.units.call_sign[7]
    given(quiet, "lost", unit)
    own = bearer(token(quiet, unit, role="unit"))
    body = {"command": "return_back", "note": "不在本网格", "id": "lost-1", "version": 3}
    assert ask(quiet, "cases/lost/commands", body, **own)[0] == 200
    status, said = ask(quiet, "cases/lost/commands", body, **own)
    assert (status, said["reason"], said["facts"]["version"]) == (409, "duplicate", 4)
    assert ask(quiet, "cases/lost/commands", {**body, "id": "lost-2"}, **own)[0] == 403
    assert ask(quiet, "cases/lost")[1]["version"] == 4
