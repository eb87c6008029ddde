"""`/brief/<code>`: a region's brief as a page to print, and as a PDF."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from flask import Flask, Response, request

from dashboard.streams.client import FAILED
from dashboard.views import languages
from dashboard.views.aside import aside
from dashboard.views.brief.asked import FIRST_PERIOD, PERIODS, Asked, Sources
from dashboard.views.brief.content import brief_of
from dashboard.views.brief.model import Brief
from dashboard.views.brief.pdf import NoFontError, fonts, pdf_of
from dashboard.views.brief.print_page import page_of
from dashboard.views.declined import DeclinedError, answer, region_for
from dashboard.views.places import name_of
from dashboard.views.texts import t

_PDF = ".pdf"
_MINUTE_MS = 60_000


def register(server: Flask, sources: Sources) -> None:
    """Add the routes. They belong to no blueprint: a browser whose token is void is led to sign in.

    Looks for fonts here, where no screen waits yet.
    """
    fonts()

    @server.get("/brief/<code>")
    def brief(code: str) -> Response:
        languages.for_once()
        try:
            if code.endswith(_PDF):
                return _document(_asked(sources, code.removesuffix(_PDF)))
            return _page(_asked(sources, code))
        except DeclinedError as problem:
            return answer(problem)
        except FAILED:
            return answer(DeclinedError(503, t("brief.unreachable")))


def _asked(sources: Sources, code: str) -> Asked:
    """What is asked for; raises `DeclinedError`."""
    region = region_for(sources.services, code, "brief")
    period = request.args.get("period", FIRST_PERIOD)
    if period not in PERIODS:
        raise DeclinedError(400, t("brief.no_period"))
    if not len(sources.levels):
        raise DeclinedError(503, t("brief.not_ready"))
    return Asked(sources, region, period)


def _page(asked: Asked) -> Response:
    body = page_of(brief_of(asked), asked)
    return Response(body, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def _document(asked: Asked) -> Response:
    """The PDF, made once for as long as nothing in it has changed."""
    key = _key(asked)
    kept = asked.sources.kept
    made = kept.get(key) if kept is not None else None
    if made is None:
        written = brief_of(asked)
        made = {"pdf": _set(written), "file": _file_name(asked, written)}
        if kept is not None:
            kept.put(key, made)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(made['file'])}",
    }
    return Response(made["pdf"], content_type="application/pdf", headers=headers)


def _set(written: Brief) -> bytes:
    try:
        return aside(partial(pdf_of, written))
    except NoFontError:
        raise DeclinedError(503, t("brief.no_font")) from None


def _key(asked: Asked) -> str:
    """Region, period, language, the version of its data, and the minute: windows move on by themselves."""
    leaders, state = asked.services.leaders, asked.sources.state
    version = leaders.version(asked.code) if leaders is not None else state.position
    ready = int(asked.leaders is not None)
    minute = asked.now_ms // _MINUTE_MS
    return f"brief:{asked.code}:{asked.period}:{languages.language()}:{version}:{ready}:{minute}"


def _file_name(asked: Asked, written: Brief) -> str:
    """The region's name and code, the period and the day."""
    place = name_of(asked.services, asked.region).replace("/", "-")
    return f"{place}-{written.file}.pdf"
