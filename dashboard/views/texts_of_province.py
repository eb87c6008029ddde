"""The texts of the page that sums several cities (see `texts`)."""

from __future__ import annotations

from typing import Any

from layers.text import lazy_gettext as _

OF_PROVINCE: dict[str, Any] = {
    "province.title": _("各市汇总"),
    "province.page": _("{place} · 平安汇总"),
    "province.cities": _("{n} 个市"),
    "province.column.city": _("市"),
    "province.column.score": _("平安指数"),
    "province.column.open": _("未结"),
    "province.column.grave": _("重大以上"),
    "province.column.cameras": _("监控在线"),
    "province.column.networked": _("联网"),
    "province.column.population": _("人口"),
    "province.column.age": _("数据"),
    "province.basis": _("由各市合计重算，截至 {age}前"),
    "province.population": _("人口 {n}"),
    "province.networked": _("联网 {n} 路"),
    "province.missing": _("{n} 个市尚无数据，未计入"),
    "province.dead": _("{n} 个市的数据已停，按停下时的数计入"),
    "province.oldest": _("最旧 {age}前"),
    "province.fresh": _("各市数据都在更新"),
    "province.feeds": _("数据"),
}
