"""The tables of docs/cases.md, made from those that the code works by; a test holds the page to them."""

from __future__ import annotations

from dashboard.domain.access import ROLES
from dashboard.domain.case_types import LEVELS, TYPE_BY_CODE
from dashboard.domain.commands import (
    COMMANDS,
    KITES_OWN,
    OUTCOMES,
    PAUSES,
    PHASES,
    REPORT_IN_MIN,
    STATES,
    TEAMS,
)  # fmt: skip
from dashboard.domain.deadlines import MINUTE_MS, TERMS, TERMS_OF_TYPES, Term
from dashboard.domain.roles import Part, part_of
from dashboard.domain.settling import OPEN, PATH_OF, PATHS, RESULT_OF, RESULTS
from dashboard.domain.working_days import DAY_MS


def commands_markdown() -> str:
    """Every command: from which state to which, and what it must and may have."""
    lines = ["| command | from → to | must have | may have |", "|---|---|---|---|"]
    for slug, rule in COMMANDS.items():
        moves = "; ".join(_move(before, after) for before, after in rule.moves.items()) or "back by one step"
        must, may = (
            ", ".join(f"`{name}`" for name in names) or "–" for names in (rule.required, rule.optional)
        )
        lines.append(f"| `{slug}` {rule.zh} | {moves} | {must.replace('|', '` or `')} | {may} |")
    return "\n".join(lines) + "\n"


def _move(before: str, after: str) -> str:
    return STATES[before][0] if before == after else f"{STATES[before][0]} → {STATES[after][0]}"


_PARTS = {Part.ALL: "yes", Part.OWN: "own", Part.NONE: "–"}


def roles_markdown() -> str:
    """Every command and what of it is each role's: all, of the own case, or nothing."""
    roles = sorted(ROLES)
    lines = [f"| command | {' | '.join(roles)} | Kite |", "|---" * (len(roles) + 2) + "|"]
    for slug, rule in COMMANDS.items():
        cells = " | ".join(_PARTS[part_of(role, rule)] for role in roles)
        lines.append(f"| `{slug}` {rule.zh} | {cells} | {'yes' if rule.action == KITES_OWN else '–'} |")
    return "\n".join(lines) + "\n"


def settling_markdown() -> str:
    """By what each path and each result of a dispute is told."""
    lines = ["| path | 中文 | means | last hearing held | went above the village |", "|---|---|---|---|---|"]
    for (team, above), path in PATH_OF.items():
        heard = f"{TEAMS[team][0]} (`{team}`)" if team else "none"
        zh, en = PATHS[path]
        lines.append(f"| `{path}` | {zh} | {en} | {heard} | {'yes' if above else 'no'} |")
    lines += ["", "| result | 中文 | means | outcome |", "|---|---|---|---|"]
    for result, (zh, en) in RESULTS.items():
        given = [f"`{word}`" if word else "none" for word in RESULT_OF if RESULT_OF[word] == result]
        lines.append(f"| `{result}` | {zh} | {en} | {', '.join(given)} |")
    lines.append(f"| `{OPEN}` | 未结 | not verified yet | |")
    return "\n".join(lines) + "\n"


def terms_markdown() -> str:
    """Yellow and red of every phase, by level, and what differs for some types."""
    head = " | ".join(f"{zh} {en}" for zh, en in PHASES.values())
    lines = [f"| level | {head} | 报到 report in |", "|---" * (len(PHASES) + 2) + "|"]
    for level, terms in TERMS.items():
        cells = " | ".join(_term(terms[phase]) for phase in PHASES)
        lines.append(f"| {level:02d} {LEVELS[level][0]} | {cells} | {_minutes(REPORT_IN_MIN[level])} |")
    for (first, level), others in TERMS_OF_TYPES.items():
        name = TYPE_BY_CODE[f"{first}00"].zh
        cells = " | ".join(_term(others[phase]) if phase in others else "" for phase in PHASES)
        lines.append(f"| {first} {name}, {level:02d} | {cells} | |")
    return "\n".join(lines) + "\n"


def _term(term: Term | None) -> str:
    if term is None:
        return "–"
    if term.working:
        return f"{term.yellow_ms // DAY_MS}, {term.red_ms // DAY_MS} working days"
    return f"{_minutes(term.yellow_ms // MINUTE_MS)}, {_minutes(term.red_ms // MINUTE_MS)}"


def _minutes(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def words_markdown() -> str:
    """The words that a command may give: outcomes, reasons of a pause, hearing teams."""
    lines = ["| field | word | 中文 | means |", "|---|---|---|---|"]
    for field, table in (("outcome", OUTCOMES), ("reason", PAUSES), ("team", TEAMS), ("phase", PHASES)):
        lines += [f"| `{field}` | `{slug}` | {zh} | {en} |" for slug, (zh, en) in table.items()]
    return "\n".join(lines) + "\n"
