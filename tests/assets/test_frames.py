"""The page's decoder reads what frame.py writes; fails when either changes the wire format alone."""

import base64

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from playwright.sync_api import Page

from dashboard.streams import frame
from dashboard.streams.tables import DTYPES, JSON_DTYPE, TABLES

pytestmark = pytest.mark.browser

# What it found, as bytes: no float has to survive a conversion to text.
DECODE = """async (text) => {
  const { decodeBase64, decodeFrame } = await import('/assets/kite/frames.mjs');
  const bytes = (array) => Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  try {
    return decodeFrame(decodeBase64(text)).map(({ table, column, index, values }) => [
      table, column, index && Array.from(index),
      ArrayBuffer.isView(values) ? [values.constructor.name, bytes(values)] : ['json', values],
    ]);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.name;
  }
}"""
NAMES = {
    "u1": "Uint8Array", "<u2": "Uint16Array", "<u4": "Uint32Array",
    "<i4": "Int32Array", "<f4": "Float32Array", "<f8": "Float64Array",
}  # fmt: skip
COLUMNS = [(table.name, column) for table in TABLES for column in table.columns]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def sections(draw: st.DrawFn) -> frame.Section:
    table, column = draw(st.sampled_from(COLUMNS))
    if column.dtype == JSON_DTYPE:
        return frame.section(table, column.name, draw(json_values))
    size = draw(st.integers(0, 9))
    values = draw(arrays.arrays(np.dtype(DTYPES[column.dtype]), size))
    index = draw(st.none() | arrays.arrays(np.dtype("<u4"), size))
    return frame.section(table, column.name, values, index)


def as_found(part: frame.Section) -> list[object]:
    if isinstance(part.values, bytes):
        values: list[object] = ["json", part.json()]
    else:
        values = [NAMES[DTYPES[part.dtype]], list(part.values.tobytes())]
    return [part.table, part.column, None if part.index is None else part.index.tolist(), values]


@settings(settings.get_profile("browser"), max_examples=100)
@given(parts=st.lists(sections(), max_size=6))
def test_every_frame_decodes_to_what_was_encoded(modules: Page, parts: list[frame.Section]) -> None:
    found = modules.evaluate(DECODE, base64.b64encode(frame.encode(parts)).decode())
    assert found == [as_found(part) for part in parts]


@settings(settings.get_profile("browser"), max_examples=40)
@given(parts=st.lists(sections(), min_size=1, max_size=3), data=st.data())
def test_a_frame_that_is_cut_short_is_refused(
    modules: Page, parts: list[frame.Section], data: st.DataObject
) -> None:
    whole = frame.encode(parts)
    last = parts[-1].values if isinstance(parts[-1].values, bytes) else parts[-1].values.tobytes()
    cut = data.draw(st.integers(0, len(whole) - 1 - (-len(last) % 4)))  # the padding carries nothing
    assert modules.evaluate(DECODE, base64.b64encode(whole[:cut]).decode()) == "RangeError"
