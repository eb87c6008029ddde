"""What is asked of the open cases too often to look at all of them: which lie near, and who has how many.

With ten thousand of them, a look at each takes longer than all else that an answer needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import floor
from typing import Any

EDGE = 4096
"""Of a cell, map units: some 330 m on the ground at 36° of latitude."""

Cell = tuple[int, int]
OpenCase = Mapping[str, Any]


class CaseIndex:
    """Follows the open cases one by one, as the wire has them."""

    def __init__(self) -> None:
        self.in_hand: Counter[str] = Counter()
        """Call sign → open cases that the unit has; no unit without one."""
        self._cells: dict[Cell, dict[str, OpenCase]] = {}

    def add(self, case: OpenCase) -> None:
        """A case is open, which must not be known under its id."""
        self._cells.setdefault(_cell(case), {})[case["id"]] = case
        if case.get("unit"):
            self.in_hand[case["unit"]] += 1

    def remove(self, case: OpenCase) -> None:
        """A case is no longer as it was when it was added."""
        cell, unit = _cell(case), case.get("unit")
        del self._cells[cell][case["id"]]
        if not self._cells[cell]:
            del self._cells[cell]
        if unit:
            self.in_hand[unit] -= 1
            if not self.in_hand[unit]:
                del self.in_hand[unit]

    def near(self, x: float, y: float, reach: float) -> Iterator[OpenCase]:
        """All cases within `reach` of a point (map units), and some a little further, in no order."""
        for column in range(floor((x - reach) / EDGE), floor((x + reach) / EDGE) + 1):
            for row in range(floor((y - reach) / EDGE), floor((y + reach) / EDGE) + 1):
                yield from self._cells.get((column, row), {}).values()


def _cell(case: OpenCase) -> Cell:
    return floor(case.get("x", 0) / EDGE), floor(case.get("y", 0) / EDGE)
