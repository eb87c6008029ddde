"""Every callback of the four Dash apps, called as a page calls it but with values that no page has."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.fuzz.api import TIMEOUT_S, check
from tests.fuzz.drawing import draw_examples
from tests.fuzz.served import Served
from tests.fuzz.tally import Tally
from tests.fuzz.values import JSON, NASTY

APPS = ("/", "/dispatch/", "/wall/", "/province/")


class Callback(NamedTuple):
    """A callback as `_dash-dependencies` describes it, in the app at `base`."""

    base: str
    output: str
    inputs: list[dict[str, Any]]
    state: list[dict[str, Any]]


def fuzz_callbacks(kite: Served, inputs: int, seed: int) -> Tally:
    """Calls with an administrator's token."""
    tally = Tally("callbacks")
    session = kite.session()
    known = [callback for base in APPS for callback in callbacks_of(kite, base)]

    def one(call: tuple[Callback, list[Any]]) -> None:
        callback, values = call
        url = f"{kite.url}{callback.base}_dash-update-component"
        data = json.dumps(body_of(callback, values)).encode(errors="replace")
        answer = session.post(url, data, headers={"Content-Type": "application/json"}, timeout=TIMEOUT_S)
        check(tally, f"{callback.base} {callback.output} {data[:2000]!r}", answer.status_code, answer.content)

    draw_examples(tally, one, calls(known), inputs, seed)
    return tally


def callbacks_of(kite: Served, base: str) -> list[Callback]:
    """The callbacks that the server answers, of the app at `base`."""
    rows = kite.session().get(f"{kite.url}{base}_dash-dependencies", timeout=TIMEOUT_S).json()
    return [
        Callback(base, row["output"], row["inputs"], row["state"])
        for row in rows
        if not row["clientside_function"]
    ]


@st.composite
def calls(draw: st.DrawFn, known: list[Callback]) -> tuple[Callback, list[Any]]:
    """A callback and a value for each of its inputs and states."""
    callback = draw(st.sampled_from(known))
    strange = _LIKELY | st.none() | JSON | st.sampled_from(NASTY)
    usual = [_BY_PROPERTY.get(row["property"], _LIKELY) for row in (*callback.inputs, *callback.state)]
    # Where every value is strange its annotation refuses one of them, and the callback is never begun.
    share = draw(st.integers(0, 3))
    return callback, [draw(strange if draw(st.integers(0, 3)) < share else one) for one in usual]


_LIKELY = st.sampled_from(
    [{"code": "990100"}, {"code": "990101", "name": None}, {"code": ["990100"]}, {"code": {}}, "990100",
    ["990101"], 1, 24, "168",
     "24", "overview", {"codes": ["990101", None, 5]}, {"code": "990100", "codes": ["990102"]}, [{"id": 1}],
     "zh", "en", True,
     {"lon": 119.05, "lat": 36.65}, {"lon": "x", "lat": None}, {"id": "same"}, {"case": "same"},
     "/region/990100", "?lang=en"]
)  # fmt: skip


_BY_PROPERTY: dict[str, st.SearchStrategy[Any]] = {
    "n_clicks": st.sampled_from([None, 0, 1, 10**12]),
    "n_intervals": st.sampled_from([None, 0, 1, 10**12]),
    "pathname": st.sampled_from(
        ["/", "/region/990100", "/region/990101", "/region/x", "/wall/", "/region/²"]
    ),
    "search": st.sampled_from(["", "?lang=en", "?lang=zh", "?compare=990101", "?%ff"]),
    "checked": st.booleans(),
    "data": st.none() | _LIKELY,
}
"""What a page may send, by the property that it is of."""


def body_of(callback: Callback, values: list[Any]) -> dict[str, Any]:
    """What a page sends for it."""
    given = iter(values)
    inputs = [{**_named(row), "value": next(given)} for row in callback.inputs]
    state = [{**_named(row), "value": next(given)} for row in callback.state]
    outputs = [_output(part) for part in callback.output.strip(".").split("...")]
    return {
        "output": callback.output,
        "outputs": outputs if callback.output.startswith("..") else outputs[0],
        "inputs": inputs,
        "state": state,
        "changedPropIds": [f"{row['id']}.{row['property']}" for row in callback.inputs[:1]],
    }


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": _id(row["id"]), "property": row["property"]}


def _output(text: str) -> dict[str, Any]:
    name, _, prop = text.partition("@")[0].rpartition(".")
    return {"id": _id(name), "property": prop}


def _id(text: str) -> Any:
    """An id; of a pattern, one of those that it matches."""
    if not text.startswith("{"):
        return text
    return {key: value if isinstance(value, str) else "x" for key, value in json.loads(text).items()}
