"""What an officer may do next with a case that was just looked at: by its state, with weights and fields."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.commands import UNDOABLE

DEPARTMENTS = ("住建局", "消防救援大队", "市场监管局", "司法所", "城管执法队")
UNDO_WITHIN_S = 8.0

Fields = dict[str, Any]


@dataclass
class Look:
    """A case as an officer has it before them.

    `case`: as the API gives it. `units`, `similar`: call signs and ids that are suggested. `last`: what this
    officer did with it just now, and how many seconds ago.
    """

    case: dict[str, Any]
    units: list[str] = field(default_factory=list)
    similar: list[str] = field(default_factory=list)
    last: tuple[str, float] = ("", 0.0)

    @property
    def called(self) -> list[str]:
        """Departments that were whistled for and have not come."""
        return [whistle[0] for whistle in self.case.get("whistles", ()) if len(whistle) < 4 or not whistle[3]]

    @property
    def has_hearing(self) -> bool:
        """Whether a hearing is set that has no result."""
        hearings = self.case.get("hearings", [])
        return bool(hearings) and not (len(hearings[-1]) > 2 and hearings[-1][2])


WEIGHTS: dict[str, dict[str, float]] = {
    "reported": {"accept": 10, "refer": 1, "merge": 2},
    "accepted": {"assign": 10, "triage": 3, "to_hearing": 2, "merge": 1, "pause": 1, "go_on": 2},
    "assigned": {"take_on": 6, "en_route": 3, "on_scene": 2, "reassign": 1, "return_back": 1, "whistle": 2,
                 "report_in": 3, "extend": 1, "grant": 3, "decline": 1, "pause": 1, "go_on": 2},
    "handling": {"resolve": 10, "on_scene": 3, "whistle": 2, "report_in": 3, "extend": 1, "grant": 3,
                 "decline": 1, "pause": 1, "go_on": 2, "return_back": 1, "hearing_result": 5},
    "resolved": {"verify": 10, "send_back": 1},
    "verified": {"close": 10, "send_back": 1},
}  # fmt: skip
ALWAYS = {"undo": 1.0, "supervise": 1.0, "instruct": 1.0}
LEADERS_ONLY = frozenset({"supervise", "instruct", "grant", "decline"})
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "reported": ("close", {}),
    "accepted": ("verify", {}),
    "assigned": ("accept", {}),
    "handling": ("assign", {"departments": ["住建局"]}),
    "resolved": ("take_on", {}),
    "verified": ("resolve", {"outcome": "handled"}),
}
"""What a state does not allow: to be refused."""


def _in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


def _uncalled(look: Look) -> str | None:
    return next((name for name in DEPARTMENTS if name not in look.called), None)


FIELDS: dict[str, Callable[[Look], Fields | None]] = {
    "refer": lambda look: {} if look.case.get("centre", 4) > 0 else None,
    "merge": lambda look: {"into": look.similar[0]} if look.similar else None,
    "triage": lambda look: {"level": random.choice(("03", "04"))},
    "to_hearing": lambda look: (
        {"team": "grid", "scheduled": _in_days(2)} if TYPE_BY_CODE[look.case["type"]].is_dispute else None
    ),
    "assign": lambda look: {"unit": random.choice(look.units)} if look.units else {"departments": ["住建局"]},
    "reassign": lambda look: {"unit": random.choice(look.units)} if look.units else None,
    "return_back": lambda look: {"note": "需补充材料"},
    "resolve": lambda look: {"outcome": random.choice(("handled", "settled", "unfounded"))},
    "extend": lambda look: (
        None if look.case.get("asked_until_ms") else {"until": _in_days(5), "note": "等待材料"}
    ),
    "grant": lambda look: {} if look.case.get("asked_until_ms") else None,
    "decline": lambda look: {"note": "按期办结"} if look.case.get("asked_until_ms") else None,
    "pause": lambda look: None if look.case.get("paused") else {"reason": "appraisal"},
    "go_on": lambda look: {} if look.case.get("paused") else None,
    "whistle": lambda look: {"departments": [name]} if (name := _uncalled(look)) else None,
    "report_in": lambda look: {"departments": look.called[:1]} if look.called else None,
    "supervise": lambda look: {"card": random.choice(("yellow", "red"))},
    "instruct": lambda look: {"note": "请尽快办理"},
    "hearing_result": lambda look: {"outcome": "settled"} if look.has_hearing else None,
    "send_back": lambda look: {"note": "请复核"},
    "undo": lambda look: {} if look.last[0] in UNDOABLE and look.last[1] < UNDO_WITHIN_S else None,
}
"""The fields of a command for a case, None where it would be refused; a command that is not here has none."""


def next_deed(look: Look, is_leader: bool) -> tuple[str, Fields] | None:
    """A command and its fields, drawn from what makes sense now; None when nothing does."""
    weights = ALWAYS | WEIGHTS.get(look.case["state"], {})
    possible: list[tuple[str, Fields, float]] = []
    for command, weight in weights.items():
        if look.case["state"] not in WEIGHTS and command != "undo":
            continue
        fields = FIELDS[command](look) if command in FIELDS else {}
        if fields is not None and (is_leader or command not in LEADERS_ONLY):
            possible.append((command, fields, weight))
    if not possible:
        return None
    command, fields, _ = random.choices(possible, [weight for *_, weight in possible])[0]
    return command, fields
