"""What every request must be: from Kite's own pages or from a program, and of a sane size."""

from __future__ import annotations

import gzip
import io

import pytest
from flask import Flask, Response, request

from dashboard.live import protection, route_table
from dashboard.live.identity import ForeignOriginError
from dashboard.live.route_table import PUBLIC, Access
from dashboard.settings import Settings

OWN, FOREIGN = "http://kite.example:8050", "http://evil.example"
COOKIE = {"Cookie": "kite_token=x"}


def made(monkeypatch: pytest.MonkeyPatch, **settings: object) -> Flask:
    monkeypatch.setattr(
        route_table,
        "TABLE",
        {("POST", "/do"): Access(PUBLIC, body=100), ("GET", "/do"): Access(PUBLIC)},
    )
    server = Flask("test")
    protection.install(server, Settings(**settings))
    server.register_error_handler(ForeignOriginError, lambda problem: Response(str(problem), 403))

    @server.route("/do", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    def do() -> dict[str, object]:
        body = request.get_data()
        return {"from": request.remote_addr, "scheme": request.scheme, "bytes": len(body)}

    return server


def status(server: Flask, method: str = "POST", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        server.test_client(use_cookies=False)
        .open("/do", method=method, base_url=OWN, headers=named)
        .status_code
    )


CASES = [  # what comes with a request → whether it is taken
    ({}, True),  # a program that is nobody
    ({"Sec_Fetch_Site": "same-origin"}, True),
    ({"Sec_Fetch_Site": "none"}, True),
    ({"Sec_Fetch_Site": "same-site"}, False),  # another name of the same city's may be anybody's
    ({"Sec_Fetch_Site": "cross-site"}, False),
    ({"Sec_Fetch_Site": "cross-site", "Origin": OWN}, False),
    ({"Sec_Fetch_Site": "nonsense"}, False),
    ({"Sec_Fetch_Site": "same-origin", "Origin": FOREIGN}, True),
    ({"Origin": OWN}, True),
    ({"Origin": OWN.replace("http", "https")}, True),  # a proxy speaks https
    ({"Origin": FOREIGN}, False),
    ({"Origin": "http://kite.example:9999"}, False),
    ({"Origin": "http://kite.example"}, False),
    ({"Origin": "http://kite.example:8050.evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://["}, False),  # which can't be read at all
    ({"Origin": "http://kite.example:8050@evil.example"}, False),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(("headers", "taken"), CASES)
def test_changes_are_taken_from_own_pages_alone(
    monkeypatch: pytest.MonkeyPatch, method: str, headers: dict[str, str], taken: bool
) -> None:
    """With a cookie and without: where nobody signs in there is none to tell by."""
    server = made(monkeypatch)
    assert status(server, method, **headers) == (200 if taken else 403)
    if headers:
        assert status(server, method, **headers, **COOKIE) == (200 if taken else 403)


def test_a_cookie_alone_changes_nothing_but_a_token_of_its_own_does(monkeypatch: pytest.MonkeyPatch) -> None:
    server = made(monkeypatch)
    assert status(server, **COOKIE) == 403
    assert status(server, **COOKIE, Authorization="Bearer x") == 200
    assert status(server, Authorization="Bearer x", Origin=FOREIGN) == 200


def test_a_password_for_a_proxy_in_front_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers send it along by themselves, whichever site's page asks."""
    server = made(monkeypatch)
    for words in ("Basic eDp5", "Digest x", "", "bearer"):
        assert status(server, Authorization=words, Sec_Fetch_Site="cross-site", **COOKIE) == 403
        assert status(server, Authorization=words, **COOKIE) == 403
        assert status(server, Authorization=words) == 200


def test_looking_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    server = made(monkeypatch)
    assert status(server, "GET", Origin=FOREIGN, Sec_Fetch_Site="cross-site", **COOKIE) == 200


def test_a_link_that_changes_something_is_followed_from_own_pages_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Signing out; a browser that says nothing of where it comes from is followed."""
    server = made(monkeypatch)
    monkeypatch.setitem(route_table.TABLE, ("GET", "/do"), Access(PUBLIC, changes=True))
    for site, expected in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        assert status(server, "GET", Sec_Fetch_Site=site, **COOKIE) == expected
    assert status(server, "GET", **COOKIE) == 200


def test_a_body_has_what_its_row_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said in its length or not."""
    client = made(monkeypatch).test_client()
    assert client.post("/do", data=b"x" * 100).json == {"from": "127.0.0.1", "scheme": "http", "bytes": 100}
    assert client.post("/do", data=b"x" * 101).status_code == 413
    for size, expected in ((100, 200), (101, 413)):
        answer = client.post(
            "/do",
            input_stream=io.BytesIO(b"x" * size),
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},  # as gunicorn says
        )
        assert answer.status_code == expected, size


def test_who_is_behind_a_proxy_is_believed_only_of_trusted_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"X-Forwarded-For": "192.0.2.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    said = {
        count: made(monkeypatch, trusted_proxies=count).test_client().get("/do", headers=headers).json
        for count in (0, 1, 2)
    }
    assert [row["from"] for row in said.values()] == ["127.0.0.1", "198.51.100.7", "192.0.2.9"]
    assert [row["scheme"] for row in said.values()] == ["http", "https", "http"]  # two said nothing twice


def test_only_the_hosts_own_names_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    server = made(monkeypatch, trusted_hosts="kite.example, 10.0.0.5")
    for host, expected in (("kite.example:8050", 200), ("10.0.0.5", 200), ("evil.example", 400)):
        assert server.test_client().get("/do", headers={"Host": host}).status_code == expected
    assert made(monkeypatch).test_client().get("/do", headers={"Host": "any.example"}).status_code == 200


def test_what_is_packed_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that would be many megabytes stay a few."""
    packed = gzip.compress(b"x" * 10_000)
    answer = made(monkeypatch).test_client().post("/do", data=packed, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.get_json()["bytes"]) == (200, len(packed))


def test_no_header_makes_another_method_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a change could pass for a look."""
    server = made(monkeypatch)
    for name in ("X_HTTP_Method_Override", "X_HTTP_Method", "X_Method_Override"):
        said = {name: "GET", "Sec_Fetch_Site": "cross-site", **COOKIE}
        assert status(server, "POST", **said) == 403


def test_options_tell_pages_of_other_sites_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = made(monkeypatch)
    server.add_url_rule("/later", "later", lambda: "", methods=["GET"])
    assert server.test_client().options("/later").status_code == 405
