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

PHASES: dict[str, tuple[str, str]] = {
    "accept": ("受理", "accept"),
    "assign": ("交办", "assign"),
    "on_scene": ("到场", "on scene"),
    "handle": ("办结", "handle"),
}
PAUSES: dict[str, tuple[str, str]] = {
    "appraisal": ("等待鉴定", "waiting for an expert's report"),
    "court": ("等待司法程序", "waiting for a court"),
    "parties": ("当事方申请暂缓", "the parties asked for time"),
    "weather": ("天气原因", "weather"),
    "other_authority": ("等待其他部门", "waiting for another authority"),
}
"""Why a case's clocks may stand still."""

OUTCOMES: dict[str, tuple[str, str]] = {
    "settled": ("已化解", "settled"),
    "unsettled": ("未化解", "not settled"),
    "withdrawn": ("已撤回", "withdrawn"),
    "handled": ("已处置", "handled"),
    "unfounded": ("不属实", "unfounded"),
    "transferred": ("已移送", "transferred to another authority"),
}
"""How a case may end; the success of mediation is counted from these."""

TEAMS: dict[str, tuple[str, str]] = {
    "grid": ("本网格听证团", "the grid's own hearing team"),
    "joint": ("联合听证团", "a joint team of several grids"),
}
"""Who hears a dispute."""

REPORT_IN_MIN: dict[int, int] = {1: 15, 2: 30, 3: 120, 4: 24 * 60}
"""Minutes within which departments that are whistled for report in, by level; a whistle may say others."""

UNDOABLE = frozenset(
    {"accept", "refer", "merge", "triage", "assign", "reassign", "verify", "whistle", "supervise"}
)
UNDO_MS = 10_000
"""What whoever did it may take back, and for how long; afterwards a command of its own is needed."""

PUBLISH = "publish"
"""The command about no case: it publishes the index (see `publication`)."""
MOST_TO_ASK_FOR = 1000
"""Cases of rectification that it may be told to open at most: a bound against slips."""

KITES_OWN = ""
"""The action of a command that nobody may send: Kite does."""

COMMON_FIELDS = frozenset({"id", "case", "command", "version", "at", "by", "note", "simulated"})
"""Fields that every command may carry."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the transition table.

    `moves`: state before → state after; the command is refused in every other state. `required`:
    fields that must be there ("a|b": at least one of them); `optional`: further ones of its own.
    `action`: what the one gate is asked (see `access`), or `KITES_OWN`; `by_unit`: whether the unit that has
    the case may do it too.
    """

    slug: str
    zh: str
    en: str
    moves: dict[str, str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    action: str = "command"
    by_unit: bool = False

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
             ("team", "scheduled"), optional=("departments",)),
        Rule("assign", "交办", "assign", {"accepted": "assigned"}, ("unit|departments",)),
        Rule("take_on", "接单", "take on", {"assigned": "handling"}, by_unit=True),
        Rule("en_route", "出发", "en route", {"assigned": "handling", "handling": "handling"}, by_unit=True),
        Rule("on_scene", "到场", "on scene", {"assigned": "handling", "handling": "handling"}, by_unit=True),
        Rule("reassign", "改派", "reassign", {"assigned": "assigned", "handling": "assigned"},
             ("unit|departments",)),
        Rule("return_back", "回退", "return", {"assigned": "accepted", "handling": "accepted"}, ("note",),
             by_unit=True),
        Rule("resolve", "办结", "resolve", {"handling": "resolved"}, ("outcome",), by_unit=True),
        Rule("extend", "申请延期", "ask for an extension", _stay("assigned", "handling"), ("until", "note"),
             by_unit=True),
        Rule("grant", "同意延期", "grant the extension", _stay("assigned", "handling"), action="supervise"),
        Rule("decline", "不同意延期", "decline the extension", _stay("assigned", "handling"), ("note",),
             action="supervise"),
        Rule("pause", "暂停计时", "stop the clocks", _stay("accepted", "assigned", "handling"), ("reason",)),
        Rule("go_on", "恢复计时", "let the clocks run", _stay("accepted", "assigned", "handling")),
        Rule("whistle", "吹哨", "whistle for departments", _stay("assigned", "handling"), ("departments",),
             optional=("within_min",)),
        Rule("report_in", "报到", "report in", _stay("assigned", "handling"), ("departments",), by_unit=True),
        Rule("supervise", "督办", "supervise", _stay(*OPEN), ("card",), action="supervise"),
        Rule("instruct", "批示", "instruct", _stay(*OPEN), ("note",), action="supervise"),
        Rule("escalate", "超期升级", "escalate what is overdue",
             _stay("reported", "accepted", "assigned", "handling"), ("phase",), action=KITES_OWN),
        Rule("undo", "撤销", "undo", {}, action="undo"),
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
    state: tuple(slug for slug, rule in COMMANDS.items() if state in rule.moves and rule.action != KITES_OWN)
    for state in STATES
}
"""The commands that each state allows to people, in the table's order; Kite's own is not there."""

REFER_STEPS: dict[int, int] = {1: 4, 2: 2, 3: 1, 4: 1}
"""How many tiers of centre one referral may climb (grid → village → town → county → city), by level."""
