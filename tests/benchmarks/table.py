"""The files of `--json` as the markdown tables of docs/benchmarks.md.

    python -m tests.benchmarks.table FILE...
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.report import number

HEAD = "| figure | unit | Kite | peer | ratio | to reach | reached |\n|---|---|---:|---:|---:|---:|---|"
VERDICTS = {True: "yes", False: "**no**", None: "–"}


def main() -> None:
    """Print the tables of the files that the command line names, in their order."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.table", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    for file in parser.parse_args().files:
        print(table(json.loads(file.read_text(encoding="utf-8"))) + "\n")


def table(content: Mapping[str, Any]) -> str:
    """One benchmark's rows; below the table what was printed beside each figure."""
    rows = content["rows"]
    notes = [f"- {row['metric']}: {row['note']}" for row in rows if row["note"]]
    return "\n".join([f"### `{content['benchmark']}`", HEAD, *map(_line, rows), "", *notes])


def _line(row: Mapping[str, Any]) -> str:
    figures = (_cell(row[name]) for name in ("ours", "peer", "ratio", "target"))
    return f"| {row['metric']} | {row['unit']} | {' | '.join(figures)} | {VERDICTS[row['reached']]} |"


def _cell(value: float | None) -> str:
    return "–" if value is None else number(value)


if __name__ == "__main__":
    main()
