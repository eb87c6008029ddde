"""What a benchmark prints and writes: one row per figure, ours beside the peer's and the target."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure. `target` is what DESIGN asks for; `higher_is_better` says on which side of it to be."""

    metric: str
    unit: str
    ours: float | None
    peer: float | None = None
    target: float | None = None
    higher_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer, or None without one."""
        if not self.ours or not self.peer:
            return None
        return self.ours / self.peer if self.higher_is_better else self.peer / self.ours

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None where there is none."""
        if self.target is None or self.ours is None:
            return None
        return self.ours >= self.target if self.higher_is_better else self.ours <= self.target

    def as_json(self) -> dict[str, object]:
        """The row as it stands in the file."""
        row = asdict(self)
        row.pop("higher_is_better")
        return {**row, "ratio": self.ratio, "reached": self.reached}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float]) -> str:
    """Median and range, as the notes of a row give them."""
    return f"median {statistics.median(values):.1f}, {min(values):.1f} to {max(values):.1f}, n={len(values)}"


def print_rows(name: str, rows: Sequence[Row]) -> None:
    """The table on standard output."""
    print(f"\n{name}")
    head = f"{'metric':<52} {'unit':<8} {'ours':>10} {'peer':>10} {'ratio':>8} {'target':>10}  reached"
    print(head + "\n" + "-" * len(head))
    for row in rows:
        numbers = (
            _number(row.ours, 10),
            _number(row.peer, 10),
            _number(row.ratio, 8),
            _number(row.target, 10),
        )
        verdict = {True: "yes", False: "NO", None: "-"}[row.reached]
        print(f"{row.metric:<52} {row.unit:<8} {' '.join(numbers)}  {verdict}  {row.note}")


def write_rows(name: str, rows: Sequence[Row], path: Path) -> None:
    """The file that `--json` names."""
    content = {"benchmark": name, "rows": [row.as_json() for row in rows]}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _number(value: float | None, width: int) -> str:
    return f"{'-' if value is None else f'{value:,.1f}':>{width}}"
