"""Signing in: where one is led, before it and afterwards."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import redis

from dashboard.views.sign_in import own_path
from tests.streams.conftest import client, server  # noqa: F401
from tests.views.fakes import CITY, COUNTY, hierarchy_of, pack_of
from tests.views.signing import HTML, OWN_PAGE, Centre, alert_in

pytestmark = [pytest.mark.valkey, pytest.mark.usefixtures("cheap_passwords")]
CALL_SIGN = pack_of(hierarchy_of()).units.call_sign[0]


@pytest.fixture
def centre(client: redis.Redis, tmp_path: Path, compiled: Path) -> Centre:  # noqa: F811
    made = Centre(client, tmp_path, compiled)
    made.add("东城值班", region=COUNTY)
    return made


@pytest.mark.parametrize(
    ("role", "name", "place"),
    [
        ("wall", "大屏", "/wall/"),
        ("leader", "领导", f"/region/{CITY}"),
        ("unit", "no call sign", f"/region/{CITY}"),
        ("unit", CALL_SIGN, f"/unit/{quote(CALL_SIGN)}"),
        ("officer", CALL_SIGN, f"/region/{CITY}"),
    ],
)
def test_each_role_is_led_to_its_own_view(centre: Centre, role: str, name: str, place: str) -> None:
    centre.add(name, role)
    assert centre.enter(centre.browser(), name).headers["Location"] == place


def test_pages_lead_to_the_sign_in_and_it_leads_back(centre: Centre) -> None:
    browser = centre.browser()
    answer = browser.get("/dispatch/?case=c 1&lang=en", headers=HTML)
    assert answer.status_code == 303
    there = answer.headers["Location"]
    assert there.startswith("/sign-in?next=%2Fdispatch%2F%3Fcase%3Dc")
    form = browser.get(there).text
    assert f'action="{there.replace("&", "&amp;")}"' in form
    answer = centre.enter(browser, "东城值班", query=there.removeprefix("/sign-in"))
    assert answer.headers["Location"].startswith("/dispatch/?case=c")


def test_a_page_of_a_name_in_chinese_is_led_back_to(centre: Centre) -> None:
    browser = centre.browser()
    there = browser.get("/unit/东城1号?case=%E6%A1%88%ff", headers=HTML).headers["Location"]
    answer = centre.enter(browser, "东城值班", query=there.removeprefix("/sign-in"))
    assert answer.headers["Location"] == f"{quote('/unit/东城1号')}?case=%E6%A1%88%ff"


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("/dispatch/", True),
        ("/region/370700?lang=en", True),
        ("/wall/?scene=rings&pause=", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/dispatch\\evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("evil.example", False),
        ("dispatch/", False),
        ("", False),
        ("/sign-in?next=/sign-in", False),
        ("/sign-out", False),
        ("/password", False),
        ("/sign-in/oidc", False),
        ("/sign-in/oidc/back?code=x", False),
        ("/文", False),
    ],
)
def test_one_is_led_to_paths_of_kites_own_only(centre: Centre, asked: str, own: bool) -> None:
    assert own_path(asked) == (asked if own else None)


def test_a_foreign_address_leads_home(centre: Centre) -> None:
    answer = centre.enter(centre.browser(), "东城值班", query="?next=https://evil.example/")
    assert answer.headers["Location"] == f"/region/{COUNTY}"


def test_a_void_session_leads_to_the_sign_in_and_is_refused_elsewhere(centre: Centre) -> None:
    browser = centre.entered("东城值班")
    centre.accounts.change("东城值班", lambda account: replace(account, locked=True))
    assert browser.get("/live/snapshot").status_code == 401
    answer = browser.get("/dispatch/", headers=HTML)
    assert answer.headers["Location"] == "/sign-in?void=1&next=%2Fdispatch%2F"
    assert "kite_session=;" in answer.headers["Set-Cookie"]
    assert "登录已经失效" in alert_in(browser.get(answer.headers["Location"]))


def test_a_form_that_is_sent_too_late_leads_to_the_sign_in(centre: Centre) -> None:
    centre.add("chief", "administrator")
    browser = centre.entered("chief")
    centre.accounts.change("chief", lambda account: replace(account, locked=True))
    sent = {"data": {"do": "lock", "name": "东城值班"}, "headers": OWN_PAGE | HTML}
    answer = browser.post("/admin/accounts", **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?void=1")
    kept = centre.accounts.get("东城值班")
    assert kept is not None
    assert not kept.locked
