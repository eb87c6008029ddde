"""Signing in: who is let in, and how often one may try."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import argon2
import pytest
import redis

from dashboard.domain import accounts as domain
from dashboard.domain.access import Identity
from dashboard.live import signing_in
from dashboard.live.identity import COOKIE
from dashboard.streams.tokens import add_token
from tests.streams.conftest import client, server  # noqa: F401
from tests.views.fakes import CITY, COUNTY
from tests.views.signing import OWN_PAGE, PASSWORD, Centre, alert_in, post

pytestmark = [pytest.mark.valkey, pytest.mark.usefixtures("cheap_passwords")]
WRONG = "账号或密码不对"


@pytest.fixture
def centre(client: redis.Redis, tmp_path: Path, compiled: Path) -> Centre:  # noqa: F811
    made = Centre(client, tmp_path, compiled)
    made.add("东城值班", region=COUNTY)
    return made


def test_the_right_password_opens_the_page_of_ones_own_region(centre: Centre) -> None:
    browser = centre.browser()
    assert browser.get("/live/snapshot").status_code == 401
    answer = centre.enter(browser, "东城值班")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/region/{COUNTY}")
    assert browser.get("/live/snapshot").text == "东城值班"
    assert centre.noted == [("sign_in", "", "done", {})]


@pytest.mark.parametrize("name", [" 东城值班 ", "东城值班\u3000"])
def test_blanks_around_a_name_are_no_other_name(centre: Centre, name: str) -> None:
    assert centre.enter(centre.browser(), name).status_code == 303


def test_what_is_wrong_is_not_said(centre: Centre) -> None:
    """The same answer for a wrong password, no account, a locked one and an ended one-time password."""
    centre.add("locked", locked=True)
    centre.add("ended", must_change=True, ends_ms=1)
    answers = [
        centre.enter(centre.browser(), name, secret)
        for name, secret in (
            ("东城值班", "not the password"),
            ("nobody", PASSWORD),
            ("locked", PASSWORD),
            ("ended", PASSWORD),
            ("", ""),
            ("东城值班", PASSWORD + "x" * 300),
            ("x" * 5000, PASSWORD),
        )
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert WRONG in alert_in(answers[0])
    assert all("kite_session" not in str(answer.headers) for answer in answers)


def test_an_unknown_name_costs_as_much_work_as_a_known_one(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []

    def fits(kept: str, password: str) -> bool:
        worked.append(kept.rsplit("$", 2)[0])
        return domain.fits(kept, password)

    monkeypatch.setattr(signing_in, "fits", fits)
    for name in ("东城值班", "nobody"):
        centre.enter(centre.browser(), name, "not the password")
    assert len(worked) == 2
    assert len(set(worked)) == 1
    assert worked[0].startswith("$argon2id$v=19$m=")


def test_a_name_that_is_none_is_noted_nowhere(centre: Centre) -> None:
    """Into the wrong field people type their password."""
    centre.enter(centre.browser(), "my secret password", "x")
    centre.enter(centre.browser(), "东城值班", "x")
    assert centre.noted == [
        ("sign_in_failed", "", "refused", {}),
        ("sign_in_failed", "东城值班", "refused", {}),
    ]


def test_after_wrong_passwords_the_right_one_has_to_wait(
    centre: Centre,
    client: redis.Redis,  # noqa: F811
) -> None:
    browser = centre.browser()
    assert [centre.enter(browser, "东城值班", "x").status_code for _ in range(5)] == [401] * 5
    answer = centre.enter(browser, "东城值班")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    assert f"请 {answer.headers['Retry-After']} 秒后再试" in alert_in(answer)
    assert ("locked", "东城值班", "done", {"seconds": "5"}) in centre.noted
    for name in ("nobody",) * 5:
        assert centre.enter(browser, name, "x").status_code == 401
    assert centre.enter(browser, "nobody", "x").status_code == 429  # no account is told by it
    for key in client.keys("*attempts*"):
        client.hset(key, "until", "0")
    assert centre.enter(browser, "东城值班").status_code == 303
    assert centre.enter(centre.browser(), "东城值班", "x").status_code == 401  # from the first again


def test_guesses_from_elsewhere_do_not_keep_out_the_seats_own_browser(centre: Centre) -> None:
    own = centre.entered("东城值班")
    there = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    for _ in range(5):
        centre.enter(centre.browser(), "东城值班", "x", **there)
    assert centre.enter(centre.browser(), "东城值班").status_code == 429
    assert centre.enter(own, "东城值班").status_code == 303
    for _ in range(5):  # but for its own there are no more
        centre.enter(own, "东城值班", "x")
    assert centre.enter(own, "东城值班").status_code == 429


def test_a_new_password_is_not_kept_out_by_what_was_wrong_of_the_old_one(centre: Centre) -> None:
    """Nor in the seat's own browser, whose tries are counted by themselves."""
    own = centre.entered("东城值班")
    for _ in range(5):
        centre.enter(own, "东城值班", "forgotten")
    assert centre.enter(own, "东城值班").status_code == 429
    centre.accounts.change("东城值班", lambda account: replace(account, must_change=True))
    assert centre.enter(own, "东城值班").headers["Location"] == "/password"


def test_one_address_does_not_try_one_name_after_the_other(centre: Centre) -> None:
    told = [centre.enter(centre.browser(), f"seat {n}", "x").status_code for n in range(25)]
    assert told[:21] == [401] * 21
    assert 429 in told[21:]

    def from_a_network(n: int) -> int:
        there = {"environ_overrides": {"REMOTE_ADDR": f"2001:db8::{n:x}"}}
        return centre.enter(centre.browser(), f"seat {n}", "x", **there).status_code

    assert 429 in [from_a_network(n) for n in range(25, 50)]
    there = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    assert centre.enter(centre.browser(), "东城值班", **there).status_code == 303


def test_guesses_at_once_are_as_many_as_one_after_the_other(centre: Centre) -> None:
    def guess(_: int) -> int:
        return centre.enter(centre.browser(), "东城值班", "x").status_code

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(guess, range(24)))
    assert sorted(told) == [401] * 5 + [429] * 19


def test_an_outdated_hash_is_made_again_and_the_session_holds(centre: Centre) -> None:
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    centre.accounts.change("东城值班", lambda account: replace(account, password=cheap))
    browser = centre.entered("东城值班")
    kept = centre.accounts.get("东城值班")
    assert kept is not None
    assert not domain.is_outdated(kept.password)
    assert browser.get("/live/snapshot").text == "东城值班"
    assert centre.enter(centre.browser(), "东城值班").status_code == 303


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_by_https_every_cookie_is_for_https_only(
    centre: Centre,
    client: redis.Redis,  # noqa: F811
    scheme: str,
) -> None:
    """Which it is a trusted proxy says (tests/e2e/test_behind_nginx.py)."""
    who = Identity("夜班", "leader", "*")
    text = add_token(client, centre.keys, who, int(time.time() * 1000) + 3_600_000)
    set_: dict[str, str] = {}
    for given in ({"name": "东城值班", "password": PASSWORD}, {"token": text}):
        answer = centre.browser().post(
            "/sign-in", data=given, headers=OWN_PAGE, base_url=f"{scheme}://kite.example"
        )
        set_ |= {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    assert set(set_) == {"kite_session", "kite_known", COOKIE}
    for line in set_.values():
        assert ("; Secure" in line, "; HttpOnly" in line, "; SameSite=" in line) == (
            scheme == "https",
            True,
            True,
        )


def test_who_signs_out_is_out_but_not_by_a_link_of_another_site(centre: Centre) -> None:
    browser = centre.entered("东城值班")
    kept = browser.get_cookie("kite_session")
    assert kept is not None
    answer = browser.get("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert browser.get("/live/snapshot").text == "东城值班"
    answer = browser.get("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    browser.set_cookie("kite_session", kept.value)
    assert browser.get("/live/snapshot").status_code == 401
    assert [row[0] for row in centre.noted] == ["sign_in", "sign_out"]


def test_a_token_signs_in_too_and_the_last_one_counts(centre: Centre, client: redis.Redis) -> None:  # noqa: F811
    who = Identity("夜班", "leader", "*")
    text = add_token(client, centre.keys, who, int(time.time() * 1000) + 3_600_000)
    browser = centre.entered("东城值班")
    answer = post(browser, "/sign-in", token=text)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/region/{CITY}")
    assert browser.get("/live/snapshot").text == "夜班"
    centre.enter(browser, "东城值班")
    assert browser.get_cookie(COOKIE) is None
    assert browser.get("/live/snapshot").text == "东城值班"
    answer = post(centre.browser(), "/sign-in", token="kite_none")
    assert answer.status_code == 401
    assert "<details open>" in answer.text


@pytest.mark.parametrize("region", ["990101", "nowhere"])
def test_an_account_of_no_region_of_this_city_is_not_let_in(centre: Centre, region: str) -> None:
    centre.add("from elsewhere", region=region)
    browser = centre.browser()
    answer = centre.enter(browser, "from elsewhere")
    assert answer.status_code == 403
    assert browser.get("/live/snapshot").status_code == 401


def test_while_the_store_is_silent_that_is_said(
    client: redis.Redis,  # noqa: F811
    tmp_path: Path,
    compiled: Path,
) -> None:
    silent = Centre(client, tmp_path, compiled, url="redis://127.0.0.1:1/0")
    answer = silent.enter(silent.browser(), "东城值班")
    assert answer.status_code == 503
    assert "暂时无法核对" in alert_in(answer)


def test_a_page_of_another_site_signs_nobody_in(centre: Centre) -> None:
    given = {"name": "东城值班", "password": PASSWORD}
    browser = centre.browser()
    answer = browser.post("/sign-in", data=given, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code >= 400
    assert browser.get("/live/snapshot").status_code == 401
