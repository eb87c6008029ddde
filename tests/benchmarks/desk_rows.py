"""The rows of the desk benchmark: percentiles of rounds, what officers waited for, and what the books say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tests.benchmarks.bookkeeping import OK, Account
from tests.benchmarks.officers import Result
from tests.benchmarks.report import Row, number, paired, percentile

UNWANTED = {
    "lost": "commands answered done that are in no history",
    "doubled": "commands that are in the histories more than once",
    "slipped_in": "refused commands that were done all the same",
    "astray": "commands done otherwise than answered, or over somebody else's step",
    "gaps": "cases with a gap in their versions, or whose past changed",
    "unexplained": "steps that nobody sent",
    "wrong_states": "states that a replay does not give",
    "wrong_races": "races that were not won by exactly one, though one could have",
    "unanswered": "commands without an answer",
}


def p50_p95(
    metric: str, rounds: Sequence[Sequence[float]], p95_ms: float | None = None, note: str = ""
) -> list[Row]:
    """Two rows: medians of the rounds' own figures."""
    return [
        *paired(f"{metric}, p50", "ms", [percentile(part, 0.5) for part in rounds]),
        *paired(f"{metric}, p95", "ms", [percentile(part, 0.95) for part in rounds], (), p95_ms, note=note),
    ]


def speed(result: Result, officers: int, command_p95_ms: float) -> list[Row]:
    """How long commands and look-ups took, and how many there were."""
    took = [sent.took_ms for sent in result.sent]
    done = sum(sent.status == OK for sent in result.sent)
    name = f"{officers} officers"
    told = f"{done:,} done of {len(took):,} sent in {result.seconds:.0f} s; {_kinds(result)}"
    rows = [
        Row(f"{name}: commands sent", "1/s", len(took) / result.seconds, None, None, True, told),
        Row(f"{name}: a command, p50", "ms", percentile(took, 0.5)),
        Row(f"{name}: a command, p95", "ms", percentile(took, 0.95), None, command_p95_ms),
        Row(f"{name}: a command, p99", "ms", percentile(took, 0.99), note=f"slowest {number(max(took))}"),
    ]
    for kind, values in result.lookups.items():
        note = f"p50 {number(percentile(values, 0.5))}, {len(values) / result.seconds:.1f}/s"
        rows.append(Row(f"{name}: {kind}, p95", "ms", percentile(values, 0.95), note=note))
    failed = sum(result.failed_lookups.values())
    note = ", ".join(f"{kind}: {count}" for kind, count in result.failed_lookups.items())
    rows.append(Row(f"{name}: look-ups that failed", "", failed, None, 0.0, note=note))
    return rows


def _kinds(result: Result) -> str:
    """What the refused ones were told, and how often."""
    reasons = [sent.reason or str(sent.status) for sent in result.sent if sent.status != OK]
    return ", ".join(f"{reason} {count}" for reason, count in sorted(Counter(reasons).items()))


def truth(account: Account) -> list[Row]:
    """What the books found; what is wrong is named on standard output as well."""
    for name in UNWANTED:
        for complaint in getattr(account, name)[:5]:
            print(f"  {name}: {complaint}", flush=True)
    note = f"{account.done:,} done, {account.refused:,} refused, {account.races:,} races"
    rows = [Row(said, "", len(getattr(account, name)), None, 0.0) for name, said in UNWANTED.items()]
    return [Row("commands whose answer was held against the histories", "", account.done + account.refused,
                note=note), *rows]  # fmt: skip
