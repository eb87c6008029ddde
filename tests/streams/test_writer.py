"""Appending: what is acknowledged is there, in its order; packed events come back; refusals are said."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
import redis

from dashboard.streams.codecs import (
    CAMERA_RECORD,
    OBJECTS_PER_ENTRY,
    RECORDS_PER_ENTRY,
    unpack_objects,
    unpack_records,
)
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer

pytestmark = pytest.mark.valkey


def test_entries_are_there_in_their_order(client: redis.Redis, keys: Keys) -> None:
    writer = Writer(client, keys)
    first = writer.append("reports", {"id": "a", "place": "密州街道"})
    ids = writer.append_many("reports", [{"id": str(number)} for number in range(2_500)])
    stored = client.xrange(keys.raw("reports"))
    assert [entry_id.decode() for entry_id, _ in stored] == [first, *ids]
    assert stored[0][1] == {b"id": b"a", b"place": "密州街道".encode()}
    assert [fields[b"id"] for _, fields in stored[1:]] == [b"%d" % number for number in range(2_500)]


def test_no_entries_are_no_request(client: redis.Redis, keys: Keys) -> None:
    assert Writer(client, keys).append_many("units", []) == []
    assert Writer(client, keys).append_packed("units", []) == []
    assert client.keys() == []


def test_packed_objects_come_back(client: redis.Redis, keys: Keys) -> None:
    items = [{"id": f"c-{number}", "lon": 119.1, "note": "长" * 50} for number in range(450)]
    ids = Writer(client, keys).append_packed("reports", items, simulated=True)
    stored = client.xrange(keys.raw("reports"))
    assert len(ids) == len(stored) == -(-450 // OBJECTS_PER_ENTRY)
    back = [value for _, fields in stored for value in unpack_objects(fields)]
    assert back == [{**item, "simulated": "1"} for item in items]
    assert orjson.loads(stored[0][1][b"packed"])[0] == items[0]


def test_packed_records_come_back_whatever_the_order_of_their_fields(
    client: redis.Redis, keys: Keys
) -> None:
    count = RECORDS_PER_ENTRY + 7
    swapped = np.zeros(count, dtype=[("at_ms", "<i8"), ("status", "u1"), ("camera", "<u4")])
    swapped["camera"], swapped["status"], swapped["at_ms"] = np.arange(count), 2, 1_795_000_000_000
    ids = Writer(client, keys).append_packed("cameras", swapped)
    parts = [unpack_records("cameras", fields) for _, fields in client.xrange(keys.raw("cameras"))]
    assert [len(records) for records, _ in parts] == [RECORDS_PER_ENTRY, 7]
    assert len(ids) == 2
    back = np.concatenate([records for records, _ in parts])
    assert back.dtype == CAMERA_RECORD
    for name in ("camera", "status", "at_ms"):
        np.testing.assert_array_equal(back[name], swapped[name])


def test_mappings_become_records(client: redis.Redis, keys: Keys) -> None:
    writer = Writer(client, keys)
    writer.append_packed("units", [{"unit": 3, "state": 1, "at_ms": 5}], simulated=True)
    ((_, fields),) = client.xrange(keys.raw("units"))
    records, simulated = unpack_records("units", fields)
    assert simulated
    assert records["unit"] == [3]
    assert np.isnan(records["lon"][0])
    with pytest.raises(ValueError, match="Records of units have the fields"):
        writer.append_packed("units", [{"unit": 3, "state": 1, "at": 5}])
    with pytest.raises(ValueError, match="Records of cameras"):
        writer.append_packed("cameras", np.zeros(2, dtype=[("camera", "<u4")]))


def test_a_refusal_says_why_and_repeats_no_value(client: redis.Redis, keys: Keys) -> None:
    client.set(keys.raw("reports"), "not a stream")
    with pytest.raises(StreamsError, match="does not take entries of reports") as caught:
        Writer(client, keys).append("reports", {"id": "geheim"})
    assert "geheim" not in str(caught.value)
    with pytest.raises(KeyError, match="not a raw stream"):
        Writer(client, keys).append("people", {})
