"""Columns of rows that there are ever more of: one array per field, doubled when it is full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST = 1024


class Growing:
    """Rows of a structured dtype, each field an array of its own: a figure reads one field of all rows.

    Appending and replacing a row cost the same however many there are.
    """

    def __init__(self, fields: np.dtype[np.void]) -> None:
        names = fields.names
        assert names is not None
        self._arrays: dict[str, NDArray[Any]] = {
            name: np.zeros((_FIRST, *fields[name].shape), fields[name].base) for name in names
        }
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The field of all rows; shows what is put later until there are more rows."""
        return self._arrays[name][: self._count]

    def append(self, row: Sequence[Any]) -> int:
        """Adds a row, its values in the order of the fields; the row's number."""
        number = self._count
        self._count += 1
        if number == len(next(iter(self._arrays.values()))):
            for name, array in self._arrays.items():
                self._arrays[name] = np.concatenate([array, np.zeros_like(array)])
        self.put(number, row)
        return number

    def put(self, number: int, row: Sequence[Any]) -> None:
        """Puts a row in the place of another."""
        for array, value in zip(self._arrays.values(), row, strict=True):
            array[number] = value
