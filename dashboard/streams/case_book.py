"""All cases of a city: the open ones as they are, the ended ones packed, as there are ever more of those."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.domain.cases import Case
from dashboard.domain.commands import ENDED
from dashboard.domain.safety_index import KnownCase


def encode_case(case: Case) -> bytes:
    """The case as the state's hash holds it: JSON, fields in their order."""
    return orjson.dumps(case.to_dict())


def decode_case(data: bytes) -> Case:
    """The case that `encode_case` wrote."""
    return Case.from_dict(orjson.loads(data))


def decode_known(data: bytes) -> tuple[KnownCase, bool]:
    """What the index must know of a case that `encode_case` wrote, and whether it is open; fast."""
    values = orjson.loads(data)
    return KnownCase(*(values[name] for name in KnownCase._fields)), values["state"] not in ENDED


class CaseBook:
    """Cases by id, and how many are open in each grid, i64[G]."""

    def __init__(self, grid_count: int) -> None:
        self.open: dict[str, Case] = {}
        self.open_per_grid: NDArray[np.int64] = np.zeros(grid_count, dtype=np.int64)
        self._ended: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self.open) + len(self._ended)

    def __contains__(self, case_id: str) -> bool:
        return case_id in self.open or case_id in self._ended

    def get(self, case_id: str) -> Case | None:
        """The case as it stands, or None."""
        case = self.open.get(case_id)
        if case is None and (packed := self._ended.get(case_id)) is not None:
            return decode_case(packed)
        return case

    def weighed(self, case_id: str) -> Case | KnownCase | None:
        """What the index reads of a case, or None; of an ended one faster than `get`."""
        packed = self._ended.get(case_id)
        return self.open.get(case_id) if packed is None else decode_known(packed)[0]

    def packed(self, case: Case) -> bytes:
        """The encoding of a case that is held as it stands."""
        return encode_case(case) if case.is_open else self._ended[case.id]

    def put(self, case: Case) -> None:
        """Keep the case in place of what was known of it."""
        before = self.open.pop(case.id, None)
        if before is not None:
            self.open_per_grid[before.grid] -= 1
        if case.is_open:
            self._ended.pop(case.id, None)
            self.open[case.id] = case
            self.open_per_grid[case.grid] += 1
        else:
            self._ended[case.id] = encode_case(case)

    def restore_ended(self, case_id: str, packed: bytes) -> None:
        """Take in an ended case from the store."""
        self._ended[case_id] = packed

    def __iter__(self) -> Iterator[Case]:
        yield from self.open.values()
        yield from map(decode_case, self._ended.values())
