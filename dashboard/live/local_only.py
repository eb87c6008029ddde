"""What keeps a Kite where nobody has to sign in (`sign_in=off`) on the machine that it runs on.

There everyone who asks is the administrator. So it listens on a loopback address only; and it refuses what a
proxy has passed on, and what a browser asks for under a name that is not this machine's (a page of another
site can give its own name this machine's address).
"""

from __future__ import annotations

import ipaddress

from flask import Flask, request

from dashboard.settings import Settings, SettingsError

FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host")
"""Headers that a proxy adds."""
LOCAL_NAMES = frozenset({"localhost"})


class NotLocalError(Exception):
    """A request from elsewhere where nobody has to sign in; the message is one sentence."""


def insist_on_loopback(settings: Settings) -> None:
    """Raises `SettingsError` where anybody on the network would be the administrator."""
    if settings.sign_in == "off" and not is_loopback(settings.host):
        raise SettingsError(
            f"KITE_SIGN_IN=off makes everyone the administrator, so Kite won't listen on {settings.host}; "
            "set KITE_SIGN_IN=required, or KITE_HOST=127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Whether an address, or a name, is this machine's own and nobody else's."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in LOCAL_NAMES


def install(server: Flask, settings: Settings) -> None:
    """Refuse on `server` what does not come from this machine, where nobody has to sign in."""
    insist_on_loopback(settings)
    if settings.sign_in != "off":
        return

    @server.before_request
    def refuse_others() -> None:
        if any(name in request.headers for name in FORWARDED) or not is_loopback(_asked_name()):
            raise NotLocalError(
                "This Kite is a demonstration on one machine (KITE_SIGN_IN=off) and answers no proxy "
                "and no other name; set KITE_SIGN_IN=required."
            )


def _asked_name() -> str:
    """The host that the request names, without its port."""
    host = request.host
    return host[: host.rindex("]") + 1] if host.startswith("[") else host.partition(":")[0]
