"""`python -m tests.faults [--quick] [--list] [--json FILE] [NAME…]`: faults on purpose, what was found."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
import traceback
from pathlib import Path

from tests.e2e.conftest import build_city
from tests.faults import scenarios
from tests.faults.report import Finding, print_finding, print_summary, write_findings


def names() -> list[str]:
    """Every module of `tests.faults.scenarios` is a fault; `_` in its file's name reads `-`."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(scenarios.__path__))


def run(name: str, built: Path, folder: Path, quick: bool, **more: float) -> Finding:
    """Do it; what breaks the run itself is a finding too."""
    module = importlib.import_module(f"{scenarios.__name__}.{name.replace('-', '_')}")
    try:
        found: Finding = module.run(built, folder, quick, **more)
    except Exception as problem:  # noqa: BLE001
        traceback.print_exc()
        return Finding(name, (module.__doc__ or "").strip(), wrong=[f"the run broke: {problem!r}"[:300]])
    return found


def main() -> int:
    """Run the faults that the command line names, else all; 1 where something was not survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[*names(), []], help="which; all if not said")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long `kills` goes on; else 10")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the findings there as well")
    options = parser.parse_args()
    if options.list:
        for name in names():
            doc = importlib.import_module(f"{scenarios.__name__}.{name.replace('-', '_')}").__doc__ or ""
            print(f"{name:<14} {doc.strip().splitlines()[0]}")
        return 0
    findings = []
    with tempfile.TemporaryDirectory(prefix="kite-faults-", ignore_cleanup_errors=True) as work:
        home = Path(work) / "built"
        home.mkdir()
        built = build_city(home)
        for name in options.name or names():
            more = {"minutes": options.minutes} if name == "kills" else {}
            findings.append(run(name, built, Path(work) / name, options.quick, **more))
            print_finding(findings[-1])
            if options.json:
                write_findings(findings, options.json)
    print_summary(findings)
    return int(any(finding.wrong for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
