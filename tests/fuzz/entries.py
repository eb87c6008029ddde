"""Bad entries of every kind in the raw streams of a real Valkey, through the real projector, among good ones.

Around each bad entry stand good ones: what is behind it must be applied whatever it holds. Each bad event is
either applied or has its dead letter, exactly one of both, and of what points at a person nothing is kept.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import orjson
import redis
from hypothesis import strategies as st

from dashboard.domain.refused import VALUES_NOT_KEPT
from dashboard.streams import gathering
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.codecs import RECORDS
from dashboard.streams.dead_letters import DeadLetter
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.projector import Session
from dashboard.streams.writer import Writer
from tests.fuzz.drawing import draw_examples
from tests.fuzz.tally import Tally
from tests.fuzz.values import Flat, any_entry
from tests.streams.projecting import rebuild_with, state, step_until_caught_up
from tests.streams.small_city import camera, make_city, now_ms, report, unit

AT_ONCE = 24
"""Bad entries of a batch, at most."""
_AS_EXAMPLES = 40

Sent = tuple[str, Flat]


def fuzz_entries(inputs: int, seed: int) -> Tally:
    """Entries until there were so many, and whether the record projected again gives the same state."""
    tally = Tally("entries")
    with running_city() as city:

        def one(batch: list[Sent]) -> None:
            city.put(batch, tally)

        draw_examples(tally, one, batches(city.model), inputs, seed)
        city.end(tally)
    return tally


def batches(model: CityModel) -> st.SearchStrategy[list[Sent]]:
    """Some bad entries that come together."""
    return st.lists(any_entry(model), min_size=1, max_size=AT_ONCE)


@contextmanager
def running_city() -> Iterator[FuzzedCity]:
    """A small city with its own Valkey and a projector in this thread, which commits at every step."""
    with (
        tempfile.TemporaryDirectory(prefix="kite-fuzz-") as folder,
        EmbeddedServer(Path(folder)) as server,
        connect(server.url, wait_s=20.0) as client,
        connect(server.url, connections=1) as own,
        mock.patch.object(gathering, "COMMIT_S", 0.0),
    ):
        yield FuzzedCity(client, own)


class FuzzedCity:
    """Puts bad entries into the record and looks at what became of them and of the good ones around."""

    def __init__(self, client: redis.Redis, own: redis.Redis) -> None:
        self.model = make_city()
        self.keys = Keys(self.model.code)
        self.client = client
        self._writer = Writer(client, self.keys)
        self._own = own
        self._number = itertools.count(1)
        self._seen_dead = "0-0"
        self._began = False
        self._writer.append("reports", report("known", now_ms() - 5000, 0))
        self._start()

    def _start(self) -> None:
        self._session = Session(self._own, self.model, 1000, 1_000_000)
        self._session.begin(lambda: False)

    def put(self, bad: Sequence[Sent], tally: Tally) -> None:
        """A batch; raises `AssertionError` for what must not be."""
        ids, good = self._append(bad)
        try:
            step_until_caught_up(self._session, self.client, self.keys)
        except Exception:
            self._begin_anew()
            raise
        letters = self._letters()
        self._check_good(good)
        for entry_id, (kind, fields) in zip(ids, bad, strict=True):
            tally_entry(tally, kind, fields, letters.get((kind, entry_id), []))
            self._check_forgotten(kind, entry_id, letters.get((kind, entry_id), []))

    def _append(self, bad: Sequence[Sent]) -> tuple[list[str], list[str]]:
        """All in one request: a good report, the bad entries each with a good one behind it; their ids."""
        pipe = self.client.pipeline(transaction=False)
        good = [f"good-{next(self._number)}" for _ in range(len(bad) + 1)]
        pipe.xadd(self.keys.raw("reports"), dict(report(good[0], now_ms() - 1000, 1)))
        for name, (kind, fields) in zip(good[1:], bad, strict=True):
            pipe.xadd(self.keys.raw(kind), fields)
            pipe.xadd(self.keys.raw("reports"), dict(report(name, now_ms() - 1000, 1)))
        at_ms = now_ms()
        pipe.xadd(self.keys.raw("cameras"), dict(camera(1, "fault", at_ms)))
        pipe.xadd(self.keys.raw("units"), dict(unit(2, "busy", at_ms)))
        answers: list[Any] = pipe.execute()
        self._at_ms = at_ms
        return [answer.decode() for answer in answers[1:-2:2]], good

    def _check_good(self, good: list[str]) -> None:
        known = self.client.hmget(self.keys.state("cases"), good)
        missing = [name for name, packed in zip(good, known, strict=True) if packed is None]
        assert not missing, f"the good reports {missing} were not applied"
        columns = self._session._projection.cameras.columns, self._session._projection.units.columns
        said = columns[0]["at_ms"][1], columns[1]["at_ms"][2]
        assert min(said) >= self._at_ms, "what the camera or the unit said behind it was not applied"

    def _letters(self) -> dict[tuple[str, str], list[DeadLetter]]:
        """The letters of this batch by (stream, entry)."""
        entries: Any = self.client.xrange(self.keys.dead, f"({self._seen_dead}", "+")
        found: dict[tuple[str, str], list[DeadLetter]] = {}
        for entry_id, fields in entries:
            self._seen_dead = entry_id.decode()
            letter = DeadLetter.from_entry(fields)
            found.setdefault((letter.kind, str(letter.entry)), []).append(letter)
        return found

    def _check_forgotten(self, kind: str, entry_id: str, letters: list[DeadLetter]) -> None:
        if not any(letter.reason in VALUES_NOT_KEPT for letter in letters):
            return
        assert all(letter.values is None for letter in letters if letter.reason in VALUES_NOT_KEPT)
        left: Any = self.client.xrange(self.keys.raw(kind), entry_id, entry_id)
        assert not left, f"the entry {entry_id} of {kind} may not be kept and is still there"

    def _begin_anew(self) -> None:
        """What a new projector would meet again is taken out, so that one poison is found once."""
        self.client.flushall()
        self._seen_dead = "0-0"
        self._writer.append("reports", report("known", now_ms() - 5000, 0))
        self._start()

    def end(self, tally: Tally) -> None:
        """The same state when the record is projected again."""
        self._session.end()
        first = state(self.client, self.keys)
        rebuild_with(self.client, self.keys, self.model)
        if state(self.client, self.keys) != first:
            tally.fail("The record projected again gives another state.")


def tally_entry(tally: Tally, kind: str, fields: Flat, letters: list[DeadLetter]) -> None:
    """Count what became of an entry: of each of its events, where they can be told."""
    places = [letter.position for letter in letters]
    assert len(places) == len(set(places)), f"more than one letter for an event: {letters}"
    counts = Counter(letter.reason for letter in letters)
    for reason in counts:
        tally.answer(reason, counts[reason])
    if None not in places:
        applied = max(events_of(kind, fields) - len(places), 0)
        tally.answer("applied", applied) if applied else tally.answer("nothing in it", int(not places))


def events_of(kind: str, fields: Flat) -> int:
    """How many events an entry holds that was not refused as a whole."""
    if b"packed" not in fields and b"checkpoint" not in fields:
        return 1
    if kind in RECORDS:
        data = fields.get(b"checkpoint", fields.get(b"packed", b""))
        return len(data) // (16 if kind == "cameras" else 32)
    return len(orjson.loads(fields[b"packed"]))
