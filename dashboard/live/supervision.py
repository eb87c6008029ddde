"""What leaders said of a region's cases (批示, 督办) in a stretch of time: how often, and what it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.domain.cases import Case
from dashboard.domain.hierarchy import Hierarchy
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.reader import read_cases
from dashboard.streams.supervised import BY_LEADERS, supervised_cases

_AT_ONCE = 200


class Supervision:
    """Follows the commands of leaders as far as it is asked; the cases themselves tell what was done."""

    def __init__(self, url: str, keys: Keys, hierarchy: Hierarchy) -> None:
        self._client, self._keys, self._hierarchy = client_of(url, keys), keys, hierarchy
        self._from_ms: int | None = None
        self._position = "0-0"
        self._newest: dict[str, int] = {}

    def of(self, code: str, from_ms: int, to_ms: int) -> dict[str, Any] | None:
        """`{instruct, supervise, rows: [{at_ms, command, case, type, level, place, note}]}`, newest first.

        Of the steps from `from_ms` to before `to_ms` (UTC ms) on cases that are now in the region; `place` is
        the code of their grid. What was undone or refused is not among them. None while the store is away.
        """
        low, high = self._hierarchy.slice_of(self._hierarchy.number_of(code))
        try:
            self._read(from_ms)
            ids = sorted(case for case, at_ms in self._newest.items() if at_ms >= from_ms)
            cases = list(self._cases(ids))
        except FAILED:
            return None
        rows = [
            row
            for case in cases
            if low <= case.grid < high
            for row in self._rows(case)
            if from_ms <= row["at_ms"] < to_ms
        ]
        rows.sort(key=lambda row: (-row["at_ms"], row["case"]))
        counts = {command: sum(row["command"] == command for row in rows) for command in BY_LEADERS}
        return {**counts, "rows": rows}

    def _read(self, from_ms: int) -> None:
        """Take up what the stream has from that time on, and is not known yet.

        A command is on the stream no earlier than it was given, so none that counts is before that.
        """
        if self._from_ms is None or from_ms < self._from_ms:
            self._from_ms, self._position, self._newest = from_ms, f"{max(0, from_ms - 1)}-0", {}
        while True:
            page = supervised_cases(self._client, self._keys, self._position)
            self._position = page.position
            self._newest.update(page.cases)
            if page.is_last:
                return

    def _cases(self, ids: list[str]) -> Iterator[Case]:
        for first in range(0, len(ids), _AT_ONCE):
            yield from read_cases(self._client, self._keys, ids[first : first + _AT_ONCE])

    def _rows(self, case: Case) -> Iterator[dict[str, Any]]:
        place = self._hierarchy.codes[self._hierarchy.region_of_grid(case.grid)]
        for step in case.steps:
            if step.command in BY_LEADERS:
                yield {
                    "at_ms": step.at_ms,
                    "command": step.command,
                    "case": case.id,
                    "type": case.type,
                    "level": case.level,
                    "place": place,
                    "note": step.note,
                }
