"""Why a region's score is what it is, from the index as it was published last."""

from __future__ import annotations

from typing import Any

from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import Evaluation, KnownCase, Profile, profile, weigh
from dashboard.live.cases import OpenCase


def profile_of(
    region: int, evaluation: Evaluation, hierarchy: Hierarchy, cases: list[OpenCase]
) -> dict[str, Any]:
    """`dashboard.views.services.Profile` of a region.

    Single cases are named among the open ones; closed ones still weigh, and stand with their place.
    """
    weighed = weigh(map(KnownCase.of, cases), evaluation.parameters, evaluation.now_ms)
    return _as_service(profile(evaluation, hierarchy, region, weighed))


def _as_service(found: Profile) -> dict[str, Any]:
    return {
        "code": found.code,
        "score": found.score,
        "interval": found.interval,
        "families": [{"slug": slug, "score": score} for slug, score in found.families],
        "reasons": [
            {
                "family": reason.family,
                "points": reason.points,
                "case_type": reason.case_type,
                "level": reason.level,
                "place": reason.place,
            }
            for reason in found.reasons
        ],
        "formula": found.formula,
    }
