"""How a request is refused before any route has it: as a page for a browser that goes there, else as JSON."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_limiter import RateLimitExceeded
from markupsafe import Markup
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.live.answering import json_answer
from dashboard.live.identity import ForeignOriginError
from dashboard.live.limits import wait_s
from dashboard.live.route_table import RoleError
from dashboard.views import page
from dashboard.views.addresses import SIGN_IN
from dashboard.views.texts import t

_BODY = Markup(
    '<main class="sign-in"><div class="panel"><p role="alert">{}</p><p><a href="{}">{}</a></p></div></main>'
)


def install(server: Flask) -> None:
    """Let `server` answer what `protection`, `limits` and `route_table` refuse.

    The API's blueprints answer what is theirs in their own way, which is the same JSON.
    """

    @server.errorhandler(RoleError)
    def not_this_role(problem: RoleError) -> Response:
        return _refused(403, str(problem), t("refused.role"))

    @server.errorhandler(ForeignOriginError)
    def from_elsewhere(problem: ForeignOriginError) -> Response:
        return _refused(403, str(problem), t("refused.foreign"))

    @server.errorhandler(RequestEntityTooLarge)
    def too_large(_problem: RequestEntityTooLarge) -> Response:
        most = request.max_content_length
        return _refused(413, f"The body may have {most} bytes.", t("refused.large"))

    @server.errorhandler(RateLimitExceeded)
    def too_often(_problem: RateLimitExceeded) -> Response:
        seconds = wait_s()
        sentence = f"Too many requests; try again in {seconds} s."
        answer = _refused(429, sentence, t("refused.often", seconds=seconds))
        answer.headers["Retry-After"] = str(seconds)
        return answer


def _refused(status: int, sentence: str, said: str) -> Response:
    if not any(kind == "text/html" for kind, _ in request.accept_mimetypes):
        return json_answer({"sentence": sentence}, status)
    html = page.plain_html(t("app.name"), _BODY.format(said, SIGN_IN, t("refused.sign_in")))
    answer = Response(html, status, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer
