"""What `python -m tests.faults` prints: for each fault what was done and what was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

BACK_WITHIN_S = 10.0
"""Every screen is to be back within so long."""
TOO_LATE = "not every screen was back within 10 s"


@dataclass
class Finding:
    """One fault: `facts` are what was counted and timed, `wrong` what was not survived; empty is all well."""

    fault: str
    done: str
    facts: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def verdict(self) -> str:
        """One word."""
        return "skipped" if self.skipped else "NOT SURVIVED" if self.wrong else "survived"


def print_finding(finding: Finding) -> None:
    """One fault on standard output."""
    print(f"\n{finding.fault}: {finding.verdict}")
    print(f"  done   {finding.done}")
    if finding.skipped:
        print(f"  why    {finding.skipped}")
    for name, value in finding.facts.items():
        print(f"  found  {name}: {value}")
    for sentence in finding.wrong:
        print(f"  WRONG  {sentence}", flush=True)


def print_summary(findings: Sequence[Finding]) -> None:
    """One line for all."""
    counted = {word: sum(one.verdict == word for one in findings)
               for word in ("survived", "NOT SURVIVED", "skipped")}  # fmt: skip
    print("\n" + ", ".join(f"{count} {word}" for word, count in counted.items() if count), flush=True)


def write_findings(findings: Sequence[Finding], path: Path) -> None:
    """The file that `--json` names."""
    rows = [{**asdict(one), "verdict": one.verdict} for one in findings]
    path.write_text(json.dumps({"faults": rows}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
