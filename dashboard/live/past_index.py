"""The index at past moments, evaluated for all regions at once and kept in the process for a while."""

from __future__ import annotations

import time
from typing import Any

import gevent
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import CaseColumns, SomeCases
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import Evaluation, GridSums, IndexParameters, evaluate_sums
from dashboard.domain.safety_index.moved import sums_at, together

KEPT_S = 120.0
"""Late reports change the past a little; what was evaluated is good for so long."""
AT_ONCE = 65_536
"""Cases whose sums are made at once: some ten milliseconds."""
_MOST = 8
"""Evaluations kept, of some 3 MB each in a city of 19,000 regions."""


class PastIndex:
    """Evaluations of the columns of cases at moments of the past."""

    def __init__(self, hierarchy: Hierarchy, population: NDArray[Any], parameters: IndexParameters) -> None:
        self._hierarchy, self._parameters = hierarchy, parameters
        self._population = np.asarray(population)
        self._kept: dict[int, tuple[float, Evaluation]] = {}

    def forget(self) -> None:
        """The cases are another history's."""
        self._kept.clear()

    def at(self, columns: CaseColumns, at_ms: int) -> Evaluation:
        """The index of every region at `at_ms`, by what is known of the cases now."""
        made_s, evaluation = self._kept.pop(at_ms, (0.0, None))
        if evaluation is None or time.monotonic() - made_s > KEPT_S:
            sums = self._sums(columns, at_ms)
            made_s = time.monotonic()
            evaluation = evaluate_sums(self._hierarchy, self._population, self._parameters, sums, at_ms)
        self._kept[at_ms] = made_s, evaluation
        for oldest in list(self._kept)[:-_MOST]:
            del self._kept[oldest]
        return evaluation

    def _sums(self, columns: CaseColumns, at_ms: int) -> GridSums:
        """The sums of all cases, added up part by part with turns for others between them."""
        count, found = len(columns), []
        for first in range(0, max(count, 1), AT_ONCE):
            part = SomeCases(columns, first, min(first + AT_ONCE, count))
            found.append(sums_at(part, self._parameters, self._hierarchy.grid_count, at_ms))
            gevent.sleep(0)
        return together(found)
