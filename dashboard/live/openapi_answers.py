"""What the API's routes answer, for its description: what is asked for, and each problem with its headers."""

from __future__ import annotations

from typing import Any

from dashboard.domain.refused import REASONS
from dashboard.live.sending import UNANSWERED

Schema = dict[str, Any]
UNREAD = "unread"
"""The reason of a 503 where the store was asked for something only, wherever that was noticed."""

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_SECONDS: Schema = {"Retry-After": {"type": "integer", "minimum": 1, "description": "seconds"}}
_WHY: dict[int, tuple[str, Schema]] = {
    400: ("It can't be read.", {}),
    401: ("Who asks is not known, or not any more.", {"WWW-Authenticate": {"const": "Bearer"}}),
    403: ("Not allowed to this role, or not there, or a page of another site asks.", {}),
    404: ("There is none, or none for who asks.", {}),
    409: ("The case has changed, or does not allow it; nothing was changed.", {}),
    413: ("The body has more bytes than are taken.", {}),
    422: ("A field that can't be taken; nothing was written.", {}),
    429: ("Too many requests of one account or token.", _SECONDS),
    503: (
        "The store does not answer, or what was written is not applied yet: `reason` says which. With "
        "Retry-After where nothing was done, so that it may simply be asked again.",
        _SECONDS,
    ),
}
"""Status → why, and the headers that such an answer may have."""
_EVERYWHERE = (401, 403, 429, 503)


def answers(ok: int, said: str, *problems: int) -> Schema:
    """What is answered where all is well, and the problems: those of every route, and its own."""
    told: Schema = {str(ok): {"description": said, "content": {"application/json": {"schema": {}}}}}
    for status in sorted({*_EVERYWHERE, *problems}):
        why, headers = _WHY[status]
        told[str(status)] = {"description": why, "content": {"application/json": {"schema": _PROBLEM}}}
        if headers:
            told[str(status)]["headers"] = {name: {"schema": schema} for name, schema in headers.items()}
    return told


def problem() -> Schema:
    """Every problem's body."""
    return {
        "type": "object",
        "properties": {
            "sentence": {"type": "string"},
            "reason": {"type": "string", "enum": [*REASONS, *UNANSWERED, UNREAD]},
            "facts": {"type": "object"},
        },
        "required": ["sentence"],
    }
