"""How the HTTP API answers: JSON, and for what went wrong one sentence with a status of the table."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response

from dashboard.domain.refused import Refused
from dashboard.live.desk import ForbiddenError, UnansweredError, UnknownCaseError
from dashboard.live.identity import ForeignOriginError, UnidentifiedError, UnknowableError
from dashboard.live.openapi import PREFIX

CONFLICTS = frozenset({"version", "not_allowed", "duplicate"})
"""Reasons that say something about the case rather than about what was sent: 409."""


UNWRITTEN = "unwritten"
"""The reason of an answer after which one may simply ask again: nothing was done."""


class BadRequestError(Exception):
    """What came can't be read; the message is one sentence."""


STATUS: dict[type[Exception], int] = {
    BadRequestError: 400,
    UnidentifiedError: 401,
    ForeignOriginError: 403,
    ForbiddenError: 403,
    UnknownCaseError: 404,
    Refused: 422,
    UnknowableError: 503,
    UnansweredError: 503,
}


_AGAIN_S = 1
"""In so many seconds one may ask again after the store did not answer."""


def part_of_api(name: str, prefix: str = PREFIX) -> Blueprint:
    """A blueprint for routes of the API, or of others below `prefix` that answer problems alike."""
    blueprint = Blueprint(name, __name__, url_prefix=prefix)
    for problem in STATUS:
        blueprint.register_error_handler(problem, answer_problem)
    return blueprint


def json_answer(value: Any, status: int = 200) -> Response:
    """A value as JSON, which nobody keeps."""
    return uncached(orjson.dumps(value), "application/json", status)


def uncached(body: bytes, media_type: str, status: int = 200) -> Response:
    """A body that nobody keeps; the media type as it is, without a charset that Flask would add."""
    return Response(body, status, content_type=media_type, headers={"Cache-Control": "no-store"})


def answer_problem(problem: Exception) -> Response:
    """The status of the problem's class, and its sentence."""
    status = next(status for kind, status in STATUS.items() if isinstance(problem, kind))
    if isinstance(problem, Refused):
        said = {"reason": problem.reason_code, "sentence": problem.sentence, "facts": problem.facts}
        return json_answer(said, 409 if problem.reason_code in CONFLICTS else status)
    reason = {"reason": problem.reason} if isinstance(problem, UnansweredError) else {}
    answer = json_answer({"sentence": str(problem), **reason}, status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 503 and reason.get("reason", UNWRITTEN) == UNWRITTEN:  # else it may be done, or will be
        answer.headers["Retry-After"] = str(_AGAIN_S)
    return answer
