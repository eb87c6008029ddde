"""Every route of the OpenAPI document, asked with what its schemas allow and with what they don't.

`schemathesis` draws the requests from the document that the running Kite serves. No answer may be a 5xx.
"""

from __future__ import annotations

import logging
from typing import Any

import orjson
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from tests.fuzz.drawing import draw_examples
from tests.fuzz.served import ADMINISTRATOR, Served
from tests.fuzz.tally import Tally

TIMEOUT_S = 30
_OTHERS_SHARE = 20  # of a role's inputs, the administrator's are so many


def fuzz_api(kite: Served, inputs: int, seed: int) -> Tally:
    """Requests as the administrator, and a share of them as each other role."""
    logging.getLogger("schemathesis").setLevel(logging.ERROR)
    tally = Tally("api")
    document = kite.session().get(f"{kite.url}/api/v1/openapi.json", timeout=TIMEOUT_S).json()
    schema = schemathesis.openapi.from_dict(document)
    drawn = requests_of(schema, kite.cases)
    others = [role for role in kite.tokens if role != ADMINISTRATOR]
    each = max(1, inputs // (_OTHERS_SHARE + len(others)))
    shares = {**dict.fromkeys(others, each), ADMINISTRATOR: inputs - each * len(others)}
    for number, (role, share) in enumerate(sorted(shares.items())):
        session = kite.session(role)

        def one(request: tuple[Any, str | None], session: requests.Session = session) -> None:
            case, case_id = request
            if case_id is not None and "case_id" in case.path_parameters:
                case.path_parameters["case_id"] = case_id
            answer = case.call(base_url=f"{kite.url}/api/v1", session=session, timeout=TIMEOUT_S)
            check(tally, f"{case.method} {case.path}", answer.status_code, answer.content)

        draw_examples(tally, one, drawn, share, seed + 101 * number)
    return tally


def requests_of(schema: Any, cases: list[str]) -> st.SearchStrategy[tuple[Any, str | None]]:
    """(request, id of a real case to put in its path, or None), of any operation and either mode."""
    drawn: list[st.SearchStrategy[Any]] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            drawn.append(operation.as_strategy(generation_mode=mode))
    return st.tuples(st.one_of(drawn), st.none() | st.sampled_from(cases))


def check(tally: Tally, asked: str, status: int, body: bytes) -> None:
    """Count an answer; raises `AssertionError` for one that must not be."""
    said = problem_of(body) if status >= 400 else {}
    tally.answer(f"{status} {said.get('reason', '')}".strip())
    assert b"Traceback" not in body, f"{asked} shows a traceback: {body[:300]!r}"
    # The store is there all the time, so nothing may say that it isn't.
    assert status < 500, f"{asked} → {status}: {body[:300]!r}"


def problem_of(body: bytes) -> dict[str, Any]:
    """What an answer of the API says; empty where it is no object of JSON."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
