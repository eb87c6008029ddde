"""The closing account of an import or a replay: every row of the file in exactly one bin."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

OUTSIDE = "outside"
_ROWS_LISTED = 1_000_000


@dataclass
class Account:
    """read = accepted + outside + refused, always; times are those of the accepted rows.

    `duplicates` are accepted rows whose case was known before (from an earlier row or import): they made no
    second case. `not_taken` lists (row number, reason) of what was not accepted.
    """

    source: str = ""
    accepted: int = 0
    outside: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    commands: int = 0
    notes: list[str] = field(default_factory=list)
    not_taken: list[tuple[int, str]] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Rows of the file seen so far."""
        return self.accepted + self.outside + self.refused.total()

    @property
    def first_at(self) -> datetime | None:
        """When the earliest accepted case happened."""
        return _at(self.first_ms)

    @property
    def last_at(self) -> datetime | None:
        """When the latest accepted case happened."""
        return _at(self.last_ms)

    def accept(self, times_ms: Iterable[int], duplicates: int = 0) -> None:
        """Rows that were written, by the times of their cases."""
        times = list(times_ms)
        if times:
            self.accepted += len(times)
            self.duplicates += duplicates
            self.first_ms = min(times) if self.first_ms is None else min(self.first_ms, *times)
            self.last_ms = max(times) if self.last_ms is None else max(self.last_ms, *times)

    def leave_out(self, row: int, reason: str) -> None:
        """A row that was not taken: outside the city, or refused for a reason."""
        if reason == OUTSIDE:
            self.outside += 1
        else:
            self.refused[reason] += 1
        if len(self.not_taken) < _ROWS_LISTED:
            self.not_taken.append((row, reason))

    def lines(self, timezone: str = "UTC") -> list[str]:
        """The account in words, as the command line prints it."""
        known = f"  ({self.duplicates:,} of them known before: no second case)" if self.duplicates else ""
        out = [
            f"read      {self.read:>10,}" + (f"  from {self.source}" if self.source else ""),
            f"accepted  {self.accepted:>10,}" + known,
            f"outside   {self.outside:>10,}  of the city",
            f"refused   {self.refused.total():>10,}",
        ]
        out += [f"          {count:>10,}  {reason}" for reason, count in self.refused.most_common()]
        if self.commands:
            out.append(f"commands  {self.commands:>10,}  to work the cases")
        if self.first_at and self.last_at:
            place = ZoneInfo(timezone)
            first, last = (
                at.astimezone(place).isoformat(sep=" ", timespec="minutes")
                for at in (self.first_at, self.last_at)
            )
            out.append(f"from {first} to {last}")
        return out + self.notes

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_json(self) -> dict[str, object]:
        """The account as plain values, without the list of rows."""
        return {
            "source": self.source,
            "read": self.read,
            "accepted": self.accepted,
            "outside": self.outside,
            "refused": dict(self.refused),
            "duplicates": self.duplicates,
            "commands": self.commands,
            "first_at": self.first_at.isoformat() if self.first_at else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "notes": self.notes,
        }

    def write_not_taken(self, path: Path) -> None:
        """The rows not taken as CSV: row (the first record is 1) and reason."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "reason"])
            writer.writerows(sorted(self.not_taken))


def _at(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
