"""What a program asks for and there is not: 404 or 405 as JSON, where Dash would answer with its page.

Dash's page answers every address that nothing else does, so that its links work. A program that has mistyped
one, or asks by the wrong method, would take the page for an answer.
"""

from __future__ import annotations

from functools import cache

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map

from dashboard.live.answering import json_answer

PROGRAMS = ("/api", "/live")
"""Below these there are no pages."""
_NO_SUCH = "There is no such address; /api/v1/openapi.json lists those of the API."


def is_of_programs(path: str) -> bool:
    """Whether a path, or a rule, lies where there are no pages."""
    return any(path == top or path.startswith(f"{top}/") for top in PROGRAMS)


def install(server: Flask) -> None:
    """Let `server` answer so, to whoever asks: which addresses there are is no secret."""

    @cache
    def of_programs() -> Map:
        """Their rules alone; made at the first request that needs it, when all are there."""
        rules = (rule for rule in server.url_map.iter_rules() if is_of_programs(rule.rule))
        return Map([rule.empty() for rule in rules], merge_slashes=False)

    @server.before_request
    def insist_on_address() -> None:
        """Raises where only a page's rule fits, or none does; of others' methods nothing is told."""
        if not is_of_programs(request.path):
            return
        rule, problem = request.url_rule, request.routing_exception
        is_there = rule is not None and is_of_programs(rule.rule)
        if not is_there and (problem is None or isinstance(problem, NotFound | MethodNotAllowed)):
            request.url_rule = None  # that of a page, as which it would be counted and noted
            of_programs().bind("").match(request.path, request.method)

    @server.errorhandler(HTTPException)
    def say(problem: HTTPException) -> Response | HTTPException:
        """One sentence, as the API answers every problem; pages get what they got."""
        if not is_of_programs(request.path) or problem.response is not None:
            return problem
        answer = json_answer({"sentence": _sentence(problem)}, problem.code or 500)
        kept = (row for row in problem.get_headers() if row[0] != "Content-Type")
        answer.headers.extend(kept)  # as Allow, which says what would be taken
        return answer


def _sentence(problem: HTTPException) -> str:
    if isinstance(problem, NotFound):
        return _NO_SUCH
    if isinstance(problem, MethodNotAllowed):
        return f"This address takes {', '.join(sorted(problem.valid_methods or ()))} alone."
    return problem.description or problem.name
