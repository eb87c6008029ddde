"""How many requests are taken, counted in a real store; and that a store that is away refuses nobody."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from flask import Flask, Response, request
from flask.testing import FlaskClient
from flask_limiter import RateLimitExceeded

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.domain.rates import checked_rates
from dashboard.live import limits, route_table
from dashboard.live.identity import UnidentifiedError, UnknowableError
from dashboard.live.route_table import BY_ADDRESS, BY_IDENTITY, HEAVY, PUBLIC, Access
from dashboard.settings import Settings, SettingsError
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from tests.parts import free_port

pytestmark = pytest.mark.valkey

KEYS = Keys("379900")
UNTOLD = "untold"
RATES = {"limit_sign_in": "2 per hour", "limit_api": "3 per hour", "limit_heavy": "1 per hour"}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        route_table,
        "TABLE",
        {
            ("POST", "/in"): Access(PUBLIC, limit=BY_ADDRESS),
            ("GET", "/api/a"): Access(PUBLIC, limit=BY_IDENTITY),
            ("GET", "/api/b"): Access(PUBLIC, limit=BY_IDENTITY),
            ("GET", "/brief"): Access(PUBLIC, limit=HEAVY),
            ("GET", "/events"): Access(PUBLIC),
        },
    )


def made(url: str, **settings: object) -> FlaskClient:
    """A process of its own, as it were, on that store; `X-Who` says who asks."""
    server = Flask("test")

    def identity() -> Identity:
        if "X-Who" not in request.headers:
            raise UnidentifiedError("Nobody.")
        if request.headers["X-Who"] == UNTOLD:
            raise UnknowableError("The store does not answer.")
        return Identity(request.headers["X-Who"], "officer", EVERYWHERE)

    limits.install(server, Settings(redis_url=url, **{**RATES, **settings}), KEYS, identity)

    @server.errorhandler(RateLimitExceeded)
    def too_often(_problem: RateLimitExceeded) -> Response:
        return Response(str(limits.wait_s()), 429)

    @server.post("/in")
    def sign_in() -> Response:
        return Response(status=int(request.headers["X-Answer"]))

    for number, path in enumerate(("/api/a", "/api/b", "/brief", "/events")):
        server.add_url_rule(path, str(number), lambda: "")
    return server.test_client()


def asker(client: FlaskClient, who: str | None, address: str = "192.0.2.1") -> Callable[[str], int]:
    headers = {"X-Who": who} if who else {}
    return lambda path: client.get(path, headers=headers, environ_base={"REMOTE_ADDR": address}).status_code


def tried(client: FlaskClient, address: str, answer: int) -> int:
    place = {"REMOTE_ADDR": address}
    return client.post("/in", headers={"X-Answer": str(answer)}, environ_base=place).status_code


def test_an_account_has_one_limit_for_the_whole_api(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    """Over all routes, addresses and web processes; another account has its own."""
    first, second = made(server.url), made(server.url)
    assert [asker(first, "a")("/api/a"), asker(first, "a")("/api/b")] == [200, 200]
    assert asker(second, "a", "192.0.2.9")("/api/a") == 200
    assert [asker(web, "a")("/api/b") for web in (first, second)] == [429, 429]
    assert asker(first, "b")("/api/a") == 200
    assert asker(first, "a")("/brief") == 200  # counted by itself
    assert asker(second, "a")("/brief") == 429
    said = first.get("/api/a", headers={"X-Who": "a"}, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert 0 < int(said.text) <= 3601


def test_who_is_nobody_is_counted_by_address(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    web = made(server.url)
    assert [asker(web, None)("/api/a") for _ in range(4)] == [200, 200, 200, 429]
    assert asker(web, None, "192.0.2.2")("/api/a") == 200
    assert asker(web, "a")("/api/a") == 200


def test_one_machine_is_one_address_though_it_has_many_of_ipv6(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    web = made(server.url)
    mine = ("2001:db8:0:7::1", "2001:db8:0:7::2", "2001:db8:0:7:ffff:1:2:3", "2001:db8:0:7:a::")
    assert [asker(web, None, address)("/api/a") for address in mine] == [200, 200, 200, 429]
    assert asker(web, None, "2001:db8:0:8::1")("/api/a") == 200
    for last in range(1, 6):  # as a server that listens on :: is told of IPv4
        assert asker(web, None, f"::ffff:192.0.2.{last}")("/api/a") == 200
    assert [asker(web, None, "192.0.2.1")("/api/a") for _ in range(3)] == [200, 200, 429]
    assert asker(web, None, "no address")("/api/a") == 200


def test_only_refused_tries_to_sign_in_are_counted(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    """A centre signs in from one address; who guesses there is stopped, and only there."""
    web = made(server.url)
    assert [tried(web, "192.0.2.1", 303) for _ in range(20)] == [303] * 20
    assert [tried(web, "192.0.2.1", 401) for _ in range(3)] == [401, 401, 429]
    assert tried(web, "192.0.2.1", 303) == 429
    assert tried(web, "192.0.2.2", 401) == 401
    assert asker(web, None)("/events") == 200


def test_what_a_screen_follows_counts_for_nothing(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    web = made(server.url)
    assert {asker(web, "a")("/events") for _ in range(50)} == {200}
    assert client.keys("*limits*") == []


def test_counts_lie_in_the_citys_slot_and_end(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    asker(made(server.url), "a")("/api/a")
    (key,) = client.keys("*")
    assert key.startswith(b"{379900}:limits")
    assert 0 < client.ttl(key) <= 3600


def test_without_its_store_each_process_counts_by_itself(table: None) -> None:
    web = made(f"redis://127.0.0.1:{free_port()}/0")
    assert [asker(web, "a")("/api/a") for _ in range(4)] == [200, 200, 200, 429]
    assert tried(web, "192.0.2.1", 303) == 303


def test_who_cannot_be_told_is_not_counted(table: None, client: redis.Redis, server: EmbeddedServer) -> None:
    """All of a centre come from one address: that the store is away is what they must be told."""
    web = made(server.url)
    assert {asker(web, UNTOLD)(path) for path in ("/api/a", "/brief") for _ in range(9)} == {200}
    assert client.keys("*") == []
    assert asker(web, None)("/api/a") == 200


def test_a_store_that_comes_back_counts_again(
    table: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    web = made(f"redis://127.0.0.1:{port}/0")
    assert asker(web, "a")("/api/a") == 200
    with EmbeddedServer(tmp_path, port=port) as server, redis.Redis.from_url(server.url) as store:
        later_s = time.time() + 3600  # when it looks after the store again
        monkeypatch.setattr("flask_limiter._extension.time.time", lambda: later_s)
        assert asker(web, "b")("/api/a") == 200
        assert asker(web, "b")("/api/a") == 200
        assert store.keys("*limits*")


def test_none_is_no_limit_and_nobody_signing_in_has_none(
    table: None, client: redis.Redis, server: EmbeddedServer
) -> None:
    free = made(server.url, limit_api="none")
    assert {asker(free, "a")("/api/a") for _ in range(9)} == {200}
    off = made(server.url, sign_in="off")
    assert {asker(off, "a")("/api/a") for _ in range(9)} == {200}
    assert client.keys("*") == []


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("30 per minute", True),
        ("30 per minute; 300 per hour", True),
        ("5 per 10 seconds", True),
        ("none", True),
        ("", False),
        ("many", False),
        ("0 per minute", False),
        ("30 per minute;", False),
        ("none; 1 per day", False),
        ("30/minute", False),
    ],
)
def test_rates_are_read_or_refused(text: str, good: bool) -> None:
    """What is let through is what Flask-Limiter reads."""
    from limits import parse_many

    if good:
        assert checked_rates(text) == text
        assert text == "none" or parse_many(text)
        return
    with pytest.raises(ValueError, match="is not like"):
        checked_rates(text)


def test_the_settings_say_what_is_wrong() -> None:
    with pytest.raises(SettingsError, match="KITE_LIMIT_API='often'"):
        Settings.load({"KITE_LIMIT_API": "often"})
