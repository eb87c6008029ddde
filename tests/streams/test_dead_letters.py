"""What could not be applied: a letter that says why, and nothing of a person anywhere."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import redis

from dashboard.streams.city import CityModel
from dashboard.streams.dead_letters import count_dead, read_dead
from dashboard.streams.keys import Keys
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
