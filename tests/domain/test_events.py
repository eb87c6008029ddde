"""Entries: every field of every kind, what is refused and why, and that nothing but `Refused` comes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import events, fields, privacy
from dashboard.domain.commands import COMMANDS, COMMON_FIELDS
from dashboard.domain.refused import REASONS, Refused
from dashboard.domain.schemas import SCHEMAS, Field

NOW_MS = int(datetime(2026, 11, 24, 2, tzinfo=UTC).timestamp() * 1000)
PARSERS: dict[str, Callable[[dict[str, Any], int], Any]] = {
    "report": events.parse_report,
    "command": events.parse_command,
    "publish": events.parse_publish,
    "camera": events.parse_camera,
    "unit": events.parse_unit,
    "heartbeat": events.parse_heartbeat,
}
ROWS = [(kind, row) for kind, rows in SCHEMAS.items() for row in rows]
IDS = [f"{kind}-{row.name}" for kind, row in ROWS]


def example(kind: str, **changes: str | None) -> dict[str, Any]:
    """The required fields' examples; a change to None takes a field away."""
    entry: dict[str, Any] = {row.name: row.example for row in SCHEMAS[kind] if row.required}
    if kind == "report":
        entry["grid"] = "370782001003002"
    entry.update({name.removesuffix("_"): value for name, value in changes.items()})
    return {name: value for name, value in entry.items() if value is not None}


def answer(kind: str, entry: dict[str, Any]) -> Any:
    """An event, or why there is none."""
    try:
        return PARSERS[kind](entry, NOW_MS)
    except Refused as refusal:
        return refusal


def refusal(kind: str, entry: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        PARSERS[kind](entry, NOW_MS)
    return caught.value


@pytest.mark.parametrize("kind", list(PARSERS))
def test_the_required_fields_are_enough(kind: str) -> None:
    assert PARSERS[kind](example(kind), NOW_MS) is not None


def test_a_report_with_every_field() -> None:
    entry = {row.name: row.example for row in SCHEMAS["report"]} | {"closed_at": "2026-11-24T10:00:00+08:00"}
    occurred_at_ms = int(datetime(2026, 11, 24, 1, 30, tzinfo=UTC).timestamp() * 1000)
    assert events.parse_report(entry, NOW_MS) == events.Report(
        id="370782-20261124-0117", type="2100", level=4, scale=1, nature=1, origin="grid_worker",
        occurred_at_ms=occurred_at_ms, learned_at_ms=NOW_MS, lon=119.1072, lat=36.7093,
        grid="370782001003002", place="密州街道东关社区", summary="电动车在楼道充电",
        source="12345", simulated=True, closed_at_ms=NOW_MS,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=IDS)
def test_every_example_is_read(kind: str, row: Field) -> None:
    row.parse(row.example)


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=IDS)
def test_a_required_field_that_is_missing_is_named(kind: str, row: Field) -> None:
    if not row.required or row.name == "kind":
        return
    found = refusal(kind, example(kind, **{row.name: None}))
    assert (found.reason_code, row.name in found.sentence) == ("missing_field", True)


WRONG = {
    fields.identifier: ["", "a b", "x" * 65, "案件"],
    fields.case_type: ["", "7777", "Theft", "0"],
    fields.instant_ms: ["", "yesterday", "2026-11-24T09:30:00", "1969-12-31T00:00:00+00:00", "1763948000"],
    fields.longitude: ["", "180.1", "-181", "nan", "inf", "1_1.9", "119,1"],
    fields.latitude: ["", "90.01", "-91", "nan", "36.7.1"],
    fields.grid_code: ["", "37078200100300", "3707820010030021", "37078200100300a",
                       "３７０７８２００１００３００２"],
    fields.flag: ["", "yes", "2"],
}  # fmt: skip


def wrong_values(row: Field) -> list[str]:
    found = WRONG.get(row.parse)
    if found is not None:
        return found
    if row.name == "kind":
        return []
    return ["x" * 2001, "a\x00b"] if row.free else ["", "-1", "99999999999", "maybe", "٣"]


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=IDS)
def test_a_value_that_cannot_be_read_is_refused_with_the_fields_name(kind: str, row: Field) -> None:
    for value in wrong_values(row):
        if value == "" and row.required:
            continue
        with pytest.raises(ValueError, match=r"^must "):
            row.parse(value)
        found = refusal(kind, example(kind, **{row.name: value}))
        assert found.reason_code in ("bad_value", "missing_field")
        assert repr(row.name) in found.sentence


@pytest.mark.parametrize("kind", list(PARSERS))
def test_an_unknown_field_is_refused_and_the_known_ones_are_named(kind: str) -> None:
    found = refusal(kind, example(kind, colour="red"))
    assert found.reason_code == "unknown_field"
    assert all(row.name in found.sentence for row in SCHEMAS[kind])


@pytest.mark.parametrize("kind", list(PARSERS))
@pytest.mark.parametrize("name", ["reporter_name", "phone", "id_card", "faceId", "车牌号", "姓名", "plate"])
def test_a_field_about_a_person_refuses_the_whole_entry(kind: str, name: str) -> None:
    found = refusal(kind, example(kind) | {name: "secret"})
    assert found.reason_code == "personal"
    assert "secret" not in found.sentence


@pytest.mark.parametrize(
    ("kind", "row"), [(k, r) for k, r in ROWS if r.free], ids=lambda v: getattr(v, "name", v)
)
def test_a_telephone_number_in_any_free_text_refuses_the_whole_entry(kind: str, row: Field) -> None:
    for value in ("13800138000", "x13800138000"):
        found = refusal(kind, example(kind, **{row.name: value}))
        assert found.reason_code == "personal"
        assert "138" not in found.sentence


def test_a_person_outweighs_every_other_fault() -> None:
    entry = example("report", type_="nonsense", summary="联系电话13800138000")
    assert refusal("report", entry).reason_code == "personal"


def test_an_entry_that_is_too_large_is_refused() -> None:
    assert refusal("report", example("report", summary="大" * 30_000)).reason_code == "too_large"


def test_positions() -> None:
    assert refusal("report", example("report", grid=None)).reason_code == "no_position"
    for half in ({"lon": "119.1"}, {"lat": "36.7"}):
        assert refusal("report", example("report", **half)).reason_code == "no_position"
        assert refusal("unit", example("unit", **half)).reason_code == "no_position"
    assert "swapped" in refusal("report", example("report", lon="36.7", lat="119.1")).sentence
    found = events.parse_report(example("report", grid=None, lon="119.1", lat="36.7"), NOW_MS)
    assert (found.lon, found.lat, found.grid) == (119.1, 36.7, None)


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("report", "occurred_at"), ("report", "closed_at"),
     *((kind, "at") for kind in PARSERS if kind != "report")],
)  # fmt: skip
def test_five_minutes_ahead_are_allowed_and_no_more(kind: str, name: str) -> None:
    PARSERS[kind](example(kind, **{name: iso(NOW_MS + events.FUTURE_TOLERANCE_MS)}), NOW_MS)
    found = refusal(kind, example(kind, **{name: iso(NOW_MS + events.FUTURE_TOLERANCE_MS + 1000)}))
    assert found.reason_code == "future"


def test_a_case_does_not_close_before_it_occurs() -> None:
    entry = example("report", closed_at="2026-11-23T09:30:00+08:00")
    assert refusal("report", entry).reason_code == "bad_value"


ARGUMENTS = {row.name: row.example for row in SCHEMAS["command"]}
OWN = sorted(set(ARGUMENTS) - COMMON_FIELDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_has_its_own_arguments_and_no_others(name: str) -> None:
    rule = COMMANDS[name]
    full = example("command", command=name) | {
        field: ARGUMENTS[field] for field in rule.fields if field in OWN
    }
    if "note" in rule.required:
        full["note"] = ARGUMENTS["note"]
    assert events.parse_command(full, NOW_MS).command == name
    for field in OWN:
        if field not in rule.fields:
            assert refusal("command", full | {field: ARGUMENTS[field]}).reason_code == "unknown_field"
    for choice in rule.required:
        without = {field: value for field, value in full.items() if field not in choice.split("|")}
        assert refusal("command", without).reason_code == "missing_field"


def test_numbers_of_packed_entries_are_read_as_their_text() -> None:
    found = events.parse_camera(example("camera") | {"camera": 7, "simulated": True}, NOW_MS)
    assert (found.camera, found.simulated) == (7, True)
    assert refusal("camera", example("camera") | {"camera": [7]}).reason_code == "bad_value"
    assert refusal("camera", example("camera") | {"camera": None}).reason_code == "bad_value"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
names = st.sampled_from(sorted({row.name for _, row in ROWS})) | st.text(max_size=12)
nearly = st.sampled_from([row.example for _, row in ROWS]) | anything


@pytest.mark.parametrize("kind", list(PARSERS))
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_comes_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    entry = example(kind) | data.draw(st.dictionaries(names, nearly, max_size=4))
    found = answer(kind, entry)
    if isinstance(found, Refused):
        assert found.reason_code in REASONS
        assert found.sentence.endswith(".")
    else:
        assert answer(kind, entry) == found
        for value in entry.values():
            assert not isinstance(value, str) or privacy.personal_text(value) is None


@given(st.datetimes(datetime(1970, 1, 3), datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_times_are_milliseconds_since_1970(moment: datetime, hours: int) -> None:
    text = f"{moment.isoformat(timespec='milliseconds')}{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    seconds = (moment - datetime(1970, 1, 1)).total_seconds() - 3600 * hours  # noqa: DTZ001
    assert fields.instant_ms(text) == pytest.approx(seconds * 1000, abs=1)


def test_a_reason_code_that_is_not_in_the_table_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="reason code"):
        Refused("because", "It was refused.")


def test_heartbeats_are_told_from_other_entries() -> None:
    assert events.is_heartbeat(example("heartbeat"))
    assert not events.is_heartbeat(example("report"))


def test_publishing_is_told_from_commands_about_a_case() -> None:
    assert events.is_publish(example("publish"))
    assert not events.is_publish(example("command"))
    found = events.parse_publish(example("publish", most="7", note="第四季度"), NOW_MS)
    assert (found.id, found.most, found.note) == ("publish-20261207T0800", 7, "第四季度")
    assert refusal("command", example("publish")).reason_code in ("bad_value", "unknown_field")
