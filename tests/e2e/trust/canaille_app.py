"""A Canaille with some people, groups and one client; run by the Python of its own environment.

`canaille_app.py PORT REDIRECT_URI...`: serves on 127.0.0.1 until it is ended, and keeps everything in memory.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import hypercorn.asyncio
from asgiref.wsgi import WsgiToAsgi
from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc.jose import make_default_rsa_jwk
from canaille_app_values import CLIENT, GROUPS, PASSWORD, SECRET, USERS  # beside this file
from hypercorn.config import Config


def make(port: int, redirect_uris: list[str]) -> Any:
    """The application."""
    app = create_app(
        {
            "SECRET_KEY": "only for this test",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "FORCE_HTTPS": False, "JAVASCRIPT": False, "HTMX": False},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [make_default_rsa_jwk().as_dict(private=True)]},
        }
    )
    with app.app_context():
        backend = Backend.instance
        people = {}
        for name in USERS:
            person = models.User(
                user_name=name, family_name=name, formatted_name=name, emails=[f"{name}@x.org"]
            )
            person.password = PASSWORD
            backend.save(person)
            people[name] = person
        for title, names in GROUPS.items():
            backend.save(models.Group(display_name=title, members=[people[name] for name in names]))
        client = models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Kite",
            client_uri="https://kite.example",  # not a trusted domain: people are asked for consent
            redirect_uris=redirect_uris,
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "groups"],
            token_endpoint_auth_method="client_secret_basic",
        )
        backend.save(client)
        client.audience = [client]  # once it has an id
        backend.save(client)
    return app


if __name__ == "__main__":
    port = int(sys.argv[1])
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    asyncio.run(hypercorn.asyncio.serve(WsgiToAsgi(make(port, sys.argv[2:])), config))
