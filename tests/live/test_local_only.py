"""Where nobody has to sign in nobody else than this machine gets anything."""

from __future__ import annotations

import pytest
from flask import Flask

from dashboard.live import local_only
from dashboard.live.local_only import NotLocalError, insist_on_loopback, is_loopback
from dashboard.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.8.7", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback
    if loopback:
        insist_on_loopback(Settings(sign_in="off", host=host))
    else:
        with pytest.raises(SettingsError, match="KITE_SIGN_IN=required"):
            insist_on_loopback(Settings(sign_in="off", host=host))
    insist_on_loopback(Settings(host=host))


def status(sign_in: str, host: str = "127.0.0.1:8050", **headers: str) -> int:
    server = Flask("kite")
    local_only.install(server, Settings(sign_in=sign_in))
    server.register_error_handler(NotLocalError, lambda problem: (str(problem), 403))
    server.add_url_rule("/", "root", lambda: "hello")
    return server.test_client().get("/", headers={"Host": host, **headers}).status_code


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"])
def test_what_a_proxy_passed_on_is_refused(header: str) -> None:
    assert status("off", **{header: "127.0.0.1"}) == 403
    assert status("required", **{header: "127.0.0.1"}) == 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1:8050", 200), ("localhost", 200), ("[::1]:8050", 200), ("evil.example:8050", 403),
     ("127.0.0.1.evil.example", 403), ("10.0.0.1", 403)],
)  # fmt: skip
def test_a_page_of_another_site_that_names_this_machine_its_own_gets_nothing(
    host: str, expected: int
) -> None:
    assert status("off", host) == expected
    assert status("required", host) == 200
