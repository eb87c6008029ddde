"""The wire format: columns of numbers by table, as changes, snapshots and static files carry them.

Little-endian. A frame is the magic number and the count of its sections (u32 each), then the sections.
A section is `u8 table, u8 column, u8 dtype, u8 flags, u32 n`, then `u32 index[n]` if sparse, then the n
values (for JSON: n bytes of UTF-8), then zeros up to a multiple of 4. A dense section is a whole column
from element 0; a sparse one names the elements that it sets. Elements of 8 bytes are not aligned to 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.streams.tables import DTYPES, JSON_DTYPE, TABLES, column_of, tables_json

__all__ = [
    "MAGIC",
    "SPARSE",
    "TABLES",
    "FrameError",
    "Section",
    "by_name",
    "decode",
    "encode",
    "name_of",
    "section",
    "tables_json",
]

MAGIC = 0x4554494B  # "KITE"
SPARSE = 1

_HEAD = struct.Struct("<II")
_NAMES = {(t.number, column.number): (t.name, column.name) for t in TABLES for column in t.columns}
_SECTION = struct.Struct("<BBBBI")


class FrameError(ValueError):
    """Bytes that are no frame; the message says what is wrong and where."""


@dataclass(frozen=True)
class Section:
    """One column, or some elements of it: `values` is an array, or the bytes of a JSON text."""

    table: int
    column: int
    dtype: int
    values: NDArray[Any] | bytes
    index: NDArray[np.uint32] | None = None

    def json(self) -> Any:
        """The value of a JSON column."""
        if not isinstance(self.values, bytes):
            raise FrameError(f"Section {self.table}.{self.column} holds numbers, not JSON.")
        return orjson.loads(self.values)

    def array(self) -> NDArray[Any]:
        """The values of a column of numbers."""
        if isinstance(self.values, bytes):
            raise FrameError(f"Section {self.table}.{self.column} holds JSON, not numbers.")
        return self.values


def section(table: str, column: str, values: Any, index: Any = None) -> Section:
    """A section of a named column: `values` is array-like and flattened, or any JSON value (or its bytes).

    With `index` (same length) it sets only those elements. Values that the column's type can't hold
    (out of range, or not whole numbers in a column of integers) raise `FrameError`.
    """
    spec = column_of(table, column)
    number = spec.table
    if spec.dtype == JSON_DTYPE:
        if index is not None:
            raise FrameError(f"{table}.{column} holds JSON, which can't be sparse.")
        text = values if isinstance(values, bytes) else orjson.dumps(values)
        return Section(number, spec.number, spec.dtype, text)
    array = _fit(np.asarray(values).ravel(), np.dtype(DTYPES[spec.dtype]), f"{table}.{column}")
    if index is None:
        return Section(number, spec.number, spec.dtype, array)
    places = _fit(np.asarray(index).ravel(), np.dtype("<u4"), f"index of {table}.{column}")
    if len(places) != len(array):
        raise FrameError(f"{table}.{column}: {len(places)} places for {len(array)} values.")
    return Section(number, spec.number, spec.dtype, array, places)


def _fit(array: NDArray[Any], dtype: np.dtype[Any], name: str) -> NDArray[Any]:
    if array.dtype == dtype or dtype.kind == "f":
        return array.astype(dtype, copy=False)
    fitted = array.astype(dtype)
    if not np.array_equal(fitted, array):
        raise FrameError(f"{name}: values that don't fit in {dtype.name}.")
    return fitted


def encode(sections: Iterable[Section]) -> bytes:
    """The frame with these sections, in this order."""
    parts: list[bytes] = []
    count = 0
    for part in sections:
        raw = part.values if isinstance(part.values, bytes) else part.values.tobytes()
        flags = 0 if part.index is None else SPARSE
        parts.append(_SECTION.pack(part.table, part.column, part.dtype, flags, len(part.values)))
        if part.index is not None:
            parts.append(part.index.tobytes())
        parts.append(raw)
        parts.append(b"\0" * (-len(raw) % 4))
        count += 1
    return _HEAD.pack(MAGIC, count) + b"".join(parts)


def decode(data: bytes) -> list[Section]:
    """The sections of a frame, as copies in the machine's memory; raises `FrameError`."""
    if len(data) < _HEAD.size:
        raise FrameError(f"{len(data)} bytes are too few for a frame.")
    magic, count = _HEAD.unpack_from(data)
    if magic != MAGIC:
        raise FrameError(f"The first four bytes are {magic:#x}, not {MAGIC:#x}.")
    offset = _HEAD.size
    sections = []
    for _ in range(count):
        part, offset = _decode_section(data, offset)
        sections.append(part)
    if offset != len(data):
        raise FrameError(f"{len(data) - offset} bytes follow the last section.")
    return sections


def name_of(part: Section) -> tuple[str, str]:
    """The (table, column) name of a section; two empty texts for one of a table that is not known."""
    return _NAMES.get((part.table, part.column), ("", ""))


def by_name(sections: Iterable[Section]) -> dict[tuple[str, str], Section]:
    """The sections by (table, column) name; a column given twice keeps its last section."""
    return {_NAMES[part.table, part.column]: part for part in sections if (part.table, part.column) in _NAMES}


def _decode_section(data: bytes, offset: int) -> tuple[Section, int]:
    if offset + _SECTION.size > len(data):
        raise FrameError(f"A section is cut short at byte {offset}.")
    table, column, code, flags, n = _SECTION.unpack_from(data, offset)
    start = offset + _SECTION.size
    if code not in DTYPES or flags not in (0, SPARSE):
        raise FrameError(f"Section {table}.{column} at byte {offset} has type {code} and flags {flags}.")
    width = np.dtype(DTYPES[code]).itemsize
    values_start = start + (4 * n if flags else 0)
    end = values_start + n * width
    end += -(end - values_start) % 4
    if end > len(data):
        raise FrameError(f"Section {table}.{column} at byte {offset} is cut short.")
    index = np.frombuffer(data, "<u4", n, start).copy() if flags else None
    if code == JSON_DTYPE:
        return Section(table, column, code, bytes(data[values_start : values_start + n]), index), end
    values = np.frombuffer(data, DTYPES[code], n, values_start).copy()
    return Section(table, column, code, values, index), end
