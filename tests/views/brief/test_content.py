"""What a brief says: every section, figures as they were answered, and what is not known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.live.state import LiveState
from dashboard.streams.errors import StreamsError
from dashboard.views.brief.asked import PERIODS, Asked
from dashboard.views.brief.content import brief_of
from dashboard.views.brief.model import Brief, Column, Drawing, Pair, Section, Table, Words, figures_table
from dashboard.views.brief.sections import SECTIONS
from tests.views.brief.city import (
    NOTHING,
    sources_of,
)
from tests.views.brief.fake_leaders import FakeLeaders
from tests.views.brief.places import (
    BASE,
    CITY,
    GRID_CODE,
    HIERARCHY,
    NOW_MS,
    OF_EACH_TIER,
    PACK,
    SCORE,
    VILLAGE,
)
from tests.views.charts.reading import parsed

SUM = re.compile(r"([+−]?\d+\.\d\d)")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("brief")


@pytest.fixture
def brief(data_dir, in_language):
    def make(code=CITY, period="week", lang="zh", **replaced) -> Brief:
        asked = Asked(sources_of(data_dir, **replaced), HIERARCHY.number_of(code), period, NOW_MS)
        with in_language(lang):
            return brief_of(asked)

    return make


def section(of: Brief, slug: str) -> Section:
    return next(section for section in of.sections if section.slug == slug)


def tables(of: Section) -> list[Table]:
    found = []
    for block in of.blocks:
        if isinstance(block, Pair):
            found += [block.left, block.right]
        elif isinstance(block, Table):
            found.append(block)
    return found


def sentences(of: Section) -> str:
    return " ".join(block.text for block in of.blocks if isinstance(block, Words))


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("period", PERIODS)
def test_a_city_has_every_section_and_every_drawing_can_be_drawn(brief, period, lang):
    made = brief(CITY, period, lang)
    assert [section.slug for section in made.sections] == list(SECTIONS)
    drawings = [block for part in made.sections for block in part.blocks if isinstance(block, Drawing)]
    assert len(drawings) >= 5
    for drawing in drawings:
        parsed(drawing.svg)
        assert drawing.alt


@pytest.mark.parametrize("code", OF_EACH_TIER)
def test_every_tier_has_a_brief(brief, code):
    made = brief(code)
    slugs = [section.slug for section in made.sections]
    left_out = {"comparison", "rings"} if code == GRID_CODE else set()
    assert slugs == [slug for slug in SECTIONS if slug not in left_out]
    assert PACK.regions.name[HIERARCHY.number_of(code)] in made.title


def test_the_parts_of_the_score_sum_to_it(brief):
    why = section(brief(), "why")
    (equation,) = [block.text for block in why.blocks if isinstance(block, Words) and block.kind == "strong"]
    *terms, score = map(number, SUM.findall(equation))
    assert terms[0] == BASE
    assert score == SCORE
    assert sum(terms) == pytest.approx(score, abs=1e-9)
    families, parts = tables(why)
    assert sum(number(row[-1]) for row in families.rows) == pytest.approx(SCORE - BASE, abs=1e-9)
    *single, total = [number(row[-1]) for row in parts.rows]
    assert sum(single) == pytest.approx(total, abs=1e-9)
    assert total == pytest.approx(SCORE - BASE, abs=1e-9)


def test_the_parts_of_the_change_lead_from_the_earlier_score_to_now(brief):
    drawing = next(block for block in section(brief(), "moved").blocks if isinstance(block, Drawing))
    values = [
        number(text.text)
        for text in parsed(drawing.svg).iter("{http://www.w3.org/2000/svg}text")
        if text.text and re.fullmatch(r"[+−]?\d+\.\d", text.text)
    ]
    first, *parts, last = values
    assert (first, last) == (80.7, 78.4)
    assert first + sum(parts) == pytest.approx(last, abs=1e-9)


def test_cases_by_type_sum_to_all_of_them(brief):
    by_type = tables(section(brief(), "cases"))[0]
    *types, total = by_type.rows
    for column in (1, 2, 3):
        assert sum(number(row[column]) for row in types) == number(total[column])
    assert number(total[1]) == 28


def test_children_are_listed_from_the_lowest_score(brief):
    (table,) = tables(section(brief(), "comparison"))
    assert [row[0] for row in table.rows] == ["东区", "西区"]
    assert [row[1] for row in table.rows] == ["82.6", "91.3"]
    assert table.rows[0][3] == "▼0.4"


def test_the_gravest_cases_are_numbered_as_on_the_map(brief, data_dir):
    made = brief()
    (table,) = tables(section(made, "gravest"))
    assert [row[:2] for row in table.rows] == [("1", "02"), ("2", "04")]
    drawing = next(block for block in section(made, "glance").blocks if isinstance(block, Drawing))
    circles = list(parsed(drawing.svg).iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == 1  # the ended one is not on the map


def test_what_was_done_names_instructions_cards_whistles_and_rectifications(brief):
    said = sentences(section(brief(), "done"))
    for part in ("结案 25 件", "批示 1 次", "黄牌 20 件", "吹哨 6 次", "第 3 期", "整改案件 1 件，已结 1 件"):
        assert part in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_not_known_is_said_to_be_unknown(brief, lang):
    made = brief(lang=lang, **vars(NOTHING))
    known = {
        "zh": ("不知道", "没有", "尚", "读不到"),
        "en": ("not known", "no record", "No hourly", "not been"),
    }[lang]
    for slug in ("moved", "why", "comparison", "cases", "done"):
        assert any(word in sentences(section(made, slug)) for word in known), slug
    assert made.figures[1].value == "—"
    assert [figure.value for figure in made.figures[2:]] == ["—"] * 3


def test_while_the_history_is_read_open_cases_are_still_listed(brief):
    made = brief(leaders=FakeLeaders(ready=False))
    assert "还没有读完" in sentences(section(made, "cases"))
    assert len(tables(section(made, "gravest"))[0].rows) == 10
    assert tables(section(made, "why"))  # the explanation needs no history


def test_a_section_whose_store_is_away_says_so_and_the_others_stand(brief):
    class Away(FakeLeaders):
        def children(self, code):
            raise StreamsError("away")

    made = brief(leaders=Away())
    assert sentences(section(made, "comparison")) == "现在读不到这些数据；请稍后再试。"
    assert tables(section(made, "cases"))


def test_labels_say_what_is_not_real_and_what_is_old(data_dir, in_language):
    sources = sources_of(data_dir)
    with in_language("zh"):
        fresh, old = (brief_of(Asked(sources, 0, "day", NOW_MS + late)) for late in (1000, 3_600_000))
        real = brief_of(Asked(sources_of(data_dir, simulated=lambda: False), 0, "day", NOW_MS))
    assert fresh.labels == ("模拟数据", "合成底数")
    assert old.labels == ("模拟数据", "合成底数", "数据已停 1 小时")
    assert real.labels == ("合成底数",)
    assert "1.0-test" in fresh.foot
    assert "1 秒前" in fresh.foot


def test_before_the_first_snapshot_the_map_says_nothing_is_known(data_dir, in_language):
    sources = replace(sources_of(data_dir), state=LiveState())
    with in_language("zh"):
        made = brief_of(Asked(sources, 0, "week", NOW_MS))
    (drawing,) = [block for block in section(made, "glance").blocks if isinstance(block, Drawing)]
    assert "各网格的平安指数尚未算出。" in drawing.svg
    assert "尚无案件数据" in made.foot


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="2 cells under 1 headings"):
        figures_table(Column("a"), rows=[("x", "y")])


def test_what_moved_nothing_that_can_be_seen_is_not_listed(brief):
    moved_by, places = tables(section(brief(), "moved"))
    assert [row[-1] for row in moved_by.rows] == ["−1.94", "+0.83"]
    assert [row[-1] for row in places.rows] == ["−0.72"]


@pytest.mark.parametrize("code", [CITY, VILLAGE])
def test_places_are_named_exactly_and_cases_by_their_village(brief, code):
    """A grid that is rectified is named itself; where a case is, its village is enough, but inside that."""
    made = brief(code)
    grid, village = (PACK.regions.name[HIERARCHY.number_of(each)] for each in (GRID_CODE, VILLAGE))
    rectified = tables(section(made, "done"))[-1].rows[0][0]
    assert rectified.endswith(grid)
    moved_by, places = tables(section(made, "moved"))
    assert places.rows[0][0].endswith(grid)
    assert moved_by.rows[0][1].endswith(grid if code == VILLAGE else village)
