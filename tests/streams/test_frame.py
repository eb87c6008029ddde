"""The wire format: what is encoded comes back, and what is no frame is refused."""

from __future__ import annotations

import struct

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dashboard.streams import frame
from dashboard.streams.tables import DTYPES, JSON_DTYPE, TABLES, tables_json

NUMERIC = [(t.name, c.name, c.dtype) for t in TABLES for c in t.columns if c.dtype != JSON_DTYPE]
JSON = [(t.name, c.name) for t in TABLES for c in t.columns if c.dtype == JSON_DTYPE]


@st.composite
def sections(draw: st.DrawFn) -> frame.Section:
    if draw(st.booleans()):
        table, column = draw(st.sampled_from(JSON))
        value = draw(st.lists(st.integers(-99, 99) | st.text(max_size=9), max_size=9))
        return frame.section(table, column, value)
    table, column, code = draw(st.sampled_from(NUMERIC))
    values = draw(hnp.arrays(DTYPES[code], st.integers(0, 20)))
    index = None
    if draw(st.booleans()):
        index = draw(hnp.arrays("<u4", len(values)))
    return frame.section(table, column, values, index)


@given(st.lists(sections(), max_size=6))
def test_what_is_encoded_comes_back(given_sections: list[frame.Section]) -> None:
    data = frame.encode(given_sections)
    assert len(data) % 4 == 0
    back = frame.decode(data)
    assert len(back) == len(given_sections)
    for sent, got in zip(given_sections, back, strict=True):
        assert (sent.table, sent.column, sent.dtype) == (got.table, got.column, got.dtype)
        if isinstance(sent.values, bytes):
            assert sent.values == got.values
        else:
            np.testing.assert_array_equal(sent.values, got.values)
        if sent.index is None:
            assert got.index is None
        else:
            np.testing.assert_array_equal(sent.index, got.index)
    assert frame.encode(back) == data


def test_the_bytes_are_the_documented_ones() -> None:
    data = frame.encode([frame.section("regions", "score", [850, 7], index=[3, 9])])
    assert data == b"KITE" + struct.pack("<IBBBBIIIHH", 1, 1, 1, 2, 1, 2, 3, 9, 850, 7)
    odd = frame.encode([frame.section("cameras", "status", [1, 2, 3])])
    assert odd == b"KITE" + struct.pack("<IBBBBI", 1, 3, 1, 1, 0, 3) + b"\1\2\3\0"


@given(st.lists(sections(), min_size=1, max_size=3), st.data())
def test_a_frame_that_is_cut_short_or_longer_is_refused(
    given_sections: list[frame.Section], data: st.DataObject
) -> None:
    whole = frame.encode(given_sections)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(frame.FrameError):
        frame.decode(whole[:cut])
    with pytest.raises(frame.FrameError):
        frame.decode(whole + b"\0\0\0\0")


def test_wrong_bytes_values_and_names_are_refused_in_a_sentence() -> None:
    with pytest.raises(frame.FrameError, match="first four bytes"):
        frame.decode(b"PNG.\0\0\0\0")
    with pytest.raises(frame.FrameError, match="don't fit in uint8"):
        frame.section("cameras", "status", [256])
    with pytest.raises(frame.FrameError, match="don't fit"):
        frame.section("units", "x", [1.5])
    with pytest.raises(frame.FrameError, match="2 places for 1 values"):
        frame.section("units", "x", [1], index=[1, 2])
    with pytest.raises(KeyError, match="No column 'colour'"):
        frame.section("units", "colour", [1])


def test_sections_by_name_and_json() -> None:
    back = frame.by_name(frame.decode(frame.encode([frame.section("clock", "clock", {"clock_ms": 5})])))
    assert back["clock", "clock"].json() == {"clock_ms": 5}
    with pytest.raises(frame.FrameError):
        back["clock", "clock"].array()


def test_the_table_reaches_the_page_as_json() -> None:
    table = orjson.loads(orjson.dumps(tables_json()))
    assert table["regions"] == {
        "number": 1,
        "columns": {
            "score": {"number": 1, "dtype": "u16"},
            "level": {"number": 2, "dtype": "u8"},
            "stability": {"number": 3, "dtype": "u16"},
            "public_order": {"number": 4, "dtype": "u16"},
            "criminal": {"number": 5, "dtype": "u16"},
            "safety": {"number": 6, "dtype": "u16"},
            "open_cases": {"number": 7, "dtype": "u16"},
        },
    }
    numbers = [t["number"] for t in table.values()]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17]
