"""The PDF as a reader has it: its text, its pages, and nothing of it read as markup."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
import typst

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.content import brief_of
from dashboard.views.brief.pdf import NoFontError, chinese_fonts, fonts, pdf_of
from tests.views.brief.city import (
    sources_of,
)
from tests.views.brief.places import (
    CITY,
    COUNTY,
    DANGEROUS,
    HIERARCHY,
    NOW_MS,
    PACK,
    SCORE,
)

A4_PT = (595, 842)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("brief")


@pytest.fixture
def made(data_dir, in_language):
    def make(code=CITY, lang="zh", period="week", **replaced):
        asked = Asked(sources_of(data_dir, **replaced), HIERARCHY.number_of(code), period, NOW_MS)
        with in_language(lang):
            return brief_of(asked)

    return make


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(reader: pypdf.PdfReader) -> str:
    """All words, without the spaces and breaks that setting them brings."""
    return plain("".join(page.extract_text() for page in reader.pages))


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pdf_holds_the_region_its_score_and_every_section(made, lang):
    brief = made(COUNTY, lang)
    text = text_of(read(pdf_of(brief)))
    county = HIERARCHY.number_of(COUNTY)
    assert (PACK.regions.name if lang == "zh" else PACK.regions.name_en)[county].replace(" ", "") in text
    assert f"{SCORE:.1f}" in text
    for section in brief.sections:
        assert plain(section.heading) in text
    for label in brief.labels:
        assert plain(label) in text


def test_every_cell_and_sentence_is_in_the_pdf(made):
    brief = made()
    text = text_of(read(pdf_of(brief)))
    for section in brief.sections:
        for block in section.blocks:
            if block.type == "words":
                assert plain(block.text) in text
            if block.type == "table":
                assert all(plain(cell) in text for row in block.rows for cell in row)


def test_every_page_has_its_number_the_place_the_period_and_the_formula(made):
    brief = made()
    reader = read(pdf_of(brief))
    count = len(reader.pages)
    assert count >= 3
    for number, page in enumerate(reader.pages, 1):
        text = plain(page.extract_text())
        assert f"第{number}页，共{count}页" in text
        assert plain(brief.running) in text
        assert "1.0-test" in text
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4_PT


def test_texts_are_never_read_as_markup(made):
    text = text_of(read(pdf_of(made())))
    assert plain(DANGEROUS) in text


def test_drawings_are_vectors_with_words(made):
    reader = read(pdf_of(made()))
    assert not any(page.images for page in reader.pages)
    assert "西区2" in text_of(reader)


def test_the_title_is_that_of_the_document(made):
    assert "小城市平安简报" in str(read(pdf_of(made())).metadata.title)


def test_without_a_chinese_typeface_there_is_none():
    with pytest.raises(NoFontError):
        chinese_fonts(typst.Fonts(include_system_fonts=False, include_embedded_fonts=True))
    assert chinese_fonts(fonts())
