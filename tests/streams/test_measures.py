"""What an operator measures of the store: against what was written there by hand."""

from __future__ import annotations

import redis

from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.measures import StreamMeasures, measure

KEYS = Keys("990100")


def test_an_empty_store_has_nothing_and_is_kept_on_disk(client: redis.Redis) -> None:
    found = measure(client, KEYS)
    assert found.streams == dict.fromkeys(RAW_KINDS, StreamMeasures(0, 0, 0, 0))
    assert (found.changes_ms, found.dead_letters, found.audit_entries) == (0, 0, 0)
    assert not found.has_projector
    assert not found.has_deliverer
    assert found.memory_bytes > 100_000
    assert found.clients >= 1
    seconds, _ = client.time()
    assert abs(found.now_ms / 1000 - seconds) < 60


def test_streams_say_how_many_came_and_are_held_and_how_far_the_projector_is(client: redis.Redis) -> None:
    for ms in range(1000, 1007):
        client.xadd(KEYS.raw("cameras"), {"id": "c"}, id=f"{ms}-0")
    client.xtrim(KEYS.raw("cameras"), maxlen=4, approximate=False)
    client.hset(KEYS.state("meta"), mapping={"position:cameras": "1004-0", "position:reports": "0-0"})
    found = measure(client, KEYS).streams
    assert found["cameras"] == StreamMeasures(added=7, held=4, newest_ms=1006, applied_ms=1004)
    assert found["reports"] == StreamMeasures(0, 0, 0, 0)


def test_letters_messages_and_owners_are_counted(client: redis.Redis) -> None:
    for key, count in ((KEYS.dead, 3), (KEYS.audit, 4), (KEYS.outbox(), 5), (KEYS.outbox("undelivered"), 6)):
        for _ in range(count):
            client.xadd(key, {"a": "b"})
    client.xadd(KEYS.changes, {"frame": "x"}, id="1234-5")
    client.hset(KEYS.letter_counts, mapping={"arrived:reports:place": 2, "dropped:units:personal": 1})
    client.set(KEYS.owner, "token")
    client.set(KEYS.outbox("owner"), "token")
    found = measure(client, KEYS)
    counts = (
        found.dead_letters, found.audit_entries, found.messages_waiting, found.messages_given_up,
    )  # fmt: skip
    assert counts == (3, 4, 5, 6)
    assert found.changes_ms == 1234
    assert found.letters == {("arrived", "reports", "place"): 2, ("dropped", "units", "personal"): 1}
    assert found.has_projector
    assert found.has_deliverer


def test_a_memory_limit_and_a_file_that_is_off_are_told(client: redis.Redis) -> None:
    before = client.config_get("maxmemory")["maxmemory"]
    try:
        client.config_set("maxmemory", 50_000_000)
        client.config_set("appendonly", "no")
        found = measure(client, KEYS)
        assert found.memory_limit_bytes == 50_000_000
        assert not found.is_kept_on_disk
    finally:
        client.config_set("maxmemory", before)
        client.config_set("appendonly", "yes")
    assert measure(client, KEYS).is_kept_on_disk
