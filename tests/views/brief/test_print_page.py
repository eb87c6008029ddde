"""The page to print in a real browser: on A4, black on white, without what is only for the screen."""

from __future__ import annotations

import io
import re
import unicodedata

import pypdf
import pytest
from playwright.sync_api import Browser, Page, Request

from dashboard.views.brief.print_page import css_text
from tests.views.brief.city import (
    server_of,
    sources_of,
)
from tests.views.brief.places import (
    CITY,
    GRID_CODE,
)
from tests.views.fake_app import Serving

pytestmark = pytest.mark.browser

A4_PX = {"width": 794, "height": 1123}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Serving(server_of(sources_of(tmp_path_factory.mktemp("print")))) as serving:
        yield serving


@pytest.fixture
def page(served, browser: Browser):
    context = browser.new_context(viewport=A4_PX)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if is_fetched(request) else None)
    yield page
    context.close()
    assert said == []  # no errors, and nothing is fetched


def is_fetched(request: Request) -> bool:
    """But for the script behind the button that prints, which needs no copy of the page."""
    return not request.is_navigation_request() and not request.url.endswith("/assets/brief/print.mjs")


def shown(page: Page, served: Serving, path: str) -> pypdf.PdfReader:
    """The page as the browser prints it."""
    page.goto(f"{served.url}{path}")
    page.emulate_media(media="print")
    return pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


def plain(text: str) -> str:
    """Without spaces, and with characters where the browser's PDF has the radicals that look the same."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("⻚", "页")


@pytest.mark.parametrize(("path", "headings"), [
    (f"/brief/{CITY}?period=week", ["总体情况", "为什么是 78.4", "案件：最近 7 天", "口径与数据"]),
    (f"/brief/{CITY}?period=month&lang=en", ["At a glance", "Why it is 78.4", "Cases: Last 30 days"]),
    (f"/brief/{GRID_CODE}?period=day", ["总体情况", "与一天前相比"]),
])  # fmt: skip
def test_it_prints_on_a4_with_every_section_and_numbered_pages(page, served, path, headings):
    reader = shown(page, served, path)
    text = plain("".join(sheet.extract_text() for sheet in reader.pages))
    for heading in headings:
        assert plain(heading) in text
    for number, sheet in enumerate(reader.pages, 1):
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
        # The margins' words come before or after the text, as the browser likes.
        assert re.search(rf"第{number}页,共{len(reader.pages)}页|Page{number}of{len(reader.pages)}",
                         plain(sheet.extract_text()))  # fmt: skip
    assert 2 <= len(reader.pages) <= 8


def test_what_is_only_for_the_screen_is_not_printed(page, served):
    page.goto(f"{served.url}/brief/{CITY}")
    assert page.get_by_role("button", name="打印").is_visible()
    assert (
        page.get_by_role("link", name="下载 PDF").get_attribute("href")
        == f"/brief/{CITY}.pdf?period=week&lang=zh"
    )
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="打印").is_visible()


def test_nothing_is_wider_than_the_paper(page, served):
    page.goto(f"{served.url}/brief/{CITY}?lang=en")
    page.emulate_media(media="print")
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room
    over = page.evaluate("""[...document.querySelectorAll('td, th, p, figure, table')]
        .filter((part) => part.getBoundingClientRect().right > document.body.clientWidth + 1)
        .map((part) => part.outerHTML.slice(0, 80))""")
    assert over == []


def test_it_is_light_and_its_drawings_have_words(page, served):
    page.goto(f"{served.url}/brief/{CITY}")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    drawings = page.locator("figure svg")
    assert drawings.count() >= 6
    for number in range(drawings.count()):
        assert drawings.nth(number).get_attribute("aria-label")


@pytest.mark.parametrize("words", ['"};</style><script>alert(1)</script>', "潍坊市 · 周报\\", "a\n}"])
def test_words_in_a_style_sheet_are_words(words):
    written = css_text(words)
    assert not re.search(r'[<>";{}\n]', written)
    assert "".join(
        chr(int(code, 16)) if code else letter for code, letter in re.findall(r"\\([0-9a-f]+) |(.)", written)
    ) == words  # fmt: skip
