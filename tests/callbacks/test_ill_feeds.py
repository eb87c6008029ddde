"""Feeds that speak and are not well, on the leaders' page: told in a line; what rests on them looks dead."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.callbacks.test_in_browser import ages, go, tell
from tests.views.fakes import CITY, CODES, COUNTY, NAMES, TOWN

pytestmark = pytest.mark.browser
NOW_MS = 1_764_000_000_000
DEAD = re.compile("dead")


def ill(parts: Any = (), **health: dict[str, Any]) -> dict[str, object]:
    """Ages of feeds that all speak, with what the server found of their health."""
    return {**ages(0.4), "health": health, "parts": list(parts)}


def silent(county: str, **more: Any) -> dict[str, Any]:
    """A county from which nothing has come for ten minutes."""
    part = {"feed": "reports", "source": "", "county": county, "state": "silent", "lacks": "data"}
    return {**part, "data_ms": NOW_MS - 600_000, **more}


def path_to(code: str) -> list[dict[str, str]]:
    """As a summary has it: the regions from the city down to this one."""
    codes = [CITY, COUNTY, TOWN]
    return [{"code": each, "name": NAMES[CODES.index(each)]} for each in codes[: codes.index(code) + 1]]


def test_heartbeats_alone_are_no_data(page: Page) -> None:
    go(page, CITY)
    health = {"state": "silent", "lacks": "data", "data_ms": NOW_MS - 600_000, "usual": 30}
    tell(page, CITY, ages=ill(cameras=health))
    expect(page.locator("#dead-feed")).to_have_text("监控数据只有心跳，已经 10 分没有数据。")
    expect(page.locator("#cameras-card")).to_have_class(DEAD)
    expect(page.locator("#cameras-card")).to_contain_text("10 分")
    expect(page.locator("#score-card")).not_to_have_class(DEAD)
    tell(page, CITY, ages=ill(cameras={**health, "calm": True}))
    expect(page.locator("#cameras-card")).not_to_have_class(DEAD)


def test_floods_and_repeats_are_told_and_kill_nothing(page: Page) -> None:
    go(page, CITY)
    flood = {"state": "flood", "since_ms": NOW_MS, "per_min": 1684, "usual": 6}
    repeat = {"state": "repeat", "since_ms": NOW_MS, "per_min": 400, "repeats": 299}
    tell(page, CITY, ages=ill(reports=flood, units=repeat))
    line, repeated = page.locator("#dead-feed"), "队伍数据重复，1 分钟 400 条中 299 条没有新内容。"
    expect(line).to_have_text(f"案件数据激增，1 分钟 1,684 条。 {repeated}")
    expect(page.locator(".card.dead")).to_have_count(0)


def test_a_place_under_a_silent_county_looks_stale(page: Page) -> None:
    """Silence is not safety: its score is not to be believed, and that of others is."""
    other = CODES[2]
    for code, is_dead in ((COUNTY, True), (TOWN, True), (CITY, False)):
        go(page, code)
        tell(page, code, ages=ill([silent(COUNTY)]), path=path_to(code))
        card = expect(page.locator("#score-card"))
        if is_dead:
            card.to_have_class(DEAD)
            expect(page.locator("#dead-feed")).to_have_text(
                "潍城区已经 10 分没有报来案件，灰色的分数不可信。"
            )
        else:
            card.not_to_have_class(DEAD)
    go(page, COUNTY)
    tell(page, COUNTY, ages=ill([silent(other), silent(COUNTY, calm=True)]), path=path_to(COUNTY))
    expect(page.locator("#score-card")).not_to_have_class(DEAD)
