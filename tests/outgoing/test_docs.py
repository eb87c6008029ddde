"""The receiver of docs/webhooks.md takes what is genuine, once, and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import urllib3

from dashboard.domain.webhooks import DELAYS_S, EVENTS, headers, new_secret
from dashboard.outgoing.courier import BODY_LIMIT_BYTES
from dashboard.outgoing.posting import ANSWER_TIMEOUT_S
from tests.outgoing.delivering import until
from tests.parts import ROOT, free_port

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
SECRET = new_secret()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def example() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The page's receiver as a process, with its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", block("python")],
        env={**os.environ, "SECRET": SECRET, "PORT": str(port)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/"
    until(lambda: _answers(url))
    yield url, process
    process.kill()
    process.wait()


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False).status == 501
    except urllib3.exceptions.HTTPError:
        return False


def test_the_receiver_takes_what_is_genuine_and_once(example: tuple[str, subprocess.Popen[str]]) -> None:
    url, process = example
    body = json.dumps(json.loads(block("json"))).encode()
    now_s = int(time.time())
    good = headers(SECRET, "msg_1", now_s, body)

    def post(signed: dict[str, str], sent: bytes = body) -> int:
        return urllib3.request("POST", url, body=sent, headers=signed, retries=False).status

    assert [post(good), post(good)] == [204, 204]
    assert post(good, body + b" ") == 401
    assert post(headers(new_secret(), "msg_2", now_s, body)) == 401
    assert post(headers(SECRET, "msg_3", now_s - 3600, body)) == 401
    process.kill()
    assert process.stdout is not None
    assert process.stdout.read().splitlines() == ["case.opened 370702-20261124-0001"]


def test_the_example_has_the_fields_of_the_wire() -> None:
    from dashboard.streams.tables import TABLES

    (cases,) = (table.columns[0].meaning for table in TABLES if table.name == "cases")
    wire = re.search(r"array of \{(.*?)\}", cases)
    assert wire
    data = json.loads(block("json"))["data"]
    assert set(data) == {*wire[1].split(", "), "grid_code", "lon", "lat"}


def test_the_page_says_what_the_code_does() -> None:
    words = "5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 12 h, 24 h and 24 h"
    units = {"s": 1, "min": 60, "h": 3600}
    said = [int(count) * units[unit] for count, unit in re.findall(r"(\d+) (s|min|h)", words)]
    assert words in re.sub(r"\s+", " ", PAGE)
    assert said == list(DELAYS_S)
    rows = re.findall(r"^\| `([a-z.]+)` \|", PAGE, re.MULTILINE)
    assert [event for event in rows if event in EVENTS] == list(EVENTS)
    assert f"{ANSWER_TIMEOUT_S:g} s" in PAGE
    assert f"{BODY_LIMIT_BYTES // 1024} KiB" in PAGE
