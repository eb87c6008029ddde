"""Whether the settings of OpenID Connect go together: asked before anything starts, without its library."""

from __future__ import annotations

from urllib.parse import urlsplit

from dashboard.live.local_only import is_loopback
from dashboard.settings import Settings, SettingsError


def insist_on_usable(settings: Settings) -> None:
    """Raises `SettingsError` where an issuer is named that nobody could be signed in by."""
    if not settings.oidc_issuer:
        return
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme != "https" and not (issuer.scheme == "http" and is_loopback(issuer.hostname or "")):
        raise SettingsError("KITE_OIDC_ISSUER must begin with https://, or name this machine; correct it.")
    for name in ("oidc_client_id", "oidc_client_secret", "oidc_grants"):
        if not getattr(settings, name):
            raise SettingsError(
                f"KITE_OIDC_ISSUER is set and KITE_{name.upper()} is not; docs/oidc.md says how."
            )
    if "openid" not in settings.oidc_scopes.split():
        raise SettingsError("KITE_OIDC_SCOPES must have openid among its words; add it.")
