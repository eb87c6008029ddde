"""The departments that were whistled for, as columns: who was called where and when, and whether it came."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import NEVER_MS
from dashboard.domain.case_record import Case
from dashboard.domain.growing import Growing

_NONE = -1
ROW_DTYPE = np.dtype(
    [
        ("grid", "i4"),
        ("department", "i4"),
        ("called_ms", "i8"),
        ("due_ms", "i8"),
        ("reported_ms", "i8"),
        ("ended_ms", "i8"),
    ]
)


class WhistleColumns:
    """A row per department and case; `reported_ms` and `ended_ms` (of the case) never, where it has not come.

    A row that holds nothing any more has grid -1.
    """

    def __init__(self) -> None:
        self.departments: list[str] = []
        """By the number that stands in `department`."""
        self._numbers: dict[str, int] = {}
        self._held: dict[str, list[int]] = {}
        self._free: list[int] = []
        self._rows = Growing(ROW_DTYPE)

    def __len__(self) -> int:
        return len(self._rows) - len(self._free)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._rows[name]

    def put(self, case: Case) -> None:
        """Hold a case's whistles in place of those that were known of it."""
        held = self._held.pop(case.id, [])
        for number in held:
            self._rows.put(number, (_NONE, 0, NEVER_MS, NEVER_MS, NEVER_MS, NEVER_MS))
        self._free += held
        if not case.whistles:
            return
        ended_ms = NEVER_MS if case.is_open or case.closed_at_ms is None else case.closed_at_ms
        self._held[case.id] = [
            self._place(
                (
                    case.grid,
                    self._number(whistle.department),
                    whistle.called_ms,
                    whistle.due_ms,
                    NEVER_MS if whistle.reported_ms is None else whistle.reported_ms,
                    ended_ms,
                )
            )
            for whistle in case.whistles
        ]

    def _place(self, row: tuple[int, ...]) -> int:
        if not self._free:
            return self._rows.append(row)
        number = self._free.pop()
        self._rows.put(number, row)
        return number

    def _number(self, department: str) -> int:
        if department not in self._numbers:
            self._numbers[department] = len(self.departments)
            self.departments.append(department)
        return self._numbers[department]
