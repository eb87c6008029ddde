"""What every answer tells the browser to allow: a Content-Security-Policy and the other headers of its kind.

Scripts come from Kite's own files; the two that stand in pages (Dash's line that starts its renderer, and the
wall's guard, which must run where nothing else could be loaded) are allowed by their hashes. None may be made
of a text (`eval`). Styles may stand in the page: the component libraries (Mantine, ag-grid, Leaflet) put them
there as they go, and a style can run nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response
from flask_talisman import Talisman

from dashboard.settings import Settings

_OWN, _NONE = "'self'", "'none'"
_A_YEAR_S = 31_536_000

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

    @server.after_request
    def keep_apart(answer: Response) -> Response:
        """No window or page of another site gets hold of a page, or of what it loads."""
        answer.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return answer

    Talisman(
        server,
        content_security_policy=policy(settings.tile_url, hashes),
        # What speaks https is the proxy in front; where it does, browsers shall stay with it.
        force_https=False,
        strict_transport_security_max_age=_A_YEAR_S,
        strict_transport_security_include_subdomains=False,
        frame_options="DENY",
        permissions_policy=", ".join(f"{name}={whom}" for name, whom in PERMISSIONS.items()),
        # An address may hold a screen's token; without an origin at all, forms would come from nowhere.
        referrer_policy="strict-origin",
        # The cookies' own makers say these.
        session_cookie_secure=False,
        session_cookie_samesite=server.config["SESSION_COOKIE_SAMESITE"],
        x_content_type_options=True,
    )
