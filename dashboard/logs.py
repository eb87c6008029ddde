"""Logs of every process of Kite: one line per event, as text for people or as JSON for a log store.

Everybody logs with the standard library (`logging.getLogger(__name__)`); structlog gives lines their form.
What looks like a secret never reaches a line, wherever in the message, its fields or its traceback it stands.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any, TextIO

import orjson
import structlog

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)
HIDDEN = "***"

_SECRET_NAMES = re.compile(
    r"(?i)authorization|cookie|set-cookie|(?:[\w-]+[_-])?(?:password|passwd|secret|secret[_-]key|token|verifier)"
)
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A token of Kite's, the secret of a webhook, a signed token (JWT), a kept password
    (re.compile(r"\bkite_[\w-]{16,}"), f"kite_{HIDDEN}"),
    (re.compile(r"\bwhsec_[\w+/=-]+"), f"whsec_{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"\$argon2\w+\$[\w$+/=,-]+"), HIDDEN),
    # The password in an address, as in redis://name:password@host
    (re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@"), rf"\1:{HIDDEN}@"),
    # Headers to the end of their line, or of the text that quotes them
    (
        re.compile(r"(?i)\b(authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*['\"]?)[^\r\n'\"]+"),
        rf"\1\2{HIDDEN}",
    ),
    # Fields of JSON and of a mapping that is shown, to the quote that ends them
    (
        re.compile(
            r"(?i)((?:\b|[_-])(?:password|passwd|secret|secret_key|token|verifier)"
            r"['\"]?\s*[=:]\s*)(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
        ),
        rf"\1{HIDDEN}",
    ),
    # Assignments, fields of forms, parts of a query
    (
        re.compile(
            r"(?i)((?:\b|[_-])(?:password|passwd|secret|secret_key|token|verifier)"
            r"(?:=|['\"]\s*:\s*)['\"]?)[^\s&'\",;)}\]]+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"([?&](?:code|state|nonce)=)[^\s&'\"]+"), rf"\1{HIDDEN}"),
)


def configure(level: str, form: str = TEXT, stream: TextIO | None = None) -> None:
    """Log from now on what is of `level` or graver, in this form, to `stream` (standard error)."""
    root, handler = logging.getLogger(), _Handler(stream)
    handler.setFormatter(_formatter(form))
    root.handlers[:] = [other for other in root.handlers if not isinstance(other, _Handler)]
    root.addHandler(handler)
    root.setLevel(level)


class _Handler(logging.Handler):
    """Writes lines to a stream, or to what is standard error at that moment."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event, in one piece."""
        stream = self._stream or sys.stderr
        try:
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception as problem:  # noqa: BLE001  # no line is worth the process
            # Not as the library does it: that tells the text as it came, secrets and all.
            with suppress(Exception):
                stream.write(f"A line of {record.name} could not be logged: {type(problem).__name__}\n")


def _formatter(form: str) -> logging.Formatter:
    render: Any = _text if form == TEXT else structlog.processors.JSONRenderer(serializer=_json)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            _without_copies,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            render,
        ],
    )


def _without_copies(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What other handlers of the same event have left on it says nothing new."""
    for name in ("message", "asctime"):
        event.pop(name, None)
    return event


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: the same event with every secret hidden."""
    return {name: _shown(name, value) for name, value in event.items()}


def hide(text: str) -> str:
    """The text with every secret hidden that is known by its looks or by what stands before it."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text.encode("utf-8", "backslashreplace").decode()  # half a character is none for JSON


def _shown(name: str, value: Any) -> Any:
    if _SECRET_NAMES.fullmatch(name):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown("", inner) for inner in value]
    return hide(str(value))


def _text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """`2026-12-01T14:00:00.000000Z WARNING dashboard.live.hub: what happened field=value`, a traceback."""
    time, level, logger = (event.pop(name, "") for name in ("timestamp", "level", "logger"))
    said, traceback = event.pop("event", ""), event.pop("exception", "")
    line = f"{time} {level.upper()} {logger}: {said}" + "".join(f" {k}={v}" for k, v in sorted(event.items()))
    whole = f"{line}\n{traceback}" if traceback else line
    return "\n    ".join(whole.splitlines())  # what is no event of its own does not begin like one


def _json(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
