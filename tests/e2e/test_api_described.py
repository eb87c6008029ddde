"""The HTTP API as it describes itself, on a Kite where nobody signs in, and what it answers besides."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis

from tests.e2e.conftest import Running, run_city
from tests.e2e.test_api import PLACE, ask
from tests.e2e.test_faults import until
from tests.fuzz.api import requests_of

pytestmark = pytest.mark.valkey


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, that has read what figures are made of."""
    with run_city(built, tmp_path_factory.mktemp("described"), rate=0) as city:
        until(lambda: ask(city, "regions/990100/cases-figures")[0] == 200)
        yield city


def test_every_answer_is_one_that_the_description_has(quiet: Running) -> None:
    """What schemathesis draws from it, both what its schemas allow and what they don't."""
    told: dict[str, set[int]] = {}
    undescribed = set[tuple[str, int]]()

    @hypothesis.seed(6)
    @hypothesis.settings(
        max_examples=400, database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(requests_of(schemathesis.openapi.from_dict(ask(quiet, "openapi.json")[1]), ["x"]))
    def one(drawn: tuple[Any, str | None]) -> None:
        case, _ = drawn
        answer = case.call(base_url=f"{quiet.kite.url}/api/v1", timeout=30)
        asked, described = f"{case.method} {case.path}", case.operation.definition.raw["responses"]
        told.setdefault(asked, set()).add(answer.status_code)
        # A path that its parameter makes another, or one that is too long, is no operation's.
        if str(answer.status_code) not in described and answer.status_code not in (405, 414):
            undescribed.add((asked, answer.status_code))

    one()
    assert undescribed == set()
    assert len(told) >= 20
    assert len(set().union(*told.values())) >= 5


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/cases/", 404),
        ("POST", "/api/v1/nothing", 404),
        ("GET", "/api/v1/reports", 405),
        ("DELETE", "/api/v1/cases", 405),
        ("GET", "/live/nothing", 404),
    ],
)
def test_what_there_is_not_is_told_as_every_problem(
    quiet: Running, method: str, path: str, status: int
) -> None:
    """Also where nobody signs in (for where somebody does see trust/test_doors.py)."""
    request = urllib.request.Request(f"{quiet.kite.url}{path}", method=method)
    with pytest.raises(urllib.error.HTTPError) as problem:
        urllib.request.urlopen(request, timeout=30)
    assert (problem.value.code, problem.value.headers["Content-Type"]) == (status, "application/json")
    assert json.load(problem.value)["sentence"].endswith(".")


def test_a_body_that_is_packed_is_no_json(quiet: Running) -> None:
    """Nothing is unpacked, so nothing can swell."""
    body = gzip.compress(json.dumps({"type": "fire", "origin": "hotline", **PLACE}).encode())
    status, answer = ask(quiet, "reports", body, **{"Content-Encoding": "gzip"})
    assert (status, "JSON object" in answer["sentence"]) == (400, True)
