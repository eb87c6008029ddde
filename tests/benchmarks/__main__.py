"""`python -m tests.benchmarks` lists the benchmarks; `… NAME [--quick] [--json FILE]` runs one."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from tests.benchmarks.report import print_rows, write_rows

# Name → what it measures; each is a module of this package with `run(quick) -> list[Row]`.
BENCHMARKS = {
    "live": "first painted map, entry → painted frame, memory: Kite beside plain dash-leaflet",
}


def main() -> None:
    """Run the benchmark that the command line names, or list them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="fewer runs: a look, not a figure to quote")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    options = parser.parse_args()
    if options.name is None:
        for name, meaning in BENCHMARKS.items():
            print(f"{name:<12} {meaning}")
        return
    rows = importlib.import_module(f"tests.benchmarks.{options.name}").run(options.quick)
    print_rows(options.name, rows)
    if options.json:
        write_rows(options.name, rows, options.json)


if __name__ == "__main__":
    main()
