"""What one web process knows of the city now: the columns of the changing tables and the open cases."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.live.case_index import CaseIndex
from dashboard.streams import frame
from dashboard.streams.tables import DTYPES, JSON_DTYPE, TABLE_BY_NAME

LIVE_TABLES = ("regions", "grids", "cameras", "units")


class LiveState:
    """Arrays in region, grid, camera and unit order; `apply` takes frames, `snapshot` gives all as one.

    Last value wins, so applying a frame twice does no harm. `position` is the changes id applied last.
    """

    def __init__(self) -> None:
        self.on_answers: Callable[[list[dict[str, Any]]], None] = lambda answers: None
        """Called with what became of commands, as it comes."""
        self.on_cases: Callable[[list[dict[str, Any]]], None] = lambda upserts: None
        """Called with the cases that changed, as the wire has them, once they are taken in."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: the snapshot that comes next begins another history."""
        self.position = "0-0"
        self.columns: dict[tuple[str, str], NDArray[Any]] = {}
        self.open_cases: dict[str, dict[str, Any]] = {}
        self.case_index = CaseIndex()
        self.clock: Mapping[str, Any] = {}
        self._snapshot: tuple[str, bytes] = ("", b"")

    def apply(self, position: str, data: bytes) -> None:
        """Take one frame; raises `frame.FrameError` for bytes that are none, before anything is changed."""
        for (table, column), part in frame.by_name(frame.decode(data)).items():
            if table == "cases":
                upserts = part.json()
                self._upsert_cases(upserts)
                self.on_cases(upserts)
            elif table == "clock":
                self.clock = part.json()
            elif table == "answers":
                self.on_answers(part.json())
            else:
                self._set(table, column, part)
        self.position = position

    def _set(self, table: str, column: str, part: frame.Section) -> None:
        key = (table, column)
        if part.index is None:
            self.columns[key] = part.array()
            return
        known = self.columns.get(key)
        if known is None or (len(part.index) and int(part.index.max()) >= len(known)):
            size = int(part.index.max()) + 1 if len(part.index) else 0
            grown = np.zeros(size, part.array().dtype)
            if known is not None:
                grown[: len(known)] = known
            self.columns[key] = known = grown
        known[part.index] = part.array()

    def _upsert_cases(self, upserts: list[dict[str, Any]]) -> None:
        for case in upserts:
            case.pop("left", None)  # of this change, not of the case
            before = self.open_cases.get(case["id"])
            if before is not None:
                self.case_index.remove(before)
            if case.get("closed"):
                self.open_cases.pop(case["id"], None)
            else:
                self.open_cases[case["id"]] = case
                self.case_index.add(case)

    def column(self, table: str, name: str) -> NDArray[Any]:
        """A column as it is now, empty where nothing has come yet."""
        spec = next(c for c in TABLE_BY_NAME[table].columns if c.name == name)
        return self.columns.get((table, name), np.zeros(0, DTYPES[spec.dtype]))

    def snapshot(self) -> tuple[str, bytes]:
        """(position, gzipped frame of everything), made again only after something was applied."""
        position, body = self._snapshot
        if position != self.position or not body:
            position, body = self.position, gzip.compress(self.frame(), compresslevel=1, mtime=0)
            self._snapshot = position, body
        return position, body

    def frame(self) -> bytes:
        """A frame of everything, as it is now."""
        sections = [
            frame.section(table, column.name, self.columns[table, column.name])
            for table in LIVE_TABLES
            for column in TABLE_BY_NAME[table].columns
            if column.dtype != JSON_DTYPE and (table, column.name) in self.columns
        ]
        sections.append(frame.section("cases", "upserts", list(self.open_cases.values())))
        sections.append(frame.section("clock", "clock", dict(self.clock)))
        return frame.encode(sections)
