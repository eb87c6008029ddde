"""Which language a request is answered in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from babel.support import Translations

from dashboard.views.languages import compile_catalogues
from tests.views.fake_app import create_fake_app
from tests.views.fakes import CITY, services_of


@pytest.fixture
def browser(services):
    """What asks for pages and keeps cookies."""
    return create_fake_app(services).test_client()


def _lang(answer) -> str:
    html = answer.get_data(as_text=True)
    return html[html.index('lang="') + 6 :].split('"')[0]


def test_chinese_comes_first_whatever_the_browser_prefers(browser):
    assert _lang(browser.get(f"/region/{CITY}", headers={"Accept-Language": "en"})) == "zh-CN"


def test_the_address_decides_and_is_remembered(browser):
    assert _lang(browser.get(f"/region/{CITY}?lang=en")) == "en"
    assert _lang(browser.get(f"/region/{CITY}")) == "en"
    assert _lang(browser.get(f"/region/{CITY}?lang=zh")) == "zh-CN"
    assert _lang(browser.get(f"/region/{CITY}")) == "zh-CN"


@pytest.mark.parametrize("asked", ["fr", "", "EN", "../../etc", "en; drop"])
def test_a_language_that_is_not_spoken_is_passed_over(browser, asked):
    assert _lang(browser.get("/region/x", query_string={"lang": asked})) == "zh-CN"
    assert browser.get_cookie("kite_language") is None


def test_the_setting_is_the_language_of_a_new_screen(tmp_path):
    services = services_of(data_dir=tmp_path)
    services = replace(services, settings=replace(services.settings, language="en"))
    assert _lang(create_fake_app(services).test_client().get(f"/region/{CITY}")) == "en"


def test_several_may_compile_the_catalogues_at_once(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(compile_catalogues, [tmp_path] * 8)) == [None] * 8
    english = Translations.load(str(tmp_path), ["en"])
    assert english.gettext("平安指数") == "Safety index"
    assert [path.suffix for path in (tmp_path / "en" / "LC_MESSAGES").iterdir()] == [".mo"]
