"""What a leader says of a case with one click: sentences to instruct (批示) and cards to supervise (督办)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A row of a menu: the command, the field that it fills, and what goes in.

    `value` is a word of the field; None where the sentence itself is sent, in the language of who sends it.
    """

    slug: str
    command: str
    field: str
    value: str | None
    zh: str
    en: str


def _sentence(slug: str, zh: str, en: str) -> Preset:
    return Preset(slug, "instruct", "note", None, zh, en)


def _card(card: str, zh: str, en: str) -> Preset:
    return Preset(card, "supervise", "card", card, zh, en)


PRESETS: tuple[Preset, ...] = (
    _sentence("at_once", "请立即处置，办结后报结果。", "Deal with this at once and report the result."),
    _sentence("on_scene", "请到现场核实，今天内回报。", "Check this on the scene and report back today."),
    _sentence(
        "lead", "请牵头部门会商，拿出解决办法。", "Let the lead department call the others in and settle it."
    ),
    _sentence(
        "overdue", "请说明超期原因，明确办结时间。", "Say why this is overdue and when it will be done."
    ),
    _sentence("calm", "请做好当事各方工作，防止事态扩大。", "Work with all sides so that it does not grow."),
    _card("normal", "普通督办", "Supervise"),
    _card("yellow", "黄牌督办", "Yellow card"),
    _card("red", "红牌督办", "Red card"),
)
"""The menus' rows in their order; each is sent as it stands, without anything to type."""
