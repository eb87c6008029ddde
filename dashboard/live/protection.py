"""What every request must be, whoever asks: from Kite's own pages or no page at all, of a sane size.

A browser sends along what signs a person in whichever site's page asks; so what changes something is only
taken from pages of Kite's own. The browser itself says whose page asks, in headers that no script can set:
`Sec-Fetch-Site` (over https, and on the machine itself), else `Origin`. Forms therefore need no hidden token,
which would have to be kept, and would be stale on a page that has been open all day (docs/security.md).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.live import astray
from dashboard.live.identity import ForeignOriginError
from dashboard.live.route_table import BODY_BYTES, PAGE_BYTES, access_asked
from dashboard.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGE = frozenset({"same-origin", "none"})
_TOKEN = "Bearer "
_FORM_PARTS = 50
_FOREIGN = "A page of another site can't change anything here; use Kite's own pages."


def install(server: Flask, settings: Settings) -> None:
    """Protect `server`. Before everything else that looks at a request, but its timing."""
    behind = settings.trusted_proxies
    if behind:
        # The host is what the proxy asks for: it must send its own `Host` on (deploy/nginx).
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=behind, x_proto=behind)  # type: ignore[method-assign]
    # Where nobody signs in `local_only` sees to it.
    server.config["TRUSTED_HOSTS"] = _names(settings.trusted_hosts) or None
    # What OPTIONS tells is for pages of other sites, which get nothing here.
    server.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    server.config["MAX_CONTENT_LENGTH"] = PAGE_BYTES
    server.config["MAX_FORM_MEMORY_SIZE"] = BODY_BYTES
    server.config["MAX_FORM_PARTS"] = _FORM_PARTS
    astray.install(server)

    @server.before_request
    def protect() -> None:
        access = access_asked()
        insist_on_own_pages()
        if access is not None:
            if access.changes:
                insist_on_own_link()
            limit_body(access.body)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def limit_body(most: int) -> None:
    """Answer 413 where the body of the current request has more bytes than `most`, said or not."""
    size = request.content_length
    if size is None and request.method not in _SAFE:
        # Of a body that doesn't say its length more would just be cut off, and the rest taken for the whole.
        request.max_content_length = most + 1
        size = len(request.get_data())
    request.max_content_length = most
    if (size or 0) > most:
        abort(413)


def insist_on_own_pages() -> None:
    """Raises `ForeignOriginError` for a change that a page of another site may have asked for.

    Without a word of where it comes from, it is a program's: then it must bring a token of its own, or no
    cookie that a browser would have sent along by itself. A name and password for a proxy in front are none:
    these a browser does send along.
    """
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        own = site in _OWN_PAGE
    elif origin is not None:
        own = _is_own(origin)
    else:
        own = not request.cookies
    if not own and not request.headers.get("Authorization", "").startswith(_TOKEN):
        raise ForeignOriginError(_FOREIGN)


def _is_own(origin: str) -> bool:
    """The port belongs to the site, the scheme doesn't: a proxy may speak https where Kite speaks http."""
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:  # as http://[
        return False


def insist_on_own_link() -> None:
    """Raises `ForeignOriginError` where a page of another site leads here, if the browser says so."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_PAGE:
        raise ForeignOriginError(_FOREIGN)
