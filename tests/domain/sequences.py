"""Commands as a careless city sends them: mostly what a case allows, but also what it does not.

They are flat entries, as on the stream, so that the domain and the projector can be given the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import LEVELS
from dashboard.domain.commands import ALLOWED, COMMANDS, OUTCOMES, PAUSES, PHASES, TEAMS

OFFICERS = ("值班席01", "值班席02")
DEPARTMENTS = ("住建局", "消防大队", "司法所", "交通局")
TYPES = ("0200", "0701", "2100", "3100")
"""Two disputes and two that are none."""
_DAY_MS = 86_400_000
ONWARDS = ("accept", "assign", "take_on", "resolve", "hearing_result", "verify", "close")
"""What brings a case on; sent more often than the rest, or none would ever end."""


@dataclass(frozen=True)
class Around:
    """What commands may name: units, codes of grids and other cases; the last ones may not exist."""

    units: Sequence[str]
    grids: Sequence[str]
    cases: Sequence[str]


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


_VALUES: dict[str, Callable[[Random, Around, int], str]] = {
    "unit": lambda rng, around, at_ms: rng.choice(around.units),
    "departments": lambda rng, around, at_ms: ",".join(rng.sample(DEPARTMENTS, rng.randint(1, 2))),
    "level": lambda rng, around, at_ms: f"{rng.choice(list(LEVELS)):02d}",
    "type": lambda rng, around, at_ms: rng.choice(TYPES),
    "grid": lambda rng, around, at_ms: rng.choice(around.grids),
    "into": lambda rng, around, at_ms: rng.choice(around.cases),
    "to": lambda rng, around, at_ms: rng.choice(("village", "town", "county", "city")),
    "card": lambda rng, around, at_ms: rng.choice(("normal", "yellow", "red")),
    "until": lambda rng, around, at_ms: _iso(at_ms + rng.randint(-1, 5) * _DAY_MS),
    "outcome": lambda rng, around, at_ms: rng.choice([*OUTCOMES, "settled", "settled", "unsettled"]),
    "reason": lambda rng, around, at_ms: rng.choice(list(PAUSES)),
    "within_min": lambda rng, around, at_ms: str(rng.randint(1, 90)),
    "team": lambda rng, around, at_ms: rng.choice(list(TEAMS)),
    "scheduled": lambda rng, around, at_ms: _iso(at_ms + rng.randint(1, 9) * _DAY_MS),
    "phase": lambda rng, around, at_ms: rng.choice(list(PHASES)),
    "note": lambda rng, around, at_ms: rng.choice(("现场已处置", "材料不全", "尽快")),
}


def careless_command(
    rng: Random, one: Case, at_ms: int, number: int, around: Around, onwards: float = 0.5
) -> dict[str, str]:
    """A well-formed command for a case; `number` makes its id, `onwards` is how often it brings the case on.

    One in four is of any kind, whatever the state; some name an old version or an id that was used before.
    """
    allowed = [slug for slug, rule in COMMANDS.items() if one.state in rule.moves]
    forth = [slug for slug in allowed if slug in ONWARDS]
    if forth and rng.random() < onwards:
        name = rng.choice(forth)
    else:
        name = rng.choice([*allowed, "undo"] if allowed and rng.random() < 0.75 else list(COMMANDS))
    rule = COMMANDS[name]
    wanted = [rng.choice(choice.split("|")) for choice in rule.required]
    wanted += [choice for choice in rule.optional if rng.random() < 0.4]
    if name == "triage":
        wanted += [field for field in ("grid", "type") if rng.random() < 0.3]
    fields = {field: _VALUES[field](rng, around, at_ms) for field in wanted}
    draw = rng.random()
    if draw < 0.5:
        fields["version"] = str(one.version)
    elif draw < 0.6 and one.version > 1:
        fields["version"] = str(rng.randint(1, one.version - 1))
    again = [step.id for step in one.history if step.id]
    key = rng.choice(again) if again and rng.random() < 0.05 else f"{one.id}.{number}"
    by = rng.choice(OFFICERS)
    return {"id": key, "case": one.id, "command": name, "at": _iso(at_ms), "by": by, **fields}


def says_what_is_allowed(one: Case, sentence: str) -> bool:
    """Whether the refusal's sentence names everything that the case's state allows, or that it is nothing."""
    if not ALLOWED[one.state]:
        return "nothing more can be done" in sentence
    return all(f"{COMMANDS[slug].en} ({COMMANDS[slug].zh})" in sentence for slug in ALLOWED[one.state])
