"""Tokens for administrators: made for their own region, no more than a role may do, taken back at once."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.domain.access import Identity
from dashboard.streams.tokens import add_token, token_of, tokens
from tests.streams.conftest import client, server  # noqa: F401
from tests.views.fakes import CODES, COUNTY, TOWN
from tests.views.signing import Centre, alert_in, post

pytestmark = [pytest.mark.valkey, pytest.mark.usefixtures("cheap_passwords")]
OTHER = CODES[2]
PATH = "/admin/tokens"
GOOD: dict[str, Any] = {"do": "add", "name": "hotline", "role": "producer", "region": TOWN, "days": "30"}


@pytest.fixture
def centre(client: redis.Redis, tmp_path: Path, compiled: Path) -> Centre:  # noqa: F811
    made = Centre(client, tmp_path, compiled)
    made.add("chief", "administrator")
    made.add("county chief", "administrator", COUNTY)
    return made


def secret_in(answer: Any) -> str:
    found = re.search(r"<code>([^<]+)</code>", answer.text)
    assert found, answer.text
    return found[1]


@pytest.mark.parametrize("actions", [[], ["report"], ["report", "feed"]])
def test_a_token_is_shown_once_and_is_what_was_asked_for(centre: Centre, actions: list[str]) -> None:
    chief = centre.entered("chief")
    answer = post(chief, PATH, **GOOD, actions=actions)
    text = secret_in(answer)
    found = token_of(centre.client, centre.keys, text)
    assert found is not None
    assert found.identity == Identity("hotline", "producer", TOWN, frozenset(actions) or None)
    days = (found.ends_ms / 1000 - time.time()) / 86_400
    assert 29.9 < days <= 30
    page = chief.get(PATH).text
    assert text not in page
    assert text not in str(centre.noted)
    assert found.number in page
    assert centre.noted[-1][:2] == ("token_added", "hotline")


def test_a_screen_gets_the_address_that_signs_it_in(centre: Centre) -> None:
    answer = post(centre.entered("chief"), PATH, **{**GOOD, "role": "wall", "region": "*"})
    address = secret_in(answer)
    assert address.startswith("http://localhost/wall/?token=kite_")
    screen = centre.browser()
    assert screen.get(address.removeprefix("http://localhost")).status_code == 303
    assert screen.get("/live/snapshot").text == "hotline"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "账号名要有"),
        ({"name": "13812345678"}, "个人信息"),
        ({"role": "king"}, "没有这个角色"),
        ({"region": "990101"}, "没有这个代码"),
        ({"days": "0"}, "有效天数"),
        ({"days": "3651"}, "有效天数"),
        ({"days": "x"}, "有效天数"),
        ({"days": "²"}, "有效天数"),
        ({"actions": ["view"]}, "超出了这个角色"),
        ({"actions": ["report", "administer"]}, "超出了这个角色"),
        ({"actions": ["nothing"]}, "超出了这个角色"),
    ],
)
def test_what_is_no_token_is_refused_in_one_sentence(
    centre: Centre, changed: dict[str, Any], said: str
) -> None:
    answer = post(centre.entered("chief"), PATH, **{**GOOD, **changed})
    assert (answer.status_code, said in alert_in(answer)) == (422, True)
    assert tokens(centre.client, centre.keys) == []


def test_a_token_that_is_taken_back_is_void_at_once(centre: Centre) -> None:
    chief = centre.entered("chief")
    screen = centre.browser()
    screen.get(secret_in(post(chief, PATH, **{**GOOD, "role": "wall"})).removeprefix("http://localhost"))
    assert screen.get("/live/snapshot").status_code == 200
    (known,) = tokens(centre.client, centre.keys)
    assert post(chief, PATH, do="revoke", number=known.number).status_code == 303
    assert screen.get("/live/snapshot").status_code == 401
    assert centre.noted[-1][:2] == ("token_revoked", "hotline")
    assert post(chief, PATH, do="revoke", number=known.number).status_code == 422


def test_a_countys_administrator_has_the_countys_tokens_alone(centre: Centre) -> None:
    ends_ms = int(time.time() * 1000) + 3_600_000
    for name, region in (("county wall", TOWN), ("other wall", OTHER), ("city wall", "*")):
        add_token(centre.client, centre.keys, Identity(name, "wall", region), ends_ms)
    browser = centre.entered("county chief")
    page = browser.get(PATH).text
    assert [name in page for name in ("county wall", "other wall", "city wall")] == [True, False, False]
    for known in tokens(centre.client, centre.keys):
        expected = 303 if known.identity.name == "county wall" else 422
        assert post(browser, PATH, do="revoke", number=known.number).status_code == expected
    for region in (OTHER, "*", CODES[0]):
        assert post(browser, PATH, **{**GOOD, "region": region}).status_code == 422
    left = {known.identity.name for known in tokens(centre.client, centre.keys)}
    assert left == {"other wall", "city wall"}


@pytest.mark.parametrize("role", ["leader", "officer", "unit", "wall"])
def test_the_page_is_for_administrators(centre: Centre, role: str) -> None:
    centre.add("somebody", role)
    browser = centre.entered("somebody")
    for answer in (browser.get(PATH), post(browser, PATH, **GOOD)):
        assert answer.status_code == 403
    assert tokens(centre.client, centre.keys) == []
