"""The pages in a real browser, with a stand-in for the live client: going about, languages, ages, sizes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.views.fakes import CITY, COUNTY, GRID_CODE, NAMES, TOWN, VILLAGE_CODE, services_of, summary_of
from tests.views.pages import CHINESE, LATIN_WORD

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

SIZES = [(1366, 768), (1920, 1080), (3840, 2160)]
SERVICES = services_of()
AS_LARGE_AS_WEIFANG = {
    "score": 78.8,
    "level": 3,
    "capped": True,
    "open_cases": 12_345,
    "open_by_level": {"1": 12, "2": 123, "3": 1234, "4": 9999},
    "cameras": {"online": 243_979, "total": 310_000, "networked": 250_000},
    "units": {"on_duty": 20_411, "total": 21_118},
}
READABLE = """() => {
  const texts = [document.body.innerText];
  for (const element of document.querySelectorAll('[title]')) texts.push(element.title);
  return texts.join('\\n');
}"""
SMALLEST_AT_1080_PX = 11
SMALLEST_PX = """() => Math.min(...[...document.querySelectorAll('.side :not(svg *)')]
  .filter((element) => element.innerText)
  .map((element) => parseFloat(getComputedStyle(element).fontSize)))"""
CUT_OFF = """() =>
  [...document.querySelectorAll('.card .figure, .card .note, .card h2, .header > *, .mantine-Tabs-tab')]
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.id || element.className}: ${element.textContent}`)"""


def go(page: Page, code: str, lang: str = "zh") -> None:
    """Open a region's page and wait for its figures."""
    page.goto(f"/region/{code}?lang={lang}")
    expect(page.locator("#score")).to_have_text(re.compile(r"\d"))
    expect(page.locator("#formula")).to_have_text(re.compile(r"\d"))


def at(code: str) -> re.Pattern[str]:
    """The address of a region's page, whatever is asked after it."""
    return re.compile(rf"/region/{code}(\?|$)")


def tell(page: Page, code: str, **replaced: object) -> None:
    """Give the page a summary, as the live client does."""
    page.evaluate(
        "(detail) => document.dispatchEvent(new CustomEvent('kite:summary', { detail }))",
        summary_of(SERVICES, code, **replaced),
    )


def ages(reports_s: float | None, link_s: float = 0.2) -> dict[str, object]:
    feeds = {"reports": reports_s, "cameras": 0.9, "units": 1.1}
    return {"feeds": feeds, "link_s": link_s, "server_ms": 1_764_000_000_000}


def test_one_drills_down_by_the_list_and_comes_back(page):
    go(page, CITY)
    for code in (COUNTY, TOWN, VILLAGE_CODE, GRID_CODE):
        page.locator(f'#children a[href="/region/{code}"]').click()
        expect(page).to_have_url(at(code))
        expect(page.locator("#breadcrumb .here")).to_have_text(NAMES[SERVICES.hierarchy.number_of(code)])
    expect(page.locator("#facts")).to_be_visible()
    expect(page.locator("#children-tab")).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(at(VILLAGE_CODE))
    expect(page.locator("#children a")).to_have_count(2)
    page.locator("#breadcrumb a").first.click()
    expect(page.locator("#breadcrumb .here")).to_have_text("潍坊市")
    expect(page.locator("#children a")).to_have_count(2)
    # The map was led to each of them, in that order.
    assert page.evaluate("window.kite.shown") == [
        CITY,
        COUNTY,
        TOWN,
        VILLAGE_CODE,
        GRID_CODE,
        VILLAGE_CODE,
        CITY,
    ]
    expect(page).to_have_title("潍坊市 · 平安地图")


def test_a_map_that_comes_late_is_told_where_to_look(page):
    held = []
    page.route("**/assets/main.mjs*", lambda route: held.append(route))
    page.goto(f"/region/{TOWN}", wait_until="commit")
    expect(page.locator("#breadcrumb .here")).to_have_text(NAMES[3])
    assert page.evaluate("window.kite") is None
    held[0].continue_()
    page.wait_for_function(f"window.kite?.shown[0] === '{TOWN}' && window.kite.visible.grids")


def test_a_score_is_a_figure_a_level_and_its_reasons(page):
    go(page, COUNTY)
    told = summary_of(SERVICES, COUNTY)
    expect(page.locator("#score")).to_have_text(f"{told['score']:.1f}")
    expect(page.locator("#score-level")).to_have_text("2 黄")
    expect(page.locator("#score-note")).to_have_text("80 % 区间 79.8–82.5")
    expect(page.locator("#why-title")).to_have_text(f"为什么是 {told['score']:.1f}")
    page.locator("#moved-since").get_by_text("现在").click()
    page.locator("#reasons a").click()
    expect(page).to_have_url(at(GRID_CODE))


def test_too_little_behind_a_score_is_hatched(page):
    go(page, CITY)
    tell(page, CITY, hatched=True)
    expect(page.locator("#score-card")).to_have_class(re.compile("hatched"))
    expect(page.locator("#score-flag")).to_have_text("样本不足，仅供参考")


def test_a_level_that_lags_behind_its_score_says_why(page):
    go(page, CITY)
    tell(page, CITY, score=91.9, level=2)
    expect(page.locator("#score-level")).to_have_text("2 黄")
    expect(page.locator("#score-flag")).to_have_text("缓冲带内，级别未变")


def test_what_is_not_known_is_not_said(page):
    go(page, CITY)
    unknown = {"online": None, "total": None, "networked": None}
    tell(page, CITY, score=None, level=0, cameras=unknown, units={"on_duty": None, "total": None})
    expect(page.locator("#score")).to_have_text("—")
    expect(page.locator("#score-note")).to_have_text("尚未算出")
    for card in ("#cameras-card", "#units-card"):
        expect(page.locator(f"{card} .value")).to_have_text("—")
    expect(page.locator("#cameras-note")).to_have_text("")


def test_the_page_speaks_the_language_that_is_switched_on(page):
    go(page, CITY)
    page.locator("#language").get_by_text("EN").click()
    expect(page.locator("#score-card h2")).to_have_text("Safety index")
    expect(page.locator("#breadcrumb .here")).to_have_text("Weifang")
    page.reload()
    expect(page.locator("#score-card h2")).to_have_text("Safety index")
    page.locator("#language").get_by_text("中").click()
    expect(page.locator("#score-card h2")).to_have_text("平安指数")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", [CITY, GRID_CODE])
def test_everything_to_read_is_in_one_language(page, lang, code):
    go(page, code, lang)
    said = [page.evaluate(READABLE)]
    for tab in page.locator('[role="tab"]:visible').all():
        tab.click()
        expect(page.locator('[role="tabpanel"]:visible')).not_to_be_empty()
        said.append(page.evaluate(READABLE))
    page.locator(".layers-button").click()
    expect(page.locator(".layers-panel")).to_be_visible()
    text = "\n".join([*said, page.evaluate(READABLE)])
    for name in sorted([*NAMES, "文化路", "中"], key=len, reverse=True):
        text = text.replace(name, "")
    if lang == "en":
        assert CHINESE.findall(text) == []
    else:
        assert set(LATIN_WORD.findall(text)) - {"EN", "km", "PDF"} == set()


def test_layers_stay_as_they_were_switched(page):
    go(page, CITY)
    page.locator(".layers-button").click()
    page.locator("label", has_text="视频监控").click()
    page.wait_for_function("window.kite.visible.cameras === false && window.kite.visible.grids === true")
    page.reload()
    page.wait_for_function("window.kite.visible.cameras === false && window.kite.visible.grids === true")


def test_a_feed_that_has_died_looks_dead_and_comes_back(page):
    go(page, CITY)
    tell(page, CITY, ages=ages(10.5))
    expect(page.locator("#dead-feed")).to_have_text(re.compile("案件数据已经 10 秒没有更新"))
    expect(page.locator("#score-card")).to_have_class(re.compile("dead"))
    expect(page.locator("#cameras-card")).not_to_have_class(re.compile("dead"))
    tell(page, CITY, ages=ages(0.4))
    expect(page.locator("#dead-feed")).to_be_hidden()
    expect(page.locator("#score-card")).not_to_have_class(re.compile("dead"))


def test_a_page_that_was_just_opened_does_not_complain(page):
    go(page, CITY)
    tell(page, CITY, ages={"feeds": {}, "link_s": None, "server_ms": None})
    expect(page.locator("#data-age")).to_have_text("尚无数据")
    expect(page.locator(".card.dead")).to_have_count(0)
    expect(page.locator("#dead-feed")).to_be_hidden()


def test_a_server_that_has_gone_makes_everything_dead(page):
    go(page, CITY)
    tell(page, CITY, ages=ages(0.4, link_s=11))
    expect(page.locator("#dead-feed")).to_have_text(re.compile("与服务器的连接已中断 11 秒"))
    expect(page.locator(".card.dead")).to_have_count(4)


def test_figures_age_although_nothing_tells_the_page(page):
    page.clock.install(time=1_764_000_000)
    go(page, CITY)
    tell(page, CITY, ages=ages(0.4))
    page.clock.run_for(12_000)
    expect(page.locator("#data-age")).to_have_class(re.compile("dead"))
    expect(page.locator(".card.dead")).to_have_count(4)


def test_the_clock_is_the_citys(page):
    page.clock.install(time=1_764_000_000)
    go(page, CITY)
    page.clock.run_for(1_000)
    expect(page.locator("#clock")).to_have_text(re.compile(r"2025-11-25 00:00:0\d"))


def test_the_list_is_ranked_as_asked(page):
    go(page, COUNTY)
    names = page.locator("#children .name")
    scores = {row["name"]: row["score"] for row in summary_of(SERVICES, COUNTY)["children"]}
    expect(names).to_have_text(sorted(scores, key=lambda name: scores[name]))
    page.locator("#children-order").get_by_text("名称").click()
    expect(names).to_have_text(["城关街道", "南关街道"])


def test_the_trend_and_the_cases_open(page):
    go(page, COUNTY)
    page.get_by_role("tab", name="走势").click()
    line = page.locator("#trend-graph .line")
    expect(line).to_have_attribute("d", re.compile(r"^M[\d.,]+(L[\d.,]+){100,}$"))
    expect(page.locator("#trend-graph")).to_have_attribute("aria-label", re.compile("最低 .*最高"))
    line.hover(force=True)
    pointed = page.locator("#trend-graph .pointed text")
    expect(pointed).to_have_text(re.compile(r"\d\d-\d\d \d\d:00  ?\d\d\.\d"))
    page.get_by_role("tab", name="案件").click()
    rows = page.locator("#cases-table a.case")
    expect(rows).to_have_count(4)
    rows.first.locator(".level").click()
    expect(page).to_have_url(at(GRID_CODE))


def test_the_server_is_asked_only_for_what_is_behind_the_open_tab(page):
    """Fails when a closed tab costs requests at every region, or an open one does not follow to the next."""
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))

    def asked_for(*stores):
        return [store for store in stores if any(f'"{store}"' in body for body in asked)]

    stores = ("trend-asked", "cases-asked", "facts-asked")
    go(page, CITY)
    page.locator(f'#children a[href="/region/{COUNTY}"]').click()
    expect(page.locator("#breadcrumb .here")).to_have_text("潍城区")
    assert asked_for(*stores) == []
    page.get_by_role("tab", name="走势").click()
    expect(page.locator("#trend-note")).to_have_text(re.compile("^潍城区"))
    page.locator("#breadcrumb a").first.click()
    expect(page.locator("#trend-note")).to_have_text(re.compile("^潍坊市"))
    assert asked_for(*stores) == ["trend-asked"]
    page.get_by_role("tab", name="概况").click()
    expect(page.locator("#facts .fact").first).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_table_of_disputes_and_every_fact_under_it_can_be_read(page, lang, size):
    """Fails when a row lies beside the panel, where nothing scrolls to."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    go(page, CITY, lang)
    page.get_by_role("tab").last.click()
    rows = page.locator("#facts .settling tr")
    expect(rows).to_have_count(6)
    expect(rows.last).to_contain_text("60")
    facts, last = page.locator("#facts"), page.locator("#facts .fact").last
    assert facts.evaluate("(element) => element.scrollWidth <= element.clientWidth")
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=0.9)  # its border may end between two pixels


def test_cases_are_sorted_by_the_column_that_is_clicked(page):
    """Upwards, downwards, and then as they came: the most pressing first."""
    go(page, COUNTY)
    page.get_by_role("tab", name="案件").click()
    rows, head = page.locator("#cases-table a.case"), page.locator("#cases-head button").first
    expect(rows).to_have_count(4)
    came = rows.all_inner_texts()
    levels = sorted(page.locator("#cases-table .level").all_inner_texts())
    for way in (levels, levels[::-1]):
        head.click()
        expect(page.locator("#cases-table .level")).to_have_text(way)
    head.click()
    expect(head).to_have_attribute("data-sorted", "")
    assert rows.all_inner_texts() == came


def test_an_unknown_region_gets_a_sentence_and_a_way_back(page):
    page.goto("/region/999999?lang=en")
    expect(page.locator("#notice")).to_contain_text("There is no region with the code 999999.")
    expect(page.locator("#panels")).to_be_hidden()
    page.get_by_role("link", name="Back to Weifang").click()
    expect(page.locator("#panels")).to_be_visible()
    expect(page.locator("#notice")).to_be_hidden()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_figure_of_a_large_city_fits_the_screen(page, lang, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    go(page, CITY, lang)
    tell(page, CITY, **AS_LARGE_AS_WEIFANG)
    expect(page.locator("#units-on-duty")).to_have_text("20,411")
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        *size
    ]
    assert page.evaluate(SMALLEST_PX) >= SMALLEST_AT_1080_PX * size[1] / 1080
