"""What every answer tells the browser to allow: a Content-Security-Policy and the other headers of its kind.

Scripts come from Kite's own files; the two that stand in pages (Dash's line that starts its renderer, and the
wall's guard, which must run where nothing else could be loaded) are allowed by their hashes. None may be made
of a text (`eval`). Styles may stand in the page: the component libraries (Mantine, ag-grid, Leaflet) put them
there as they go, and a style can run nothing.

What is not everybody's is kept by no browser, where its route says nothing else: who signs out and goes back
sees nothing any more. The files that pages are made of are kept for ever where their address names a version.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_talisman import Talisman

from dashboard.live.route_table import PUBLIC, access_asked
from dashboard.settings import Settings

_OWN, _NONE = "'self'", "'none'"
_A_YEAR_S = 31_536_000
_HSTS = "Strict-Transport-Security"
_FILES, _FOR_EVER = "/assets/", "public, max-age=31536000, immutable"
_MADE = (
    "Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", _HSTS, "X-Content-Type-Options",
    "X-Frame-Options",
)  # fmt: skip

PERMISSIONS = {
    **dict.fromkeys(
        (
            "accelerometer",
            "browsing-topics",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "hid",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "serial",
            "usb",
        ),
        "()",
    ),
    "autoplay": "(self)",  # the desk's alarm tone
    "fullscreen": "(self)",
    "screen-wake-lock": "(self)",
}


def policy(tile_url: str, hashes: Iterable[str] = ()) -> dict[str, str]:
    """The Content-Security-Policy: directive → sources. `hashes`: of the scripts that stand in pages."""
    tiles = _origin_of(tile_url)
    return {
        "default-src": _OWN,
        "script-src": " ".join([_OWN, *sorted(set(hashes))]),
        "script-src-attr": _NONE,
        "style-src": f"{_OWN} 'unsafe-inline'",
        "img-src": " ".join([_OWN, "data:", "blob:", *tiles]),
        "font-src": f"{_OWN} data:",
        "connect-src": _OWN,
        "worker-src": _OWN,
        "object-src": _NONE,
        "frame-src": _NONE,
        "frame-ancestors": _NONE,
        "base-uri": _NONE,
        "form-action": _OWN,
    }


def _origin_of(tile_url: str) -> list[str]:
    """Where the operator's own tiles come from; `{s}` in the host's name stands for any."""
    parts = urlsplit(tile_url.replace("{s}", "*"))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme and parts.netloc else []


def install(server: Flask, settings: Settings, hashes: Iterable[str]) -> None:
    """Give every answer of `server` the headers."""
    always = _made_by_talisman(policy(settings.tile_url, hashes))
    https_alone = {_HSTS: always.pop(_HSTS)}

    @server.after_request
    def tell(answer: Response) -> Response:
        answer.headers.update({**always, **https_alone} if request.is_secure else always)
        if _is_versioned(answer):
            answer.headers["Cache-Control"] = _FOR_EVER
        elif "Cache-Control" not in answer.headers and not _is_public():
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _is_versioned(answer: Response) -> bool:
    """Whether this is a file of a page in the version that its address names, which never changes.

    Dash puts the time of a file's last change behind its address. Asked for by another one it may be a new
    release's file for a page of the one before.
    """
    version, changed = request.args.get("m", ""), answer.last_modified
    if changed is None or answer.status_code != 200 or _FILES not in request.path:
        return False
    return version.partition(".")[0] == str(int(changed.timestamp()))


def _is_public() -> bool:
    """Whether what was asked for is everybody's, so that any browser or proxy may keep it."""
    access = access_asked()
    return access is not None and access.action == PUBLIC


def _made_by_talisman(content: dict[str, str]) -> dict[str, str]:
    """The headers of an answer by https, read off once: they are the same for all, and to put each together
    anew costs as much as many a route.
    """
    probe = Flask(__name__)
    Talisman(
        probe,
        content_security_policy=content,
        # What speaks https is the proxy in front; where it does, browsers shall stay with it.
        force_https=False,
        strict_transport_security_max_age=_A_YEAR_S,
        strict_transport_security_include_subdomains=False,
        frame_options="DENY",
        permissions_policy=", ".join(f"{name}={whom}" for name, whom in PERMISSIONS.items()),
        # An address may hold a screen's token; without an origin at all, forms would come from nowhere.
        referrer_policy="strict-origin",
        x_content_type_options=True,
    )
    with probe.test_request_context(base_url="https://localhost"):
        made = probe.process_response(Response(content_type="")).headers
    # No window or page of another site gets hold of a page, or of what it loads.
    apart = dict.fromkeys(("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"), "same-origin")
    return {**{name: made[name] for name in _MADE}, **apart}
