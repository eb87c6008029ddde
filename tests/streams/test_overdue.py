"""What is overdue goes up by itself, once, whatever is killed meanwhile."""

from __future__ import annotations

import pytest
import redis

from dashboard.domain.cases import new_case
from dashboard.domain.events import parse_report
from dashboard.domain.hierarchy import VILLAGE
from dashboard.streams import reader
from dashboard.streams.case_book import CaseBook
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from dashboard.streams.overdue import Overdue
from dashboard.streams.projector import Session
from dashboard.streams.writer import Writer
from tests.streams.projecting import rebuild_with, state, step_until_caught_up, url_of
from tests.streams.small_city import command, now_ms, report

pytestmark = pytest.mark.valkey
TERM_MS = 120_000
"""Of level 01, to be accepted: red after two minutes."""


def escalations(client: redis.Redis, keys: Keys) -> list[str]:
    """Ids of the commands on the stream that Kite sent."""
    return [
        fields[b"id"].decode()
        for _, fields in client.xrange(keys.raw("commands"))
        if fields[b"command"] == b"escalate"
    ]


def begin(own: redis.Redis, city: CityModel) -> Session:
    session = Session(own, city, 10_000, 1_000_000)
    session.begin(lambda: False)
    return session


def later(session: Session, monkeypatch: pytest.MonkeyPatch, by_ms: int) -> None:
    """Let the session's clock run ahead of the server's."""
    clock_ms = type(session._intake).now_ms.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(type(session._intake), "now_ms", property(lambda self: clock_ms(self) + by_ms))


def test_a_term_that_is_over_sends_the_case_up_once(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the projector dies after sending and before applying, and when nothing more comes."""
    writer.append("reports", report("a", now_ms(), 1, level="01"))
    writer.append("reports", report("b", now_ms(), 2, level="04"))
    with connect(url_of(client), connections=1) as own:
        session = begin(own, city)
        step_until_caught_up(session, client, keys)
        session.step()
        assert escalations(client, keys) == []
        later(session, monkeypatch, TERM_MS)
        session.step()
        assert len(escalations(client, keys)) == 1
        client.delete(keys.owner)  # it dies: what it sent is not applied
    with connect(url_of(client), connections=1) as own:
        again = begin(own, city)
        for _ in range(3):
            step_until_caught_up(again, client, keys)
            again.step()
        again.end()
    assert len(escalations(client, keys)) == 1
    case = reader.read_case(client, keys, "a")
    assert case is not None
    assert (case.centre, case.card, case.history[-1].by) == (VILLAGE, "yellow", "kite")
    assert not client.exists(keys.dead)
    before = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == before


def test_what_is_done_in_time_or_paused_does_not_go_up(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        writer.append("reports", report(name, now_ms(), 1, level="01"))
        writer.append("commands", command(name, "accept", now_ms()))
    writer.append("commands", command("b", "pause", now_ms(), reason="court"))
    with connect(url_of(client), connections=1) as own:
        session = begin(own, city)
        step_until_caught_up(session, client, keys)
        later(session, monkeypatch, TERM_MS + 60_000)
        session.step()
        assert escalations(client, keys) == []  # the term to assign is five minutes
        later(session, monkeypatch, 10 * TERM_MS)
        session.step()
        step_until_caught_up(session, client, keys)
        session.end()
    (sent,) = escalations(client, keys)
    assert sent.startswith("red-assign-")


def test_the_same_clock_is_given_once(city: CityModel) -> None:
    """However often a case changes."""
    start_ms = now_ms()
    case = new_case(parse_report(report("a", start_ms, 1, level="01"), start_ms), 1)
    book = CaseBook(city.grid_count)
    book.put(case)
    overdue = Overdue([case], city.working_days)
    for _ in range(5):
        overdue.note([case])
    assert overdue.next_ms() == start_ms + TERM_MS
    assert overdue.take(start_ms + TERM_MS - 1, book) == []
    assert len(overdue.take(start_ms + TERM_MS, book)) == 1
    assert overdue.take(start_ms + 10 * TERM_MS, book) == []
    assert overdue.next_ms() is None
