"""`SafetyIndex`: the decayed sums behind the index, kept up case by case, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import FAMILIES
from dashboard.domain.decay import (
    DAY_MS,
    HORIZON_HALF_LIVES,
    SEVERITY_UNIT,
    UNIT,
    contributions,
    epoch_of,
    remaining,
)
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.ledger import Ledger, Row
from dashboard.domain.safety_index.evaluation import (
    Array,
    Evaluation,
    effective_days,
    evaluate,
    levels,
    sum_families,
)
from dashboard.domain.safety_index.explain import Explanation, explain
from dashboard.domain.safety_index.interval import score_interval
from dashboard.domain.safety_index.parameters import IndexParameters

EPOCH_PERIOD_MS = 16 * DAY_MS
"""The sums' epoch is the last whole multiple of this since 1970; passing one rebuilds them."""
UNFED_ORIGINS = frozenset({"patrol"})
"""Origins that do not feed the index: what is found because somebody was sent there to look."""


class SafetyIndex:
    """The safety index over one hierarchy.

    `exposure_per_grid`: present people per grid, [G]. A score is a pure function of the cases held, the
    moment asked for and `record_from_ms`: neither the order in which cases came nor how they were
    batched changes a bit of it.

    A case is worth its severity from when it occurred, halving every half-life of its family. A dispute
    does not decay while it is open, and decays from its closing afterwards. What a patrol found and
    what was merged into another case is not counted. Cases over twelve half-lives old are let go of.
    """

    def __init__(
        self, hierarchy: Hierarchy, exposure_per_grid: NDArray[Any], parameters: IndexParameters
    ) -> None:
        if len(exposure_per_grid) != hierarchy.grid_count:
            raise ValueError(f"{len(exposure_per_grid)} exposures for {hierarchy.grid_count} grids.")
        self.hierarchy = hierarchy
        self.parameters = parameters
        self.record_from_ms: int | None = None
        """The earliest occurrence ever added: the record reaches back to here. Keep it when state is
        stored without the cases that were let go of."""
        self._half_life_ms = parameters.half_lives_ms()
        self._severity = [round(value * SEVERITY_UNIT) for value in parameters.severity]
        people = np.asarray(exposure_per_grid, dtype=np.float64)
        self._people = sum_families(hierarchy, np.maximum(people, 0.0)[None, :])[0]
        self._ledger = Ledger()
        shape = (len(FAMILIES), hierarchy.grid_count)
        self._decaying = np.zeros(shape, dtype=np.int64)
        self._steady = np.zeros(shape, dtype=np.int64)
        self._critical = np.zeros(hierarchy.grid_count, dtype=np.int64)
        self._epoch_ms = 0
        self._last: Evaluation | None = None

    def __len__(self) -> int:
        return len(self._ledger)

    def add(self, case: Case) -> None:
        """Takes a case in as it stands now, in place of what was known of it under its id."""
        if case.origin in UNFED_ORIGINS or case.state == "merged":
            self._ledger.drop(case.id)
            return
        if self.record_from_ms is None or case.occurred_at_ms < self.record_from_ms:
            self.record_from_ms = case.occurred_at_ms
        steady = case.is_open and case.is_dispute
        at_ms = case.occurred_at_ms
        if case.is_dispute and case.closed_at_ms is not None:
            at_ms = max(at_ms, case.closed_at_ms)
        critical = case.level == 1 and case.is_unresolved
        severity = self._severity[case.level - 1]
        self._ledger.put(case.id, Row(case.grid, case.family, severity, at_ms, steady, critical))

    def add_all(self, cases: Iterable[Case]) -> None:
        """`add` for each."""
        for case in cases:
            self.add(case)

    def remove(self, case: Case) -> None:
        """Takes a case out, to the bit; one that is not held changes nothing."""
        self._ledger.drop(case.id)

    def evaluate(self, now_ms: int) -> Evaluation:
        """The index of every region at `now_ms`.

        Raises `ValueError` for a moment before the epoch of an earlier evaluation.
        """
        self._settle(now_ms)
        factor = remaining(now_ms, self._epoch_ms, self._half_life_ms)
        severity = self._decaying * factor[:, None] + self._steady * (1.0 / UNIT)
        exposure = self.effective_days(now_ms)[:, None] * self._people
        critical = self.hierarchy.sum_to_regions(self._critical)
        self._last = evaluate(self.hierarchy, self.parameters, severity, exposure, critical, now_ms)
        return self._last

    def effective_days(self, now_ms: int) -> Array:
        """Days of exposure per family, f64[F], of the record so far; see `evaluation.effective_days`."""
        recorded_ms = 0 if self.record_from_ms is None else now_ms - self.record_from_ms
        return effective_days(self._half_life_ms, recorded_ms)

    def levels(self, score: Array, previous: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Levels 1 blue … 4 red of scores, u8[R], given those before; see `evaluation.levels`."""
        return levels(score, previous, self.parameters)

    def interval(self, region: int) -> tuple[float, float]:
        """The 80 % interval of a region's score in the latest evaluation."""
        return score_interval(self._latest(), self.parameters, region)

    def explain(self, region: int, top: int = 8) -> Explanation:
        """The latest evaluation's score of a region in parts, with the `top` weightiest cases per family."""
        evaluation = self._latest()
        low, high = int(self.hierarchy.grid_lo[region]), int(self.hierarchy.grid_hi[region])
        keys, rows = self._ledger.within(low, high)
        worth = self._worth(rows, evaluation.now_ms)
        critical = [
            key for key, is_critical in zip(keys, rows["critical"].tolist(), strict=True) if is_critical
        ]
        return explain(evaluation, self.parameters, region, keys, rows["family"], worth, critical, top)

    def _latest(self) -> Evaluation:
        """The latest evaluation, made anew when cases have changed since."""
        if self._last is None:
            raise ValueError("The index has not been evaluated yet.")
        return self.evaluate(self._last.now_ms) if self._ledger.has_changes else self._last

    def _worth(self, rows: NDArray[np.void], now_ms: int) -> Array:
        """Decayed severity of each row at `now_ms`, f64[n]."""
        half_life = self._half_life_ms[rows["family"]]
        decaying = contributions(rows["severity"], rows["at_ms"], half_life, self._epoch_ms)
        decayed = decaying * remaining(now_ms, self._epoch_ms, half_life)
        return np.where(rows["steady"], rows["severity"] / SEVERITY_UNIT, decayed)

    def _settle(self, now_ms: int) -> None:
        """Brings the sums up to the ledger and to the epoch of `now_ms`."""
        epoch_ms = epoch_of(now_ms, EPOCH_PERIOD_MS)
        if epoch_ms < self._epoch_ms:
            raise ValueError("The index can't be evaluated before the epoch of an earlier evaluation.")
        signs, rows = self._ledger.take_changes()
        if epoch_ms > self._epoch_ms:
            self._epoch_ms = epoch_ms
            self._ledger.forget(self._is_outdated)
            for sums in (self._decaying, self._steady, self._critical):
                sums[:] = 0
            rows = self._ledger.rows()
            signs = np.ones(len(rows), dtype=np.int64)
        if len(rows):
            self._apply(signs, rows)

    def _is_outdated(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        oldest_ms = self._epoch_ms - HORIZON_HALF_LIVES * self._half_life_ms[rows["family"]]
        return np.asarray((rows["at_ms"] < oldest_ms) & ~rows["steady"] & ~rows["critical"], dtype=np.bool_)

    def _apply(self, signs: NDArray[np.int64], rows: NDArray[np.void]) -> None:
        half_life = self._half_life_ms[rows["family"]]
        decaying = contributions(rows["severity"], rows["at_ms"], half_life, self._epoch_ms)
        steady = rows["steady"]
        place = (rows["family"], rows["grid"])
        np.add.at(self._decaying, place, np.where(steady, 0, signs * decaying))
        np.add.at(
            self._steady, place, np.where(steady, signs * rows["severity"] * (UNIT // SEVERITY_UNIT), 0)
        )
        np.add.at(self._critical, rows["grid"], signs * rows["critical"])
