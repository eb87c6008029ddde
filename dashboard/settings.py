"""Every setting of Kite: its environment variable, default and meaning, in one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """A setting that can't be used; the message is one sentence that says what to do."""




@dataclass(frozen=True)
class Setting:
    """One row: attribute `name`, read from `KITE_<NAME>` by `parse`."""

    name: str
    default: Any
    parse: Callable[[str], Any]
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it (`REDIS_URL` keeps the name everyone knows)."""
        return "REDIS_URL" if self.name == "redis_url" else f"KITE_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("city", "weifang", str, "name of the pack to serve"),
    Setting("data_dir", Path("var"), Path, "folder for packs, the embedded server's data and caches"),
    Setting("redis_url", "", str, "an outside Redis or Valkey; empty starts the embedded server"),
    Setting("redis_port", 0, int, "port of the embedded server; 0 lets the system choose a free one"),
    Setting("host", "127.0.0.1", str, "address the web server listens on"),
    Setting("port", 8050, int, "port the web server listens on"),
    Setting("web_workers", 1, int, "gunicorn worker processes"),
    Setting("rate", 50.0, float, "simulated entries per second in `serve`; 0 starts no simulator"),
    Setting("cases_per_day", 1000.0, float, "simulated cases on an average day"),
    Setting("history_days", 60, int, "days of simulated past cases written when the streams are empty"),
    Setting("language", "zh", str, "language a new screen starts in: zh or en"),
    Setting("tile_url", "", str, "tile service of the operator's own; empty draws no base map"),
    Setting("tile_attribution", "", str, "attribution of that tile service"),
    Setting("stale_after_s", 10.0, float, "age in seconds at which a feed is shown as dead"),
    Setting("changes_max", 20_000, int, "change entries kept for screens that come back"),
    Setting("telemetry_max", 2_000_000, int, "camera and unit entries kept in their raw streams"),
    Setting("cache_timeout_s", 300, int, "seconds a derived figure stays in the cache"),
    Setting("log_level", "INFO", str, "DEBUG, INFO, WARNING or ERROR"),
)


@dataclass(frozen=True)
class Settings:
    """All settings by attribute; `Settings.load()` reads the environment."""

    city: str = "weifang"
    data_dir: Path = Path("var")
    redis_url: str = ""
    redis_port: int = 0
    host: str = "127.0.0.1"
    port: int = 8050
    web_workers: int = 1
    rate: float = 50.0
    cases_per_day: float = 1000.0
    history_days: int = 60
    language: str = "zh"
    tile_url: str = ""
    tile_attribution: str = ""
    stale_after_s: float = 10.0
    changes_max: int = 20_000
    telemetry_max: int = 2_000_000
    cache_timeout_s: int = 300
    log_level: str = "INFO"

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from `environ` (the process's own when None), then `overrides` that are not None.

        Raises `SettingsError` for a value that can't be read and for an unknown `KITE_` variable.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        known = {setting.variable for setting in SETTINGS}
        for variable in sorted(environ):
            if variable.startswith("KITE_") and variable not in known:
                raise SettingsError(f"{variable} is not a setting of Kite; see docs/settings.md for the ones there are.")
        for setting in SETTINGS:
            text = environ.get(setting.variable)
            if text is None or text == "":
                continue
            try:
                values[setting.name] = setting.parse(text)
            except (ValueError, KeyError):
                example = setting.default if setting.default != "" else "a text"
                raise SettingsError(
                    f"{setting.variable}={text!r} can't be read; give a value like {example}."
                ) from None
        values.update({name: value for name, value in overrides.items() if value is not None})
        return cls(**values)
