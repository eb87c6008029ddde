"""Signing in by OpenID Connect: the authorization code flow with PKCE, state and nonce, by Authlib.

Whoever the provider has signed in gets the role and region that the table of the settings gives to a group of
theirs (`domain.grants`). They come in as that seat, by the group's name: Kite keeps no person's name.
"""

from __future__ import annotations

import logging
from typing import Any

import requests
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, Response
from joserfc.errors import JoseError

from dashboard.domain.access import Identity
from dashboard.domain.grants import grant_of, parse_grants
from dashboard.domain.privacy import personal_text
from dashboard.live.oidc_settings import insist_on_usable
from dashboard.settings import Settings

TIMEOUT_S = 10.0
NAME_LIMIT = 80
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Of a signature; none that a client's secret would be enough for, and never `none`."""
_DISCOVERY = "/.well-known/openid-configuration"
_NONE = (requests.RequestException, RuntimeError, ValueError, TypeError, KeyError)
"""What asking raises where nobody answers, or something that is no provider."""
_LOG = logging.getLogger(__name__)


class SilentProviderError(Exception):
    """The provider does not answer, or not as one."""


class StaleError(Exception):
    """No sign-in of this browser is under way: it took too long, or another page has begun it."""


class DeclinedError(Exception):
    """The provider says that it does not sign this one in."""


class UnprovenError(Exception):
    """What the provider says does not prove who it is about."""


class UngrantedError(Exception):
    """Somebody whom the table gives no role."""


PROBLEMS = (SilentProviderError, StaleError, DeclinedError, UnprovenError, UngrantedError)


class Provider:
    """The provider of the settings; raises one of `PROBLEMS` from within a request."""

    def __init__(self, server: Flask, settings: Settings) -> None:
        insist_on_usable(settings)
        # At DEBUG it writes what proves that a browser is the one that began.
        logging.getLogger("authlib").setLevel(logging.INFO)
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._id, self._claim, self._name = settings.oidc_client_id, settings.oidc_claim, settings.oidc_name
        self._grants = parse_grants(settings.oidc_grants)
        self._client: Any = OAuth(server).register(
            "kite",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=self._issuer + _DISCOVERY,
            client_kwargs={
                "scope": settings.oidc_scopes,
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
            },
        )

    def begin(self, back: str) -> Response:
        """Lead the browser to the provider, which leads it to the address `back` again."""
        try:
            self._look_up()
            answer: Response = self._client.authorize_redirect(back)
        except (*_NONE, OAuthError) as problem:
            raise _silent(problem) from None
        return answer

    def finish(self) -> Identity:
        """Who the provider has signed in, from the request in which the browser comes back."""
        claims = self._claims()
        grant = grant_of(self._grants, _texts(claims.get(self._claim)))
        if grant is None:
            raise UngrantedError
        name = "".join(_texts(claims.get(self._name))[:1]).strip() if self._name else grant.value
        if not name or len(name) > NAME_LIMIT or not name.isprintable():
            _LOG.warning("The claim %s names no seat; nobody is signed in by it.", self._name)
            raise UngrantedError
        if personal_text(name):
            _LOG.warning(
                "The claim %s names a person rather than a seat; nobody is signed in by it.", self._name
            )
            raise UngrantedError
        return Identity(name, grant.role, grant.region_code)

    def _claims(self) -> dict[str, Any]:
        """What is proven of who comes back: the claims of the signed token, and what it leaves out."""
        expected = {"iss": {"essential": True, "value": self._issuer_said()},
                    "aud": {"essential": True, "value": self._id}}  # fmt: skip
        try:
            token = self._client.authorize_access_token(claims_options=expected)
            proven = dict(token.get("userinfo") or {})
            if "sub" not in proven:
                raise UnprovenError
            if self._claim not in proven or (self._name and self._name not in proven):
                told = dict(self._client.userinfo(token=token))
                if told.get("sub") != proven["sub"]:
                    raise UnprovenError
                proven = {**told, **proven}
        except MismatchingStateError:
            raise StaleError from None
        except OAuthError as problem:
            _LOG.warning("OpenID Connect: the provider answers %s.", str(problem.error)[:60])
            raise (
                DeclinedError if problem.error in ("access_denied", "login_required") else UnprovenError
            ) from None
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            _LOG.warning("OpenID Connect: the token proves nothing (%s).", type(problem).__name__)
            raise UnprovenError from None
        except requests.RequestException as problem:
            raise _silent(problem) from None
        return proven

    def _issuer_said(self) -> str:
        """The issuer as the provider writes it, which must be the one of the settings."""
        try:
            return self._look_up()
        except _NONE as problem:
            raise _silent(problem) from None

    def _look_up(self) -> str:
        """Ask once for what the provider says of itself; the issuer's name there."""
        metadata = self._client.load_server_metadata()
        said = str(metadata.get("issuer", ""))
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        usable = [alg for alg in offered if alg in ALGORITHMS]
        if said.rstrip("/") != self._issuer or not usable:  # of no methods at all the library takes its own
            metadata.pop("_loaded_at", None)  # so that it is asked again once it is mended
            raise ValueError("another issuer, or no method of signing that proves anything")
        metadata["id_token_signing_alg_values_supported"] = usable
        return said


def _texts(claim: object) -> list[str]:
    """The texts that a claim holds, one or several; whoever writes it may write anything."""
    found = claim if isinstance(claim, list) else [claim]
    return [text for text in found if isinstance(text, str)]


def _silent(problem: Exception) -> SilentProviderError:
    _LOG.warning("OpenID Connect: the provider does not answer as one (%s).", type(problem).__name__)
    return SilentProviderError()
