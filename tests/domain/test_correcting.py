"""Refused events as a form has them, and what is typed there as an entry: none is lost, none gets in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.correcting import as_texts, check, fields_of, schema_of, typed
from dashboard.domain.events import parse_camera
from dashboard.domain.refused import Refused
from dashboard.domain.schemas import SCHEMAS

NOW_MS = 1_795_510_000_000
EXAMPLES = {
    schema: {row.name: row.example for row in rows if row.required} for schema, rows in SCHEMAS.items()
}
STREAM = {
    "report": "reports",
    "command": "commands",
    "publish": "commands",
    "camera": "cameras",
    "unit": "units",
}
values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))


@pytest.mark.parametrize(("schema", "stream"), [*STREAM.items(), ("heartbeat", "units")])
def test_the_examples_of_each_schema_pass_and_are_known_again(schema: str, stream: str) -> None:
    example = dict(EXAMPLES[schema])
    if schema == "report":
        example |= {"grid": "370782001003002"}
    assert schema_of(stream, example) == schema
    check(stream, example, NOW_MS)
    assert typed(schema, {**example, "colour": "red", "note": ""}) == example
    for name in example:
        with pytest.raises(Refused):
            check(stream, {**example, name: "\x00"}, NOW_MS)
    assert set(typed(schema, example)) <= {row.name for row in fields_of(schema)}


@given(event=st.dictionaries(st.sampled_from(["at_ms", "status", "state", "lon", "camera", "x"]), values))
def test_whatever_was_refused_has_texts(event: dict[str, object]) -> None:
    texts = as_texts(event)
    assert all(isinstance(text, str) for text in texts.values())
    expected = {
        "at" if name == "at_ms" else name
        for name, value in event.items()
        if name == "at_ms" or value is not None
    }
    assert set(texts) == expected


def test_a_packed_record_becomes_the_flat_entry_that_says_the_same() -> None:
    texts = as_texts({"camera": 7, "status": 2, "at_ms": NOW_MS - 1})
    event = parse_camera(texts, NOW_MS)
    assert (event.camera, event.status, event.at_ms) == (7, 2, NOW_MS - 1)
    assert as_texts({"status": 99}) == {"status": "99"}
    assert as_texts({"simulated": True, "lon": 119.5}) == {"simulated": "1", "lon": "119.5"}
