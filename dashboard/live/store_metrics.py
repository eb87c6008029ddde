"""The part of /metrics that is read when it is asked for: the city's store, feeds and release."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import gevent
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from dashboard.domain.refused import REASONS
from dashboard.live.city import City
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.dead_letters import ARRIVED, LOST
from dashboard.streams.measures import Measures, StreamMeasures, measure

STORE_PATIENCE_S = 3.0
"""Less than a scrape waits: without the store the rest is told all the same."""
_LOG = logging.getLogger(__name__)

RELEASE = ("kite_build_info", "1, for the release that answers.")
UP = ("kite_store_up", "1 while the store answers.")
LETTERS = (
    "kite_letters_total",
    "Dead letters: arrived, sent again (resent), dropped, or lost (trimmed unanswered), by feed and reason.",
)
FEED_PARTS = ("kite_feed_parts", "Sources and counties of a feed that are in this state, where it is not ok.")
FEED_STATE = ("kite_feed_state", "1, for the state that each feed is in (docs/feeds.md).")


class StoreCollector:
    """What is read at the moment that it is asked for: the store, and which release this is."""

    def __init__(self, city: City, release: str) -> None:
        self._city, self._release = city, release
        self._client = client_of(city.settings.redis_url, city.keys)

    def collect(self) -> Iterator[Metric]:
        """The store's figures; of one that doesn't answer, just that."""
        labels = {"city": self._city.keys.city, "release": self._release}
        yield _gauge(*RELEASE, [(labels, 1.0)])
        yield from self._feed_states()
        measures = self._measures()
        yield _gauge(*UP, [({}, float(measures is not None))])
        if measures is not None:
            for row in STREAMS:
                yield row.of(measures.streams, measures.now_ms)
            for name, text, value in STORE:
                yield _gauge(name, text, [({}, float(value(measures)))])
            yield _letters(measures)

    def _measures(self) -> Measures | None:
        with gevent.Timeout(STORE_PATIENCE_S, False):
            try:
                return measure(self._client, self._city.keys)
            except FAILED as problem:
                _LOG.info("The store could not be measured: %s", problem)
        return None

    def _feed_states(self) -> Iterator[Metric]:
        """What the wall is told of each feed, see docs/feeds.md."""
        told = self._city.follower.heartbeat()
        known = {kind: feed["state"] for kind, feed in told["feeds"].items() if "state" in feed}
        samples = [({"feed": kind, "state": state}, 1.0) for kind, state in known.items()]
        yield _gauge(*FEED_STATE, samples)
        parts = Counter((part["feed"], part["state"]) for part in told.get("parts", ()))
        yield _gauge(*FEED_PARTS, [({"feed": kind, "state": state}, n) for (kind, state), n in parts.items()])


@dataclass(frozen=True)
class _PerStream:
    """A figure that each raw stream has."""

    name: str
    text: str
    value: Callable[[StreamMeasures, int], float]
    """Of the stream and the time now, ms."""
    only: Callable[[StreamMeasures], bool] = lambda stream: True
    counts_up: bool = False

    def of(self, streams: dict[str, StreamMeasures], now_ms: int) -> Metric:
        kind = CounterMetricFamily if self.counts_up else GaugeMetricFamily
        family = kind(self.name, self.text, labels=("feed",))
        for feed, stream in streams.items():
            if self.only(stream):
                family.add_metric((feed,), self.value(stream, now_ms))
        return family


STREAMS = (
    _PerStream(
        "kite_stream_entries",
        "Entries that have come in.",
        lambda stream, now_ms: stream.added,
        counts_up=True,
    ),
    _PerStream("kite_stream_held", "Entries in the raw stream.", lambda stream, now_ms: stream.held),
    _PerStream(
        "kite_feed_age_seconds",
        "Age of the newest entry; nothing where none ever came.",
        lambda stream, now_ms: max(0, now_ms - stream.newest_ms) / 1000,
        lambda stream: stream.newest_ms > 0,
    ),
    _PerStream(
        "kite_stream_lag_seconds",
        "Time between the newest entry and the newest one that the projector has applied.",
        lambda stream, now_ms: max(0, stream.newest_ms - stream.applied_ms) / 1000,
        lambda stream: stream.newest_ms > 0 and stream.applied_ms > 0,
    ),
)

STORE: tuple[tuple[str, str, Callable[[Measures], float]], ...] = (
    ("kite_changes_timestamp_seconds", "When the newest change came.", lambda m: m.changes_ms / 1000),
    ("kite_dead_letters", "Entries that could not be applied and are held.", lambda m: m.dead_letters),
    ("kite_audit_entries", "Entries of the audit stream.", lambda m: m.audit_entries),
    ("kite_webhook_waiting", "Messages that wait for webhooks.", lambda m: m.messages_waiting),
    ("kite_webhook_given_up", "Messages to webhooks that were given up.", lambda m: m.messages_given_up),
    ("kite_projector_up", "1 while a projector works on the city.", lambda m: m.has_projector),
    ("kite_deliverer_up", "1 while a deliverer works for the city.", lambda m: m.has_deliverer),
    ("kite_store_memory_bytes", "Memory that the store's data takes.", lambda m: m.memory_bytes),
    ("kite_store_memory_limit_bytes", "Its limit; 0 for none.", lambda m: m.memory_limit_bytes),
    ("kite_store_clients", "Connections to the store.", lambda m: m.clients),
    ("kite_store_replicas", "Replicas connected to it.", lambda m: m.replicas),
    ("kite_store_on_disk", "1 while the append-only file is on and is written.", lambda m: m.is_kept_on_disk),
)


def _letters(measures: Measures) -> Metric:
    """Also those that never came, as 0: of a figure that begins at 1 nothing sees that it grew."""
    family = CounterMetricFamily(*LETTERS, labels=("what", "feed", "reason"))
    grows = (ARRIVED, LOST)  # by themselves
    none = {(what, feed, reason): 0 for what in grows for feed in measures.streams for reason in REASONS}
    for labels, number in sorted({**none, **measures.letters}.items()):
        family.add_metric(labels, number)
    return family


def _gauge(name: str, text: str, samples: Sequence[tuple[dict[str, str], float]]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=tuple(samples[0][0]) if samples else ())
    for labels, value in samples:
        family.add_metric(tuple(labels.values()), value)
    return family


def described() -> Iterator[tuple[str, str]]:
    """Name, as a sample has it, and meaning of everything that is told here."""
    yield from (RELEASE, UP, FEED_STATE, FEED_PARTS, LETTERS)
    for row in STREAMS:
        yield row.name + ("_total" if row.counts_up else ""), row.text
    for name, text, _ in STORE:
        yield name, text
