"""The leader's path in a real browser on a real Kite: to the red village, why it is red, what is done."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.domain.hierarchy import GRID
from tests.e2e.conftest import Running, app, run_city
from tests.e2e.screens import PATIENCE_MS, loaded, screen

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

GRAVE = "e2e-grave"
NUMBER = re.compile(r"[+−]?\d+\.\d\d")
OWN_ROWS = """() => {
  const here = location.pathname.split('/').pop(), first = document.querySelector('#children a.child');
  return first?.getAttribute('href').startsWith(`/region/${here}`);
}"""
"""Whether the ranking is of the region of the address by now."""


@pytest.fixture(scope="module")
def lived(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite with twenty simulated days behind it, and one grave case, which turns its places red."""
    with run_city(built, tmp_path_factory.mktemp("leaders"), rate=20) as city:
        report(city, GRAVE, level="01", type="hazardous_leak", summary="储罐泄漏")
        yield city


def report(city: Running, case_id: str, **fields: str) -> None:
    region = int(city.pack.regions.tier_start[GRID]) + 7
    lon, lat = city.pack.to_lonlat(city.pack.regions.label_xy[region])
    body = {"id": case_id, "type": "fire", "level": "03", "origin": "hotline", "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}", **fields}  # fmt: skip
    request = urllib.request.Request(f"{city.kite.url}/api/v1/reports", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 201


def steps(city: Running, case_id: str) -> list[tuple[str, str]]:
    """The commands of a case's history, with their notes."""
    with urllib.request.urlopen(f"{city.kite.url}/api/v1/cases/{case_id}", timeout=30) as answer:
        return [(step[1], json.dumps(step, ensure_ascii=False)) for step in json.load(answer)["history"]]


def card_of(city: Running, case_id: str) -> str:
    with urllib.request.urlopen(f"{city.kite.url}/api/v1/cases/{case_id}", timeout=30) as answer:
        return str(json.load(answer)["card"])


def red_row(page: Page) -> Locator:
    """The first red part in the ranking."""
    row = page.locator("#children a.child.level-4").first
    expect(row).to_be_visible(timeout=PATIENCE_MS)
    return row


def read(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace("+", ""))


def read_history(page: Page) -> None:
    """Wait until the history of cases has been read: the waterfall has its bars."""
    expect(page.locator("#moved-graph rect").first).to_be_attached(timeout=PATIENCE_MS)


def test_from_the_city_to_the_red_village_and_to_the_reason(lived: Running, browser: Browser) -> None:
    """3 clicks down, 1 click to the reason, whose parts sum to the score that is seen."""
    with screen(browser, lived) as page:
        red_row(page)
        started_s = time.monotonic()
        for clicks in (1, 2, 3):
            red_row(page).click()
            expect(page.locator("#breadcrumb a")).to_have_count(clicks, timeout=PATIENCE_MS)
            page.wait_for_function(OWN_ROWS, timeout=PATIENCE_MS)
        expect(page.locator("#score-level")).to_have_text("4 红", timeout=PATIENCE_MS)
        reached_s = time.monotonic()
        page.locator(".figure-button").click()
        expect(page.locator("#explain-body .sum")).to_be_visible(timeout=PATIENCE_MS)
        explained_s = time.monotonic()
        print(f"\ncity to red village, 3 clicks: {reached_s - started_s:.2f} s;"
              f" why it is red, 1 click: {explained_s - reached_s:.2f} s")  # fmt: skip
        page.wait_for_timeout(1500)  # live figures come once a second
        expect(page.locator("#explain-body .behind")).to_have_count(0, timeout=PATIENCE_MS)
        told, score = page.locator("#explain-body .sum").inner_text().split(" = ")
        assert sum(read(number) for number in NUMBER.findall(told)) == read(NUMBER.findall(score)[0])
        shown = read(page.locator("#score").inner_text())
        assert abs(read(NUMBER.findall(score)[0]) - shown) <= Decimal("0.15")
        expect(page.locator("#explain-body .parts-table")).to_contain_text("危化品泄漏")


@pytest.mark.parametrize("tier", range(5))
def test_every_tiers_explanation_adds_up(lived: Running, browser: Browser, tier: int) -> None:
    """What is written in tables and drawing, of real cases."""
    regions = lived.pack.regions
    code = regions.code[int(regions.tier_start[tier])]
    with screen(browser, lived, f"/region/{code}") as page:
        page.locator(".figure-button").click()
        sums = page.locator("#explain-body .sum")
        expect(sums).to_be_visible(timeout=PATIENCE_MS)
        told, score = sums.inner_text().split(" = ")
        assert sum(read(number) for number in NUMBER.findall(told)) == read(NUMBER.findall(score)[0])
        *parts, total = (read(text) for text in page.locator(".families-table .points").all_inner_texts())
        assert sum(parts) == total == read(NUMBER.findall(score)[0])
        heads = page.locator(".parts-table .part-head .points").all_inner_texts()
        everything = page.locator(".parts-table .points").all_inner_texts()
        assert sum(map(read, everything)) == 2 * sum(map(read, heads))


def test_what_moved_the_score_adds_up(lived: Running, browser: Browser) -> None:
    bar = "(titles) => titles.map((title) => title.textContent.split(' ').pop())"
    with screen(browser, lived) as page:
        page.locator("#moved-since").get_by_text("昨日").click()
        read_history(page)
        expect(page.locator("#moved-note")).to_contain_text("较昨日", timeout=PATIENCE_MS)
        first, *parts, last = page.locator("#moved-graph rect title").evaluate_all(bar)
        assert read(first) + sum(map(read, parts)) == read(last)
        assert len(parts) >= 4
        expect(page.locator("#moved-cases")).to_contain_text("危化品泄漏")


def test_supervision_in_two_clicks_is_in_the_cases_history(lived: Running, browser: Browser) -> None:
    with screen(browser, lived) as page:
        page.get_by_role("tab", name="案件").click()
        started_s = time.monotonic()
        page.locator(f'#cases-table [data-case="{GRAVE}"][data-deed="supervise"]').click()
        page.locator('.deeds-menu [data-preset="yellow"]').click()
        expect(page.locator(".deeds-said.done")).to_contain_text("黄牌督办", timeout=PATIENCE_MS)
        print(f"\nsupervised, 2 clicks: {time.monotonic() - started_s:.2f} s")
        assert card_of(lived, GRAVE) == "yellow"
        assert [command for command, _ in steps(lived, GRAVE)][-1] == "supervise"


def test_the_header_instructs_on_the_gravest_in_two_clicks(lived: Running, browser: Browser) -> None:
    with screen(browser, lived) as page:
        page.locator('.leader-buttons [data-deed="instruct"]').click()
        chosen = page.locator(".deeds-cases label").first
        expect(chosen).to_be_visible(timeout=PATIENCE_MS)
        page.locator('.deeds-menu [data-preset="lead"]').click()
        expect(page.locator(".deeds-said.done")).to_be_visible(timeout=PATIENCE_MS)


def test_who_was_first_is_said_to_the_second(lived: Running, browser: Browser) -> None:
    """The case changes while its menu is open: nothing is overwritten, and the leader is told by whom."""
    report(lived, "e2e-race", level="02")
    with screen(browser, lived) as page:
        page.get_by_role("tab", name="案件").click()
        page.locator('#cases-table [data-case="e2e-race"][data-deed="instruct"]').click()
        expect(page.locator('.deeds-menu [data-preset="calm"]')).to_be_enabled()
        body = json.dumps({"command": "accept", "version": 1}).encode()
        address = f"{lived.kite.url}/api/v1/cases/e2e-race/commands"
        with urllib.request.urlopen(urllib.request.Request(address, body), timeout=30) as answer:
            assert answer.status == 200
        page.locator('.deeds-menu [data-preset="calm"]').click()
        expect(page.locator(".deeds-said.alarm")).to_contain_text("受理", timeout=PATIENCE_MS)
        assert [command for command, _ in steps(lived, "e2e-race")] == ["report", "accept"]
        page.locator('.deeds-menu [data-preset="calm"]').click()  # about the case as it is now
        expect(page.locator(".deeds-said.done")).to_be_visible(timeout=PATIENCE_MS)
        command, step = steps(lived, "e2e-race")[-1]
        assert command == "instruct"
        assert "防止事态扩大" in step


def test_counties_are_compared_in_one_click(lived: Running, browser: Browser) -> None:
    with screen(browser, lived) as page:
        read_history(page)
        started_s = time.monotonic()
        page.get_by_role("tab", name="对比").click()
        expect(page.locator("#compare-body tbody tr")).to_have_count(2, timeout=PATIENCE_MS)
        print(f"\ncounties compared, 1 click: {time.monotonic() - started_s:.2f} s")
        expect(page.locator("#compare-body")).to_contain_text("东城区")
        expect(page.locator("#compare-body svg")).to_be_visible()


def test_cases_and_hours_are_counted_from_the_history(lived: Running, browser: Browser) -> None:
    """The field of hours has as many cases as the month's new ones: each occurred in one of them."""
    with screen(browser, lived) as page:
        read_history(page)
        page.get_by_role("tab", name="案件").click()
        page.locator("#cases-view label").nth(1).click()
        new = page.locator("#case-counts .count b").first
        expect(new).to_have_text(re.compile(r"^[\d,]+$"), timeout=PATIENCE_MS)
        counted = int(new.inner_text().replace(",", ""))
        page.get_by_role("tab", name="时段").click()
        expect(page.locator("#hours-body rect").first).to_be_visible(timeout=PATIENCE_MS)
        titles = page.locator("#hours-body rect title").evaluate_all("(all) => all.map((t) => t.textContent)")
        by_hour = sum(int(title.split("· ")[1].replace(",", "")) for title in titles)
        assert len(titles) == 7 * 24
        assert by_hour == counted > 0


def test_a_countys_leader_sees_and_supervises_that_county_alone(lived: Running, browser: Browser) -> None:
    """Signed in with a token: their own page has all buttons, the other county's scores are not explained."""
    own, other = lived.pack.regions.code[1], lived.pack.regions.code[2]
    run = app("token", "add", "县领导", "--role", "leader", "--region", own, **lived.environment())
    assert run.returncode == 0, run.stderr
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.goto(f"{lived.kite.url}/sign-in")
    page.locator("summary").click()
    page.locator('input[name="token"]').fill(run.stdout.split()[-1])
    page.locator("details button").click()
    page.goto(f"{lived.kite.url}/region/{own}")
    loaded(page)
    expect(page.locator('.leader-buttons [data-deed="instruct"]')).to_be_visible()
    page.evaluate(
        "(code) => { const b = document.createElement('button'); b.dataset.explain = code;"
        " document.body.append(b); b.click(); b.remove(); }",
        other,
    )
    expect(page.locator("#explain-body")).to_have_text("您没有查看这个地区的权限。", timeout=PATIENCE_MS)
    context.close()
