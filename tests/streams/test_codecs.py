"""Bytes of entries: ids in their order, texts, packed events, and what can't be read is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.refused import Refused
from dashboard.streams import codecs
from dashboard.streams.codecs import EntryId


@given(st.integers(0, 2**63), st.integers(0, 2**63))
def test_an_id_comes_back_from_its_text(ms: int, seq: int) -> None:
    assert EntryId.parse(str(EntryId(ms, seq))) == EntryId(ms, seq)
    assert EntryId.parse(str(EntryId(ms, seq)).encode()) == EntryId(ms, seq)


def test_ids_order_as_numbers_not_as_texts() -> None:
    texts = ["9-10", "10-0", "9-9", "1795493298615-0"]
    assert sorted(map(EntryId.parse, texts)) == [(9, 9), (9, 10), (10, 0), (1795493298615, 0)]


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=20), max_size=5))
def test_texts_come_back(texts: dict[str, str]) -> None:
    assert codecs.decode_texts({k.encode(): v.encode() for k, v in texts.items()}) == texts


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Refused, match="not UTF-8") as caught:
        codecs.decode_texts({b"id": b"\xff\xfe"})
    assert caught.value.reason_code == "bad_value"


def test_what_can_not_be_read_is_searched_for_persons_all_the_same() -> None:
    with pytest.raises(Refused) as caught:
        codecs.decode_texts({b"id": b"\xff", b"note": "电话13812345678".encode()})
    assert caught.value.reason_code == "personal"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({b"packed": b"{"}, "not JSON"),
        ({b"packed": b"{}"}, "not a JSON array"),
        ({b"packed": b"[]", b"colour": b"red"}, "no field 'colour'"),
        ({b"packed": b"[]", b"simulated": b"maybe"}, "must be 1 or 0"),
    ],
)
def test_packed_objects_that_are_none_are_refused(fields: dict[bytes, bytes], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        codecs.unpack_objects(fields)


def test_simulated_holds_for_all_packed_objects() -> None:
    fields = {b"packed": b'[{"id": "a"}, {"id": "b", "simulated": "0"}, 7]', b"simulated": b"1"}
    assert codecs.unpack_objects(fields) == [
        {"id": "a", "simulated": "1"},
        {"id": "b", "simulated": "0"},
        7,
    ]


def test_records_have_the_documented_sizes() -> None:
    assert codecs.CAMERA_RECORD.itemsize == 16
    assert codecs.UNIT_RECORD.itemsize == codecs.UNIT_CHECKPOINT_RECORD.itemsize == 32
    with pytest.raises(Refused, match="not records of 16"):
        codecs.unpack_records("cameras", {b"packed": b"x" * 17})
    records = np.zeros(3, dtype=codecs.UNIT_RECORD)
    back, simulated = codecs.unpack_records("units", {b"packed": records.tobytes()})
    assert not simulated
    np.testing.assert_array_equal(back, records)
