"""A city that is written to and projected while its primary dies, and a ledger of what was acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import redis

from dashboard.streams import projector
from dashboard.streams.city import CityModel
from dashboard.streams.client import FAILED, connect
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, is_caught_up
from tests.streams.small_city import now_ms, report

GIVE_UP_S = 90.0


def longest_gap(moments: Iterable[float], at_s: float) -> float:
    """The longest time between two of the moments of which the later one is after `at_s`, seconds."""
    ordered = sorted(moments)
    return max(later - earlier for earlier, later in pairwise(ordered) if later > at_s)


@dataclass
class Ledger:
    """Ids acknowledged, each with when it was (`time.monotonic`), and how many sends were refused or lost."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    failures: int = 0

    def gap(self, at_s: float) -> float:
        """The longest time without an acknowledgement since that moment, seconds."""
        return longest_gap(self.acknowledged.values(), at_s)

    def since(self, at_s: float) -> list[float]:
        """When something was acknowledged after a moment, in order."""
        return sorted(when for when in self.acknowledged.values() if when > at_s)


class Producer:
    """Sends reports one by one, as fast as they are acknowledged; one that isn't is sent again."""

    def __init__(self, url: str, keys: Keys, city: CityModel, wait_replicas: int) -> None:
        self.ledger = Ledger()
        self._url, self._keys, self._city, self._wait = url, keys, city, wait_replicas
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        number, client = 0, None
        while not self._stop.is_set():
            case = f"f-{number}"
            try:
                client = client or connect(self._url, keys=self._keys)
                entry = report(case, now_ms(), number % 60, self._city)
                Writer(client, self._keys, self._wait).append("reports", entry)
            except FAILED:
                self.ledger.failures += 1
                time.sleep(0.05)
            else:
                self.ledger.acknowledged[case] = time.monotonic()
                number += 1

    def end(self) -> None:
        """Send no more."""
        self._stop.set()
        self._thread.join(GIVE_UP_S)
        assert not self._thread.is_alive()


@dataclass
class Outcome:
    """What a fail-over cost: seconds without an acknowledgement, and what there was."""

    seconds: float
    ledger: Ledger
    duplicates: int


def until(holds: Callable[[], bool]) -> None:
    """Block until it does; what a store says while it fails over counts as not yet."""
    end_s = time.monotonic() + GIVE_UP_S
    while True:
        try:
            if holds():
                return
        except FAILED:
            pass
        assert time.monotonic() < end_s, "it never did"
        time.sleep(0.02)


def fail_over(
    url: str, keys: Keys, city: CityModel, wait_replicas: int, kill: Callable[[], None], before: int = 200
) -> Outcome:
    """Kill the primary in the midst of writing; all that was acknowledged must be there, each once."""
    stop = threading.Event()
    work = threading.Thread(target=projector.run, args=(url, city, 10_000, 1_000_000, stop.is_set))
    work.start()
    producer = Producer(url, keys, city, wait_replicas)
    ledger = producer.ledger
    try:
        until(lambda: len(ledger.acknowledged) > before)
        kill()
        killed_s = time.monotonic()
        until(lambda: len(ledger.since(killed_s)) > before)
        producer.end()
        with connect(url, wait_s=GIVE_UP_S, keys=keys) as client:
            until(lambda: is_caught_up(client, keys))
            return Outcome(ledger.gap(killed_s), ledger, _account(client, keys, ledger))
    finally:
        producer.end()
        stop.set()
        work.join(GIVE_UP_S)
        assert not work.is_alive()


def _account(client: redis.Redis, keys: Keys, ledger: Ledger) -> int:
    """Hold the city to the ledger; how many reports came twice, which the projector knows by their ids."""
    there = cases_of(client, keys)
    lost = set(ledger.acknowledged) - there
    assert not lost, f"{len(lost)} acknowledged reports are gone, such as {sorted(lost)[:3]}"
    assert len(there - set(ledger.acknowledged)) <= 1  # the last, which nobody waited for
    reasons = {letter.reason for _, letter in read_dead(client, keys, 10_000)}
    assert reasons <= {"duplicate"}
    sent = [fields[b"id"] for _, fields in client.xrange(keys.raw("reports"))]
    return len(sent) - len(set(sent))
