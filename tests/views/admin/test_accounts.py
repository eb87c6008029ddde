"""Accounts for administrators: each deed, only on accounts of their own region, and never on their own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.views.admin import accounts as accounts_page
from tests.streams.conftest import client, server  # noqa: F401
from tests.views.fakes import CODES, COUNTY, TOWN
from tests.views.signing import PASSWORD, Centre, alert_in, post

pytestmark = [pytest.mark.valkey, pytest.mark.usefixtures("cheap_passwords")]
OTHER = CODES[2]
PATH = "/admin/accounts"


@pytest.fixture
def centre(client: redis.Redis, tmp_path: Path, compiled: Path) -> Centre:  # noqa: F811
    made = Centre(client, tmp_path, compiled)
    made.add("chief", "administrator")
    made.add("county chief", "administrator", COUNTY)
    made.add("town desk", "officer", TOWN)
    made.add("other desk", "officer", OTHER)
    return made


def secret_in(answer: Any) -> str:
    found = re.search(r"<code>([^<]+)</code>", answer.text)
    assert found, answer.text
    return found[1]


def state(centre: Centre, name: str) -> Any:
    kept = centre.accounts.get(name)
    return kept and (kept.role, kept.region_code, kept.locked)


@pytest.mark.parametrize("role", ["leader", "officer", "unit", "wall"])
def test_the_page_is_for_administrators(centre: Centre, role: str) -> None:
    centre.add("somebody", role)
    browser = centre.entered("somebody")
    for answer in (browser.get(PATH), post(browser, PATH, do="lock", name="town desk")):
        assert answer.status_code == 403
        assert "town desk" not in answer.text
    assert state(centre, "town desk") == ("officer", TOWN, False)
    assert centre.browser().get(PATH).status_code == 401


def test_a_new_account_gets_a_one_time_password_that_is_shown_once(centre: Centre) -> None:
    chief = centre.entered("chief")
    answer = post(chief, PATH, do="add", name="night desk", role="officer", region=TOWN)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    password = secret_in(answer)
    assert state(centre, "night desk") == ("officer", TOWN, False)
    assert password not in chief.get(PATH).text
    assert password not in str(centre.noted)
    assert ("account_added", "night desk", "done", {"role": "officer"}) in centre.noted
    entered = centre.enter(centre.browser(), "night desk", password)
    assert entered.headers["Location"] == "/password"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "role": "officer", "region": TOWN}, "账号名要有"),
        ({"name": "13812345678", "role": "officer", "region": TOWN}, "个人信息"),
        ({"name": "town desk", "role": "officer", "region": TOWN}, "已经有"),
        ({"name": "new", "role": "producer", "region": TOWN}, "没有这个角色"),
        ({"name": "new", "role": "king", "region": TOWN}, "没有这个角色"),
        ({"name": "new", "role": "officer", "region": "990101"}, "没有这个代码"),
        ({"name": "new", "role": "officer"}, "没有这个代码"),
    ],
)
def test_what_is_no_account_is_refused_in_one_sentence(
    centre: Centre, fields: dict[str, str], said: str
) -> None:
    before = centre.accounts.all()
    answer = post(centre.entered("chief"), PATH, do="add", **fields)
    assert (answer.status_code, said in alert_in(answer)) == (422, True)
    assert centre.accounts.all() == before


DEEDS: dict[str, tuple[dict[str, str], Any]] = {
    "lock": ({}, ("officer", TOWN, True)),
    "change": ({"role": "leader", "region": COUNTY}, ("leader", COUNTY, False)),
    "remove": ({}, None),
    "reset": ({}, ("officer", TOWN, False)),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", ["chief", "county chief"])
def test_each_deed_is_done_noted_and_holds_at_once(centre: Centre, who: str, deed: str) -> None:
    fields, then = DEEDS[deed]
    desk, browser = centre.entered("town desk"), centre.entered(who)
    assert desk.get("/live/snapshot").text == "town desk"
    answer = post(browser, PATH, do=deed, name="town desk", **fields)
    assert answer.status_code == (200 if deed == "reset" else 303)
    assert state(centre, "town desk") == then
    assert desk.get("/live/snapshot").status_code == 401
    assert centre.noted[-1][1] == "town desk"
    if deed == "reset":
        assert centre.enter(centre.browser(), "town desk").status_code == 401
        assert centre.enter(centre.browser(), "town desk", secret_in(answer)).status_code == 303


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", ["other desk", "chief", "county chief", "nobody", ""])
def test_a_countys_administrator_does_nothing_to_others_nor_to_themselves(
    centre: Centre, deed: str, name: str
) -> None:
    before = centre.accounts.all()
    browser = centre.entered("county chief")
    answer = post(browser, PATH, do=deed, name=name, **DEEDS[deed][0])
    assert answer.status_code == 422
    assert centre.accounts.all() == before
    assert browser.get(PATH).status_code == 200


@pytest.mark.parametrize("region", [OTHER, "*", CODES[0]])
@pytest.mark.parametrize("deed", ["add", "change"])
def test_nor_makes_any_account_of_a_region_that_is_not_theirs(centre: Centre, deed: str, region: str) -> None:
    before = centre.accounts.all()
    name = "town desk" if deed == "change" else "new"
    answer = post(centre.entered("county chief"), PATH, do=deed, name=name, role="officer", region=region)
    assert answer.status_code == 422
    assert centre.accounts.all() == before


def test_one_sees_the_accounts_of_ones_own_region(centre: Centre) -> None:
    county, whole = centre.entered("county chief").get(PATH).text, centre.entered("chief").get(PATH).text
    for name in ("town desk", "other desk"):
        assert name in whole
        assert (name in county) == (name == "town desk")
    assert f'value="{OTHER}"' not in county
    assert 'value="*"' not in county
    chosen = centre.entered("county chief").get(f"{PATH}?account=other desk").text
    assert "other desk" not in chosen


def test_who_was_wrong_too_often_is_shown_and_let_in_again(centre: Centre) -> None:
    for _ in range(5):
        centre.enter(centre.browser(), "town desk", "x")
    chief = centre.entered("chief")
    assert "输错过多" in chief.get(PATH).text
    post(chief, PATH, do="unlock", name="town desk")
    assert "输错过多" not in chief.get(PATH).text
    assert centre.enter(centre.browser(), "town desk", PASSWORD).status_code == 303


def test_who_only_had_to_wait_stays_signed_in(centre: Centre) -> None:
    desk, chief = centre.entered("town desk"), centre.entered("chief")
    chosen = f"{PATH}?account=town desk"
    assert "免去等待" not in chief.get(chosen).text
    for _ in range(5):
        centre.enter(centre.browser(), "town desk", "x")
    page = chief.get(chosen).text
    assert ("免去等待" in page, "停用" in page) == (True, True)
    post(chief, PATH, do="unlock", name="town desk")
    assert desk.get("/live/snapshot").text == "town desk"
    assert centre.noted[-1][:2] == ("unlocked", "town desk")
    assert centre.enter(centre.browser(), "town desk").status_code == 303


@pytest.mark.parametrize("deed", DEEDS)
def test_of_two_administrators_who_shut_each_other_out_one_is_left(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    """The other one was faster: between the look at who asks and the change."""
    centre.add("deputy", "administrator")
    others = accounts_page._Asked.others

    def late(asked: Any) -> Any:
        found = others(asked)
        centre.accounts.change("chief", lambda account: replace(account, locked=True))
        return found

    browser, before = centre.entered("chief"), centre.accounts.get("deputy")
    monkeypatch.setattr(accounts_page._Asked, "others", late)
    answer = post(browser, PATH, do=deed, name="deputy", **DEEDS[deed][0])
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/sign-in")
    assert centre.accounts.get("deputy") == before


def test_an_account_that_has_gone_to_another_region_meanwhile_is_not_removed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = accounts_page._Asked.others

    def late(asked: Any) -> Any:
        found = others(asked)
        centre.accounts.change("town desk", lambda account: replace(account, region_code=OTHER))
        return found

    browser = centre.entered("county chief")
    monkeypatch.setattr(accounts_page._Asked, "others", late)
    assert post(browser, PATH, do="remove", name="town desk").status_code == 422
    assert state(centre, "town desk") == ("officer", OTHER, False)


def test_a_deed_that_is_none_does_nothing(centre: Centre) -> None:
    before = centre.accounts.all()
    assert post(centre.entered("chief"), PATH, do="explode", name="town desk").status_code == 422
    assert post(centre.entered("chief"), PATH).status_code == 422
    assert centre.accounts.all() == before
