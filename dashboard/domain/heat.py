"""Case heat: what has just happened where, per grid, halving every six hours.

The heat of a grid at time t is Σ severity · 2^(−(t − occurred)/6 h) over its cases, whatever their
state; only a case that was merged into another counts no more, and one that a published index opened
never did, for nothing has happened. `HeatMap.at` gives it at
an epoch that follows from the clock alone (the last whole multiple of six hours since 1970), so a
screen multiplies by 2^(−(now − epoch)/6 h) and nobody sends anything while nothing happens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import KITES_ORIGIN
from dashboard.domain.decay import HORIZON_HALF_LIVES, SEVERITY_UNIT, UNIT, contributions, epoch_of
from dashboard.domain.ledger import Ledger, Row

HALF_LIFE_MS = 6 * 3600 * 1000
SEVERITY: dict[int, int] = {1: 8, 2: 4, 3: 2, 4: 1}
"""Heat of a case by its level."""


class HeatMap:
    """Heat per grid as order-independent integer sums (see `decay`).

    A pure function of the cases held and the clock: add, replace (by adding again) and remove in any
    order. Cases older than twelve half-lives (three days) at the epoch are let go of.
    """

    def __init__(self, grid_count: int) -> None:
        self._ledger = Ledger()
        self._sums = np.zeros(grid_count, dtype=np.int64)
        self._epoch_ms = 0

    def add(self, case: Case) -> None:
        """Takes a case in, in place of what was known of it."""
        if case.state == "merged" or case.origin == KITES_ORIGIN:
            self.remove(case)
            return
        severity = SEVERITY[case.level] * SEVERITY_UNIT
        self._ledger.put(case.id, Row(case.grid, 0, severity, case.occurred_at_ms, False, False))

    def remove(self, case: Case) -> None:
        """Takes a case out; one that is not held changes nothing."""
        self._ledger.drop(case.id)

    def at(self, clock_ms: int) -> tuple[int, NDArray[np.float32]]:
        """The epoch of the clock (ms) and the heat of every grid at that epoch, f32[G].

        A case after the epoch has more than its severity: it will have its severity when it occurs.
        Raises `ValueError` for a clock that runs back past an epoch.
        """
        epoch_ms = epoch_of(clock_ms, HALF_LIFE_MS)
        if epoch_ms < self._epoch_ms:
            raise ValueError("The clock of a heat map can't run back past its epoch.")
        signs, rows = self._ledger.take_changes()
        if epoch_ms > self._epoch_ms:
            self._epoch_ms = epoch_ms
            oldest_ms = epoch_ms - HORIZON_HALF_LIVES * HALF_LIFE_MS
            self._ledger.forget(lambda held: held["at_ms"] < oldest_ms)
            self._sums[:] = 0
            rows = self._ledger.rows()
            signs = np.ones(len(rows), dtype=np.int64)
        worth = contributions(rows["severity"], rows["at_ms"], HALF_LIFE_MS, epoch_ms)
        np.add.at(self._sums, rows["grid"], signs * worth)
        return epoch_ms, (self._sums / UNIT).astype(np.float32)
