"""Who gets which brief: the gate, clear sentences, languages and file names."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.live.state import LiveState
from dashboard.views.brief import routes
from dashboard.views.brief.pdf import NoFontError
from tests.views.brief.city import (
    server_of,
    sources_of,
)
from tests.views.brief.places import (
    CITY,
    COUNTY,
    DANGEROUS,
    LEADER,
    OFFICER,
    OTHER_COUNTY,
    VILLAGE,
)
from tests.views.pages import CHINESE

UNIT = Identity("one", "unit", COUNTY)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("routes")


@pytest.fixture
def ask(data_dir):
    def get(path, identity=LOCAL_ADMIN, headers=None, sources=None, **replaced):
        client = server_of(sources or sources_of(data_dir, identity, **replaced)).test_client()
        return client.get(path, headers=headers or {})

    return get


@pytest.mark.parametrize("form", ["", ".pdf"])
def test_a_countys_token_gets_its_own_county_alone(ask, form):
    for who in (OFFICER, LEADER):
        assert ask(f"/brief/{COUNTY}{form}", who).status_code == 200
        assert ask(f"/brief/{VILLAGE}{form}", who).status_code == 200
        for other in (CITY, OTHER_COUNTY, "999999"):
            refused = ask(f"/brief/{other}{form}", who)
            assert refused.status_code == 403
            assert refused.text == "您没有取走这个地区资料的权限。\n"


def test_who_may_print_no_brief_gets_none(ask):
    assert ask(f"/brief/{COUNTY}", UNIT).status_code == 403


def test_an_unknown_region_and_a_wrong_period_are_told_in_one_sentence(ask):
    unknown, wrong = ask("/brief/999999.pdf?lang=en"), ask(f"/brief/{CITY}?period=year&lang=en")
    assert (unknown.status_code, wrong.status_code) == (404, 400)
    assert unknown.text == "There is no region with the code 999999.\n"
    assert wrong.text == "The period of a brief must be day, week or month.\n"


def test_a_browser_is_told_on_a_page_and_nothing_is_read_as_html(ask):
    answer = ask("/brief/<script>alert(1)", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_before_the_city_is_known_it_says_so(ask, data_dir):
    sources = sources_of(data_dir)
    sources.state.reset()
    assert isinstance(sources.state, LiveState)
    assert ask(f"/brief/{CITY}.pdf", sources=sources).status_code == 503


def test_without_a_typeface_the_pdf_says_what_to_install_and_the_page_still_works(ask, monkeypatch):
    def none(brief):
        raise NoFontError

    monkeypatch.setattr(routes, "pdf_of", none)
    answer = ask(f"/brief/{CITY}.pdf")
    assert answer.status_code == 503
    assert "fonts-noto-cjk" in answer.text
    assert ask(f"/brief/{CITY}").status_code == 200


def test_a_pdf_goes_by_the_region_the_period_and_the_day(ask):
    answer = ask(f"/brief/{COUNTY}.pdf?period=month")
    assert answer.content_type == "application/pdf"
    name = answer.headers["Content-Disposition"]
    assert re.search(rf"inline; filename\*=UTF-8''%E8%A5%BF%E5%8C%BA-kite-{COUNTY}-month-\d{{8}}\.pdf$", name)
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) > 1


def test_the_language_of_a_brief_is_not_kept_for_the_pages(ask):
    english = ask(f"/brief/{CITY}?lang=en")
    assert "Set-Cookie" not in english.headers
    body = re.sub(r"<svg.*?</svg>", "", english.text, flags=re.S)
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", body, flags=re.S).replace(DANGEROUS, "")
    # What people wrote stays as they wrote it; a language goes by its own name.
    left = CHINESE.sub("", shown.replace("化工园", "").replace("请立即处置。", "").replace("中", ""))
    assert not CHINESE.search(shown.replace("化工园", "").replace("请立即处置", "").replace("中", "")), left
    assert "At a glance" in shown


def test_the_page_escapes_what_people_wrote(ask):
    text = ask(f"/brief/{CITY}").text
    assert "<b>&" not in text
    assert "=HYPERLINK(1) &lt;b&gt;&amp; &#34;quoted&#34; #strong[x] \\ $x$ @ref" in text


def test_the_same_brief_is_set_once(ask, data_dir, monkeypatch):
    class Kept:
        def __init__(self):
            self.held = {}

        def get(self, key):
            return self.held.get(key)

        def put(self, key, value):
            self.held[key] = value

    made = []
    real = routes.pdf_of
    monkeypatch.setattr(routes, "pdf_of", lambda brief: made.append(brief) or real(brief))
    monkeypatch.setattr(routes, "_MINUTE_MS", 10**15)
    from dataclasses import replace

    sources = replace(sources_of(data_dir), kept=Kept())
    first, again = (ask(f"/brief/{CITY}.pdf", sources=sources).data for _ in range(2))
    assert first == again
    assert len(made) == 1
    ask(f"/brief/{CITY}.pdf?period=day", sources=sources)
    ask(f"/brief/{CITY}.pdf?lang=en", sources=sources)
    assert len(made) == 3
