"""The closed loop as tables: the states of a case, and the commands that move it between them."""

from __future__ import annotations

from dataclasses import dataclass

STATES: dict[str, tuple[str, str]] = {
    "reported": ("待受理", "reported"),
    "accepted": ("已受理", "accepted"),
    "assigned": ("已交办", "assigned"),
    "handling": ("办理中", "being handled"),
    "resolved": ("待验证", "resolved"),
    "verified": ("待结案", "verified"),
    "closed": ("已结案", "closed"),
    "merged": ("已合并", "merged into another case"),
}
ENDED = frozenset({"closed", "merged"})
OPEN = tuple(state for state in STATES if state not in ENDED)
UNRESOLVED = frozenset({"reported", "accepted", "assigned", "handling"})
"""States in which the matter itself still stands; `resolved` and `verified` only await paper."""

COMMON_FIELDS = frozenset({"id", "case", "command", "version", "at", "by", "note", "simulated"})
"""Fields that every command may carry."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the transition table.

    `moves`: state before → state after; the command is refused in every other state. `required`:
    fields that must be there ("a|b": at least one of them); `optional`: further ones of its own.
    """

    slug: str
    zh: str
    en: str
    moves: dict[str, str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Every field that an entry of this command may have."""
        own = [name for choice in self.required for name in choice.split("|")]
        return COMMON_FIELDS.union(own, self.optional)


def _stay(*states: str) -> dict[str, str]:
    return {state: state for state in states}


COMMANDS: dict[str, Rule] = {
    rule.slug: rule
    for rule in (
        Rule("accept", "受理", "accept", {"reported": "accepted"}),
        Rule("refer", "上报", "refer upward", _stay("reported"), optional=("to",)),
        Rule("merge", "合并", "merge", {"reported": "merged", "accepted": "merged"}, ("into",)),
        Rule("triage", "研判", "triage", _stay("accepted"), ("level|type|grid",)),
        Rule("to_hearing", "导入听证", "send to a hearing", {"accepted": "handling", "handling": "handling"},
             optional=("departments",)),
        Rule("assign", "交办", "assign", {"accepted": "assigned"}, ("unit|departments",)),
        Rule("take_on", "接单", "take on", {"assigned": "handling"}),
        Rule("en_route", "出发", "en route", {"assigned": "handling", "handling": "handling"}),
        Rule("on_scene", "到场", "on scene", {"assigned": "handling", "handling": "handling"}),
        Rule("reassign", "改派", "reassign", {"assigned": "assigned", "handling": "assigned"},
             ("unit|departments",)),
        Rule("return_back", "回退", "return", {"assigned": "accepted", "handling": "accepted"}, ("note",)),
        Rule("resolve", "办结", "resolve", {"handling": "resolved"}, ("outcome",)),
        Rule("extend", "延期", "extend", _stay("assigned", "handling"), ("until",)),
        Rule("whistle", "吹哨", "whistle for departments", _stay("assigned", "handling"), ("departments",)),
        Rule("report_in", "报到", "report in", _stay("assigned", "handling"), ("departments",)),
        Rule("supervise", "督办", "supervise", _stay(*OPEN), ("card",)),
        Rule("instruct", "批示", "instruct", _stay(*OPEN), ("note",)),
        Rule("hearing_result", "听证结果", "result of the hearing",
             {"handling": "resolved", "resolved": "resolved"}, ("outcome",)),
        Rule("verify", "验证", "verify", {"resolved": "verified"}),
        Rule("close", "结案", "close", {"verified": "closed"}),
        Rule("send_back", "验证回退", "send back", {"resolved": "handling", "verified": "handling"},
             ("note",)),
    )
}  # fmt: skip
"""The one table of transitions, by command."""

ALLOWED: dict[str, tuple[str, ...]] = {
    state: tuple(slug for slug, rule in COMMANDS.items() if state in rule.moves) for state in STATES
}
"""The commands that each state allows, in the table's order."""

REFER_STEPS: dict[int, int] = {1: 4, 2: 2, 3: 1, 4: 1}
"""How many tiers of centre one referral may climb (grid → village → town → county → city), by level."""
