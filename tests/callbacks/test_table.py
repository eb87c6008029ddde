"""The table of callbacks: who may call which; what is not in it, or not shaped as a call, is refused."""

from __future__ import annotations

from typing import Any

import pytest
from dash import Dash, Input, Output, State, dcc
from flask import Flask, Response
from flask.testing import FlaskClient

from callbacks import gate
from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.live.route_table import RoleError

PLACE = {"id": "asked", "property": "data", "value": 1}
OUT = {"id": "shown", "property": "data"}
CALL = {"output": "shown.data", "outputs": OUT, "inputs": [PLACE], "state": [{**PLACE, "id": "kept"}]}
TWO = {
    "output": "..one.data...two.data..",
    "outputs": [{"id": "one", "property": "data"}, {"id": "two", "property": "data"}],
    "inputs": [PLACE],
    "state": [],
    "changedPropIds": ["asked.data"],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Two apps of one server; `X-Role` says who asks."""
    server = Flask("test")
    app, other = (
        Dash(name, server=server, url_base_pathname=f"/{name}/", assets_folder="none")  # type: ignore[arg-type]
        for name in ("app", "other")
    )
    for one in (app, other):
        one.layout = [dcc.Store(id=name) for name in ("asked", "kept", "shown", "one", "two", "free")]

    @app.callback(Output("shown", "data"), Input("asked", "data"), State("kept", "data"))
    def show(asked: Any, kept: Any) -> Any:
        return [asked, kept]

    @app.callback(Output("one", "data"), Output("two", "data"), Input("asked", "data"))
    def pair(asked: Any) -> Any:
        return asked, asked

    @app.callback(Output("free", "data"), Input("asked", "data"))
    def forgotten(asked: Any) -> Any:
        return asked

    app.clientside_callback("x => x", Output("kept", "data"), Input("asked", "data"))
    table = {f"{__name__}.show": "publish", f"{__name__}.pair": "view"}
    monkeypatch.setattr(gate, "TABLE", table)

    def identity() -> Identity:
        from flask import request

        return Identity("somebody", request.headers["X-Role"], EVERYWHERE)

    gate.install(server, (app, other), identity)
    server.register_error_handler(RoleError, lambda problem: Response(status=403))
    return server.test_client()


def status(client: FlaskClient, body: Any, role: str = "administrator", app: str = "app") -> int:
    answer = client.post(f"/{app}/_dash-update-component", json=body, headers={"X-Role": role})
    return answer.status_code


def test_roles_call_what_the_table_says(asked: FlaskClient) -> None:
    assert {role: status(asked, CALL, role) for role in ("administrator", "leader", "officer", "wall")} == {
        "administrator": 200, "leader": 200, "officer": 403, "wall": 403,
    }  # fmt: skip
    assert {role: status(asked, TWO, role) for role in ("officer", "wall", "producer", "monitor")} == {
        "officer": 200, "wall": 200, "producer": 403, "monitor": 403,
    }  # fmt: skip


def test_what_is_not_in_the_table_is_nobodys(asked: FlaskClient) -> None:
    """A callback without a row, one that the page answers itself, one of the other app, and none at all."""
    free = {**CALL, "output": "free.data", "outputs": {"id": "free", "property": "data"}, "state": []}
    kept = {**free, "output": "kept.data", "outputs": {"id": "kept", "property": "data"}}
    for body in (free, kept, {**free, "output": "none.data"}):
        assert status(asked, body) == 404
    assert status(asked, CALL, app="other") == 404


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": []},
        {"inputs": [PLACE, PLACE]},
        {"inputs": [[PLACE]]},
        {"inputs": [{"id": {"type": "x"}, "property": "data"}]},
        {"inputs": None},
        {"state": []},
        {"state": "kept"},
        {"outputs": []},
        {"outputs": None},
        {"outputs": [OUT]},
        {"outputs": {"id": "other", "property": "data"}},
        {"changedPropIds": "asked.data"},
        {"changedPropIds": [None]},
    ],
)
def test_what_is_not_shaped_as_a_call_is_refused(asked: FlaskClient, change: dict[str, Any]) -> None:
    """Dash itself answers 500 to most of these."""
    assert status(asked, {**CALL, **change}) == 400


@pytest.mark.parametrize("body", [None, [], "text", 7, {}, {"output": 7}, {"output": ["shown.data"]}])
def test_what_is_no_call_is_refused(asked: FlaskClient, body: Any) -> None:
    assert status(asked, body) == 400


def test_what_is_no_json_is_refused(asked: FlaskClient) -> None:
    for data in (b"{", b"\xff\xfe", b"[" * 100_000):
        answer = asked.post(
            "/app/_dash-update-component",
            data=data,
            headers={"X-Role": "administrator", "Content-Type": "application/json"},
        )
        assert answer.status_code == 400
