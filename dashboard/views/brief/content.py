"""A brief's content: its head, and its sections one after the other."""

from __future__ import annotations

from dashboard.streams.client import FAILED
from dashboard.views import languages
from dashboard.views.aside import pause
from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import cases_of, explanation_of, level_of, moved_of
from dashboard.views.brief.model import Brief, Figure, Section, Words
from dashboard.views.brief.sections import SECTIONS
from dashboard.views.brief.sections.basis import age_of, formula_of, labels_of
from dashboard.views.brief.wording import clock, level_words
from dashboard.views.places import full_name, name_of
from dashboard.views.rounding import rounded
from dashboard.views.texts import t
from dashboard.views.wording import change, moment, number, percent


def brief_of(asked: Asked) -> Brief:
    """The whole brief in the language of the request; other greenlets get their turn between sections."""
    services = asked.services
    place = name_of(services, asked.region)
    title = t("brief.title", place=place)
    made = clock(services, asked.now_ms)
    period = t(
        "brief.period",
        period=t(f"brief.period.{asked.period}"),
        first=clock(services, asked.from_ms),
        last=made,
    )
    return Brief(
        language=languages.language(),
        place=full_name(services, asked.region) or place,
        title=title,
        period=period,
        made=t("brief.made", at=made),
        running=f"{title} · {period}",
        foot=" · ".join((t("why.formula", version=formula_of(asked)), age_of(asked))),
        pages=t("brief.pages", page="{page}", pages="{pages}"),
        labels=labels_of(asked),
        figures=_figures(asked),
        sections=_sections(asked),
        file=f"kite-{asked.code}-{asked.period}-{moment(services, asked.now_ms, '%Y%m%d')}",
    )


def _sections(asked: Asked) -> tuple[Section, ...]:
    """All sections that have something to say; one whose figures can't be read now says so."""
    found = []
    for slug, make in SECTIONS.items():
        try:
            section = make(asked)
        except FAILED:
            section = Section(slug, t(f"brief.section.{slug}"), (Words(t("brief.unreachable"), "note"),))
        if section is not None:
            found.append(section)
        pause()
    return tuple(found)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    """What a leader reads first: score and level, what it moved by, new and open cases, deadlines kept."""
    cases = cases_of(asked)
    none = t("value.none")
    return (
        _score(asked),
        _change(asked),
        Figure(t("brief.figure.new"), none)
        if cases is None
        else Figure(
            t("brief.figure.new"),
            number(cases["new"]),
            t("brief.figure.before", n=number(cases["new_before"])),
        ),
        Figure(t("brief.figure.open"), none)
        if cases is None
        else Figure(
            t("brief.figure.open"),
            number(cases["open"]),
            t("brief.figure.overdue", n=number(cases["overdue"])),
        ),
        Figure(t("brief.figure.kept"), none if cases is None else percent(cases["kept_share"])),
    )


def _score(asked: Asked) -> Figure:
    found = explanation_of(asked)
    score = asked.sources.score(asked.region) if found is None else rounded(found["score"])
    level = level_of(asked, asked.region)
    note = ""
    if found is not None:
        low, high = found["interval"]
        note = t("card.score.interval", low=number(low, 1), high=number(high, 1))
    value = t("value.none") if score is None else f"{score:.1f}"
    return Figure(t("card.score"), value, note, level, level_words(level) if level else "")


def _change(asked: Asked) -> Figure:
    found = moved_of(asked)
    name = t("brief.figure.change", since=t(f"brief.since.{asked.period}"))
    if found is None:
        return Figure(name, t("value.none"))
    return Figure(name, change(rounded(found["to_score"]) - rounded(found["from_score"]), 1))
