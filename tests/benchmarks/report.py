"""What a benchmark prints and writes: one row per figure, ours beside the peer's and the target."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
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
    ratio_of_pairs: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer: of the medians, or of the pairs where there were pairs."""
        if self.ratio_of_pairs is not None:
            return self.ratio_of_pairs
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
        named = ("metric", "unit", "ours", "peer", "ratio", "target", "reached", "note")
        return {name: getattr(self, name) for name in named}


def paired(
    metric: str,
    unit: str,
    ours: Sequence[float],
    peer: Sequence[float] = (),
    target: float | None = None,
    higher_is_better: bool = False,
    times_better: float | None = None,
    note: str = "",
) -> list[Row]:
    """The row of a figure measured once per round by us and, in turns, by the peer.

    Medians of the rounds; the ratio is the median of the rounds' own ratios; ranges go into the note.
    `times_better`: how many times better than the peer DESIGN asks to be; it makes a row of its own.
    """
    ratios = [a / b if higher_is_better else b / a for a, b in zip(ours, peer, strict=False) if a and b]
    ratio = statistics.median(ratios) if ratios else None
    ranges = [f"ours {spread(ours)}"]
    if peer:
        ranges += [f"peer {spread(peer)}", f"ratio {spread(ratios)}"]
    row = Row(
        metric, unit, statistics.median(ours), statistics.median(peer) if peer else None, target,
        higher_is_better, "; ".join([*ranges, note] if note else ranges), ratio,
    )  # fmt: skip
    if times_better is None or ratio is None:
        return [row]
    return [row, Row(f"{metric}: times better than the peer", "×", ratio, None, times_better, True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float]) -> str:
    """Range and number of values, as the notes of a row give them."""
    if not values:
        return "none"
    return f"{number(min(values))} to {number(max(values))}, n={len(values)}"


def number(value: float) -> str:
    """A figure with as many digits as mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def print_rows(name: str, rows: Sequence[Row]) -> None:
    """The table on standard output."""
    print(f"\n{name}")
    head = f"{'metric':<64} {'unit':<8} {'ours':>10} {'peer':>10} {'ratio':>8} {'target':>10}  reached"
    print(head + "\n" + "-" * len(head))
    for row in rows:
        cells = (_cell(row.ours, 10), _cell(row.peer, 10), _cell(row.ratio, 8), _cell(row.target, 10))
        verdict = {True: "yes", False: "NO", None: "-"}[row.reached]
        print(f"{row.metric:<64} {row.unit:<8} {' '.join(cells)}  {verdict}")
        if row.note:
            print(f"    {row.note}")


def write_rows(name: str, rows: Sequence[Row], path: Path) -> None:
    """The file that `--json` names."""
    content = {"benchmark": name, "rows": [row.as_json() for row in rows]}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _cell(value: float | None, width: int) -> str:
    return f"{'-' if value is None else number(value):>{width}}"
