"""Every problem of the API has its status, its sentence, and what its status calls for."""

from __future__ import annotations

import pytest
from flask import Flask

from dashboard.domain.refused import Refused
from dashboard.live.answering import STATUS, BadRequestError, part_of_api
from dashboard.live.desk import ForbiddenError, UnansweredError, UnknownCaseError
from dashboard.live.identity import ForeignOriginError, UnidentifiedError, UnknowableError, VoidCookieError

SENTENCE = "It is so."
PROBLEMS = [  # problem, status, what it has besides, its headers
    (BadRequestError(SENTENCE), 400, {}, {}),
    (UnidentifiedError(SENTENCE), 401, {}, {"WWW-Authenticate": "Bearer"}),
    (VoidCookieError(SENTENCE), 401, {}, {"WWW-Authenticate": "Bearer"}),
    (ForbiddenError(SENTENCE), 403, {}, {}),
    (ForeignOriginError(SENTENCE), 403, {}, {}),
    (UnknownCaseError(SENTENCE), 404, {}, {}),
    (Refused("outside", SENTENCE), 422, {"reason": "outside", "facts": {}}, {}),
    (Refused("version", SENTENCE), 409, {"reason": "version", "facts": {}}, {}),
    (UnknowableError(SENTENCE), 503, {}, {"Retry-After": "1"}),
    (UnansweredError("unwritten", SENTENCE), 503, {"reason": "unwritten"}, {"Retry-After": "1"}),
    # What may have been done, or will be, is not simply asked again.
    (UnansweredError("unsure", SENTENCE), 503, {"reason": "unsure"}, {}),
    (UnansweredError("unreplicated", SENTENCE), 503, {"reason": "unreplicated"}, {}),
    (UnansweredError("unapplied", SENTENCE), 503, {"reason": "unapplied"}, {}),
]


@pytest.mark.parametrize(("problem", "status", "besides", "headers"), PROBLEMS)
def test_a_problem_is_answered(
    problem: Exception, status: int, besides: dict[str, object], headers: dict[str, str]
) -> None:
    server, blueprint = Flask("answering"), part_of_api("part")

    @blueprint.get("/fails")
    def fails() -> str:
        raise problem

    server.register_blueprint(blueprint)
    answer = server.test_client().get("/api/v1/fails")
    assert (answer.status_code, answer.get_json()) == (status, {"sentence": SENTENCE, **besides})
    told = {name: answer.headers.get(name) for name in ("WWW-Authenticate", "Retry-After")}
    assert {name: value for name, value in told.items() if value} == headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_problem_is_left_out() -> None:
    assert {kind for kind in STATUS for problem, *_ in PROBLEMS if isinstance(problem, kind)} == set(STATUS)
