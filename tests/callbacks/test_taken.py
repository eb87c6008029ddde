"""What a callback takes is told by its annotations."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash, Input, Output, State, html

from callbacks import rank_children
from callbacks.gate import callables
from callbacks.taken import fits, is_taken, kinds_of

ANYTHING = [None, True, 0, 1.5, "", "x", [], ["x"], [1], {}, {"code": "x"}, {"code": ["x"]}]


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (Any, ANYTHING),
        (str, ["", "x"]),
        (str | None, [None, "", "x"]),
        (int | None, [None, 0]),
        (float, [0, 1.5]),
        (bool, [True]),
        (list[str], [[], ["x"]]),
        (dict[str, Any] | None, [None, {}, {"code": "x"}, {"code": ["x"]}]),
        (dict[str, str], [{}, {"code": "x"}]),
    ],
)
def test_a_value_fits_its_annotation_and_no_other(kind: Any, taken: list[Any]) -> None:
    assert [value for value in ANYTHING if fits(kind, value)] == taken


def of_a_callback(function: Callable[..., Any]) -> Any:
    app = Dash("taken")
    app.layout = html.Div([html.Div(id=name) for name in "abc"])
    app.callback(Output("a", "x"), Input("b", "x"), State("c", "x"))(function)
    return callables(app)["a.x"]


def test_a_body_is_held_to_the_callback_that_dash_has_wrapped() -> None:
    def shown(hours: str, known: dict[str, Any] | None) -> str:
        return hours

    called = of_a_callback(shown)
    assert called.kinds == (str, dict[str, Any] | None)
    for hours, known, taken in (("24", None, True), ("24", {}, True), (24, None, False), ("24", "x", False)):
        body = {"inputs": [{"value": hours}], "state": [{"value": known}]}
        assert is_taken(called.kinds, body) is taken
    assert is_taken(called.kinds, {"inputs": [{}], "state": [{}]}) is False  # a text must be there


def test_a_parameter_without_an_annotation_takes_all() -> None:
    assert kinds_of(lambda value: value) == (Any,)


def test_what_a_page_says_it_knows_may_be_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store's data is whatever was put in it."""
    monkeypatch.setattr(rank_children, "region_to_show", lambda services, place: 0)
    services: Any = SimpleNamespace(
        pack=SimpleNamespace(regions=SimpleNamespace(code=["990100"])),
        children_trend=lambda code, hours: ([], {}),
    )
    for known in ({"code": "990100"}, {"until_ms": 0}, {"x": 1}, {}, None):
        assert rank_children.children_past(services, {"code": "990100"}, known) == {
            "code": "990100", "until_ms": 0, "then": {}, "lines": {}
        }  # fmt: skip
