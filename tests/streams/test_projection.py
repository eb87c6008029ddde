"""The state machine without a server: what entries do to cases, cameras, units, scores and letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import orjson
import pytest

from dashboard.streams import frame
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import CAMERA_RECORD, UNIT_RECORD
from dashboard.streams.keys import RAW_KINDS
from dashboard.streams.merge import BUCKET_MS, Entry
from dashboard.streams.outcome import Outcome
from dashboard.streams.projection import Projection
from dashboard.streams.publish import Publisher
from dashboard.streams.trend import HOUR_MS
from tests.streams.small_city import START_MS, camera, command, grid_code, iso, report, unit

At = tuple[str, Mapping[str, Any]]


def entries(given: Iterable[At], ms: int = START_MS) -> list[Entry]:
    """Entries of one bucket, one of each millisecond."""
    made = []
    for number, (kind, fields) in enumerate(given):
        raw = {k.encode(): v if isinstance(v, bytes) else str(v).encode() for k, v in fields.items()}
        made.append(Entry(ms // BUCKET_MS, ms, RAW_KINDS.index(kind), number, kind, ms, raw))
    return sorted(made)


def apply(projection: Projection, *given: At, ms: int = START_MS) -> Outcome:
    return projection.apply(entries(given, ms))


def reasons(outcome: Outcome) -> list[str]:
    return [letter.reason for letter in outcome.dead]


@pytest.fixture
def projection(city: CityModel) -> Projection:
    return Projection(city)


def test_a_report_opens_a_case_where_it_happened(projection: Projection, city: CityModel) -> None:
    by_point, by_code = report("a", START_MS, 3), report("b", START_MS, 9, city)
    outcome = apply(projection, ("reports", by_point), ("reports", by_code))
    assert {case.id: case.grid for case in outcome.cases.values()} == {"a": 3, "b": 9}
    assert projection.open_cases()[0] == 2
    assert outcome.evaluated
    assert projection.clock_ms == START_MS


def test_the_same_id_again_is_an_update_and_never_a_second_case(projection: Projection) -> None:
    apply(projection, ("reports", report("a", START_MS, 3, summary="冒烟")))
    outcome = apply(projection, ("reports", report("a", START_MS + 5, 3, summary="起火")), ms=START_MS + 20)
    assert len(projection.cases) == 1
    assert outcome.cases["a"].summary == "起火"
    assert outcome.cases["a"].version == 2


def test_commands_move_a_case_and_a_wrong_one_says_why(projection: Projection) -> None:
    apply(projection, ("reports", report("a", START_MS)))
    good = apply(projection, ("commands", command("a", "accept", START_MS)), ms=START_MS + 20)
    assert good.cases["a"].state == "accepted"
    bad = apply(
        projection,
        ("commands", command("a", "accept", START_MS, "again")),
        ("commands", command("a", "accept", START_MS)),
        ("commands", command("nobody", "accept", START_MS)),
        ("commands", command("a", "assign", START_MS, unit="火星-01")),
        ms=START_MS + 40,
    )
    assert reasons(bad) == ["not_allowed", "duplicate", "unknown_case", "bad_value"]
    assert projection.cases.get("a") == good.cases["a"]


def test_bad_entries_do_not_block_good_ones(projection: Projection) -> None:
    outcome = apply(
        projection,
        ("reports", {"id": "x"}),
        ("reports", {**report("y", START_MS), "colour": "red"}),
        ("reports", {**report("z", START_MS), "lon": "200"}),
        ("reports", {**report("far", START_MS), "lon": "10.0", "lat": "50.0"}),
        ("reports", {"packed": "{"}),
        ("reports", {"id": b"\xff\xfe"}),
        ("reports", report("later", START_MS + 3_600_000)),
        ("reports", report("good", START_MS)),
        ("cameras", {"camera": "999999", "status": "online", "at": iso(START_MS)}),
        ("cameras", camera(5, "offline", START_MS)),
        ("units", {"packed": b"12345"}),
        ("units", unit(3, "busy", START_MS)),
    )
    assert sorted(outcome.cases) == ["good"]
    assert sorted(reasons(outcome)) == sorted(
        ["missing_field", "unknown_field", "bad_value", "outside", "bad_value", "bad_value", "future",
         "bad_value", "bad_value"]
    )  # fmt: skip
    assert projection.cameras.columns["status"][5] == 2
    assert projection.units.columns["state"][3] == 2
    for letter in outcome.dead:
        assert letter.sentence.endswith(".")


@pytest.mark.parametrize(
    "fields",
    [
        {"summary": "联系电话13812345678"},
        {"phone": "13812345678"},
        {"place": "住户身份证370702199001011234"},
    ],
)
def test_an_entry_with_a_person_leaves_no_value(projection: Projection, fields: dict[str, str]) -> None:
    outcome = apply(projection, ("reports", {**report("a", START_MS), **fields}))
    (letter,) = outcome.dead
    assert letter.reason == "personal"
    assert letter.values is None
    kept = orjson.dumps(letter.to_entry(), default=bytes.decode).decode()
    assert not any(value in kept for value in fields.values())
    assert outcome.forget == [("reports", letter.entry)]
    assert len(projection.cases) == 0


def test_a_person_among_packed_events_takes_the_entry_out_but_not_the_others(
    projection: Projection,
) -> None:
    objects = [report("a", START_MS), {**report("b", START_MS), "summary": "电话13812345678"}]
    outcome = apply(projection, ("reports", {"packed": orjson.dumps(objects), "simulated": "1"}))
    assert reasons(outcome) == ["personal"]
    assert outcome.dead[0].position == 1
    assert len(outcome.forget) == 1
    ((kind, rest),) = outcome.rewritten
    assert kind == "reports"
    assert orjson.loads(rest[b"packed"]) == [{**objects[0], "simulated": "1"}]
    assert len(projection.cases) == 0  # they come again with the rewritten entry


def test_packed_events_are_what_flat_ones_are(city: CityModel) -> None:
    flat, packed = Projection(city), Projection(city)
    objects = [report(f"c{n}", START_MS + n, n) for n in range(20)]
    apply(flat, *(("reports", one) for one in objects))
    apply(packed, ("reports", {"packed": orjson.dumps(objects)}))
    assert {c.id: (c.grid, c.occurred_at_ms, c.state) for c in flat.cases} == {
        c.id: (c.grid, c.occurred_at_ms, c.state) for c in packed.cases
    }
    np.testing.assert_array_equal(flat.levels, packed.levels)


def test_the_later_state_of_a_camera_wins_whatever_the_order(projection: Projection) -> None:
    records = np.array([(7, 2, START_MS + 9), (7, 1, START_MS + 5), (8, 3, START_MS)], dtype=CAMERA_RECORD)
    flat = camera(7, "fault", START_MS + 7)
    apply(projection, ("cameras", {"packed": records.tobytes()}), ("cameras", flat))
    assert projection.cameras.columns["status"][[7, 8]].tolist() == [2, 3]
    outcome = apply(projection, ("cameras", camera(7, "online", START_MS + 10)), ms=START_MS + 20)
    assert outcome.cameras.tolist() == [7]
    assert projection.cameras.columns["status"][7] == 1


def test_a_unit_keeps_its_position_when_only_its_state_is_said(projection: Projection) -> None:
    apply(projection, ("units", unit(4, "free", START_MS, 119.02, 36.03)))
    apply(projection, ("units", unit(4, "busy", START_MS + 5)), ms=START_MS + 20)
    record = np.array([(4, 3, np.nan, np.nan, START_MS + 8)], dtype=UNIT_RECORD)
    apply(projection, ("units", {"packed": record.tobytes()}), ms=START_MS + 30)
    row = projection.units.columns[4]
    assert (row["x"], row["y"], row["state"]) == (119_020_000, 36_030_000, 3)
    assert projection.units.latest_ms == START_MS + 8


def test_a_heartbeat_moves_the_clock_and_changes_nothing_else(projection: Projection) -> None:
    apply(projection, ("reports", report("a", START_MS)))
    beat = {"kind": "heartbeat", "source": "12345", "at": iso(START_MS + 90_000)}
    outcome = apply(projection, *((kind, beat) for kind in RAW_KINDS), ms=START_MS + 90_000)
    assert outcome.heartbeats == dict.fromkeys(RAW_KINDS, 1)
    assert projection.clock_ms == START_MS + 90_000
    assert outcome.evaluated  # a minute has passed
    assert not outcome.cases
    assert not outcome.dead


def test_passing_an_hour_leaves_a_row_of_the_trend(projection: Projection) -> None:
    apply(projection, ("reports", report("a", START_MS)))
    outcome = apply(projection, ("reports", report("b", START_MS + HOUR_MS)), ms=START_MS + HOUR_MS)
    assert list(outcome.trend) == [(START_MS + HOUR_MS) // HOUR_MS]


def test_late_reports_count_from_when_they_occurred(projection: Projection) -> None:
    apply(projection, ("reports", report("now", START_MS)))
    apply(projection, ("reports", report("old", START_MS - 86_400_000)), ms=START_MS + 20)
    assert projection.clock_ms == START_MS
    old = projection.cases.get("old")
    assert old is not None
    assert old.occurred_at_ms == START_MS - 86_400_000
    assert old.learned_at_ms == START_MS + 20


def test_frames_bring_a_screen_to_what_the_snapshot_says(projection: Projection, city: CityModel) -> None:
    """Snapshot at first, then every change: the same as a snapshot at the end."""
    publisher = Publisher(projection)
    screen = Screen()
    screen.apply(publisher.snapshot({}))
    rng = np.random.default_rng(3)
    for step in range(60):
        ms = START_MS + step * 20_000
        given = [("reports", report(f"c{step}", ms, int(rng.integers(60)), city, level="02"))]
        given.append(("cameras", camera(int(rng.integers(300)), "offline", ms)))
        given.append(("units", unit(int(rng.integers(40)), "free", ms, 119.0 + rng.random() / 20, 36.01)))
        if step >= 20:
            given.append(("reports", report(f"c{step - 20}", ms, 1, city, closed_at=iso(ms))))
        outcome = apply(projection, *given, ms=ms)
        screen.apply(publisher.changes(outcome, {"reports": f"{ms}-0"}))
    fresh = Screen()
    fresh.apply(Publisher(projection).snapshot({"reports": f"{ms}-0"}))
    assert screen.cases == fresh.cases
    assert len(fresh.cases) == 20
    assert screen.clock == fresh.clock
    for name, column in fresh.columns.items():
        np.testing.assert_array_equal(screen.columns[name], column, err_msg=str(name))


def test_a_copied_snapshot_stays_as_it_was_while_work_goes_on(
    projection: Projection, city: CityModel
) -> None:
    publisher = Publisher(projection)

    def work(step: int) -> None:
        ms = START_MS + step * 20_000
        given = [("reports", report(f"c{step}", ms, step, city)), ("cameras", camera(step, "offline", ms))]
        given += [("units", unit(step, "free", ms, 119.01, 36.01))]
        publisher.changes(apply(projection, *given, ms=ms), {"reports": f"{ms}-0"})

    work(0)
    copied, then = publisher.copied({"reports": "1-1"}), publisher.snapshot({"reports": "1-1"})
    for step in range(1, 8):
        work(step)
    apply(projection, ("reports", report("c0", START_MS, 0, city, closed_at=iso(START_MS))), ms=START_MS)
    assert copied() == then != publisher.snapshot({"reports": "1-1"})


class Screen:
    """What a page does with frames, in a few lines."""

    def __init__(self) -> None:
        self.columns: dict[tuple[str, str], np.ndarray] = {}
        self.cases: dict[str, Any] = {}
        self.clock: Any = None

    def apply(self, data: bytes) -> None:
        for name, section in frame.by_name(frame.decode(data)).items():
            if name == ("cases", "upserts"):
                for case in section.json():
                    self.cases[case["id"]] = case
                    if case["closed"]:
                        del self.cases[case["id"]]
            elif name == ("clock", "clock"):
                self.clock = section.json()
            elif section.index is None:
                self.columns[name] = section.array().copy()
            else:
                self.columns[name][section.index] = section.array()


def test_a_grid_code_of_another_city_is_outside(projection: Projection, city: CityModel) -> None:
    fields = report("a", START_MS, 0, city)
    assert fields["grid"] == grid_code(city, 0)
    outcome = apply(projection, ("reports", {**fields, "grid": "110101001001001"}))
    assert reasons(outcome) == ["outside"]
