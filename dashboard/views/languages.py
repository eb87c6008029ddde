"""Which language a request is answered in, and how Flask-Babel finds the words.

`?lang=` wins, then the cookie that the header's switch sets, then the setting. What the browser prefers is
not asked: a centre's screens are Chinese whatever system they run on.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel  # type: ignore[import-untyped, unused-ignore]

LANGUAGES = ("zh", "en")
HTML_LANG = {"zh": "zh-CN", "en": "en"}
COOKIE = "kite_language"
A_YEAR_S = 365 * 24 * 3600
CATALOGUES = Path(__file__).parent / "translations"


def install(server: Flask, default: str, compiled: Path) -> None:
    """Give `server` its languages; `default` is the setting, catalogues are compiled into `compiled`."""
    compile_catalogues(compiled)
    server.config["KITE_LANGUAGE"] = default if default in LANGUAGES else LANGUAGES[0]
    Babel(
        server,
        default_locale=LANGUAGES[0],
        default_translation_directories=str(compiled.resolve()),
        locale_selector=language,
    )
    server.after_request(_remember)


def language() -> str:
    """The language of the current request, one of `LANGUAGES`."""
    default: str = current_app.config["KITE_LANGUAGE"]
    if not has_request_context():
        return default
    wanted = (request.args.get("lang"), request.cookies.get(COOKIE))
    return next((lang for lang in wanted if lang in LANGUAGES), default)


def for_once() -> None:
    """Answer the current request in its language without keeping that: a document is no page one stays on."""
    g.language_for_once = True


def _remember(response: Response) -> Response:
    """A language asked for in the address is kept, so that the page's own requests get it too."""
    lang = request.args.get("lang")
    if lang in LANGUAGES and request.cookies.get(COOKIE) != lang and not g.get("language_for_once"):
        response.set_cookie(COOKIE, lang, max_age=A_YEAR_S, samesite="Lax")
    return response


def compile_catalogues(target: Path) -> None:
    """Compile every catalogue into `target`; several processes may do so at once."""
    for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        compiled = io.BytesIO()
        with source.open("rb") as file:
            write_mo(compiled, read_po(file, locale=source.parts[-3]))
        path = (target / source.relative_to(CATALOGUES)).with_suffix(".mo")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(compiled.getvalue())
        Path(part).replace(path)
