"""What is overdue goes up by itself: `escalate` commands for clocks that turned red, each clock's once.

They are entries of the commands' raw stream like any officer's, so that the record says when and why a case
went up, and projecting it again gives the same. The id follows from the clock: a command that was sent and
not applied yet is not sent again, because nothing is sent before the stream has been read to its end, and
one that was applied stands in the case's history.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from dashboard.domain.case_record import Case
from dashboard.domain.deadlines import Clock, clocks
from dashboard.domain.working_days import WorkingDays
from dashboard.streams.case_book import CaseBook

BY = "kite"
"""Who sends them."""
AT_ONCE = 200
Due = tuple[int, str, str]
"""(when it turns red, case, phase)"""


class Overdue:
    """Knows when the clocks of the open cases turn red."""

    def __init__(self, cases: Iterable[Case], days: WorkingDays) -> None:
        self._days = days
        self._heap: list[Due] = [due for case in cases for due in self._dues(case)]
        heapq.heapify(self._heap)

    def note(self, cases: Iterable[Case]) -> None:
        """These cases have changed; what was known of their clocks may no longer hold."""
        for case in cases:
            for due in self._dues(case):
                heapq.heappush(self._heap, due)

    def _dues(self, case: Case) -> Iterator[Due]:
        for clock in clocks(case, self._days):
            if not clock.paused:
                yield clock.red_ms, case.id, clock.phase

    def next_ms(self) -> int | None:
        """When something may turn red next, ms; None while nothing runs."""
        return self._heap[0][0] if self._heap else None

    def take(self, now_ms: int, book: CaseBook) -> list[dict[str, str]]:
        """The commands for what has turned red until now, at most `AT_ONCE`; each is given once."""
        found: dict[str, dict[str, str]] = {}
        while self._heap and self._heap[0][0] <= now_ms and len(found) < AT_ONCE:
            _, case_id, phase = heapq.heappop(self._heap)
            case = book.open.get(case_id)
            clock = case and _red(case, phase, now_ms, self._days)
            if case and clock:
                command = _command(case, clock, now_ms)
                if all(step.id != command["id"] for step in case.history):
                    found[f"{case_id} {phase}"] = command
        return list(found.values())


def _red(case: Case, phase: str, now_ms: int, days: WorkingDays) -> Clock | None:
    """The clock of that phase, if it still runs and is red."""
    running = (clock for clock in clocks(case, days) if clock.phase == phase and not clock.paused)
    return next((clock for clock in running if clock.red_ms <= now_ms), None)


def _command(case: Case, clock: Clock, now_ms: int) -> dict[str, str]:
    at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    fields = {
        "id": f"red-{clock.phase}-{clock.started_ms}",
        "case": case.id,
        "command": "escalate",
        "phase": clock.phase,
        "at": at,
        "by": BY,
    }
    return fields | ({"simulated": "1"} if case.simulated else {})
