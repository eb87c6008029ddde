"""What `script/audit` runs: known weaknesses of the pinned packages, as far as a list of them is reached."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from tests.deploy.pinned import pins
from tests.parts import ROOT

FILE = "requirements.txt"
STRICT = "--strict"
NOT_REACHED = (
    "None of {asked} packages could be looked up: no list of weaknesses was reached. Run script/audit where "
    "there is a network, or name a list that can be reached: --vulnerability-service osv --osv-url ADDRESS."
)
_NOT_REACHED = ("Could not connect to", "is not redirecting properly", "requests.exceptions.", "ServiceError")
"""What pip-audit ends with then; anything else that it ends with is a fault of how it is asked."""


def ask(options: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """pip-audit over `FILE`, which it takes as it is pinned; `options` are its own, as in --osv-url."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-r", str(ROOT / FILE)]
    return subprocess.run(
        [*command, "--format=json", "--progress-spinner=off", *options], capture_output=True, text=True
    )


def verdict(printed: str, complained: str, strict: bool) -> tuple[int, list[str]]:
    """(exit code, sentences) for what pip-audit printed and complained of.

    If strict, not knowing of a package fails too. That it did not work at all always does.
    """
    asked = len(pins(FILE))
    try:
        found: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        last = (complained.strip().splitlines() or ["it said nothing"])[-1]
        if not any(sign in complained for sign in _NOT_REACHED):
            return 2, [f"pip-audit did not work: {last}"]
        return int(strict), [NOT_REACHED.format(asked=asked)]
    skipped = [package["name"] for package in found if "skip_reason" in package]
    weak = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in "
        f"{', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in found
        for weakness in package.get("vulns", ())
    ]
    looked_up = len(found) - len(skipped)
    if not looked_up:  # as where an index of packages has no such list
        return int(strict), [NOT_REACHED.format(asked=asked)]
    sentences = [*weak, f"{looked_up} of {len(found)} packages were looked up; {len(weak)} known weaknesses."]
    if skipped:
        sentences.append(f"The list that was reached knows nothing of the other {len(skipped)}.")
    return int(bool(weak) or (strict and bool(skipped))), sentences


def main(options: Sequence[str]) -> int:
    """Print the sentences; the exit code."""
    printed = ask([option for option in options if option != STRICT])
    code, sentences = verdict(printed.stdout, printed.stderr, STRICT in options)
    print("\n".join(sentences))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
