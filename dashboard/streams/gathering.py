"""What cameras and units say, on its way into the state: taken in as it comes, committed together.

A state that is taken in costs some microseconds, a commit some milliseconds however much it holds, and
screens show cameras and units once a second. So they are taken in a slice at a time, between which the
projector looks for reports, and committed a few times a second. However many come, a report waits for one
slice.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from dashboard.streams.merge import Entry, size_of
from dashboard.streams.outcome import Outcome
from dashboard.streams.projection import Projection

COMMIT_S = 0.1  # what was taken in waits at most so long to be committed
SLICE_S = 0.004  # a report waits at most about so long for telemetry that is being taken in
_SLICE = 128  # entries between two looks at the clock: so many, or the rest of a bucket
_SLICE_BYTES = 100_000  # fewer if they are large: packed ones hold thousands of states


class Gathering:
    """Entries that wait to be taken in, and those that have been and wait for their commit."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._waiting: deque[Entry] = deque()
        self._since_s = 0.0
        self.entries: list[Entry] = []
        """Taken in, in their order, and not committed."""
        self.outcome = Outcome()
        """What these did."""

    def put(self, entries: Iterable[Entry]) -> None:
        """Entries that wait to be taken in."""
        self._waiting.extend(entries)

    @property
    def is_waiting(self) -> bool:
        """Whether something waits to be taken in."""
        return bool(self._waiting)

    def take_in(self) -> None:
        """Apply a slice of what waits, and more for about `SLICE_S`."""
        begun_s = time.monotonic()
        while self._waiting:
            entries = self._slice()
            self._since_s = self._since_s if self.entries else begun_s
            self._projection.apply(entries, self.outcome)
            self.entries += entries
            if time.monotonic() - begun_s >= SLICE_S:
                break

    def _slice(self) -> list[Entry]:
        entries: list[Entry] = []
        size = 0
        while self._waiting:
            begins_bucket = bool(entries) and self._waiting[0].bucket != entries[-1].bucket
            if begins_bucket and (len(entries) >= _SLICE or size >= _SLICE_BYTES):
                break
            entries.append(self._waiting.popleft())
            size += size_of(entries[-1])
        return entries

    def due_s(self) -> float:
        """How long what was taken in may still wait for its commit, s; infinite where there is nothing."""
        return self._since_s + COMMIT_S - time.monotonic() if self.entries else float("inf")

    def commit(self) -> tuple[list[Entry], Outcome]:
        """What was taken in, and what it did: the caller's to commit."""
        committed = self.entries, self.outcome
        self.entries, self.outcome = [], Outcome()
        return committed
