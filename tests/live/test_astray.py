"""What there is not below /api and /live is told so, where Dash's page answers everything else."""

from __future__ import annotations

import pytest
from dash import Dash, html
from flask import Flask, Response, abort, request
from flask.testing import FlaskClient

from dashboard.live import astray


@pytest.fixture
def client() -> FlaskClient:
    server = Flask("astray")
    astray.install(server)
    server.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    Dash("astray", server=server, assets_folder="none").layout = html.Div()  # type: ignore[arg-type]
    server.add_url_rule("/api/v1/cases", "cases", lambda: "cases")
    server.add_url_rule("/api/v1/cases/<case_id>", "case", lambda case_id: case_id)
    server.add_url_rule("/api/v1/numbers/<int:number>", "number", lambda number: str(number))
    server.add_url_rule("/api/v1/reports", "report", lambda: "reported", methods=["POST"])
    server.add_url_rule("/api/v1/docs/", "docs", lambda: "docs")
    server.add_url_rule("/api/v1/fails", "fails", lambda: 1 / 0)
    server.add_url_rule("/live/forbidden", "forbidden", lambda: abort(403))
    server.add_url_rule("/live/own", "own", lambda: abort(Response("own words", 404)))

    @server.after_request
    def counted(answer: Response) -> Response:
        """As what it would be counted and noted."""
        answer.headers["X-Rule"] = request.url_rule.rule if request.url_rule else "none"
        return answer

    return server.test_client()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/cases", 200),
        ("HEAD", "/api/v1/cases", 200),
        ("POST", "/api/v1/reports", 200),
        ("GET", "/api/v1/docs", 308),  # its own slash
        ("GET", "/api/v1/docs/", 200),
        ("GET", "/api", 404),
        ("GET", "/api/", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/nothing", 404),
        ("HEAD", "/api/v1/nothing", 404),
        ("POST", "/api/v1/nothing", 404),
        ("OPTIONS", "/api/v1/nothing", 404),
        ("GET", "/api/v1/cases/", 404),
        ("GET", "/api/v1/cases/a/b", 404),
        ("GET", "/api/v1/numbers/x", 404),
        ("GET", "/api//v1/cases", 404),
        ("GET", "/api/v1/../v1/cases", 404),
        ("GET", "/api/v2/cases", 404),
        ("GET", "/live/nothing", 404),
        ("GET", "/api/v1/reports", 405),
        ("POST", "/api/v1/cases", 405),
        ("DELETE", "/api/v1/cases/a", 405),
        ("OPTIONS", "/api/v1/cases", 405),
        ("GET", "/live/forbidden", 403),
        ("GET", "/api/v1/fails", 500),
    ],
)
def test_programs_are_told_what_there_is_not(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    """As JSON with one sentence; a browser that goes there is told the same."""
    for headers in ({}, {"Accept": "text/html"}):
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code == status
        if status >= 400:
            assert answer.mimetype == "application/json"
            assert answer.headers["Cache-Control"] == "no-store"
            assert method == "HEAD" or answer.get_json()["sentence"].endswith(".")
        if status in (404, 405):
            assert answer.headers["X-Rule"] == "none"


def test_what_an_address_takes_is_named(client: FlaskClient) -> None:
    for method, path, takes in (
        ("GET", "/api/v1/reports", {"POST"}),
        ("POST", "/api/v1/cases", {"GET", "HEAD"}),
    ):
        answer = client.open(path, method=method)
        assert set(answer.headers["Allow"].split(", ")) == takes
        assert all(name in answer.get_json()["sentence"] for name in takes)


def test_pages_are_answered_as_they_were(client: FlaskClient) -> None:
    """Also addresses that only look like a program's, and an answer of a route's own."""
    for path in ("/", "/nowhere", "/apiary", "/region/api/v1", "/alive/x"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "text/html"), path
    assert client.post("/nowhere").status_code == 405
    assert client.post("/nowhere").mimetype == "text/html"
    assert client.get("/live/own").text == "own words"
