"""Why a brief or a table is not given: one clear sentence with a status, as a page or as plain text."""

from __future__ import annotations

from flask import Response, request
from markupsafe import Markup

from dashboard.domain.access import may
from dashboard.views import page
from dashboard.views.services import Services
from dashboard.views.texts import t

_BODY = Markup('<main class="sign-in"><div class="panel"><p role="alert">{}</p></div></main>')


class DeclinedError(Exception):
    """What is asked for can't be given; the message is one sentence in the language of the request."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def region_for(services: Services, code: str, action: str) -> int:
    """The region of a code, if the one who asks may do that there; raises `DeclinedError`.

    An identity of one region is told of no other whether it exists.
    """
    try:
        region = services.hierarchy.number_of(code)
    except KeyError:
        region = None
    who = services.identity()
    asked_of = code if region is not None else services.hierarchy.codes[0]
    if not may(who, action, asked_of, services.hierarchy.contains_code):
        raise DeclinedError(403, t("brief.refused"))
    if region is None:
        raise DeclinedError(404, t("brief.no_region", code=code[:20]))
    return region


def answer(problem: DeclinedError) -> Response:
    """The sentence: as a page for who goes there in a browser, else as plain text."""
    is_page = any(kind == "text/html" for kind, _ in request.accept_mimetypes)
    sentence = str(problem)
    body = page.plain_html(t("app.name"), _BODY.format(sentence)) if is_page else sentence + "\n"
    kind = "text/html" if is_page else "text/plain"
    headers = {"Cache-Control": "no-store"}
    return Response(body, problem.status, content_type=f"{kind}; charset=utf-8", headers=headers)
