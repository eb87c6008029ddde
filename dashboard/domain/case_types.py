"""Case types, families, levels, scales, natures and origins: the tables that a case is filed by.

A type is four digits: two for the first level and two for the second, where "00" is the first
level's general type. Adding a type is adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A family of the safety index; `FAMILIES` fixes the order of every [.., F] array."""

    slug: str
    zh: str
    en: str


FAMILIES: tuple[Family, ...] = (
    Family("stability", "社会稳定", "social stability"),
    Family("public_order", "治安案件", "public order"),
    Family("criminal", "刑事案件", "criminal incidents"),
    Family("safety", "公共安全", "public safety"),
)
FAMILY_NUMBER: dict[str, int] = {family.slug: number for number, family in enumerate(FAMILIES)}

LEVELS: dict[int, tuple[str, str]] = {
    1: ("特别重大", "especially serious"),
    2: ("重大", "serious"),
    3: ("较大", "considerable"),
    4: ("一般", "ordinary"),
}
SCALES: dict[int, tuple[str, str]] = {
    1: ("个体", "individual"),
    2: ("一般群体", "group"),
    3: ("重大群体", "large group"),
}
NATURES: dict[int, tuple[str, str]] = {
    1: ("治安", "public order"),
    2: ("刑事", "criminal"),
    3: ("民商事", "civil and commercial"),
    4: ("行政", "administrative"),
    99: ("其他", "other"),
}
ORIGINS: dict[str, tuple[str, str]] = {
    "resident": ("群众上报", "reported by a resident"),
    "grid_worker": ("网格员上报", "reported by a grid worker"),
    "hotline": ("热线", "hotline"),
    "sensor": ("传感器", "sensor"),
    "camera_alert": ("视频告警", "scene alert of a camera"),
    "patrol": ("巡查发现", "found by a patrol"),
    "publication": ("指数发布", "published index"),
}
"""Where a case was learned of. What a patrol found because it was sent there never feeds the index, nor does
what the published index itself asks for."""
KITES_ORIGIN = "publication"
"""The origin of the cases that Kite itself opens; nobody reports one."""

FAMILY_BY_NATURE: dict[int, str] = {1: "public_order", 2: "criminal"}
"""A theft or a fight is a public-order case or a crime by its nature; see `family_of`."""


@dataclass(frozen=True, slots=True)
class CaseType:
    """A row of the table: four-digit code, slug, names, family, and what a report may leave out.

    `by_nature`: the case's nature, where it is 1 or 2, decides the family instead of the row.
    """

    code: str
    slug: str
    zh: str
    en: str
    family: str
    default_level: int
    nature: int
    is_dispute: bool
    by_nature: bool = False


def _dispute(first: str, nature: int, *rows: tuple[str, str, str]) -> list[CaseType]:
    """A first level of disputes and its second levels, numbered 00, 01, …: (slug, zh, en)."""
    return [
        CaseType(f"{first}{second:02d}", slug, zh, en, "stability", 4, nature, is_dispute=True)
        for second, (slug, zh, en) in enumerate(rows)
    ]


def _incident(first: str, family: str, nature: int, *rows: tuple[str, str, str, int]) -> list[CaseType]:
    """A first level of incidents and its second levels: (slug, zh, en, default level)."""
    by_nature = family in FAMILY_BY_NATURE.values()
    return [
        CaseType(f"{first}{second:02d}", slug, zh, en, family, level, nature, False, by_nature)
        for second, (slug, zh, en, level) in enumerate(rows)
    ]


CASE_TYPES: tuple[CaseType, ...] = tuple(
    _dispute(
        "01", 3,
        ("family_dispute", "婚恋家庭纠纷", "marriage and family dispute"),
        ("divorce_dispute", "离婚纠纷", "divorce dispute"),
        ("support_dispute", "赡养抚养纠纷", "support of parents or children"),
        ("inheritance_dispute", "继承纠纷", "inheritance dispute"),
    )
    + _dispute(
        "02", 3,
        ("neighbour_dispute", "邻里纠纷", "dispute between neighbours"),
        ("noise_dispute", "噪音纠纷", "noise dispute"),
        ("water_leak_dispute", "漏水纠纷", "water leak dispute"),
        ("shared_space_dispute", "公共空间纠纷", "dispute over shared space"),
    )
    + _dispute(
        "03", 3,
        ("personality_dispute", "人格权纠纷", "personality rights dispute"),
        ("reputation_dispute", "名誉权纠纷", "reputation dispute"),
    )
    + _dispute(
        "04", 3,
        ("property_dispute", "物权纠纷", "property rights dispute"),
        ("estate_dispute", "物业纠纷", "dispute with an estate's management"),
        ("demolition_dispute", "拆迁补偿纠纷", "demolition compensation dispute"),
    )
    + _dispute(
        "05", 3,
        ("tort_dispute", "侵权纠纷", "tort dispute"),
        ("traffic_damage_dispute", "交通事故赔偿纠纷", "traffic damage dispute"),
        ("medical_dispute", "医疗纠纷", "medical dispute"),
    )
    + _dispute(
        "06", 3,
        ("contract_dispute", "合同纠纷", "contract dispute"),
        ("house_sale_dispute", "房屋买卖纠纷", "house sale dispute"),
        ("consumer_dispute", "消费纠纷", "consumer dispute"),
        ("rent_dispute", "租赁纠纷", "rent dispute"),
    )
    + _dispute(
        "07", 3,
        ("labour_dispute", "劳动人事争议", "labour dispute"),
        ("wage_dispute", "欠薪纠纷", "unpaid wages"),
        ("work_injury_dispute", "工伤争议", "work injury dispute"),
    )
    + _dispute(
        "08", 3,
        ("finance_dispute", "金融借贷纠纷", "finance and lending dispute"),
        ("private_loan_dispute", "民间借贷纠纷", "private loan dispute"),
        ("fundraising_dispute", "集资纠纷", "fund-raising dispute"),
    )
    + _dispute(
        "09", 3,
        ("land_dispute", "土地资源纠纷", "land and resources dispute"),
        ("land_contract_dispute", "土地承包纠纷", "land contract dispute"),
        ("boundary_dispute", "宅基地边界纠纷", "homestead boundary dispute"),
    )
    + _dispute("10", 3, ("civil_dispute", "其他民商纠纷", "other civil and commercial dispute"))
    + _dispute(
        "11", 4,
        ("construction_dispute", "城乡建设纠纷", "urban and rural construction dispute"),
        ("illegal_building_dispute", "违章建筑纠纷", "illegal building dispute"),
    )
    + _dispute("12", 4, ("civil_affairs_dispute", "民政纠纷", "civil affairs dispute"))
    + _dispute("13", 4, ("enforcement_dispute", "行政执法争议", "administrative enforcement dispute"))
    + _dispute("14", 4, ("litigation_dispute", "涉法涉诉", "dispute about litigation"))
    + _dispute("15", 4, ("discipline_dispute", "组织纪检", "organisation and discipline"))
    + _dispute("16", 4, ("ethnic_religious_dispute", "民族宗教纠纷", "ethnic and religious dispute"))
    + _dispute("99", 99, ("other_dispute", "其他纠纷", "other dispute"))
    + _incident(
        "21", "public_order", 1,
        ("theft", "盗窃", "theft", 4),
        ("theft_from_person", "扒窃", "theft from a person", 4),
        ("theft_from_vehicle", "盗窃车内财物", "theft from a vehicle", 4),
        ("bicycle_theft", "盗窃非机动车", "theft of a bicycle", 4),
    )
    + _incident(
        "22", "criminal", 2,
        ("robbery", "抢劫抢夺", "robbery", 3),
        ("burglary_residential", "入室盗窃", "burglary of a dwelling", 3),
        ("burglary_commercial", "盗窃商铺单位", "burglary of business premises", 3),
        ("vehicle_theft", "盗窃机动车", "theft of a vehicle", 3),
        ("assault", "故意伤害", "assault", 3),
        ("fraud", "诈骗", "fraud", 4),
    )
    + _incident("23", "public_order", 1, ("gambling", "赌博", "gambling", 4))
    + _incident(
        "24", "criminal", 2,
        ("drugs", "毒品", "drugs", 3),
        ("drug_use", "吸毒", "drug use", 4),
    )
    + _incident(
        "25", "public_order", 1,
        ("disorder", "扰乱秩序", "public disorder", 4),
        ("affray", "打架斗殴", "affray", 4),
        ("mischief", "损毁财物", "damage to property", 4),
    )
    + _incident(
        "31", "safety", 4,
        ("fire", "消防安全", "fire safety", 3),
        ("fire_hazard", "消防隐患", "fire hazard", 4),
        ("blocked_exit", "消防通道堵塞", "blocked fire exit", 4),
        ("ebike_charging", "电动车违规充电", "unsafe e-bike charging", 4),
    )
    + _incident(
        "32", "safety", 4,
        ("work_safety", "安全生产", "work safety", 3),
        ("hazardous_leak", "危化品泄漏", "leak of a hazardous substance", 2),
        ("site_hazard", "工地隐患", "construction site hazard", 4),
    )
    + _incident("33", "safety", 4, ("food_safety", "食品安全", "food safety", 4))
    + _incident(
        "34", "safety", 4,
        ("environment", "生态环境", "environment", 4),
        ("pollution", "污染", "pollution", 4),
        ("flooding", "积水内涝", "flooding", 3),
    )
    + _incident(
        "35", "safety", 4,
        ("traffic", "道路交通", "road traffic", 4),
        ("traffic_injury", "交通事故伤人", "road accident with injury", 3),
        ("traffic_fatal", "交通事故亡人", "fatal road accident", 2),
        ("road_hazard", "道路隐患", "road hazard", 4),
    )
    + _incident("36", "safety", 4, ("crowding", "人员聚集拥挤", "crowding", 3))
    + _incident("39", "safety", 99, ("other", "其他", "other", 4))
    + _incident("41", "safety", 4, ("rectification", "平安整改", "rectification", 4))
)  # fmt: skip

RECTIFICATION = "4100"
"""The type of the cases that a published index opens (see `publication`)."""

TYPE_BY_CODE: dict[str, CaseType] = {row.code: row for row in CASE_TYPES}
_TYPE_BY_NAME: dict[str, CaseType] = {
    **{row.slug: row for row in CASE_TYPES},
    **{row.code[:2]: row for row in CASE_TYPES if row.code.endswith("00")},
    **TYPE_BY_CODE,
}


def resolve_type(name: str) -> CaseType:
    """The type of a slug ("theft"), a four-digit code ("2101") or a first level ("21", as "2100").

    Raises `KeyError` when there is no such type.
    """
    return _TYPE_BY_NAME[name]


def family_of(code: str, nature: int) -> int:
    """The position in `FAMILIES` of a case of this type and nature.

    Where the row says so, nature 1 (治安) makes a public-order case and 2 (刑事) a criminal one.
    """
    row = TYPE_BY_CODE[code]
    slug = FAMILY_BY_NATURE.get(nature, row.family) if row.by_nature else row.family
    return FAMILY_NUMBER[slug]
