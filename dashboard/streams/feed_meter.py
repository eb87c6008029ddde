"""What every feed brings, counted beside the projecting of it, and stored with a commit once a second.

The hash `{city}:feeds` is no part of the state: it is not made again when the record is projected again, and
losing it loses only the knowledge of what is usual. Its fields: a raw stream (`reports`), a source in it
(`reports/12345`), reports of one county (`reports@370702`); values: `feed_tally.Tally` as JSON.
"""

from __future__ import annotations

import re
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import redis

from dashboard.domain.feed_tally import SLOT_MS, Counts, Tally
from dashboard.domain.hierarchy import COUNTY
from dashboard.streams.city import CityModel
from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.merge import Entry
from dashboard.streams.outcome import Outcome

SAVE_S = 1.0
MOST_SOURCES = 50
"""Sources of one stream that are told apart; further ones count in their stream alone."""
FORGOTTEN_MS = 7 * 86_400_000
"""A source that has said nothing for so long is not expected any more."""
_CONTENTS = 20_000  # contents of reports that are known again
_FIELD = re.compile(r"(\w+)(?:([/@])(.*))?", re.DOTALL)


class Feed(NamedTuple):
    """A raw stream, or a source or a county in it (else empty)."""

    kind: str
    source: str = ""
    county: str = ""

    def field(self) -> str:
        """Its field in the hash."""
        part = f"/{self.source}" if self.source else f"@{self.county}" if self.county else ""
        return self.kind + part

    @classmethod
    def parse(cls, text: str) -> Feed | None:
        """The feed of a field; None where it is none that we know."""
        match = _FIELD.fullmatch(text)
        if match is None or match[1] not in RAW_KINDS:
            return None
        return cls(match[1], *((match[3], "") if match[2] == "/" else ("", match[3] or "")))


def read_tallies(client: redis.Redis, keys: Keys) -> dict[Feed, Tally]:
    """What is known of each feed; what can't be read is left out."""
    stored: Any = client.hgetall(keys.feeds)
    found: dict[Feed, Tally] = {}
    for name, data in stored.items():
        feed = Feed.parse(name.decode(errors="replace"))
        if feed is None:
            continue
        try:
            found[feed] = Tally.from_json(data)
        except (ValueError, KeyError, TypeError):
            continue  # of another release: it is learned anew
    return found


class FeedMeter:
    """Counts for one city; `note` takes every batch, `due` gives what is to be stored."""

    def __init__(self, city: CityModel, known: Mapping[Feed, Tally]) -> None:
        self._tallies = dict(known)
        self._sources = Counter(feed.kind for feed in self._tallies if feed.source)
        self._changed: set[Feed] = set()
        self._saved_s = 0.0
        self._contents: OrderedDict[int, None] = OrderedDict()
        hierarchy = city.hierarchy
        counties = range(hierarchy.tier_start[COUNTY], hierarchy.tier_start[COUNTY + 1])
        self._county_of: list[str] = [""] * hierarchy.grid_count
        for county in counties if hierarchy.codes else ():
            lo, hi = hierarchy.slice_of(county)
            self._county_of[lo:hi] = [hierarchy.codes[county]] * (hi - lo)

    def note(self, entries: Sequence[Entry], outcome: Outcome) -> None:
        """Count what a batch brought."""
        if not entries:
            return
        moments = _moments(entries)
        for feed, counts in self._counts(outcome):
            tally = self._tally(feed)
            if tally is None:
                continue
            before = 0.0
            for at_ms, until in moments:
                tally.add(at_ms, counts.between(before, until))
                before = until
            self._changed.add(feed)

    def _counts(self, outcome: Outcome) -> Iterator[tuple[Feed, Counts]]:
        heard = outcome.heard
        for source, content in heard.contents:
            if self._is_known(content):
                heard.repeat("reports", source)
        for kind in RAW_KINDS:
            accepted, refused = outcome.accepted[kind] - heard.history[kind], outcome.refused[kind]
            counts = Counts(accepted + refused, heard.repeats[kind], refused, outcome.heartbeats[kind])
            if counts.data or counts.heartbeats:
                yield Feed(kind), counts
        for key in {**heard.sources, **heard.alive}:
            kind, source = key
            yield Feed(kind, source), Counts(heard.sources[key], heard.echoes[key], 0, heard.alive[key])
        for county, count in self._by_county(heard.places).items():
            yield Feed("reports", county=county), Counts(count)

    def _by_county(self, places: Mapping[int, int]) -> Counter[str]:
        counties: Counter[str] = Counter()
        for grid, count in places.items():
            counties[self._county_of[grid]] += count
        del counties[""]
        return counties

    def _is_known(self, content: int) -> bool:
        """Whether a report of another id said the same not long ago."""
        is_known = content in self._contents
        self._contents[content] = None
        self._contents.move_to_end(content)
        if len(self._contents) > _CONTENTS:
            self._contents.popitem(last=False)
        return is_known

    def _tally(self, feed: Feed) -> Tally | None:
        tally = self._tallies.get(feed)
        if tally is None and (not feed.source or self._sources[feed.kind] < MOST_SOURCES):
            tally = self._tallies[feed] = Tally()
            self._sources[feed.kind] += bool(feed.source)
        return tally

    def take_forgotten(self) -> list[str]:
        """Forget the sources that are not expected any more; the fields that are to be deleted, once."""
        newest_ms = max((max(t.data_ms, t.alive_ms) for t in self._tallies.values()), default=0)
        old = [feed for feed, tally in self._tallies.items() if feed.source and _is_old(tally, newest_ms)]
        for feed in old:
            del self._tallies[feed]
            self._sources[feed.kind] -= 1
        self._changed.difference_update(old)
        return [feed.field() for feed in old]

    def due(self, at_once: bool = False) -> dict[str, bytes]:
        """The fields to be written with the next commit; empty until a second has passed since the last."""
        now_s = time.monotonic()
        if not self._changed or (now_s - self._saved_s < SAVE_S and not at_once):
            return {}
        self._saved_s = now_s
        changed, self._changed = self._changed, set()
        return {feed.field(): self._tallies[feed].to_json() for feed in changed}


def _is_old(tally: Tally, newest_ms: int) -> bool:
    return max(tally.data_ms, tally.alive_ms) < newest_ms - FORGOTTEN_MS


def _moments(entries: Sequence[Entry]) -> list[tuple[int, float]]:
    """(time in ms, share of the entries that had come by then), one for each ten seconds of the batch."""
    first, last = entries[0].stamp_ms, entries[-1].stamp_ms
    if first // SLOT_MS == last // SLOT_MS:
        return [(last, 1.0)]
    latest: dict[int, int] = {}
    counts: Counter[int] = Counter()
    for entry in entries:
        slot = entry.stamp_ms // SLOT_MS
        latest[slot] = max(latest.get(slot, 0), entry.stamp_ms)
        counts[slot] += 1
    moments, until = [], 0
    for slot in sorted(counts):
        until += counts[slot]
        moments.append((latest[slot], until / len(entries)))
    return moments
