"""Why a place is to be rectified: the strongest parts of its score, and the case's summary in words.

The words are the city's own language, as those of every case; they name places and cases, never persons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import FAMILIES, TYPE_BY_CODE
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.publication import Cause, Head, Rectification
from dashboard.domain.safety_index import (
    LEVEL_NAMES,
    Evaluation,
    KnownCase,
    Reason,
    explain,
    reasons_of,
    weigh,
)

MOST_CAUSES = 5
"""Causes that a case of rectification names."""
_FAMILY_ZH = {family.slug: family.zh for family in FAMILIES}


def causes_of(
    evaluation: Evaluation, hierarchy: Hierarchy, region: int, cases: Iterable[Case | KnownCase]
) -> tuple[Cause, ...]:
    """What lowers a region's score most, strongest first; `cases` are those in it, the ended ones as well."""
    weighed = weigh(cases, evaluation.parameters, evaluation.now_ms)
    explanation = explain(evaluation, hierarchy, region, weighed)
    reasons = reasons_of(evaluation, hierarchy, explanation, weighed)
    found = (_cause(reason) for reason in reasons)
    return tuple(cause for cause in found if cause.tenths < 0)[:MOST_CAUSES]


def _cause(reason: Reason) -> Cause:
    return Cause(
        reason.family,
        round(10 * reason.points),
        reason.case_id or "",
        reason.case_type or "",
        reason.level or 0,
        reason.place or "",
    )


def summary_of(head: Head, item: Rectification, name_of: Callable[[str], str]) -> str:
    """The summary of a case that a publication opens; `name_of` gives a region's name by its code."""
    shown = LEVEL_NAMES[item.region_level][0]
    before = f"，上期{LEVEL_NAMES[item.before][0]}色" if item.before else ""
    said = f"平安指数第 {head.number} 期 {item.score / 10:.1f} 分，{shown}色{before}，列入整改。"
    causes = "；".join(_clause(cause, item, name_of) for cause in item.causes)
    return f"{said}主要原因有 {causes}。" if causes else said


def _clause(cause: Cause, item: Rectification, name_of: Callable[[str], str]) -> str:
    """One cause in words: what, where, and how many points."""
    place = name_of(cause.place) if cause.place and cause.place != item.region else ""
    family, points = _FAMILY_ZH[cause.family], f"{cause.tenths / 10:.1f} 分".replace("-", "−")
    if cause.type:
        return f"{place}{TYPE_BY_CODE[cause.type].zh}（{cause.level:02d} 级，{family}）{points}"
    return f"{place}{family}合计 {points}" if place else f"其余{family} {points}"
