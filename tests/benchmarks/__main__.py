"""`python -m tests.benchmarks` lists the benchmarks; `… NAME [--quick] [--json FILE]` runs one."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path

from tests.benchmarks import runs
from tests.benchmarks.report import print_rows, write_rows


def names() -> list[str]:
    """Every module of `tests.benchmarks.runs` is a benchmark; `_` in its file's name reads `-`."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(runs.__path__))


def module_of(name: str) -> str:
    """The module that holds `run(quick) -> list[Row]` of a benchmark."""
    return f"{runs.__name__}.{name.replace('-', '_')}"


def main() -> None:
    """Run the benchmark that the command line names, or list them with the first line of what they say."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names())
    parser.add_argument("--quick", action="store_true", help="fewer runs: a look, not a figure to quote")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there as well")
    options = parser.parse_args()
    if options.name is None:
        for name in names():
            doc = importlib.import_module(module_of(name)).__doc__ or ""
            print(f"{name:<12} {doc.strip().splitlines()[0]}")
        return
    rows = importlib.import_module(module_of(options.name)).run(options.quick)
    print_rows(options.name, rows)
    if options.json:
        write_rows(options.name, rows, options.json)


if __name__ == "__main__":
    main()
