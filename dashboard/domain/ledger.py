"""The events behind decaying sums, in columns: what sums are rebuilt from."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Row(NamedTuple):
    """One event: its grid, family and severity in 256ths; the time it decays from; and two flags.

    `steady`: it does not decay (an open dispute). `critical`: an unresolved level-01 case.
    """

    grid: int
    family: int
    severity: int
    at_ms: int
    steady: bool
    critical: bool


ROW_DTYPE = np.dtype(
    [
        ("grid", "i4"),
        ("family", "i4"),
        ("severity", "i8"),
        ("at_ms", "i8"),
        ("steady", "?"),
        ("critical", "?"),
    ]
)


class Ledger:
    """Rows by key, and the changes since they were last taken.

    Putting a key again replaces its row. Memory follows the largest number of rows held at once.
    """

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._keys: list[str] = []
        self._free: list[int] = []
        self._rows = np.zeros(1024, dtype=ROW_DTYPE)
        self._alive = np.zeros(1024, dtype=np.bool_)
        self._changes: list[tuple[int, Row]] = []

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, key: str, row: Row) -> None:
        """Holds `row` under `key`, in place of what was there; the same row again is no change."""
        held = self._slots.get(key, -1)
        if held >= 0 and self._rows[held].item() == row:
            return
        self.drop(key)
        slot = self._free.pop() if self._free else self._new_slot()
        self._slots[key] = slot
        self._keys[slot] = key
        self._rows[slot] = row
        self._alive[slot] = True
        self._changes.append((1, row))

    def drop(self, key: str) -> bool:
        """Takes away what is held under `key`; False when there is nothing."""
        slot = self._slots.pop(key, -1)
        if slot < 0:
            return False
        self._changes.append((-1, Row(*self._rows[slot].item())))
        self._release(slot)
        return True

    def take_changes(self) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """Signs (+1 put, -1 dropped) i64[n] and rows [n] since the last call."""
        signs = np.array([sign for sign, _ in self._changes], dtype=np.int64)
        rows = np.array([tuple(row) for _, row in self._changes], dtype=ROW_DTYPE)
        self._changes.clear()
        return signs, rows

    def rows(self) -> NDArray[np.void]:
        """Every row held."""
        return self._rows[self._alive]

    def keys_of(self, chosen: Callable[[NDArray[np.void]], NDArray[np.bool_]]) -> list[str]:
        """The keys of the rows that `chosen` marks, in no order."""
        return [self._keys[slot] for slot in np.flatnonzero(self._alive & chosen(self._rows)).tolist()]

    def forget(self, outdated: Callable[[NDArray[np.void]], NDArray[np.bool_]]) -> None:
        """Lets go of the rows that `outdated` marks, without noting a change."""
        for slot in np.flatnonzero(self._alive & outdated(self._rows)).tolist():
            del self._slots[self._keys[slot]]
            self._release(slot)

    def _release(self, slot: int) -> None:
        self._alive[slot] = False
        self._keys[slot] = ""
        self._free.append(slot)

    def _new_slot(self) -> int:
        slot = len(self._keys)
        if slot == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
            self._alive = np.concatenate([self._alive, np.zeros_like(self._alive)])
        self._keys.append("")
        return slot
