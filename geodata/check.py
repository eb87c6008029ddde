"""`check`: what is in a pack, and whether it is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from geodata.counts import Counts
from geodata.inspected import Inspected, Verdict
from geodata.pack import Pack
from geodata.verdicts import judge


@dataclass(frozen=True)
class Report:
    """Figures and verdicts of one pack."""

    name: str
    title: str
    digest: str
    counts: Counts
    verdicts: tuple[Verdict, ...]

    @property
    def ok(self) -> bool:
        """Whether all verdicts are good."""
        return all(verdict.ok for verdict in self.verdicts)

    def to_json(self) -> str:
        """The report as JSON: {name, title, digest, ok, counts, verdicts: {name: {ok, found}}}."""
        report = {
            "name": self.name,
            "title": self.title,
            "digest": self.digest,
            "ok": self.ok,
            "counts": self.counts,
            "verdicts": {row.name: {"ok": row.ok, "found": row.found} for row in self.verdicts},
        }
        return json.dumps(report, ensure_ascii=False, indent=2)

    def lines(self) -> list[str]:
        """The report for a terminal: one figure or verdict to a line."""
        figures = [f"  {path:<34} {value}" for path, value in _flat("", self.counts)]
        verdicts = [
            f"  {'ok   ' if row.ok else 'WRONG'}  {row.name:<27} {_said(row.found)}" for row in self.verdicts
        ]
        wrong = sum(not row.ok for row in self.verdicts)
        last = f"{wrong} of {len(self.verdicts)} verdicts are bad." if wrong else "All is as it should be."
        return [f"{self.title} ({self.name})", *figures, *verdicts, last]


def check(pack: Pack) -> Report:
    """Count and judge a pack; some seconds for one of Weifang's size."""
    inspected = Inspected(pack)
    verdicts = tuple(judge(inspected))
    return Report(pack.manifest["name"], pack.manifest["title"], pack.digest, inspected.counts, verdicts)


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """(path, figure) of nested figures."""
    if isinstance(value, dict):
        for key, within in value.items():
            yield from _flat(f"{path}.{key}" if path else key, within)
    else:
        yield path, _said(value)


def _said(value: Any) -> str:
    """A figure, or several, in words."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_said(within)}" for key, within in value.items())
    if isinstance(value, list):
        return " ".join(map(_said, value)) or "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.6g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
