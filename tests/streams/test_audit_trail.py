"""Looking into the trail: what is found is what a look at every entry would find."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.access import Identity
from dashboard.domain.audit import happening
from dashboard.streams import audit_trail
from dashboard.streams.audit import AuditLog, read_audit
from dashboard.streams.audit_trail import SLACK_MS, Wanted, find, newest
from dashboard.streams.keys import Keys

pytestmark = pytest.mark.valkey

KEYS = Keys("379900")
BEGIN_MS, STEP_MS, COUNT = 1_700_000_000_000, 600_000, 400
SEATS = (Identity("a", "officer", "1"), Identity("b", "leader", "*"), None)


@pytest.fixture
def filled(client):
    """Four hundred entries, one in ten minutes, some of them written late by up to half an hour."""
    log = AuditLog(client, KEYS)
    for number in range(COUNT):
        at_ms = BEGIN_MS + number * STEP_MS - (number % 7 == 3) * SLACK_MS // 2
        log.take(
            happening(
                at_ms,
                SEATS[number % 3],
                ("case_seen", "case_commanded", "exported")[number % 5 % 3],
                subject=f"case-{number % 11}",
                region=str(number % 4),
            )
        )
    assert log.flush()
    return client


wanteds = st.builds(
    Wanted,
    st.sampled_from(["", "case-3", "case-10", "case-99"]),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "exported", "case_seen"]),
    st.one_of(st.none(), st.integers(-5, COUNT + 5).map(lambda n: BEGIN_MS + n * STEP_MS)),
    st.one_of(st.none(), st.integers(-5, COUNT + 5).map(lambda n: BEGIN_MS + n * STEP_MS)),
    st.sampled_from([lambda code: True, lambda code: code == "1", lambda code: False]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(wanted=wanteds, most=st.integers(1, 150), look_at=st.sampled_from([7, 60, 50_000]))
def test_page_after_page_gives_all_that_is_wanted(filled, wanted, most, look_at):
    every = [entry.told() for _, entry in read_audit(filled, KEYS)]
    expected = [told["number"] for told in reversed(every) if wanted.fits(told)]
    got, begin, before = [], "", audit_trail.LOOK_AT
    audit_trail.LOOK_AT = look_at
    try:
        while True:
            found = find(filled, KEYS, wanted, begin, most)
            assert len(found.entries) <= most
            got += [told["number"] for told in found.entries]
            if found.next_id is None:
                break
            begin = found.next_id
    finally:
        audit_trail.LOOK_AT = before
    assert got == expected


def test_an_old_day_is_found_without_a_look_at_all_that_came_later(filled, monkeypatch):
    monkeypatch.setattr(audit_trail, "LOOK_AT", 40)
    until_ms = BEGIN_MS + 20 * STEP_MS
    found = find(filled, KEYS, Wanted(until_ms=until_ms), most=5)
    assert [told["number"] for told in found.entries] == [20, 19, 18, 17, 16]


def test_what_is_no_entry_is_passed_over(client):
    log = AuditLog(client, KEYS)
    log.take(happening(BEGIN_MS, None, "sign_out", subject="x"))
    log.flush()
    client.xadd(KEYS.audit, {"x": "y"}, id="2-0")
    client.xadd(KEYS.audit, {"entry": "[]", "hash": "z"}, id="3-0")
    client.xadd(KEYS.audit, {"entry": '{"at_ms": "soon"}', "hash": "z"}, id="4-0")
    client.xadd(KEYS.audit, {"entry": '{"at_ms": 99999999999999999}', "hash": "z"}, id="5-0")
    assert [told["number"] for told in find(client, KEYS, Wanted()).entries] == [1]
    assert [told["number"] for told in find(client, KEYS, Wanted(until_ms=BEGIN_MS + 1)).entries] == [1]


def test_the_newest_entry(client):
    assert newest(client, KEYS) is None
    log = AuditLog(client, KEYS)
    for _ in range(3):
        log.take(happening(BEGIN_MS, None, "sign_out"))
    log.flush()
    stored_id, entry = newest(client, KEYS)
    assert (stored_id, entry.told()["number"]) == ("3-0", 3)
