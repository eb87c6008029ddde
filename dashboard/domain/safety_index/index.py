"""`SafetyIndex`: the index of one city, kept up case by case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.decay import DAY_MS, HORIZON_HALF_LIVES, epoch_of
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.ledger import Ledger
from dashboard.domain.safety_index.evaluation import Array, Evaluation, effective_days, evaluate
from dashboard.domain.safety_index.feeding import row_of
from dashboard.domain.safety_index.levels import levels
from dashboard.domain.safety_index.parameters import IndexParameters
from dashboard.domain.safety_index.sums import GridSums, RegionSums

EPOCH_PERIOD_MS = 16 * DAY_MS
"""The sums' epoch is the last whole multiple of this since 1970; passing one rebuilds them."""


class SafetyIndex:
    """The safety index over one hierarchy.

    `exposure_per_grid`: present people per grid, [G]. A score is a pure function of the cases held and the
    moment asked for: neither the order in which cases came nor how they were batched changes a bit of it.
    Cases over twelve half-lives old at the epoch count no more and are let go of. The record begins with the
    earliest case that counts.
    """

    def __init__(
        self, hierarchy: Hierarchy, exposure_per_grid: NDArray[Any], parameters: IndexParameters
    ) -> None:
        self.hierarchy = hierarchy
        self.parameters = parameters
        self._half_life_ms = parameters.half_lives_ms()
        self._people = people_of_regions(hierarchy, exposure_per_grid)
        self._ledger = Ledger()
        self._sums = RegionSums(hierarchy, self._half_life_ms)
        self._record_from_ms: int | None = None

    def __len__(self) -> int:
        return len(self._ledger)

    def add(self, case: Case) -> None:
        """Takes a case in as it stands now, in place of what was known of it under its id."""
        row = row_of(case, self.parameters)
        if row is None:
            self._ledger.drop(case.id)
        else:
            self._ledger.put(case.id, row)

    def add_all(self, cases: Iterable[Case]) -> None:
        """`add` for each."""
        for case in cases:
            self.add(case)

    def remove(self, case: Case) -> None:
        """Takes a case out, to the bit; one that is not held changes nothing."""
        self._ledger.drop(case.id)

    def ids_in(self, first: int, last: int) -> list[str]:
        """Ids of the cases held in grids `first` to `last` (not with it), in their order."""
        return sorted(self._ledger.keys_of(lambda rows: (rows["grid"] >= first) & (rows["grid"] < last)))

    def evaluate(self, now_ms: int) -> Evaluation:
        """The index of every region at `now_ms`.

        Raises `ValueError` for a moment before the epoch of an earlier evaluation.
        """
        self._settle(now_ms)
        return _evaluated(
            self.hierarchy, self.parameters, self._people, self._sums, self._record_from_ms, now_ms
        )

    def sums(self, now_ms: int) -> GridSums:
        """The sums that `evaluate` rests on at `now_ms`, for whoever wants to evaluate elsewhere."""
        self._settle(now_ms)
        return self._sums.grids(self._record_from_ms)

    def levels(self, score: Array, previous: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Levels 1 blue … 4 red of scores, u8[R], given those before; see `levels.levels`."""
        return levels(score, previous, self.parameters)

    def _settle(self, now_ms: int) -> None:
        """Brings the sums up to the ledger and to the epoch of `now_ms`."""
        epoch_ms = epoch_of(now_ms, EPOCH_PERIOD_MS)
        if epoch_ms < self._sums.epoch_ms:
            raise ValueError("The index can't be evaluated before the epoch of an earlier evaluation.")
        signs, rows = self._ledger.take_changes()
        if epoch_ms > self._sums.epoch_ms:
            self._sums.restart(epoch_ms)
            self._ledger.forget(self._is_outdated)
            rows = self._ledger.rows()
            signs = np.ones(len(rows), dtype=np.int64)
            self._record_from_ms = None
        if len(rows):
            self._sums.apply(signs, rows)
            self._move_record(signs, rows)

    def _is_outdated(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        oldest_ms = self._sums.epoch_ms - HORIZON_HALF_LIVES * self._half_life_ms[rows["family"]]
        return np.asarray((rows["at_ms"] < oldest_ms) & ~rows["steady"] & ~rows["critical"], dtype=np.bool_)

    def _move_record(self, signs: NDArray[np.int64], rows: NDArray[np.void]) -> None:
        """The record's beginning is the earliest time among the rows that count."""
        known = () if self._record_from_ms is None else (self._record_from_ms,)
        earliest = self._earliest(rows[signs > 0], known)
        if np.any((signs < 0) & (rows["at_ms"] == earliest)):
            earliest = self._earliest(self._ledger.rows())
        self._record_from_ms = earliest

    def _earliest(self, rows: NDArray[np.void], known: tuple[int, ...] = ()) -> int | None:
        counting = rows["at_ms"][~self._is_outdated(rows)].tolist()
        return min([*known, *counting], default=None)


def people_of_regions(hierarchy: Hierarchy, exposure_per_grid: NDArray[Any]) -> Array:
    """People of every region, f64[R], from those of the grids; below nobody is nobody."""
    if len(exposure_per_grid) != hierarchy.grid_count:
        raise ValueError(f"{len(exposure_per_grid)} exposures for {hierarchy.grid_count} grids.")
    return hierarchy.sum_to_regions(np.maximum(np.asarray(exposure_per_grid, dtype=np.float64), 0.0))


def evaluate_sums(
    hierarchy: Hierarchy,
    exposure_per_grid: NDArray[Any],
    parameters: IndexParameters,
    sums: GridSums,
    now_ms: int,
) -> Evaluation:
    """What `SafetyIndex.evaluate` gave at `now_ms` where `SafetyIndex.sums` were taken, to the bit."""
    people = people_of_regions(hierarchy, exposure_per_grid)
    regions = RegionSums.of(hierarchy, parameters.half_lives_ms(), sums)
    return _evaluated(hierarchy, parameters, people, regions, sums.record_from_ms, now_ms)


def _evaluated(
    hierarchy: Hierarchy,
    parameters: IndexParameters,
    people: Array,
    sums: RegionSums,
    record_from_ms: int | None,
    now_ms: int,
) -> Evaluation:
    recorded_ms = 0 if record_from_ms is None else now_ms - record_from_ms
    days = effective_days(parameters.half_lives_ms(), recorded_ms)
    severity = sums.severity_at(now_ms)
    return evaluate(hierarchy, parameters, severity, people, days, sums.critical, now_ms)
