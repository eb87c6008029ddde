"""A region for the terminal: its figures, its children, and what is said of an unknown code."""

import pytest

from geodata import Pack, PackError
from geodata.show import show
from tests.geodata.made_pack import small_pack


@pytest.fixture(scope="module")
def pack() -> Pack:
    return small_pack()


def test_without_a_code_the_city_is_shown_with_its_counties(pack: Pack) -> None:
    lines = show(pack)
    assert lines[0] == "小城市 Smallton, city 990100"
    people = f"{pack.regions.population[0]:,} ({_density(pack, 0)} to a km²)"
    assert any(line.endswith(people) for line in lines)
    assert lines[-4] == "2 of tier county:"
    assert [line.split()[0] for line in lines[-2:]] == ["990101", "990102"]


def _density(pack: Pack, region: int) -> str:
    return f"{pack.regions.population[region] / pack.regions.area_m2[region] * 1e6:,.0f}"


def test_a_region_is_shown_within_those_above_it(pack: Pack) -> None:
    assert show(pack, "990101101")[0] == "河镇 He Town, town 990101101, in 小城市 › 西区"


def test_a_grid_has_figures_and_no_children(pack: Pack) -> None:
    lines = show(pack, pack.regions.code[-1])
    assert any(line.split() == ["outline", "derived"] for line in lines)
    assert any("1, number 23 to 23" in line for line in lines)
    assert not any("of tier" in line for line in lines)


def test_columns_line_up_under_chinese_names(pack: Pack) -> None:
    rows = show(pack, "990101")[-2:] + show(pack, "990101001")[-3:-1]
    assert len(rows[0]) != len(rows[2])
    for one, other in (rows[:2], rows[2:]):
        assert len(one.encode("gb18030")) == len(other.encode("gb18030"))  # two bytes to a Chinese character


def test_an_unknown_code_is_one_sentence(pack: Pack) -> None:
    with pytest.raises(PackError, match="no region '370799' in 小城市"):
        show(pack, "370799")
