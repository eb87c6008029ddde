"""The audit stream on a real Valkey: one chain whoever writes, and whatever is done to it is found."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.access import Identity
from dashboard.domain.audit import Happening, happening
from dashboard.streams import audit
from dashboard.streams.audit import AuditLog, read_audit, read_audit_back, verify_audit
from dashboard.streams.client import client_of
from dashboard.streams.keys import Keys

pytestmark = pytest.mark.valkey

SEAT = Identity("东城值班", "officer", "990101")
KEYS = Keys("379900")
Raw = list[tuple[bytes, list[bytes]]]


def saw(subject: object) -> Happening:
    return happening(1_700_000_000_000, SEAT, "case_seen", subject=str(subject), where="10.1.2.3")


def write(client: redis.Redis, *subjects: object) -> AuditLog:
    log = AuditLog(client, KEYS)
    for subject in subjects:
        log.take(saw(subject))
    assert log.flush()
    return log


def subjects(client: redis.Redis) -> list[str]:
    return [entry.told()["subject"] for _, entry in read_audit(client, KEYS) if entry]


def faults(client: redis.Redis, *heads: str) -> list[str]:
    return [fault.id for fault in verify_audit(client, KEYS, heads).close()]


def write_much(url: str, name: str, count: int, begin: Any) -> None:
    log = AuditLog(client_of(url, KEYS), KEYS)
    begin.wait(30)
    for number in range(count):
        log.take(saw(f"{name}-{number}"))
        while not log.flush():
            pass


def test_processes_that_write_at_once_make_one_chain(client, server):
    """What would fork it: everybody reads the same end. Numbers have no gap, nobody's entry is missing."""
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(3)
    writers = [context.Process(target=write_much, args=(server.url, f"w{n}", 60, begin)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    ids = [stored_id for stored_id, _ in read_audit(client, KEYS)]
    assert ids == [f"{number}-0" for number in range(1, 181)]
    assert faults(client) == []
    for name in ("w0", "w1", "w2"):
        of_one = [subject for subject in subjects(client) if subject.startswith(name)]
        assert of_one == [f"{name}-{number}" for number in range(60)]
    first = {subject[:2] for subject in subjects(client)[:90]}
    assert len(first) > 1, "they did not write at once, so this test tested nothing"


def test_threads_of_one_process_share_a_log(client):
    log = AuditLog(client, KEYS)

    def work(name: int) -> None:
        for number in range(40):
            log.take(saw(f"{name}-{number}"))
            log.flush()

    workers = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert log.waiting == 0
    assert sorted(subjects(client)) == sorted(f"{name}-{number}" for name in range(4) for number in range(40))
    assert faults(client) == []


def test_it_is_read_from_both_ends(client):
    write(client, *range(2500))
    assert subjects(client) == [str(n) for n in range(2500)]
    back = [stored_id for stored_id, _ in read_audit_back(client, KEYS)]
    assert back == [f"{n}-0" for n in range(2500, 0, -1)]
    assert next(read_audit_back(client, KEYS, last="7-0"))[0] == "7-0"


def raw(client: redis.Redis) -> Raw:
    return client.execute_command("EVAL", "return redis.call('XRANGE', KEYS[1], '-', '+')", 1, KEYS.audit)


def put_back(client: redis.Redis, entries: Raw) -> None:
    client.delete(KEYS.audit)
    for stored_id, flat in entries:
        client.execute_command("XADD", KEYS.audit, stored_id, *flat)


@st.composite
def mutations(draw: Any) -> Any:
    """One change of a stored stream of six entries, as somebody with the store's password could make it."""
    at = draw(st.integers(0, 5))
    kind = draw(
        st.sampled_from(["byte", "drop", "name", "swap fields", "one more field", "twice", "add", "move"])
    )
    return kind, at, draw(st.integers(0, 10_000)), draw(st.binary(min_size=1, max_size=1))


def mutated(entries: Raw, kind: str, at: int, place: int, byte: bytes) -> Raw:
    new = [(stored_id, list(flat)) for stored_id, flat in entries]
    stored_id, flat = new[at]
    if kind == "byte":
        which = 1 if place % 2 else 3
        spot = place // 2 % len(flat[which])
        flat[which] = flat[which][:spot] + byte + flat[which][spot + 1 :]
    elif kind == "drop":
        del new[at]
    elif kind == "name":
        flat[0] = flat[0] + byte
    elif kind == "swap fields":
        new[at] = (stored_id, [*flat[2:], *flat[:2]])
    elif kind == "one more field":
        flat += [byte, b"x"]
    elif kind == "twice":
        flat += flat[:2]
    elif kind == "add":
        new.insert(at + 1, (stored_id.replace(b"-0", b"-1"), list(entries[place % 6][1])))
    elif kind == "move":
        new[at] = (stored_id, entries[(at + 1 + place % 5) % 6][1])
    return new


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(mutations())
def test_any_single_change_of_the_stored_stream_is_found(client, mutation):
    client.delete(KEYS.audit)
    write(client, *range(6))
    before = raw(client)
    newest = before[-1][1][3].decode()
    assert faults(client, newest) == []
    after = mutated(before, *mutation)
    put_back(client, after)
    assert (faults(client, newest) != []) == (after != before)


def test_a_cut_end_is_found_by_the_head_that_the_log_holds(client, caplog):
    caplog.set_level(logging.INFO)
    write(client, *range(5))
    (said,) = [record.getMessage() for record in caplog.records if "Audit head" in record.getMessage()]
    number, head = said.split()[2:]
    assert number == "5"
    client.xdel(KEYS.audit, "4-0", "5-0")
    assert faults(client) == []
    assert faults(client, head) == [""]


def test_after_a_cut_numbers_go_on_so_that_the_gap_stays(client, caplog):
    """Also for who has no head: entries that come later don't fill the gap."""
    log = write(client, *range(5))
    client.xdel(KEYS.audit, "4-0", "5-0")
    log.take(saw("later"))
    assert log.flush()
    assert subjects(client)[-1] == "later"
    assert faults(client) == ["6-0"]


def test_who_writes_on_notices_that_the_stream_was_emptied(client, caplog):
    log = write(client, *range(5))
    client.delete(KEYS.audit)
    log.take(saw("later"))
    assert log.flush()
    assert any("was cut" in record.getMessage() for record in caplog.records)


class Losing(redis.Redis):
    """A client whose connection is lost once, right after the server has carried out the transaction."""

    lose = False
    problem: BaseException = redis.ConnectionError("the reply got lost")

    def pipeline(self, *args: Any, **more: Any) -> Any:
        made = super().pipeline(*args, **more)
        execute = made.execute

        def executed(*args: Any) -> Any:
            done = execute(*args)
            if self.lose:
                self.lose = False
                raise self.problem
            return done

        made.execute = executed
        return made


def test_a_batch_whose_reply_got_lost_is_not_written_twice(server, client):
    losing = Losing.from_url(server.url)
    log = AuditLog(losing, KEYS)
    log.take(saw("a"))
    log.take(saw("b"))
    losing.lose = True
    assert not log.flush()
    assert (log.failures, log.waiting) == (1, 2)
    write(client, "of another process")
    log.take(saw("c"))
    assert log.flush()
    assert subjects(client) == ["a", "b", "of another process", "c"]
    assert faults(client) == []
    losing.close()


def test_what_the_store_refuses_waits_and_is_told_once(server, client, caplog):
    log = AuditLog(client_of("redis://127.0.0.1:1/0"), KEYS)
    log.take(saw("a"))
    assert not log.flush()
    log.take(saw("b"))
    assert not log.flush()
    assert not log.flush(soon=True)  # not tried so soon
    assert log.failures == 2
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 1
    log._client = client  # the store is back
    assert log.flush()
    assert subjects(client) == ["a", "b"]


def test_one_too_many_is_given_up_and_logged_in_full(client, monkeypatch, caplog):
    monkeypatch.setattr(audit, "WAITING_LIMIT", 2)
    log = AuditLog(client, KEYS)
    for subject in ("a", "b", "case-77"):
        log.take(saw(subject))
    assert log.failures == 1
    assert "case-77" in caplog.text
    assert log.flush()
    assert subjects(client) == ["a", "b"]


def test_what_was_cut_short_by_the_end_of_a_process_is_not_written_twice(server, client):
    """A server that is ended stops the greenlet that writes, and writes what is left afterwards."""
    losing = Losing.from_url(server.url)
    losing.problem = KeyboardInterrupt()
    log = AuditLog(losing, KEYS)
    log.take(saw("a"))
    losing.lose = True
    with pytest.raises(KeyboardInterrupt):
        log.flush()
    assert log.flush()
    assert subjects(client) == ["a"]
    losing.close()


def test_writers_that_are_killed_leave_one_chain_without_a_gap(client, server):
    """At any moment; two at once, and others go on."""
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(4)
    writers = [context.Process(target=write_much, args=(server.url, f"k{n}", 10**6, begin)) for n in range(3)]
    for writer in writers:
        writer.start()
    begin.wait(60)
    for writer in writers:
        count = client.xlen(KEYS.audit)
        while client.xlen(KEYS.audit) < count + 50:
            pass
        writer.kill()
        writer.join(30)
    write(client, "afterwards")
    ids = [stored_id for stored_id, _ in read_audit(client, KEYS)]
    assert ids == [f"{number}-0" for number in range(1, len(ids) + 1)]
    assert len(ids) > 150
    assert faults(client) == []
    for name in ("k0", "k1", "k2"):  # what each wrote is whole up to where it was killed
        of_one = [subject for subject in subjects(client) if subject.startswith(name)]
        assert of_one == [f"{name}-{number}" for number in range(len(of_one))]
