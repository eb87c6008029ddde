"""Personal fields and texts are found, harmless ones pass; misses and false alarms are counted."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import privacy
from dashboard.domain.case_types import CASE_TYPES
from dashboard.domain.schemas import SCHEMAS

PERSONAL: dict[str, list[str]] = {
    "identity number": [
        "11010519491231002X", "身份证号11010519491231002x", "证件 110105 19491231 002X",
        "ID:11010519491231002X。", "440524188001010014", "当事人（440524188001010014）",
        "１１０１０５１９４９１２３１００２Ｘ", "110105-19491231-002X", "110105.19491231.002X",
    ],
    "mobile": [
        "13800138000", "联系人13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000",
        "86 13800138000", "008613912345678", "013800138000", "电话：１３８００１３８０００",
        "致电15966668888咨询", "Tel 19912345678.",
        "138 001 38000", "13-800-138-000", "138.0013.8000", "(+86)13800138000", "一三八零零一三八零零零",
        "幺三八〇〇幺三八〇〇〇",
    ],
    "plate": [
        "鲁G12345", "鲁G·12345", "鲁 G12345的车", "车牌鲁GD12345", "鲁G1234学", "京A8888警",
        "粤B12345D", "鲁g12345", "鲁GF06666挡住出口", "车牌号：ABC123", "号牌为鲁VK8861",
        "鲁牌 G 字 K8861", "鲁牌GK8861", "鲁G字12345",
    ],
    "mail": [
        "wang@example.com", "请回复 li.na-9@mail.gov.cn", "ｗａｎｇ＠example．com",
    ],
    "name": [
        "姓名：王小明", "姓 名: 李四", "报案人：张三", "当事人：刘洋，陈静", "户主:赵六",
        "name: Smith", "Victim name: Jane", "full name = Bob", "名字是小红", "业主：孙悦（三楼）",
    ],
    "telephone": [
        "电话0536-8791234", "联系方式：8791234", "手机号 8791 2345", "phone: 0536 8791234",
    ],
    "document": [
        "护照E12345678", "passport no. G1234567", "证件号:370782198",
    ],
    "account": [
        "微信：wang_xm88", "QQ 123456789", "wechat: abcde123", "微信号abc_12345",
    ],
}  # fmt: skip

HARMLESS = [
    "密州街道东关社区", "电动车在楼道充电", "3号楼2单元1201室门口堆放杂物", "王家庄子村东头积水",
    "李家岔河桥栏杆损坏", "车牌亭路与南外环路口", "身份证办理大厅排队拥挤", "手机店门口占道经营",
    "电话亭被撞倒", "护照办理窗口", "姓名墙广场", "名字路", "G20青银高速诸城出口",
    "G206国道与S222省道交叉口", "鲁商大厦A座1208", "京东物流园B区", "云南路12号", "新华路鲁能小区",
    "青岛路G座", "川A座12楼", "灯杆编号 370782-0012345", "工单 20261124093000123",
    "案件 370782-20261124-0117", "摄像机 37078200001320000012", "坐标 119.1072,36.7093",
    "2026-11-24 09:30 起火", "投诉电话无人接听", "邮箱被撞坏（路边绿色邮箱）", "微信群里反映噪音",
    "12345热线转办", "拨打110、119", "12315 投诉", "人均面积不足", "当事人双方已和解", "户主不在家",
    "负责人：住建局", "报告人：网格员", "群众：无人受伤", "限速 80km/h，车流 1380 辆",
    "水位 138.0013 米", "供水管径1300 1400 1500", "设备号 1380013800012345", "面积13800 平方米",
    "邮编 262200，门牌 1024", "2026年11月24日至2026年12月1日", "统一社会信用代码 91370782MA3C1234X5",
    "Noise from a building site", "Street name sign broken", "photo booth on fire",
    "name of the road unknown", "plate glass broken", "QQ Mall north gate", "Tel Aviv Road",
    "phone box damaged", "mobile crane blocks lane", "网格 370782001003002",
    "楼号 11010519491231002 层", "110105194912310021", "MH370", "A12345", "G12345 次列车晚点",
    "时间戳 1764000000000", "1764000000", "金额 13,800,138,000 元", "编号13800138000123",
    "纠纷双方：已调解", "二〇二六年十一月二十四日", "公交 13-138-139 路", "一三五七九", "一五一十地说",
    "鲁牌商标", "甲字 A 号楼",
]  # fmt: skip


KNOWN_MISSES = [
    "张三在3号楼与邻居争吵", "王小明家漏水", "住在5栋的刘女士反映噪音", "Jane Smith reports noise",
]  # fmt: skip
"""A bare name looks like any other words."""
KNOWN_FALSE_ALARMS = [
    "姓名：不详", "车牌：待核实情况", "name: unknown", "新A12345标段", "QQ 123456 号井盖",
    "名字是人民公园的广场",
]  # fmt: skip
"""Refused although nobody is meant: a label or a plate's form is enough."""


def test_misses_and_false_alarms_are_counted() -> None:
    personal = [*(text for texts in PERSONAL.values() for text in texts), *KNOWN_MISSES]
    harmless = [*HARMLESS, *KNOWN_FALSE_ALARMS]
    missed = [text for text in personal if privacy.personal_text(text) is None]
    alarmed = [text for text in harmless if privacy.personal_text(text) is not None]
    print(f"missed {len(missed)} of {len(personal)}, false alarms {len(alarmed)} of {len(harmless)}")
    assert missed == KNOWN_MISSES
    assert alarmed == KNOWN_FALSE_ALARMS


@pytest.mark.parametrize("text", [text for texts in PERSONAL.values() for text in texts])
def test_what_points_at_a_person_is_found(text: str) -> None:
    assert privacy.personal_text(text) is not None
    assert privacy.personal_text(f"现场情况{text}，请处理") is not None or text[0].isascii()


@pytest.mark.parametrize("text", HARMLESS)
def test_what_does_not_point_at_a_person_passes(text: str) -> None:
    assert privacy.personal_text(text) is None


@pytest.mark.parametrize("row", CASE_TYPES, ids=lambda row: row.slug)
def test_the_words_of_the_tables_pass(row: object) -> None:
    assert privacy.personal_text(f"{row.zh} {row.en} {row.slug} {row.code}") is None  # type: ignore[attr-defined]


def test_the_examples_of_the_schemas_pass() -> None:
    for rows in SCHEMAS.values():
        assert (
            privacy.check({row.name: row.example for row in rows}, frozenset(row.name for row in rows))
            is None
        )


@pytest.mark.parametrize("at", range(0, 1000, 7))
def test_the_id_of_a_case_is_no_identity_number(at: int) -> None:
    """Not even where its last digit happens to be a right check digit."""
    first = f"37078220261124{at:03d}"
    text = f"{first[:6]}-{first[6:14]}-{first[14:]}{privacy.check_digit(first)}"
    assert privacy.personal_text(text) is None
    assert privacy.personal_text(text.replace("-", ".")) is None


dates = st.dates(date(1900, 1, 1), date(2026, 11, 24))


@given(st.integers(110000, 659999), dates, st.integers(0, 999))
@settings(max_examples=50, deadline=None)
def test_every_identity_number_with_its_check_digit_is_found_and_no_other(
    region: int, born: object, n: int
) -> None:
    first = f"{region}{born:%Y%m%d}{n:03d}"
    right = privacy.check_digit(first)
    for last in "0123456789X":
        found = privacy.personal_text(f"号码 {first}{last} 在案")
        assert (found == "identity number") == (last == right)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert privacy.check_digit("11010519491231002") == "X"
    assert privacy.check_digit("44052418800101001") == "4"


@given(
    st.integers(13_000_000_000, 19_999_999_999),
    st.sampled_from(["", " ", "-"]),
    st.text("路号楼 ，。abc", max_size=8),
)
def test_every_mobile_number_is_found(number: int, gap: str, around: str) -> None:
    text = str(number)
    written = f"{text[:3]}{gap}{text[3:7]}{gap}{text[7:]}"
    assert privacy.personal_text(f"{around}{written}{around}") == "mobile number"


PLATE = st.builds(
    "{}{}{}".format,
    st.sampled_from("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=6).filter(
        lambda text: any(c.isdigit() for c in text)
    ),
)


@given(PLATE)
def test_every_number_plate_is_found(plate: str) -> None:
    assert privacy.personal_text(f"车辆{plate}，占道") == "number plate"
    assert privacy.personal_text(f"{plate[:2]}·{plate[2:]}") == "number plate"


pieces = st.sampled_from([text for texts in PERSONAL.values() for text in texts] + HARMLESS)


@given(st.lists(pieces | st.text(max_size=20), max_size=5))
@settings(max_examples=200)
def test_the_quick_look_misses_nothing_that_the_close_one_finds(texts: list[str]) -> None:
    text = "，".join(texts)
    if not privacy.may_be_personal(text):
        for kind, pattern in privacy.PATTERNS.items():
            matches = list(pattern.finditer(text))
            assert not matches or kind in ("identity number", "bank card number"), (kind, text)


FIELDS = [
    "name", "reporter_name", "victimName", "FULL_NAME", "phone", "contactPhone", "mobile_no", "tel",
    "id_card", "idCardNo", "passport", "plate", "plate_number", "licensePlate", "faceId", "face_image",
    "photo", "wechat", "email", "birthday", "trajectory", "imei", "姓名", "联系电话", "车牌号",
    "人脸照片", "身份证号", "xingming", "shouji", "bank_card", "trackId", "portrait",
]  # fmt: skip
PLAIN_FIELDS = [
    "place_name", "streetName", "road_name", "type_name", "gridName", "level", "summary", "lon",
    "faced", "surface", "template", "mobility", "telemetry", "tracking_grade", "plateau",
    "photovoltaic", "renamed", "building_name", "file_name", "occurred_at", "地点", "等级", "网格",
    "camera", "unit",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_about_a_person_is_known_by_its_name(field: str) -> None:
    assert privacy.personal_name(field)
    found = privacy.check({field: "x"})
    assert found is not None
    assert found.reason_code == "personal"


@pytest.mark.parametrize("field", PLAIN_FIELDS)
def test_a_field_about_a_thing_passes(field: str) -> None:
    assert not privacy.personal_name(field)
    assert privacy.check({field: "x"}) is None


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=30) | st.integers() | pieces, max_size=4))
def test_no_value_ever_stands_in_a_refusal(entry: dict[str, object]) -> None:
    found = privacy.check(entry)
    if found is not None:
        for value in entry.values():
            if isinstance(value, str) and privacy.personal_text(value) is not None:
                assert value not in found.sentence


def test_a_field_whose_name_is_itself_personal_is_not_repeated() -> None:
    found = privacy.check({"13800138000": "x"})
    assert found is not None
    assert "138" not in found.sentence


def test_nested_values_are_searched() -> None:
    assert privacy.check({"packed": {"inner": ["13800138000"]}}) is not None


@pytest.mark.parametrize(
    "start", ["电话", "身份证号", "姓名", "name", "reporter's name", "微信", "车牌", "a@", "鲁A", "1", "13"]
)
@pytest.mark.parametrize("filling", [" ", "1 ", "a", "a.", "名字", "-", "\u3000", "@", "名", "12345 "])
def test_the_longest_text_is_searched_in_no_more_than_a_moment(start: str, filling: str) -> None:
    text = (start + filling * privacy.TEXT_LIMIT)[: privacy.TEXT_LIMIT - 1] + "。"
    privacy.personal_text(text)  # would take hours if it took time by the square of the length
