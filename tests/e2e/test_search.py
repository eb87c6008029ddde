"""The desk's search: in a real browser with keys, mouse and an input method, and over the API by who asks."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.e2e.conftest import Running, run_city
from tests.e2e.test_api import ask, bearer, token
from tests.e2e.test_desk import opened, report

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

WEST = {"lon": "119.15", "lat": "36.65"}


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, with a case in each county."""
    with run_city(built, tmp_path_factory.mktemp("search"), rate=0) as city:
        report(city, "east-1", summary="奎文门楼道冒烟")
        report(city, "west-1", summary="重庆路井盖缺失", type="road_hazard", level="04", **WEST)
        yield city


@pytest.fixture
def desk(browser: Browser, quiet: Running) -> Iterator[Page]:
    page, errors = opened(browser, quiet)
    page.wait_for_function("performance.getEntriesByName('kite:all-loaded').length > 0")
    yield page
    assert errors == []
    page.context.close()


def type_in(page: Page, text: str) -> None:
    """Open the search with its key and type."""
    page.keyboard.press("/")
    expect(page.locator(".desk-search input")).to_be_focused()
    page.keyboard.type(text)


def options(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".desk-search [role=option]")


def selected(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".desk-search [aria-selected=true]")


def test_a_case_is_chosen_with_keys_only(desk: Page) -> None:
    """`/`, the initials, Enter: it is in the queue, on the map and in the panel."""
    type_in(desk, "kw")
    expect(selected(desk)).to_contain_text("奎文门楼道冒烟")
    expect(selected(desk).locator("mark")).to_have_text("奎文")
    desk.keyboard.press("Enter")
    expect(desk.locator(".desk-search")).not_to_be_visible()
    expect(desk.locator(".desk-facts h1")).to_have_text("奎文门楼道冒烟")
    expect(desk.locator('.desk-grid [row-id="east-1"].ag-row-selected').first).to_be_visible()
    expect(desk.locator("body")).to_be_focused()
    desk.keyboard.press("j")  # the desk's own keys work again
    expect(desk.locator(".desk-facts h1")).to_have_text("重庆路井盖缺失")


def test_a_place_is_looked_at(desk: Page) -> None:
    type_in(desk, "xichengq")
    expect(selected(desk)).to_contain_text("西城区")
    desk.keyboard.press("Enter")
    desk.wait_for_function("kite.store.hierarchy.code(kite.selection.region) === '990102'")
    desk.wait_for_function("kite.view.map.getCenter().lng > 119.12")


def test_a_unit_is_marked_where_it_is_and_followed(desk: Page, quiet: Running) -> None:
    sign = quiet.pack.units.call_sign[0]
    type_in(desk, sign)
    expect(selected(desk)).to_contain_text(sign)
    desk.keyboard.press("Enter")
    expect(desk.locator(".desk-unit")).to_have_text(sign)
    assert desk.evaluate("kite.view.map.getZoom()") >= 13
    desk.evaluate("(i) => { kite.store.columns.units.x[i] += 5000; }", 0)
    before = desk.evaluate("kite_desk.desk.map.found.getLatLng().lng")
    desk.wait_for_function("(lng) => kite_desk.desk.map.found.getLatLng().lng > lng", arg=before)
    desk.keyboard.press("j")  # a case takes its place
    expect(desk.locator(".desk-unit", has_text=sign)).to_have_count(0)


def test_arrows_go_round_and_escape_gives_the_focus_back(desk: Page) -> None:
    desk.locator("#search").focus()
    desk.keyboard.press("Enter")  # the button does what the key does
    expect(desk.locator(".desk-search input")).to_be_focused()
    desk.keyboard.type("chengqu")
    expect(options(desk).first).to_be_visible()
    first, count = selected(desk).get_attribute("id"), options(desk).count()
    desk.keyboard.press("ArrowUp")
    assert selected(desk).get_attribute("id") == f"desk-found-{count - 1}"
    desk.keyboard.press("ArrowDown")
    assert selected(desk).get_attribute("id") == first
    expect(desk.locator(".desk-search input")).to_have_attribute("aria-activedescendant", str(first))
    desk.keyboard.press("Escape")
    expect(desk.locator(".desk-search")).not_to_be_visible()
    expect(desk.locator("#search")).to_be_focused()


def test_the_mouse_does_it_too(desk: Page) -> None:
    desk.locator("#search").click()
    desk.keyboard.type("重q")
    options(desk).filter(has_text="重庆路井盖缺失").click()
    expect(desk.locator(".desk-facts h1")).to_have_text("重庆路井盖缺失")


def test_nothing_found_is_said_in_one_sentence(desk: Page) -> None:
    type_in(desk, "qqqq")
    expect(desk.locator(".desk-search [role=status]")).to_have_text("没有找到；请少输几个字，或换一个词。")
    expect(options(desk)).to_have_count(0)
    desk.keyboard.press("Enter")
    expect(desk.locator(".desk-search")).to_be_visible()


def test_enter_means_what_is_typed_now_and_late_answers_are_ignored(desk: Page) -> None:
    """The answer to the first letters comes last; Enter is pressed before any has come."""
    held: list[Route] = []

    def slow(route: Route, request: Request) -> None:
        if "q=kw&" in request.url:
            held.append(route)
        else:
            route.continue_()

    desk.route("**/api/v1/search*", slow)
    with desk.expect_request(lambda request: "q=kw&" in request.url):
        type_in(desk, "kw")
    desk.locator(".desk-search input").fill("")
    desk.keyboard.type("重庆路井盖")
    desk.keyboard.press("Enter")
    expect(desk.locator(".desk-search")).to_be_hidden()  # or the next key is one more letter
    expect(desk.locator(".desk-facts h1")).to_have_text("重庆路井盖缺失")
    desk.keyboard.press("/")
    held[0].continue_()
    desk.wait_for_timeout(300)
    expect(options(desk)).to_have_count(0)
    desk.unroute_all()


def test_an_input_method_is_left_alone_while_it_composes(desk: Page) -> None:
    """Neither is searched for what is half composed, nor does its Enter choose; what it gives is searched."""
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/search?" in request.url else None)
    type_in(desk, "重")
    expect(selected(desk)).to_contain_text("重庆路井盖缺失")
    session = desk.context.new_cdp_session(desk)
    session.send("Input.imeSetComposition", {"text": "qing", "selectionStart": 4, "selectionEnd": 4})
    desk.wait_for_timeout(300)
    assert len(asked) == 1
    desk.evaluate(
        """document.activeElement.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))"""
    )
    desk.wait_for_timeout(300)
    expect(desk.locator(".desk-search")).to_be_visible()
    session.send("Input.insertText", {"text": "庆"})
    expect(selected(desk).locator("mark")).to_have_text("重庆")
    queries = [urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["q"] for url in asked]
    assert queries == [["重"], ["重庆"]]


def test_the_page_speaks_english(browser: Browser, quiet: Running) -> None:
    page, errors = opened(browser, quiet, "/dispatch/?lang=en")
    type_in(page, "littletown")
    expect(selected(page)).to_contain_text("Littletown")
    expect(selected(page).locator("mark")).to_have_text("Littletown")
    assert errors == []
    page.context.close()


# Over the API


def search(city: Running, query: str, **headers: str) -> tuple[int, Any]:
    return ask(city, f"search?{query}", None, **headers)


def q(text: str, **more: str) -> str:
    return urllib.parse.urlencode({"q": text, **more})


def test_what_is_found_says_what_and_where_it_is(quiet: Running) -> None:
    _, (case, *_) = search(quiet, q("重庆"))
    assert case.pop("lon") == pytest.approx(float(WEST["lon"]), abs=1e-5)
    assert case.pop("lat") == pytest.approx(float(WEST["lat"]), abs=1e-5)
    assert case.pop("where").startswith("西城区 西城区第")
    assert case == {
        "kind": "case", "id": "west-1", "label": "重庆路井盖缺失", "type": "道路隐患", "level": 4,
        "state": "reported", "matched": {"label": [[0, 2]]},
    }  # fmt: skip
    _, (place,) = search(quiet, q("990102", limit="1"))
    assert {name: place[name] for name in ("kind", "code", "label", "where", "tier", "matched")} == {
        "kind": "place", "code": "990102", "label": "西城区", "where": "小城市", "tier": 1,
        "matched": {"code": [[0, 6]]},
    }  # fmt: skip
    sign = quiet.pack.units.call_sign[-1]
    _, (unit,) = search(quiet, q(sign, limit="1", lang="en"))
    assert (unit["kind"], unit["call_sign"], unit["type"]) == ("unit", sign, "grid worker")
    assert unit["where"].split()[0] == "西城区"


def test_one_finds_only_what_lies_in_ones_own_region(quiet: Running) -> None:
    """An officer of a county: the same words give both counties' things to one and its own to the other."""
    inside = bearer(token(quiet, "东城值班", region="990101"))
    for words in ("lou", "chengqu", "990", "网"):
        _, everywhere = search(quiet, q(words, limit="100"))
        _, own = search(quiet, q(words, limit="100"), **inside)
        assert own
        assert all(_county(quiet, hit) == "990101" for hit in own)
        assert [hit for hit in everywhere if _county(quiet, hit) != "990101"] or words == "lou"
    assert [hit["id"] for hit in search(quiet, q("重庆"), **inside)[1] if hit["kind"] == "case"] == []
    assert search(quiet, q("kw"), **bearer(token(quiet, "平台", role="producer")))[0] == 403


def _county(city: Running, hit: dict[str, Any]) -> str:
    if hit["kind"] == "place":
        return str(hit["code"])[:6]
    if hit["kind"] == "unit":
        home = city.pack.units.home_grid[city.pack.units.call_sign.index(hit["call_sign"])]
        start = int(city.pack.regions.tier_start[4])
        return city.pack.regions.code[start + int(home)][:6]
    return {"east-1": "990101", "west-1": "990102"}[hit["id"]]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "q must say"),
        (q("  "), "q must say"),
        (q("k" * 65), "at most 64 letters"),
        (q("a b c d e f"), "1 to 5 words"),
        (q("kw", limit="101"), "limit"),
        (q("kw", lang="fr"), "lang"),
    ],
)
def test_a_bad_query_gets_one_sentence(quiet: Running, query: str, says: str) -> None:
    status, answer = search(quiet, query)
    assert (status, says in answer["sentence"]) == (400, True), answer
