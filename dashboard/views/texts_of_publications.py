"""Texts of the published index: the tab of a region's page and the button that publishes."""

from __future__ import annotations

from typing import Any

from layers.text import lazy_gettext as _

OF_PUBLICATIONS: dict[str, Any] = {
    # The button
    "publish.button": _("发布指数"),
    "publish.help": _("把全市现在的平安指数定为一期，编号发布，不能更改。"),
    "publish.sure": _("发布后不能更改。新转橙、转红的村社区和网格会各立一件整改案件，交给当地办理。"),
    "publish.note": _("说明（可不填）"),
    "publish.confirm": _("确认发布"),
    "publish.done": _("第 {n} 期已发布，立整改案件 {raised} 件。"),
    "publish.refused": _("您没有发布全市指数的权限。"),
    "publish.personal": _("说明里不能有个人信息，也不能超过长度；没有发布。"),
    "publish.again": _("这一期已经发布过了。"),
    "publish.silent": _("暂时没有收到结果，请稍后在“发布”页查看，不要重复发布。"),
    # The tab
    "published.none": _("还没有发布过平安指数。"),
    "published.unreadable": _("暂时读不到已发布的指数，请稍后再看。"),
    "published.number": _("第 {n} 期"),
    "published.before": _("上期 {score}（{level}）"),
    "published.reds": _("连续 {n} 期红色"),
    "published.compared": _("与第 {before} 期相比：变好 {better} 处，变差 {worse} 处，不变 {same} 处"),
    "published.more": _("另有 {n} 处未列出。"),
    "published.rectification": _("整改"),
    "published.cases": _("共 {n} 件，已结 {ended} 件"),
    "published.left": _("一期立案过多，{n} 处顺延到下期"),
    "published.rule": _("连续 {yellow} 期红色出黄牌，{red} 期出红牌；样本不足的不立案"),
    "published.place": _("地点"),
    "published.level": _("等级"),
    "published.score": _("得分"),
    "published.cause": _("首要原因"),
    "published.opened": _("立案"),
    "published.state": _("进展"),
    "published.deeds": _("督促"),
    "published.card.yellow": _("本期黄牌"),
    "published.card.red": _("本期红牌"),
    "published.list": _("历次发布"),
    "published.column.number": _("期号"),
    "published.column.at": _("时间"),
    "published.bad": _("橙红（村 / 网格）"),
    "published.column.raised": _("新立整改"),
    "published.column.closed": _("整改办结"),
    "published.column.by": _("发布人与说明"),
    "published.by_schedule": _("定时发布"),
}
