"""`python -m tests.deploy.licences` writes docs/licences.md: the terms of the packages that Kite needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tests.deploy.pinned import pins, plain
from tests.parts import ROOT

PAGE = ROOT / "docs" / "licences.md"
ALLOWED = {
    "0BSD", "3-Clause BSD License", "Apache Software License", "Apache-2.0", "BSD License", "BSD-2-Clause",
    "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "MIT", "MIT License", "MIT-0", "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0", "Python Software Foundation License", "ZPL-2.1",
    "Zlib",
}  # fmt: skip
"""What a city may run, change and hand on with Kite. Other terms are a decision, not an update."""
_BEGIN, _END = "<!-- generated: licences -->\n", "<!-- end -->"


def licences() -> dict[str, str]:
    """Plain name → licence of the packages of requirements.txt that are installed here, as each says it."""
    names = sorted({pin.name for pin in pins("requirements.txt")})
    command = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--packages", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {plain(row["Name"]): row["License"] for row in json.loads(done.stdout)}


def parts(licence: str) -> set[str]:
    """The single terms of an expression such as `MPL-2.0 AND (Apache-2.0 OR MIT)`."""
    words = re.split(r" AND | OR |; ", licence)
    return {word.strip() if "(MPL" in word else word.strip(" ()") for word in words}


def table() -> str:
    """The table of docs/licences.md."""
    rows = [f"| {name} | {licence} |" for name, licence in sorted(licences().items())]
    return "\n".join(["| package | licence |", "|---|---|", *rows]) + "\n"


def listed(page: str) -> dict[str, str]:
    """The table of the page: name → licence."""
    inside = page[page.index(_BEGIN) + len(_BEGIN) : page.index(_END)]
    return dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", inside, re.MULTILINE)[1:])


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    begin, end = page.index(_BEGIN) + len(_BEGIN), page.index(_END)
    PAGE.write_text(page[:begin] + table() + page[end:], encoding="utf-8")
