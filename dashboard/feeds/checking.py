"""Rows of an incident file, judged as the projector will judge them: taken, outside the city, or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.events import Report, parse_report
from dashboard.domain.refused import REASONS, Refused
from dashboard.feeds.account import OUTSIDE as OUTSIDE_BIN
from dashboard.feeds.account import Account
from dashboard.feeds.area import OUTSIDE, Area
from dashboard.feeds.incidents import Batch, IncidentFile

ROWS_AT_A_TIME = 5_000


class KnownCases(Protocol):
    """Which of some cases the state has already."""

    def __call__(self, ids: Sequence[str], /) -> Collection[str]:
        """The known ones among `ids`."""
        ...


@dataclass
class Taken:
    """Rows that make or update a case, in the file's order; all lists go together.

    `reports` are what is written, `events` the same as the projector reads them, `grids` i64[n].
    `rows_read` counts all rows looked at for them.
    """

    rows: list[int]
    reports: list[dict[str, str]]
    events: list[Report]
    grids: NDArray[np.int64]
    rows_read: int


@dataclass
class Check:
    """Goes through a file once; what is not taken goes into its bin of `account`.

    `now_ms` is what counts as now: a later time is refused as lying in the future.
    """

    file: IncidentFile
    area: Area
    account: Account
    now_ms: int
    known: KnownCases | None = None
    _seen: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Taken]:
        for batch in self.file.batches(ROWS_AT_A_TIME):
            yield self._taken(batch)

    def repeated(self, ids: Sequence[str]) -> int:
        """How many of these ids were there before: in an earlier row, or in the state."""
        known = set(self.known(ids)) if self.known is not None else set()
        count = 0
        for name in ids:
            count += name in known or name in self._seen
            self._seen.add(name)
        return count

    def _taken(self, batch: Batch) -> Taken:
        for row, why in batch.refused:
            self.account.leave_out(row, why)
        grids = self.area.grids(batch.lon, batch.lat, batch.reports)
        events = [self._parsed(report) for report in batch.reports]
        good: list[int] = []
        for k, (row, event) in enumerate(zip(batch.rows.tolist(), events, strict=True)):
            outside = OUTSIDE_BIN if grids[k] == OUTSIDE else None
            reason = event if isinstance(event, str) else outside
            if reason is None:
                good.append(k)
            else:
                self.account.leave_out(row, reason)
        return Taken(
            [int(batch.rows[k]) for k in good],
            [batch.reports[k] for k in good],
            [event for event in (events[k] for k in good) if isinstance(event, Report)],
            grids[good],
            len(batch.rows) + len(batch.refused),
        )

    def _parsed(self, report: dict[str, str]) -> Report | str:
        try:
            return parse_report(report, self.now_ms)
        except Refused as refusal:
            name = refusal.facts.get("field")
            return f"{name}: {REASONS[refusal.reason_code]}" if name else REASONS[refusal.reason_code]
