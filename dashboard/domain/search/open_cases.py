"""The open cases as the search has them: each text is taken up when it is new or changed, never all again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import CASE_TYPES
from dashboard.domain.search.alphabet import Alphabet
from dashboard.domain.search.texts import Texts

Case = Mapping[str, Any]
"""A case as the wire has it: see `cases.upserts` in docs/protocol.md."""

ROW = np.dtype([("grid", np.int64), ("type", np.int64), ("order", np.int64), ("open", bool)])
_LEVEL_BITS = 48
_NEVER = 2**_LEVEL_BITS - 1
_SPARE_ROWS = 1000
_TYPE_NUMBER = {row.code: number for number, row in enumerate(CASE_TYPES)}


class OpenCases:
    """Rows of open cases; one whose text has changed gets a new row, and dead rows are dropped by and by."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.texts = Texts(alphabet)
        self._rows = np.zeros(0, ROW)
        self._cases: list[Case] = []
        self._row_of: dict[str, int] = {}

    @property
    def rows(self) -> NDArray[Any]:
        """What is known of each row beside its text."""
        return self._rows[: self.texts.rows]

    def case(self, row: int) -> Case:
        """The case of a row."""
        return self._cases[row]

    def changed(self, cases: Iterable[Case]) -> list[Case]:
        """Those of all open cases that must be taken up; what is not among them any more is dropped."""
        gone, changed = dict(self._row_of), []
        for case in cases:
            row = gone.pop(case["id"], None)
            if row is None or self._cases[row] is not case:
                changed.append(case)
        for case_id, row in gone.items():
            self._rows["open"][row] = False
            del self._row_of[case_id]
        return changed

    def take(self, cases: Sequence[Case]) -> None:
        """Take up cases that are new or changed."""
        fresh = [case for case in cases if self._text_changed(case)]
        for case in fresh:
            if case["id"] in self._row_of:
                self._rows["open"][self._row_of[case["id"]]] = False
        rows = self.texts.add([_texts(case) for case in fresh])
        self._cases += fresh
        self._row_of |= {case["id"]: row for case, row in zip(fresh, rows, strict=True)}
        if self.texts.rows > len(self._rows):
            more = np.zeros(max(self.texts.rows, 2 * len(self._rows)) - len(self._rows), ROW)
            self._rows = np.concatenate([self._rows, more])
        for case in cases:
            row = self._row_of[case["id"]]
            self._cases[row] = case
            self._rows[row] = (case["grid"], _TYPE_NUMBER[case["type"]], _order(case), True)
        if self.texts.rows > 2 * len(self._row_of) + _SPARE_ROWS:
            self._drop_dead_rows()

    def _text_changed(self, case: Case) -> bool:
        row = self._row_of.get(case["id"])
        return row is None or _texts(self._cases[row]) != _texts(case)

    def _drop_dead_rows(self) -> None:
        is_open = self.rows["open"].copy()
        self.texts.keep(is_open)
        self._cases = [case for case, kept in zip(self._cases, is_open, strict=True) if kept]
        self._rows = self._rows[: len(is_open)][is_open]
        self._row_of = {case["id"]: row for row, case in enumerate(self._cases)}


def _texts(case: Case) -> tuple[str, str, str]:
    return case["id"], case["place"], case["summary"]


def _order(case: Case) -> int:
    """By level, then by when it turns red; what has no clock, or a paused one, comes last of its level."""
    due = case.get("due")
    red_ms: int = _NEVER if not due or due["paused"] else min(int(due["red_ms"]), _NEVER)
    return (int(case["level"]) << _LEVEL_BITS) + red_ms
