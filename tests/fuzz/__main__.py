"""`python -m tests.fuzz [--inputs N] [--seed S] [--json F] [TARGET…]`: bad input in bulk, and what it got.

Prints for every target the inputs, the answers by status or reason, and what failed; ends with 1 if anything
did. 100,000 inputs take about a quarter of an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

from tests.fuzz.runs import SHARES, run
from tests.fuzz.tally import say, total


def main() -> None:
    """Run the targets that the command line names, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(SHARES)}; else all")
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs of all targets together")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same inputs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there as well")
    options = parser.parse_args()
    if unknown := set(options.targets) - set(SHARES):
        parser.error(f"{min(unknown)!r} is no target; they are {', '.join(SHARES)}")
    warnings.simplefilter("ignore")  # of libraries, about files that are meant to be bad
    tallies = run(options.targets or list(SHARES), options.inputs, options.seed)
    say(total(tallies))
    if options.json:
        found = {"seed": options.seed, "targets": [tally.to_json() for tally in tallies]}
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(1 if any(tally.failures for tally in tallies) else 0)


if __name__ == "__main__":
    main()
