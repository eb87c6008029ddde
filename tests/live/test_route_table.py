"""The table of routes: who gets through, and that what is not in it answers nobody."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask, Response, g

from dashboard.domain.access import EVERYWHERE, ROLES, Identity
from dashboard.domain.audit import ACTIONS
from dashboard.live import route_table
from dashboard.live.identity import UnidentifiedError
from dashboard.live.route_table import PUBLIC, SIGNED_IN, TABLE, Access, RoleError
from dashboard.views import addresses

HERE = {
    ("GET", "/open"): Access(PUBLIC),
    ("GET", "/any"): Access(SIGNED_IN),
    ("GET", "/seen"): Access("view"),
    ("POST", "/seen"): Access("publish"),
    ("GET", "/either"): Access("feed|measure"),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A server with those routes and one that nobody has put into the table."""
    monkeypatch.setattr(route_table, "TABLE", HERE)
    server = Flask("test")
    asking: list[Identity] = []
    server.extensions["asking"] = asking

    def identity() -> Identity:
        if not asking:
            raise UnidentifiedError("Nobody.")
        return asking[0]

    route_table.install(server, identity)
    server.register_error_handler(UnidentifiedError, lambda problem: Response(status=401))
    server.register_error_handler(RoleError, lambda problem: Response(str(problem), 403))
    for number, (method, rule) in enumerate([*HERE, ("GET", "/forgotten"), ("PUT", "/open")]):
        server.add_url_rule(rule, str(number), lambda: "let through", methods=[method])
    return server


def status(server: Flask, method: str, path: str, role: str | None) -> int:
    server.extensions["asking"][:] = [] if role is None else [Identity("somebody", role, EVERYWHERE)]
    return server.test_client().open(path, method=method).status_code


GETS = {  # independently of ROLES_BY_ACTION: who gets through
    "/open": {None, *ROLES},
    "/any": {*ROLES},
    "/seen": {"administrator", "leader", "officer", "unit", "wall"},
    "/either": {"administrator", "producer", "monitor"},
}


def test_roles_get_what_their_row_says(server: Flask) -> None:
    for (path, allowed), role in itertools.product(GETS.items(), [None, *sorted(ROLES)]):
        expected = 200 if role in allowed else 401 if role is None else 403
        assert status(server, "GET", path, role) == expected, (path, role)
        assert status(server, "HEAD", path, role) == expected, (path, role)
    assert {role for role in ROLES if status(server, "POST", "/seen", role) == 200} == {
        "administrator", "leader",
    }  # fmt: skip


def test_a_route_without_a_row_answers_nobody(server: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """Not even an administrator; a method of a route in the table is a row of its own."""
    for method, path in (("GET", "/forgotten"), ("PUT", "/open")):
        for role in (None, "administrator"):
            assert status(server, method, path, role) == 404
        assert f"route {method} {path} is not in the route table" in caplog.text
    assert status(server, "GET", "/nowhere", "administrator") == 404


def test_a_token_of_some_actions_gets_those_alone(server: Flask) -> None:
    server.extensions["asking"][:] = [Identity("feeder", "administrator", EVERYWHERE, frozenset({"feed"}))]
    client = server.test_client()
    assert client.get("/either").status_code == 200
    assert client.get("/seen").status_code == 403
    assert client.get("/any").status_code == 200


def test_who_asks_is_asked_once_and_only_where_it_matters(server: Flask) -> None:
    with server.test_request_context("/open"):
        server.preprocess_request()
        assert route_table.access_asked() is HERE["GET", "/open"]
        assert g.kite_access is HERE["GET", "/open"]


def test_a_misspelt_action_is_none() -> None:
    with pytest.raises(KeyError, match="veiw"):
        Access("veiw")
    with pytest.raises(KeyError, match="veiw"):
        Access("view|veiw")


def test_the_table_names_only_what_there_is() -> None:
    assert {access.audit for access in TABLE.values()} <= {"", *ACTIONS}
    assert {access.limit for access in TABLE.values()} <= {
        "", route_table.BY_ADDRESS, route_table.BY_IDENTITY, route_table.HEAVY,
    }  # fmt: skip
    assert {addresses.DISPATCH, addresses.WALL} < set(route_table.DASH_APPS)


def test_nothing_that_changes_something_is_public_but_the_way_in() -> None:
    unsafe = {rule for (method, rule), row in TABLE.items() if method != "GET" and row.action == PUBLIC}
    assert unsafe <= {"/sign-in", "/sign-out", "/password"}
