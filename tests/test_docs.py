"""What the docs say is so: generated tables, links, and the XADD examples of the protocol."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.domain.docs import (
    commands_markdown,
    roles_markdown,
    settling_markdown,
    terms_markdown,
    words_markdown,
)
from dashboard.domain.events import (
    is_heartbeat,
    is_publish,
    parse_camera,
    parse_command,
    parse_heartbeat,
    parse_publish,
    parse_report,
    parse_unit,
)
from dashboard.streams import docs
from tests.parts import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
NOW_MS = 1_795_510_000_000  # 2026-11-24, after every time in the examples
PARSERS = {"reports": parse_report, "commands": parse_command, "cameras": parse_camera, "units": parse_unit}


def examples(page: Path) -> list[list[str]]:
    """The words of every redis-cli XADD in a page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("redis-cli XADD")]


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=lambda page: page.name)
def test_the_examples_are_good_entries(page: Path) -> None:
    for _, _, key, star, *words in examples(page):
        assert star == "*"
        kind = re.fullmatch(r"\{370700\}:(\w+)", key)
        assert kind
        fields = dict(zip(words[::2], words[1::2], strict=True))
        parse = parse_heartbeat if is_heartbeat(fields) else PARSERS[kind[1]]
        parse = parse_publish if is_publish(fields) else parse
        parse(fields, NOW_MS)


@pytest.mark.parametrize(
    ("name", "table"), [("entries", docs.entry_fields_markdown), ("tables", docs.frame_tables_markdown)]
)
def test_the_protocols_tables_are_those_of_the_code(name: str, table: object) -> None:
    text = (DOCS / "protocol.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- generated: {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found
    assert callable(table)
    assert found[1].strip() == table().strip()


@pytest.mark.parametrize(
    ("name", "table"),
    [("commands", commands_markdown), ("words", words_markdown), ("terms", terms_markdown),
     ("roles", roles_markdown), ("settling", settling_markdown)],
)  # fmt: skip
def test_the_tables_of_cases_are_those_of_the_code(name: str, table: Callable[[], str]) -> None:
    text = (DOCS / "cases.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- generated: {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found
    assert found[1].strip() == table().strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    missing = [target for target in local if not (page.parent / target).exists()]
    assert not missing
