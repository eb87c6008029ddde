"""What was done: cases ended, instructions and cards, whistles, and what the last publication asked for."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.commands import ENDED
from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import Found, cases_of
from dashboard.views.brief.model import Block, Column, Section, Words, figures_table
from dashboard.views.brief.wording import date, joined, level_words, named, short, unread, where
from dashboard.views.texts import t
from dashboard.views.wording import moment, number, percent, type_name

SHOWN = 10
CARDS = ("yellow", "red")


def done(asked: Asked) -> Section:
    """Each part says by itself where it is not known."""
    blocks: list[Block] = [
        *_ended(asked),
        *_supervised(asked),
        *_cards(asked),
        *_whistles(asked),
        *_rectified(asked),
    ]
    return Section("done", t("brief.done", period=t(f"brief.this.{asked.period}")), tuple(blocks))


def _ended(asked: Asked) -> list[Block]:
    """How many cases ended, and how disputes were settled."""
    found = cases_of(asked)
    if found is None:
        return [unread()]
    said = [t("brief.done.ended", ended=number(found["ended"]), share=percent(found["kept_share"]))]
    settling = asked.services.settling(asked.code)
    if settling is not None and settling["success"]["decided"]:
        rate = settling["success"]
        settled, decided = number(rate["settled"]), number(rate["decided"])
        said.append(t("brief.done.settled", settled=settled, decided=decided, share=percent(rate["share"])))
    return [Words(" ".join(said))]


def _supervised(asked: Asked) -> list[Block]:
    """Instructions and supervisions of the period, the newest by name."""
    supervision = asked.sources.supervision
    found = None if supervision is None else supervision.of(asked.code, asked.from_ms, asked.now_ms)
    if found is None:
        return [Words(t("brief.done.supervised.unknown"), "note")]
    instructed, supervised = (number(found[command]) for command in ("instruct", "supervise"))
    words = Words(t("brief.done.supervised", instructed=instructed, supervised=supervised))
    if not found["rows"]:
        return [words]
    rows: list[tuple[str, ...]] = [
        (
            moment(asked.services, row["at_ms"]),
            t(f"command.{row['command']}"),
            joined(type_name(row["type"]), t("why.level", level=f"{row['level']:02d}")),
            where(asked, row["place"]),
            short(row["note"]),
        )
        for row in found["rows"][:SHOWN]
    ]
    table = figures_table(
        Column(t("brief.column.at"), 1.1),
        Column(t("brief.column.deed"), 1.0),
        Column(t("brief.column.what"), 2.2),
        Column(t("brief.column.where"), 2.4),
        Column(t("brief.column.note"), 3.3),
        rows=rows,
    )
    return [words, table]


def _cards(asked: Asked) -> list[Block]:
    """Open cases that are shown a card now."""
    low, high = asked.services.hierarchy.slice_of(asked.region)
    shown = [
        case.get("card") for case in asked.sources.state.open_cases.values() if low <= case["grid"] < high
    ]
    yellow, red = (number(shown.count(card)) for card in CARDS)
    return [Words(t("brief.done.cards", yellow=yellow, red=red))]


def _whistles(asked: Asked) -> list[Block]:
    """Departments that were whistled for, and how many reported in on time."""
    found = asked.leaders.whistles(asked.code, asked.period) if asked.leaders else None
    if found is None:
        return []
    rows = found["by_department"]
    called, on_time, late, waiting = (
        number(sum(row[name] for row in rows)) for name in ("called", "on_time", "late", "waiting")
    )
    return [Words(t("brief.done.whistles", called=called, on_time=on_time, late=late, waiting=waiting))]


def _rectified(asked: Asked) -> list[Block]:
    """Where the region stands in the last publication, and the rectifications inside it."""
    publications = asked.services.publications
    latest = publications.latest() if publications is not None else None
    if latest is None:
        return [Words(t("brief.published.none"), "note")]
    found = publications.report(latest["number"], asked.code)["rectifications"]
    return [_standing(asked, latest), *_rectifications(asked, found)]


def _standing(asked: Asked, latest: Found) -> Words:
    standing = asked.services.publications.standing(asked.code) or {}
    said = [t("brief.published", n=latest["number"], day=date(asked.services, latest["at_ms"]))]
    if standing.get("score") is not None:
        score, level = number(standing["score"], 1), level_words(standing["level"])
        said.append(t("brief.published.standing", score=score, level=level))
    if standing.get("reds_in_a_row"):
        said.append(t("brief.published.reds", n=number(standing["reds_in_a_row"])))
    return Words(" ".join(said))


def _rectifications(asked: Asked, rows: Sequence[Found]) -> list[Block]:
    """Those inside the region, the open ones first, with how they stand now."""
    if not rows:
        return [Words(t("brief.rectified.none"), "note")]
    closed = sum(row["state_now"] in ENDED for row in rows)
    told: list[tuple[str, ...]] = [
        (
            named(asked, row["region"]),
            t("brief.rectified.raised", n=row["raised"]),
            f"{number(row['score'], 1)} {level_words(row['region_level'])}",
            t(f"case_state.{row['state_now']}"),
        )
        for row in sorted(rows, key=lambda row: (row["state_now"] in ENDED, row["score"]))[:SHOWN]
    ]
    table = figures_table(
        Column(t("brief.column.place"), 3),
        Column(t("brief.column.raised"), 1.2),
        Column(t("brief.column.score"), 1.2),
        Column(t("brief.column.rectified"), 1.4),
        rows=told,
    )
    words = t("brief.rectified", n=number(len(rows)), closed=number(closed), open=number(len(rows) - closed))
    return [Words(words), table]
