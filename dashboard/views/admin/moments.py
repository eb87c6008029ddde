"""Times as the administration's pages write them: by the city's clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dashboard.views.texts import t


def moment(at_ms: int, zone: ZoneInfo) -> str:
    """Day and time."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def age(at_ms: int | None, now_ms: int) -> str:
    """How long ago that is, in its largest unit; that there is none for 0 and None."""
    if not at_ms:
        return t("feeds.never")
    seconds = max(0, now_ms - at_ms) // 1000
    for size, name in ((172_800, "age.days"), (3_600, "age.hours"), (60, "age.minutes")):
        if seconds >= size:
            per = 86_400 if name == "age.days" else size
            return t("feeds.age", age=t(name, n=seconds // per))
    return t("feeds.age", age=t("age.seconds", n=seconds))
