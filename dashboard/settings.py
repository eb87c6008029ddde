"""Every setting of Kite: its environment variable, default and meaning, in one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from dashboard.domain.commands import MOST_TO_ASK_FOR
from dashboard.domain.fields import one_of, whole
from dashboard.domain.grants import checked_grants
from dashboard.domain.publication_schedule import checked_schedule
from dashboard.domain.rates import checked_rates


class SettingsError(Exception):
    """A setting that can't be used; the message is one sentence that says what to do."""


def _setting(default: Any, help_text: str, parse: Callable[[str], Any] | None = None) -> Any:
    """A row of the table: its default, its meaning, and what reads its text; else the default's type does."""
    return field(default=default, metadata={"help": help_text, "parse": parse or type(default)})


@dataclass(frozen=True)
class Settings:
    """All settings by name; `Settings.load()` reads `KITE_<NAME>` from the environment."""

    city: str = _setting("weifang", "name of the pack to serve")
    province: str = _setting("", "names of the packs that /province sums, as in a,b; empty: the city alone")
    data_dir: Path = _setting(Path("var"), "folder for packs, the embedded server's data and caches")
    redis_url: str = _setting(
        "",
        "an outside Redis or Valkey, any node of a cluster, or sentinels: "
        "redis+sentinel://HOST:26379,HOST:26379/SERVICE; empty starts the embedded server",
    )
    wait_replicas: int = _setting(
        0,
        "replicas that must have an entry before it counts as acknowledged; 0: the primary's disk alone",
        whole(0, 9),
    )
    redis_port: int = _setting(0, "port of the embedded server; 0 lets the system choose a free one")
    host: str = _setting("127.0.0.1", "address the web server listens on")
    port: int = _setting(8050, "port the web server listens on")
    web_workers: int = _setting(1, "gunicorn worker processes")
    rate: float = _setting(50.0, "simulated entries per second in `serve`; 0 starts no simulator")
    cases_per_day: float = _setting(1000.0, "simulated cases on an average day")
    history_days: int = _setting(60, "days of simulated past cases written when the streams are empty")
    language: str = _setting("zh", "language a new screen starts in: zh or en")
    tile_url: str = _setting("", "tile service of the operator's own; empty draws no base map")
    tile_attribution: str = _setting("", "attribution of that tile service")
    stale_after_s: float = _setting(9.0, "age in seconds at which a feed is shown as dead")
    feed_flood_factor: float = _setting(
        10.0, "a feed that brings so many times as much in a minute as is usual for it is told as a flood"
    )
    feed_flood_per_s: float = _setting(
        25_000.0, "events a second of one stream that are told as a flood whatever is usual"
    )
    feed_repeat_share: float = _setting(
        0.5, "share of a minute's events that say nothing new from which a feed is told to repeat itself"
    )
    changes_max: int = _setting(20_000, "change entries kept for screens that come back")
    telemetry_max: int = _setting(2_000_000, "camera and unit entries kept in their raw streams")
    cache_timeout_s: int = _setting(300, "seconds a derived figure stays in the cache")
    alert_sender: str = _setting("", "who sends CAP alerts: a domain name; empty: kite. and the city's code")
    webhook_backlog: int = _setting(10_000, "messages that may wait for one webhook; of more the oldest go")
    publish: str = _setting(
        "weekly mon 08:00",
        "when the index is published by itself, by the city's clocks: daily 08:00, weekly mon 08:00, "
        "monthly 1 08:00, or never",
        checked_schedule,
    )
    rectify_most: int = _setting(
        100,
        "cases of rectification that one publication opens; the worst go first",
        whole(0, MOST_TO_ASK_FOR),
    )
    sign_in: str = _setting(
        "required",
        "required: whoever asks must have signed in or send a token; off: everyone is the administrator, "
        "for a demonstration on this machine alone",
        one_of(("required", "off")),
    )
    secret_key: str = _setting(
        "", "what sessions are signed with; empty: a file in the data folder, made when it is first needed"
    )
    session_hours: float = _setting(12.0, "hours after which one must sign in again in any case")
    session_idle_minutes: float = _setting(60.0, "minutes without any request after which a session ends")
    oidc_issuer: str = _setting(
        "", "address of an OpenID Connect provider that signs people in besides; empty: none (docs/oidc.md)"
    )
    oidc_client_id: str = _setting("", "what the provider knows Kite as")
    oidc_client_secret: str = _setting("", "what Kite proves that to the provider with")
    oidc_scopes: str = _setting("openid profile groups", "scopes that are asked for; openid is one of them")
    oidc_claim: str = _setting("groups", "claim whose values say the role and the region")
    oidc_grants: str = _setting(
        "",
        "who gets what: VALUE=ROLE@REGION; VALUE=ROLE, the first row that fits; no region is the whole city",
        checked_grants,
    )
    oidc_name: str = _setting("", "claim that names the seat, never a person; empty: the value that fitted")
    trusted_proxies: int = _setting(
        0, "proxies in front of Kite that say from where and by http or https they were asked; 0: none"
    )
    trusted_hosts: str = _setting(
        "", "host names that Kite answers to, as in kite.example,10.0.0.5; empty: any"
    )
    limit_sign_in: str = _setting(
        "30 per minute; 300 per hour",
        "refused tries to sign in that are taken from one address; none: any",
        checked_rates,
    )
    limit_api: str = _setting(
        "1200 per minute",
        "requests to the API that are taken from one account or token; none: any",
        checked_rates,
    )
    limit_heavy: str = _setting(
        "60 per minute",
        "briefs and exports that are made for one account or token; none: any",
        checked_rates,
    )
    limit_streams: int = _setting(
        500,
        "event streams that one account or token may have open in a web process; 0: any",
        whole(0, 100_000),
    )
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    log_format: str = _setting(
        "text", "form of the log's lines: text, or json with one object each", one_of(("text", "json"))
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from `environ` (the process's own when None), then `overrides` that are not None.

        Raises `SettingsError` for a value that can't be read and for an unknown `KITE_` variable.
        """
        environ = os.environ if environ is None else environ
        rows = {variable(row): row for row in fields(cls)}
        for name in sorted(environ):
            if name.startswith("KITE_") and name not in rows:
                raise SettingsError(f"{name} is not a setting of Kite; docs/settings.md lists them all.")
        given = {name: row for name, row in rows.items() if environ.get(name)}
        values = {row.name: _read(name, row, environ[name]) for name, row in given.items()}
        values.update({name: value for name, value in overrides.items() if value is not None})
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """The settings as environment variables, for the processes that `serve` starts."""
        return {variable(row): str(getattr(self, row.name)) for row in fields(self)}


def variable(row: Field[Any]) -> str:
    """The environment variable of a setting (`REDIS_URL` keeps the name everyone knows)."""
    return "REDIS_URL" if row.name == "redis_url" else f"KITE_{row.name.upper()}"


def _read(name: str, row: Field[Any], text: str) -> Any:
    parse: Callable[[str], Any] = row.metadata["parse"]
    try:
        return parse(text)
    except ValueError:
        raise SettingsError(f"{name}={text!r} can't be read; give a value like {row.default}.") from None


def markdown_table() -> str:
    """The table of docs/settings.md; a test holds the page to it."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for row in fields(Settings):
        default = f"`{row.default}`" if str(row.default) else "(empty)"
        lines.append(f"| `{variable(row)}` | {default} | {row.metadata['help']} |")
    return "\n".join(lines) + "\n"
