"""Why a region's score is what it is, computed from the sums that the projector leaves with its snapshot."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import (
    IndexParameters,
    KnownCase,
    Profile,
    evaluate_sums,
    profile,
    weigh,
)
from dashboard.live.cases import OpenCase
from dashboard.streams.reader import PublishedSums


def profile_of(
    region: int,
    sums: PublishedSums,
    hierarchy: Hierarchy,
    population: NDArray[Any],
    parameters: IndexParameters,
    cases: list[OpenCase],
) -> dict[str, Any]:
    """`dashboard.views.services.Profile` of a region; `population` is that of each grid.

    Single cases are named among the open ones; closed ones still weigh, and stand with their place.
    """
    evaluation = evaluate_sums(hierarchy, population, parameters, sums.grids, sums.now_ms)
    weighed = weigh(map(KnownCase.of, cases), parameters, sums.now_ms)
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
