"""The latest state of each camera and unit: against a plain loop, whatever the batches and the trims."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.streams.codecs import CAMERA_RECORD, UNIT_RECORD
from dashboard.streams.telemetry import Cameras, Units
from tests.streams.small_city import START_MS, make_city

CITY = make_city(cameras=6, units=6)
CAMERAS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(0, 8)), max_size=30)
UNITS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.none() | st.integers(0, 9), st.integers(0, 8)),
    max_size=30,
)
CUTS = st.lists(st.integers(0, 30), max_size=4).map(sorted)


def camera_records(rows: list[tuple[int, int, int]]) -> np.ndarray:
    return np.array([(n, status, START_MS + at) for n, status, at in rows], dtype=CAMERA_RECORD)


def unit_records(rows: list[tuple[int, int, int | None, int]]) -> np.ndarray:
    made = [
        (n, state, *((np.nan, np.nan) if step is None else (119 + step / 100, 36.0)), START_MS + at)
        for n, state, step, at in rows
    ]
    return np.array(made, dtype=UNIT_RECORD)


def in_parts(records: np.ndarray, cuts: list[int]) -> list[np.ndarray]:
    return [part for part in np.split(records, [min(cut, len(records)) for cut in cuts]) if len(part)]


@settings(max_examples=100)
@given(CAMERAS, CUTS)
def test_cameras_against_a_plain_loop(rows: list[tuple[int, int, int]], cuts: list[int]) -> None:
    known: dict[int, tuple[int, int]] = {}
    for number, status, at in rows:
        if number not in known or at >= known[number][0]:
            known[number] = (at, status)
    cameras = Cameras(CITY)
    for part in in_parts(camera_records(rows), cuts):
        cameras.apply(part, CITY)
    expected = CITY.first_statuses()
    for number, (_, status) in known.items():
        expected[number] = status
    np.testing.assert_array_equal(cameras.columns["status"], expected)
    assert cameras.latest_ms == max((START_MS + at for at, _ in known.values()), default=0)


@settings(max_examples=100)
@given(UNITS, CUTS)
def test_units_against_a_plain_loop(rows: list[Any], cuts: list[int]) -> None:
    state: dict[int, tuple[int, int]] = {}
    place: dict[int, tuple[int, int]] = {}
    for number, value, step, at in rows:
        if number not in state or at >= state[number][0]:
            state[number] = (at, value)
        if step is not None and (number not in place or at >= place[number][0]):
            place[number] = (at, step)
    units = Units(CITY)
    for part in in_parts(unit_records(rows), cuts):
        units.apply(part, CITY)
    for number in range(6):
        assert units.columns["state"][number] == state.get(number, (0, 0))[1]
        x = 119_000_000 + place[number][1] * 10_000 if number in place else CITY.unit_xy[number, 0]
        assert units.columns["x"][number] == x


@settings(max_examples=100)
@given(UNITS, CAMERAS, st.integers(0, 30), st.integers(0, 30))
def test_a_trimmed_stream_with_its_checkpoint_gives_the_same_bytes(
    rows: list[Any], camera_rows: list[tuple[int, int, int]], cut: int, later: int
) -> None:
    """The checkpoint knows what was applied, up to `cut + later`, and comes behind entries that were not."""
    for table, records in (
        (Units, unit_records(rows)),
        (Cameras, camera_records(camera_rows)),
    ):
        whole, rest, known = table(CITY), table(CITY), table(CITY)
        for each, part in ((whole, records), (known, records[: cut + later]), (rest, records[cut:])):
            if len(part):
                each.apply(part, CITY)
        rest.apply_checkpoint(known.checkpoint())
        assert rest.columns.tobytes() == whole.columns.tobytes()
        assert len(whole.apply_checkpoint(whole.checkpoint())) == 0


def test_columns_that_were_stored_come_back() -> None:
    units = Units(CITY)
    units.apply(unit_records([(3, 1, 4, 7)]), CITY)
    again = Units(CITY)
    again.restore(units.columns.copy())
    assert again.latest_ms == units.latest_ms == START_MS + 7
    assert again.columns.tobytes() == units.columns.tobytes()
