"""A fault of Kite's own in one event is a dead letter, and stops none of those behind it."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import redis

from dashboard.domain import cases
from dashboard.streams import parsing, telemetry_batch
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.unforeseen import unforeseen
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, project
from tests.streams.small_city import camera, make_city, now_ms, report

NOW_MS = now_ms()
SECRET = "13912345678"


def broken(real: Any, on: str) -> Any:
    """`real`, with a fault where anything that it is given says `on`."""

    def read(*given: Any) -> Any:
        if on in str(given[0]):
            raise ZeroDivisionError(f"with {given[0]}")
        return real(*given)

    return read


@pytest.mark.valkey
@pytest.mark.parametrize("where", ["reading", "working out"])
def test_the_good_ones_behind_it_are_applied(
    client: redis.Redis, keys: Keys, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "reading":
        monkeypatch.setitem(parsing._PARSERS, "reports", broken(parsing._PARSERS["reports"], "odd"))
    else:
        monkeypatch.setattr(cases, "new_case", broken(cases.new_case, "odd"))
    Writer(client, keys).append_many("reports", [report(case, NOW_MS) for case in ("one", "odd", "two")])
    project(client, make_city())
    assert set(cases_of(client, keys)) == {"one", "two"}
    ((_, letter),) = read_dead(client, keys)
    assert (letter.reason, letter.values and letter.values["id"]) == ("unforeseen", "odd")


@pytest.mark.valkey
def test_also_among_the_cameras(client: redis.Redis, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, row = telemetry_batch._PARSE["cameras"]
    monkeypatch.setitem(telemetry_batch._PARSE, "cameras", (broken(parse, "'1'"), row))
    Writer(client, keys).append_many("cameras", [camera(number, "offline", NOW_MS) for number in (0, 1, 2)])
    project(client, make_city())
    assert [letter.reason for _, letter in read_dead(client, keys)] == ["unforeseen"]


def test_neither_a_person_nor_what_failed_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        try:
            raise ValueError(f"odd: {SECRET}")
        except ValueError as problem:
            refusal = unforeseen(problem, {"summary": f"call {SECRET}"})
    assert refusal.reason_code == "personal"
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text + refusal.sentence
