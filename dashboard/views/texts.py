"""Every text that a person reads on a page, by dotted name; the words themselves are the Chinese ones.

English is in `translations/en/LC_MESSAGES/messages.po`. After a change here or in `layers/`:

    pybabel extract -F babel.cfg --no-location -o var/messages.pot .
    pybabel update -i var/messages.pot -d dashboard/views/translations --no-fuzzy-matching --ignore-obsolete

Words in braces are filled in by `t` or by the page. What the domain's tables name in both languages (types,
levels and states of cases, families, paths of disputes) is taken from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from flask_babel import (  # type: ignore[import-untyped, unused-ignore]
    force_locale,
    get_domain,
    get_locale,
)

from dashboard.domain.case_types import CASE_TYPES, FAMILIES, LEVELS, NATURES, ORIGINS
from dashboard.domain.commands import COMMANDS, PHASES, STATES
from dashboard.domain.settling import PATHS
from dashboard.domain.systems import DEPARTMENTS, SERVICES, SYSTEMS
from dashboard.views.texts_of_accounts import OF_ACCOUNTS
from dashboard.views.texts_of_admin import OF_ADMIN
from dashboard.views.texts_of_brief import OF_BRIEF
from dashboard.views.texts_of_desk import OF_DESK
from dashboard.views.texts_of_leaders import OF_LEADERS
from dashboard.views.texts_of_letters import OF_LETTERS
from dashboard.views.texts_of_oidc import OF_OIDC
from dashboard.views.texts_of_province import OF_PROVINCE
from dashboard.views.texts_of_publications import OF_PUBLICATIONS
from dashboard.views.texts_of_refusals import OF_REFUSALS
from dashboard.views.texts_of_systems import OF_SYSTEMS
from dashboard.views.texts_of_unit import OF_UNIT
from dashboard.views.texts_of_wall import OF_WALL
from layers.text import lazy_gettext as _

TEXTS: dict[str, Any] = {
    # Page and header
    "app.name": _("鸢"),
    "app.title": _("{place} · 平安地图"),
    "app.loading": _("正在打开地图……"),
    "header.breadcrumb": _("所在地区"),
    "header.simulated": _("模拟数据"),
    "header.simulated.help": _("屏幕上的案件、监控与队伍状态由模拟程序产生，不是真实情况。"),
    "header.age": _("数据 {age}前"),
    "header.age.unknown": _("尚无数据"),
    "header.age.one": _("{age}前"),
    "header.age.help": _("最久没有更新的一路数据，距现在的时间。"),
    "header.language": _("语言"),
    "nav.desk": _("值班调度"),
    "nav.map": _("平安地图"),
    "nav.sign_out": _("退出"),
    "header.asking": _("{who} · {place}"),
    "header.everywhere": _("全市"),
    "header.synthetic": _("合成底数"),
    "header.synthetic.help": _("人口、队伍、监控等底数按公布的总数分摊到各地，不是统计结果。"),
    "header.dead": _("{feeds}已经 {age}没有更新，灰色的数字是 {time} 的情况。"),
    "header.dead.never": _("还没有收到{feeds}。"),
    "header.dead.connection": _("与服务器的连接已中断 {age}，屏幕上是 {time} 的情况，正在重连。"),
    "header.and": _("、"),
    "feed.reports": _("案件数据"),
    "feed.commands": _("指令数据"),
    "feed.cameras": _("监控数据"),
    "feed.units": _("队伍数据"),
    "age.seconds": _("{n} 秒"),
    "age.minutes": _("{n} 分"),
    "age.hours": _("{n} 小时"),
    "age.days": _("{n} 天"),
    # Tiers: one region, and the tab that lists a region's parts
    "tier.0": _("市"),
    "tier.1": _("县市区"),
    "tier.2": _("镇街"),
    "tier.3": _("村社区"),
    "tier.4": _("网格"),
    # Levels
    "level.0": _("未知"),
    "level.1": _("蓝"),
    "level.2": _("黄"),
    "level.3": _("橙"),
    "level.4": _("红"),
    "level.from": _("≥{cut}"),
    "level.below": _("<{cut}"),
    # Map
    "map.label": _("地图"),
    "map.layers": _("图层"),
    "map.legend": _("图例"),
    "map.zoom.in": _("放大"),
    "map.zoom.out": _("缩小"),
    "map.derived": _("边界推导"),
    "map.derived.help": _("{tiers}的边界由已知的点推导而成，不是测绘成果。"),
    # Cards
    "card.score": _("平安指数"),
    "card.score.interval": _("80 % 区间 {low}–{high}"),
    "card.score.hatched": _("样本不足，仅供参考"),
    "card.score.capped": _("01 级未结，封顶 69"),
    "card.score.held": _("缓冲带内，级别未变"),
    "card.score.none": _("尚未算出"),
    "card.score.change": _("较昨日 {change}"),
    "card.cases": _("未结案件"),
    "card.cases.density": _("每万人 {n} 件"),
    "card.cases.none": _("没有未结案件"),
    "card.cases.grave": _("重大以上 {n} 件"),
    "card.cases.others": _("较大 {n} 一般 {m}"),
    "card.cameras": _("监控在线"),
    "card.cameras.on": _("在线 {n} 路"),
    "card.cameras.off": _("断线 {n} 路"),
    "card.cameras.none": _("没有联网的监控"),
    "card.rings": _("三圈 {shares} %"),
    "card.rings.help": _("三圈防控完整率，按有在线卡口看守的边界长度计：\n{rings}"),
    "card.rings.none": _("无三圈卡口"),
    "card.units": _("在岗队伍"),
    "card.units.of": _("共 {n} 支"),
    "card.units.share": _("在岗率 {n} %"),
    "card.units.none": _("没有驻在此地的队伍"),
    "card.units.people": _("每队约 {n} 人"),
    "card.dead": _("停在 {age}前"),
    "value.none": "—",
    # Why
    "why.title": _("为什么是 {score}"),
    "why.title.none": _("四类得分"),
    "why.formula": _("公式 {version}"),
    "why.level": _("{level} 级"),
    "why.none": _("没有哪一项明显拉低得分。"),
    "why.family": _("{family}合计"),
    # Tabs
    "tab.trend": _("走势"),
    "tab.cases": _("案件"),
    "tab.facts": _("概况"),
    "children.order": _("排序"),
    "children.order.score": _("得分"),
    "children.order.open": _("未结"),
    "children.order.name": _("名称"),
    "children.column.score": _("得分"),
    "children.column.change": _("较昨日"),
    "children.column.open": _("未结"),
    "children.column.trend": _("近 7 天"),
    "children.waiting": _("正在等第一批数字……"),
    "trend.24": _("24 小时"),
    "trend.168": _("7 天"),
    "trend.720": _("30 天"),
    "trend.empty": _("这段时间还没有逐时记录。"),
    "trend.spoken": _("最低 {low}，最高 {high}，最新 {last}"),
    "trend.of": _("{place}的平安指数，逐时"),
    "trend.parent": _("网格不单独留存逐时记录；这里是{place}的平安指数。"),
    "cases.column.level": _("级别"),
    "cases.column.type": _("类型"),
    "cases.column.place": _("地点"),
    "cases.column.state": _("状态"),
    "cases.column.occurred": _("发生"),
    "cases.column.age": _("已历时"),
    "cases.empty": _("没有未结案件。"),
    "cases.more": _("只列出最要紧的 {shown} 件。"),
    # Facts of a place
    "fact.population": _("人口"),
    "fact.dwellings": _("住户"),
    "fact.area": _("面积"),
    "fact.area.km2": _("{n} 平方千米"),
    "fact.grids": _("网格"),
    "fact.cameras": _("监控"),
    "fact.networked": _("其中联网"),
    "fact.gates": _("出入口抓拍"),
    "fact.eyes": _("增强现实"),
    "fact.domes": _("高空瞭望"),
    "fact.ring.1": _("市际圈卡口"),
    "fact.ring.2": _("县际圈卡口"),
    "fact.ring.3": _("派出所圈卡口"),
    "ring.1": _("市际圈"),
    "ring.2": _("县际圈"),
    "ring.3": _("派出所圈"),
    "fact.centre": _("综治中心"),
    "fact.centre.staff": _("工作人员 {n} 人"),
    "fact.centre.no_staff": _("有场所，未设专职"),
    "fact.stations": _("网格服务站"),
    "fact.stations.area": _("{n} 平方米"),
    "fact.companies": _("红色物业"),
    "fact.helpers": _("红色管家"),
    "fact.estates": _("老旧小区覆盖"),
    "fact.estates.value": _("{served} / {n} 个"),
    "unit_kind.grid_worker": _("网格员"),
    "unit_kind.patrol": _("巡防"),
    "unit_kind.fire": _("消防"),
    "unit_kind.emergency": _("应急"),
    "unit_kind.mediation": _("调解"),
    "unit_kind.medical": _("急救"),
    "tag.derived": _("推导"),
    "tag.derived.help": _("边界或位置由公开资料推导，不是测绘成果。"),
    "tag.synthetic": _("合成"),
    "tag.synthetic.help": _("按公布的总数分摊到各地的数字，不是统计结果。"),
    # How disputes are settled
    "settling.disputes": _("矛盾纠纷"),
    "settling.settled": _("化解"),
    "settling.unsettled": _("未化解"),
    "settling.others": _("其他结果"),
    "settling.others.help": _("撤回、移送、不属实等其他结果，不计入化解率。"),
    "settling.settled.help": _("听证或调解后已化解，并经验证。"),
    "settling.unsettled.help": _("未能化解，并经验证。"),
    "settling.unrecorded": _("未记录"),
    "settling.unrecorded.help": _("已结但没有记录结果，如导入的历史，不计入化解率。"),
    "settling.rate": _("化解率"),
    "settling.rate.help": _(
        "化解 ÷（化解 + 未化解），括号内为 95 % 区间；不足 {n} 件不计。按全部记录统计，验证后计入。"
    ),
    "settling.rate.value": _("{share} %（{low}–{high}）"),
    "settling.total": _("合计"),
    "settling.open": _("未结 {n} 件"),
    "settling.hearings": _("待听证 {n} 件"),
    "settling.hearings.oldest": _("最久已等 {age}"),
    "settling.hearings.past": _("过期未听 {n} 件"),
    # Notices instead of a region's page
    "notice.unknown": _("没有编号为 {code} 的地区。"),
    "notice.refused": _("您没有查看这个地区的权限。"),
    "notice.page": _("没有这个页面。"),
    "notice.back": _("回到{place}"),
    # Languages name themselves
    "language.zh": "中",
    "language.en": "EN",
    **OF_ACCOUNTS,
    **OF_ADMIN,
    **OF_BRIEF,
    **OF_DESK,
    **OF_LEADERS,
    **OF_LETTERS,
    **OF_OIDC,
    **OF_PROVINCE,
    **OF_PUBLICATIONS,
    **OF_UNIT,
    **OF_WALL,
    **OF_REFUSALS,
    **OF_SYSTEMS,
}


def t(name: str, **words: object) -> str:
    """The text of that name in the language of the request, with its braces filled."""
    text = str(TEXTS[name]) if name in TEXTS else _domain_names()[name]
    return text.format(**words) if words else text


_SAID: WeakKeyDictionary[Any, Mapping[str, str]] = WeakKeyDictionary()
"""All texts by the catalogue that they were translated with: 1,500 look-ups took half the time of a page."""


def texts_for(language: str) -> Mapping[str, str]:
    """All texts of one language for the page's scripts; needs an application context."""
    with force_locale(language):
        catalogue = get_domain().get_translations()
        if catalogue not in _SAID:
            said = {name: str(text) for name, text in TEXTS.items()} | _domain_names()
            _SAID[catalogue] = MappingProxyType(said)
        return _SAID[catalogue]


def _domain_names() -> dict[str, str]:
    """The names that the domain's tables give in both languages, keyed like `TEXTS`."""
    return _DOMAIN_NAMES["en" if str(get_locale() or "zh") == "en" else "zh"]


def _both(kind: str, names: Iterable[tuple[object, str, str]]) -> Iterable[tuple[str, str, str]]:
    return ((f"{kind}.{key}", zh, en[:1].upper() + en[1:]) for key, zh, en in names)


_ROWS = (
    *_both("case_type", ((row.code, row.zh, row.en) for row in CASE_TYPES)),
    *_both("family", ((row.slug, row.zh, row.en) for row in FAMILIES)),
    *_both("case_level", ((key, *names) for key, names in LEVELS.items())),
    *_both("case_nature", ((key, *names) for key, names in NATURES.items())),
    *_both("case_state", ((key, *names) for key, names in STATES.items())),
    *_both("settling_path", ((key, *names) for key, names in PATHS.items())),
    *_both("system", ((row.slug, row.zh, row.en) for row in SYSTEMS.values())),
    *_both("department", ((key, *names) for key, names in DEPARTMENTS.items())),
    *_both("service", ((key, *names) for key, names in SERVICES.items())),
    *_both("case_origin", ((key, *names) for key, names in ORIGINS.items())),
    *_both("phase", ((key, *names) for key, names in PHASES.items())),
    *_both("command", ((key, rule.zh, rule.en) for key, rule in COMMANDS.items())),
)
_DOMAIN_NAMES = {
    "zh": {name: zh for name, zh, __ in _ROWS},
    "en": {name: en for name, __, en in _ROWS},
}
