"""What Dash and Flask would answer with a 500 is the asker's mistake, and is told so."""

from __future__ import annotations

import pytest
from dash import Dash, Input, Output, html
from flask import Flask, request
from flask.testing import FlaskClient

from dashboard.live import sturdy


@pytest.fixture
def client() -> FlaskClient:
    server = Flask("sturdy")
    sturdy.install(server)
    dash = Dash("sturdy", server=server)
    dash.layout = html.Div([html.Div(id="a"), html.Div(id="b")])
    dash.callback(Output("b", "children"), Input("a", "children"))(lambda value: value)

    @server.post("/body")
    def body() -> dict[str, object]:
        return {"read": request.get_json(silent=True)}

    return server.test_client()


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"output":['])
def test_a_body_of_endless_brackets_is_a_bad_request(client: FlaskClient, opening: str) -> None:
    data = opening * 3000
    sent = {"data": data, "content_type": "application/json"}
    assert client.post("/_dash-update-component", **sent).status_code == 400
    answer = client.post("/body", **sent)
    assert (answer.status_code, answer.get_json()) == (200, {"read": None})


def test_json_is_read_as_it_was(client: FlaskClient) -> None:
    answer = client.post("/body", json={"值": [1, 2.5, None, True, "字"]})
    assert answer.get_json() == {"read": {"值": [1, 2.5, None, True, "字"]}}


@pytest.mark.parametrize("path", ["x/x", "dash/x", "x" * 3000 + "/x.js"])
def test_a_script_that_dash_does_not_have_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/_dash-component-suites/{path}")
    assert answer.status_code == 404
    assert b"xxx" not in answer.data
