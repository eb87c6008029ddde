"""One's own password: changed by who knows it, or at the first sign-in with one that others made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from dashboard.domain.access import Identity
from dashboard.domain.accounts import Account, fits, hash_of
from dashboard.live.identity import COOKIE
from dashboard.live.sessions import Sessions
from dashboard.streams.accounts import with_one_time
from dashboard.streams.client import FAILED
from dashboard.streams.tokens import add_token
from dashboard.views import password as page_of_password
from tests.streams.conftest import client, server  # noqa: F401
from tests.views.fakes import CITY
from tests.views.signing import HTML, PASSWORD, Centre, alert_in, post

pytestmark = [pytest.mark.valkey, pytest.mark.usefixtures("cheap_passwords")]
NEW = "another long enough one"


@pytest.fixture
def centre(client: redis.Redis, tmp_path: Path, compiled: Path) -> Centre:  # noqa: F811
    made = Centre(client, tmp_path, compiled)
    made.add("duty")
    return made


def given(centre: Centre) -> str:
    """The account gets a password that somebody else made."""
    changed = {"password": hash_of("GIVEN-GIVEN-45678"), "must_change": True}
    centre.accounts.change("duty", lambda account: replace(account, **changed))
    return "GIVEN-GIVEN-45678"


def test_who_knows_the_password_changes_it_and_stays_signed_in_here_alone(centre: Centre) -> None:
    here, there = centre.entered("duty"), centre.entered("duty")
    answer = post(here, "/password?next=/dispatch/", before=PASSWORD, new=NEW, again=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dispatch/")
    assert here.get("/live/snapshot").text == "duty"
    assert there.get("/live/snapshot").status_code == 401
    assert centre.enter(centre.browser(), "duty").status_code == 401
    assert centre.enter(centre.browser(), "duty", NEW).status_code == 303
    assert ("password_changed", "duty", "done", {}) in centre.noted


@pytest.mark.parametrize(
    ("before", "new", "again", "status", "said"),
    [
        ("not it", NEW, NEW, 403, "现在的密码不对"),
        ("", NEW, NEW, 403, "现在的密码不对"),
        (PASSWORD, NEW, NEW + "x", 422, "不一样"),
        (PASSWORD, "short", "short", 422, "12 个字符"),
        (PASSWORD, "on DUTY all night", "on DUTY all night", 422, "账号名"),
        (PASSWORD, PASSWORD, PASSWORD, 422, "不能和现在的一样"),
    ],
)
def test_what_is_refused_changes_nothing(
    centre: Centre, before: str, new: str, again: str, status: int, said: str
) -> None:
    browser = centre.entered("duty")
    kept = centre.accounts.get("duty")
    answer = post(browser, "/password", before=before, new=new, again=again)
    assert (answer.status_code, said in alert_in(answer)) == (status, True)
    assert centre.accounts.get("duty") == kept
    assert browser.get("/live/snapshot").text == "duty"


def test_whoever_finds_an_open_page_cannot_guess_the_password(centre: Centre) -> None:
    browser = centre.entered("duty")
    told = [post(browser, "/password", before="x", new=NEW, again=NEW).status_code for _ in range(6)]
    assert told == [403] * 5 + [429]
    assert post(browser, "/password", before=PASSWORD, new=NEW, again=NEW).status_code == 429


def test_a_password_that_others_made_is_changed_before_anything_else(centre: Centre) -> None:
    one_time, browser = given(centre), centre.browser()
    answer = centre.enter(browser, "duty", one_time, query="?next=/dispatch/")
    assert answer.headers["Location"] == "/password?next=%2Fdispatch%2F"
    for path in ("/dispatch/", "/wall/", "/region/370700"):
        led = browser.get(path, headers=HTML)
        assert led.headers["Location"].startswith("/password?next="), path
    answer = browser.get("/live/snapshot")
    assert (answer.status_code, "/password" in answer.text) == (401, True)
    page = browser.get("/password?next=%2Fdispatch%2F")
    assert "先换成自己的" in alert_in(page)
    assert 'name="before"' not in page.text
    refused = post(browser, "/password", new=one_time, again=one_time)
    assert (refused.status_code, "不能和现在的一样" in alert_in(refused)) == (422, True)
    answer = post(browser, "/password?next=%2Fdispatch%2F", new=NEW, again=NEW)
    assert answer.headers["Location"] == "/dispatch/"
    assert browser.get("/live/snapshot").text == "duty"
    kept = centre.accounts.get("duty")
    assert kept is not None
    assert (fits(kept.password, NEW), kept.must_change, kept.ends_ms) == (True, False, 0)


MEANWHILE: dict[str, Callable[[Account], Account]] = {
    "another browser": lambda account: replace(account, password="of the other browser", must_change=False),
    "locked": lambda account: replace(account, locked=True),
    "a new one-time password": lambda account: with_one_time(account, "of the administrator"),
}


@pytest.mark.parametrize("is_given", [True, False])
@pytest.mark.parametrize("what", MEANWHILE)
def test_who_comes_too_late_undoes_nothing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, what: str, is_given: bool
) -> None:
    """While the new password is hashed the account is changed by somebody else."""
    secret = given(centre) if is_given else PASSWORD
    browser = centre.browser()
    assert centre.enter(browser, "duty", secret).status_code == 303
    done: list[Account] = []

    def late(new: str) -> str:
        done.append(centre.accounts.change("duty", MEANWHILE[what]))
        return hash_of(new)

    monkeypatch.setattr(page_of_password, "hash_of", late)
    answer = post(browser, "/password", before=secret, new=NEW, again=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?void=1")
    assert [centre.accounts.get("duty")] == done
    assert "password_changed" not in [row[0] for row in centre.noted]
    assert browser.get("/live/snapshot").status_code == 401


def test_a_password_that_was_changed_is_noted_also_where_no_session_can_begin(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = centre.entered("duty")

    def silent(*_: object) -> None:
        raise FAILED[0]("no answer")

    monkeypatch.setattr(Sessions, "begin", silent)
    answer = post(browser, "/password", before=PASSWORD, new=NEW, again=NEW)
    assert answer.status_code == 503
    assert ("password_changed", "duty", "done", {}) in centre.noted
    kept = centre.accounts.get("duty")
    assert kept is not None
    assert fits(kept.password, NEW)


def test_guesses_from_elsewhere_keep_nobody_from_changing_their_password(centre: Centre) -> None:
    own = centre.entered("duty")
    for _ in range(5):
        centre.enter(centre.browser(), "duty", "x", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert centre.enter(centre.browser(), "duty").status_code == 429
    assert post(own, "/password", before=PASSWORD, new=NEW, again=NEW).status_code == 303


def test_only_accounts_of_this_city_have_a_password_here(centre: Centre, client: redis.Redis) -> None:  # noqa: F811
    assert centre.browser().get("/password").headers["Location"] == "/sign-in"
    assert post(centre.browser(), "/password", new=NEW, again=NEW).headers["Location"] == "/sign-in"
    text = add_token(client, centre.keys, Identity("热线", "leader", "*"), int(time.time() * 1000) + 60_000)
    browser = centre.browser()
    browser.set_cookie(COOKIE, text)
    answer = browser.get("/password")
    assert (answer.status_code, "没有密码可改" in alert_in(answer)) == (403, True)


def test_a_page_of_another_site_changes_no_password(centre: Centre) -> None:
    browser = centre.entered("duty")
    fields = {"before": PASSWORD, "new": NEW, "again": NEW}
    answer = browser.post("/password", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code >= 400
    assert centre.enter(centre.browser(), "duty").status_code == 303


def test_the_page_leads_back(centre: Centre) -> None:
    page = centre.entered("duty").get("/password").text
    assert f'href="/region/{CITY}"' in page
    assert 'name="before"' in page
