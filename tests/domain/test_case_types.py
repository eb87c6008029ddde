"""The tables of case types hold what the design lists, once each."""

from __future__ import annotations

import pytest

from dashboard.domain.case_types import (
    CASE_TYPES,
    FAMILIES,
    FAMILY_NUMBER,
    KITES_ORIGIN,
    LEVELS,
    NATURES,
    ORIGINS,
    SCALES,
    TYPE_BY_CODE,
    CaseType,
    family_of,
    resolve_type,
)

DISPUTES = {
    "01": "婚恋家庭", "02": "邻里", "03": "人格权", "04": "物权", "05": "侵权", "06": "合同",
    "07": "劳动人事", "08": "金融借贷",
    "09": "土地资源", "10": "其他民商", "11": "城乡建设", "12": "民政", "13": "行政执法",
    "14": "涉法涉诉", "15": "组织纪检", "16": "民族宗教", "99": "其他",
}  # fmt: skip
INCIDENTS = {
    "theft": "public_order", "robbery": "criminal", "gambling": "public_order", "drugs": "criminal",
    "fire": "safety", "work_safety": "safety", "food_safety": "safety", "environment": "safety",
    "traffic": "safety", "crowding": "safety", "other": "safety",
}  # fmt: skip


@pytest.mark.parametrize(("first", "name"), list(DISPUTES.items()))
def test_every_first_level_of_disputes_is_there(first: str, name: str) -> None:
    row = resolve_type(first)
    assert (row.code, row.is_dispute, row.family) == (f"{first}00", True, "stability")
    assert row.zh.startswith(name)


def test_no_other_first_level_is_a_dispute() -> None:
    assert {row.code[:2] for row in CASE_TYPES if row.is_dispute} == set(DISPUTES)


@pytest.mark.parametrize(("slug", "family"), list(INCIDENTS.items()))
def test_every_kind_of_incident_is_there(slug: str, family: str) -> None:
    row = resolve_type(slug)
    assert (row.family, row.is_dispute) == (family, False)


def test_codes_and_slugs_are_unique_and_every_first_level_has_a_general_type() -> None:
    assert len(TYPE_BY_CODE) == len({row.slug for row in CASE_TYPES}) == len(CASE_TYPES)
    assert not {row.slug for row in CASE_TYPES} & set(TYPE_BY_CODE)
    for row in CASE_TYPES:
        assert len(row.code) == 4
        assert row.code.isdigit()
        assert f"{row.code[:2]}00" in TYPE_BY_CODE


@pytest.mark.parametrize("row", CASE_TYPES, ids=lambda row: row.slug)
def test_a_row_uses_the_other_tables(row: CaseType) -> None:
    assert row.family in FAMILY_NUMBER
    assert row.default_level in LEVELS
    assert row.nature in NATURES
    assert row.zh
    assert row.en
    assert resolve_type(row.slug) is resolve_type(row.code) is row


def test_the_small_tables_are_those_of_the_design() -> None:
    assert [zh for zh, _ in LEVELS.values()] == ["特别重大", "重大", "较大", "一般"]
    assert [zh for zh, _ in SCALES.values()] == ["个体", "一般群体", "重大群体"]
    assert {code: zh for code, (zh, _) in NATURES.items()} == {
        1: "治安", 2: "刑事", 3: "民商事", 4: "行政", 99: "其他"
    }  # fmt: skip
    reported = ["resident", "grid_worker", "hotline", "sensor", "camera_alert", "patrol"]
    assert list(ORIGINS) == [*reported, KITES_ORIGIN]
    assert [family.slug for family in FAMILIES] == ["stability", "public_order", "criminal", "safety"]


@pytest.mark.parametrize(
    ("slug", "nature", "family"),
    [("theft", 1, "public_order"), ("theft", 2, "criminal"), ("affray", 2, "criminal"),
     ("assault", 1, "public_order"), ("theft", 99, "public_order"), ("robbery", 4, "criminal"),
     ("fire", 2, "safety"), ("noise_dispute", 1, "stability")],
)  # fmt: skip
def test_the_nature_decides_only_between_public_order_and_crime(slug: str, nature: int, family: str) -> None:
    assert FAMILIES[family_of(resolve_type(slug).code, nature)].slug == family


@pytest.mark.parametrize("name", ["", "2", "7777", "Theft", "98"])
def test_an_unknown_type_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        resolve_type(name)
