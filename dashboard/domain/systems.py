"""The city's systems as a table, the norms that they are measured by, and what their codes are called.

A row of `SYSTEMS` is one system of the leader's page and of `GET /api/v1/systems/<key>`; adding one is adding
a row here, its figures in `dashboard.live.systems` and its block in `dashboard.views.systems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class System:
    """One system: its key, its names, and the key of the map layer that shows it ("": none does).

    `rests_on`: the parts of a pack (keys of its manifest's `synthetic`) that its figures are counted from.
    """

    slug: str
    zh: str
    en: str
    layer: str = ""
    rests_on: tuple[str, ...] = ()


_ROWS = (
    System("branches", "网格党支部", "grid party branches", rests_on=("branches", "population", "units")),
    System("whistles", "吹哨报到", "whistles"),
    System("stations", "网格服务站", "grid service stations", "stations", ("stations",)),
    System("property", "红色物业", "red property", "companies", ("companies",)),
    System("hearings", "听证法", "hearings"),
    System("centres", "综治中心", "governance centres", "centres", ("centres",)),
    System("loop", "闭环处置", "closed loop", "cases"),
    System("population", "人口房屋与纠纷", "population, dwellings and disputes", rests_on=("population",)),
    System("cameras", "雪亮工程", "cameras", "cameras", ("cameras",)),
    System("rings", "三圈防控", "three rings", "rings", ("cameras",)),
    System("devices", "特殊设备", "special devices", "cameras", ("cameras",)),
)
SYSTEMS: dict[str, System] = {row.slug: row for row in _ROWS}
"""Key → system, in the order in which they are shown."""

STATION_AREA_M2 = 15.0
"""Floor area that a grid service station has at least (网格服务站面积不小于 15 平方米)."""
CAMERAS_PER_VILLAGE = 6
"""Cameras that a village or community has at least (每村不少于 6 路)."""
ESTATES_SERVED = 0.98
"""Share of the old estates that red property is to cover (老旧小区覆盖率 98 %)."""
OUTAGES_NAMED = 10
"""So many of the cameras that have been down longest are named."""

BRANCH_KINDS: dict[str, tuple[str, str]] = {
    "none": ("未建", "none"),
    "group": ("党小组", "party group"),
    "branch": ("党支部", "party branch"),
}
"""What a grid has; a kind's number in the pack is its position."""

DEPARTMENTS: dict[str, tuple[str, str]] = {
    "public_security": ("公安", "public security"),
    "justice": ("司法行政", "justice"),
    "petitions": ("信访", "petitions"),
    "court": ("法院", "court"),
    "procuratorate": ("检察院", "procuratorate"),
    "human_resources": ("人社", "human resources"),
    "civil_affairs": ("民政", "civil affairs"),
    "housing": ("住建", "housing"),
    "urban_management": ("综合执法", "urban management"),
    "emergency": ("应急管理", "emergency management"),
    "fire": ("消防救援", "fire and rescue"),
    "market": ("市场监管", "market regulation"),
    "health": ("卫健", "health"),
    "natural_resources": ("自然资源", "natural resources"),
    "ecology": ("生态环境", "ecology"),
    "agriculture": ("农业农村", "agriculture"),
    "education": ("教育", "education"),
    "women": ("妇联", "women's federation"),
}
"""Departments with a desk in a centre or attached to a grid; a department's bit is its position."""

SERVICES: dict[str, tuple[str, str]] = {
    "party": ("党群服务", "party and public service"),
    "errands": ("便民代办", "errands"),
    "mediation": ("矛盾调解", "mediation"),
    "safety": ("安全宣传", "safety advice"),
    "volunteers": ("志愿服务", "volunteers"),
    "legal": ("法律服务", "legal advice"),
    "elderly": ("助老服务", "help for the elderly"),
    "reading": ("文体阅读", "reading and leisure"),
}
"""What a grid service station offers; a service's bit is its position."""


def slugs_of(bits: int, table: Mapping[str, Any]) -> list[str]:
    """The slugs whose bits are set."""
    return [slug for position, slug in enumerate(table) if bits >> position & 1]


def made_up(system: System, synthetic: Mapping[str, Any]) -> list[str]:
    """The parts of the pack behind a system that its manifest says are synthetic."""
    return [part for part in system.rests_on if synthetic.get(part)]


def middle(values: Iterable[int]) -> int | None:
    """The median of whole numbers, the lower one of two in the middle; None of none."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else None
