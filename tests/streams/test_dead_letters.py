"""What could not be applied: a letter that says why, and nothing of a person anywhere."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import redis

from dashboard.domain.refused import Refused
from dashboard.streams import state_store
from dashboard.streams.city import CityModel
from dashboard.streams.client import as_fields
from dashboard.streams.codecs import EntryId
from dashboard.streams.dead_letters import (
    ARRIVED,
    LOST,
    DeadLetter,
    count_dead,
    count_fields,
    read_counts,
    read_dead,
    trim_dead,
)
from dashboard.streams.keys import Keys
from dashboard.streams.letters_desk import DROPPED, LettersDesk
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, project, rebuild_with, state
from tests.streams.small_city import command, now_ms, report, unit

pytestmark = pytest.mark.valkey


def test_letters_say_why_and_persons_are_nowhere(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    at_ms, secret = now_ms(), "13812345678"
    writer.append("reports", {**report("a", at_ms), "summary": f"电话{secret}"})
    writer.append("reports", {**report("b", at_ms), "phone": secret})
    good, bad = report("c", at_ms), {**report("d", at_ms), "place": f"找{secret}"}
    writer.append_packed("reports", [good, bad])
    writer.append("commands", command("c", "accept", at_ms, note=f"机主{secret}"))
    writer.append("units", {**unit(1, "free", at_ms), "phone": secret})
    writer.append("reports", {**report("e", at_ms), "colour": "red"})
    project(client, city)
    assert cases_of(client, keys) == {"c"}
    reasons = Counter(letter.reason for _, letter in read_dead(client, keys))
    assert reasons == {"personal": 5, "unknown_field": 1}
    assert count_dead(client, keys) == 6
    newest = next(read_dead(client, keys, 1))[1]
    assert newest.values is None or newest.values["colour"] == "red"
    for key in client.scan_iter():
        assert secret.encode() not in everything(client, key), key
    assert client.xlen(keys.raw("reports")) == 2  # the unknown field, and the good one of the packed ones
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first


def test_a_field_given_twice_hides_nobody(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """The client's own parsing would keep the harmless second value, and the record the first."""
    for name, secret in (("place", "找13812345678"), ("summary", "着火")):
        flat = [part for pair in report(name, now_ms()).items() for part in pair]
        client.execute_command("XADD", keys.raw("reports"), "*", *flat, name, secret, name, "无")
    writer.append("reports", report("good", now_ms()))
    project(client, city)
    assert cases_of(client, keys) == {"good"}
    assert Counter(letter.reason for _, letter in read_dead(client, keys)) == {"personal": 1, "bad_value": 1}
    assert client.xlen(keys.raw("reports")) == 2
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first


def everything(client: redis.Redis, key: bytes) -> bytes:
    """All that a key holds, as text."""
    kind: Any = client.type(key)
    value: Any = {
        b"stream": client.xrange, b"hash": client.hgetall, b"string": client.get, b"list": client.lrange,
    }[kind](key)  # fmt: skip
    return repr(value).encode() + b"".join(
        data for _, fields in (value if kind == b"stream" else []) for data in fields.values()
    )


def write(client: redis.Redis, keys: Keys, letters: list[DeadLetter], most: int) -> None:
    """As a commit does it."""
    pipe = client.pipeline()
    for letter in letters:
        pipe.xadd(keys.dead, as_fields(letter.to_entry()))
    for name, count in count_fields(letters).items():
        pipe.hincrby(keys.letter_counts, name, count)
    trim_dead(pipe, keys, most)
    pipe.execute()


def letters_of(kind: str, reason: str, count: int) -> list[DeadLetter]:
    refusal = Refused(reason, "No.")
    return [DeadLetter.of(kind, EntryId(1, n), None, refusal, {"id": f"{n}"}) for n in range(count)]


def test_what_is_trimmed_before_anybody_dealt_with_it_counts_as_lost(client: redis.Redis, keys: Keys) -> None:
    desk = LettersDesk(client, keys)
    write(client, keys, letters_of("reports", "future", 150), 200)
    for entry_id, _ in list(read_dead(client, keys, 150))[-30:]:  # the oldest
        desk.drop(desk.letter(entry_id), "test", "值班", 1)
    assert (LOST, "reports", "future") not in read_counts(client, keys)
    write(client, keys, letters_of("cameras", "bad_value", 51), 200)
    assert count_dead(client, keys) == 201  # one in a hundred may be over
    write(client, keys, letters_of("cameras", "bad_value", 300), 200)
    assert count_dead(client, keys) == 200
    counts = read_counts(client, keys)
    assert counts == {
        (ARRIVED, "reports", "future"): 150, (DROPPED, "reports", "future"): 30,
        (LOST, "reports", "future"): 120,
        (ARRIVED, "cameras", "bad_value"): 351, (LOST, "cameras", "bad_value"): 151,
    }  # fmt: skip
    waiting = {key[1:]: n for key, n in counts.items() if key[0] == ARRIVED}
    for (what, *key), n in counts.items():
        waiting[*key,] -= n if what != ARRIVED else 0
    held = Counter((letter.kind, letter.reason) for _, letter in read_dead(client, keys, 1000))
    assert {key: n for key, n in waiting.items() if n} == held


def test_what_is_no_letter_stops_no_commit(client: redis.Redis, keys: Keys) -> None:
    client.xadd(keys.dead, {"x": "y"})
    write(client, keys, letters_of("reports", "future", 20), 10)
    assert count_dead(client, keys) == 10


def test_of_an_entry_of_a_million_fields_a_hundred_names_are_kept() -> None:
    """It may be as large as a producer can make it: the letter must not be."""
    event = {f"field-{number}-{'x' * 100}": "1" for number in range(10_000)}
    letter = DeadLetter.of("reports", EntryId(1, 0), None, Refused("too_large", "No."), event)
    assert len(letter.fields) == 101
    assert letter.fields[-1] == "…"
    assert sum(map(len, letter.to_entry().values())) < 8_000


def test_the_projector_keeps_the_newest_letters_and_counts_the_others(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_store, "DEAD_MAX", 10)
    for number in range(25):
        writer.append("reports", {"id": f"r{number}", "colour": "red"})
    project(client, city)
    kept = [letter.values and letter.values["id"] for _, letter in read_dead(client, keys, 100)]
    assert kept == [f"r{number}" for number in range(24, 14, -1)]
    assert read_counts(client, keys)[LOST, "reports", "unknown_field"] == 15


def test_a_name_in_the_encoding_of_an_older_system_is_not_kept(
    client: redis.Redis, keys: Keys, city: CityModel
) -> None:
    secret = "姓名：张三".encode("gb18030")
    client.xadd(keys.raw("reports"), {b"id": b"a", b"summary": secret})
    client.xadd(keys.raw("cameras"), {b"camera": secret})
    project(client, city)
    assert [letter.reason for _, letter in read_dead(client, keys)] == ["personal"] * 2
    shown = secret.decode(errors="backslashreplace").encode()
    for key in client.scan_iter():
        held = everything(client, key)
        assert secret not in held, key
        assert shown not in held, key
