"""Blocks of what watches: cameras, the three rings, special devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.views import languages
from dashboard.views.systems.lines import (
    Line,
    Told,
    count,
    counted,
    kind_name,
    listed,
    of,
    percent,
    to_place,
    type_name,
)
from dashboard.views.texts import t

_OUTAGES, _GAPS, _LOWEST, _TYPES = 3, 3, 2, 4


def cameras(told: Told) -> Iterator[Line]:
    """Installed, networked, online; by kind and place; villages with too few; the longest outages."""
    yield Line(
        t("systems.cameras.installed"), count(told["installed"]),
        note=counted(told["kinds"], "kind", "installed", kind_name),
    )  # fmt: skip
    networked = told["networked"]
    yield Line(
        t("systems.cameras.networked"), of(networked, told["installed"]),
        share=networked / told["installed"] if told["installed"] else None,
    )  # fmt: skip
    down = ("offline", "fault", "unknown")
    yield Line(
        t("systems.cameras.online"), of(told["online"], networked), share=told["share"],
        note=listed(t(f"systems.cameras.{name}", n=count(told[name])) for name in down if told[name])
        if any(told[name] for name in down)
        else "",
    )  # fmt: skip
    known = [row for row in told["children"] if row["online"] is not None and row["networked"]]
    if len(known) > 1:
        known.sort(key=lambda row: row["online"] / row["networked"])
        said = (f"{told.place(row['code'])} {percent(row['online'] / row['networked'])}" for row in known)
        yield Line(t("systems.cameras.lowest"), listed(list(said)[:_LOWEST]))
    if told["villages"]:
        under = told["villages_under"]
        yield Line(
            t("systems.cameras.villages", n=told["per_village"]), of(under, told["villages"]),
            wrong=bool(under),
        )  # fmt: skip
    yield from _outages(told)


def _outages(told: Told) -> Iterator[Line]:
    """The cameras that have been down longest: the first ones, and how many there are."""
    outages = told["outages"]
    if outages is None:
        yield Line(t("systems.cameras.outages"), t("value.none"), note=t("systems.unanswered"))
        return
    for row in outages[:_OUTAGES]:
        status = t(f"systems.status.{row['status']}")
        yield Line(
            t("systems.cameras.outage", n=row["camera"]), _since(told, row["since_ms"]),
            note=f"{told.place(row['grid'])} · {status}",
            href=to_place(row["grid"]), more=t("systems.since.help"), wide=True,
        )  # fmt: skip


def _since(told: Told, since_ms: int | None) -> str:
    """Since when at least; that nothing is known of it."""
    return t("systems.since.unknown") if since_ms is None else t("systems.since", at=told.moment(since_ms))


def rings(told: Told) -> Iterator[Line]:
    """How much of each ring is watched, and its longest gaps by name."""
    for row in told["rings"]:
        if not row["checkpoints"]:
            continue
        yield Line(t(f"ring.{row['ring']}"), percent(row["share"]), share=row["share"], note=_ring_note(row))
        for gap in row["gaps"][:_GAPS]:
            yield Line(
                _gap_name(gap), t("systems.rings.length", km=f"{gap['length_m'] / 1000:,.1f}"), wrong=True,
                note=_since(told, gap["since_ms"]), href=to_place(gap["grid"]), more=t("systems.since.help"),
                wide=True,
            )  # fmt: skip
    if not any(row["checkpoints"] for row in told["rings"]):
        yield Line(t("card.rings.none"), "")


def _gap_name(gap: dict[str, Any]) -> str:
    return t("systems.rings.gap", place=gap["name_en" if languages.language() == "en" else "name"])


def _ring_note(row: dict[str, Any]) -> str:
    """Checkpoints online, of how many nothing is known, and how many gaps are not named."""
    left = len(row["gaps"]) - _GAPS
    return listed(
        [
            t("systems.rings.online", n=count(row["online"]), of=count(row["checkpoints"])),
            t("systems.rings.unknown", n=count(row["unknown"])) if row["unknown"] else "",
            t("systems.rings.gaps", n=count(len(row["gaps"]))) if left > 0 else "",
        ]
    )


def devices(told: Told) -> Iterator[Line]:
    """The special kinds, how many of them are well, and what scene alerts have brought that is open."""
    for row in told["kinds"]:
        if row["installed"]:
            bad = (row["offline"] or 0) + (row["fault"] or 0)
            yield Line(
                kind_name(row["kind"]), of(row["online"], row["installed"]), share=row["share"],
                note=t("systems.devices.bad", n=count(bad)) if bad else "",
            )  # fmt: skip
    alerts = told["alerts"]
    yield Line(
        t("systems.devices.alerts"), count(alerts["open"]),
        note=counted(alerts["by_type"], "type", "open", type_name, _TYPES) if alerts["open"] else "",
    )  # fmt: skip
