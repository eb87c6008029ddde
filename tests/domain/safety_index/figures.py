"""The figures of docs/index.md: `python -m tests.domain.safety_index.figures` prints them.

A city of the model city's size with a believable load: grids of 350 people on average, a gamma-spread of
danger among them, 1,000 cases a day for 180 days in the shares that `reference_rates` assumes, closed after
ten days on average, and those of levels 01 and 02 after one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.cases import Case
from dashboard.domain.hierarchy import TIERS, Hierarchy
from dashboard.domain.safety_index import Evaluation, IndexParameters, SafetyIndex, evaluate_sums, profile
from dashboard.domain.safety_index.reference_rates import CASES_PER_10000_DAY, LEVEL_SHARES
from tests.domain.made import DAY_MS, NOW_MS, case, city_of_size

TYPE_OF_FAMILY = {"stability": "0200", "public_order": "2100", "criminal": "2200", "safety": "3100"}
DAYS = 180


def load(people: np.ndarray, per_day: float, seed: int) -> list[Case]:
    """Cases of `DAYS` days up to now."""
    rng = np.random.default_rng(seed)
    danger = people * rng.gamma(2.0, 0.5, len(people))
    count = rng.poisson(per_day * DAYS)
    rates = np.array([CASES_PER_10000_DAY[family.slug] for family in FAMILIES])
    family = rng.choice(len(FAMILIES), count, p=rates / rates.sum())
    level = rng.choice(list(LEVEL_SHARES), count, p=list(LEVEL_SHARES.values()))
    grid = rng.choice(len(people), count, p=danger / danger.sum())
    occurred = NOW_MS - (rng.random(count) * DAYS * DAY_MS).astype(np.int64)
    open_days = rng.exponential(np.where(level <= 2, 1.0, 10.0))
    closed = occurred + (open_days * DAY_MS).astype(np.int64)
    return [
        case(
            str(number),
            int(grid[number]),
            type=TYPE_OF_FAMILY[FAMILIES[family[number]].slug],
            level=int(level[number]),
            occurred_at_ms=int(occurred[number]),
            closed_at_ms=int(closed[number]) if closed[number] < NOW_MS else None,
        )
        for number in range(count)
    ]


def median_ms(work: Callable[[int], object], rounds: int = 200) -> float:
    """Median time of a call, which is told its number."""
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    return float(np.median(times) * 1000)


def print_shares(city: Hierarchy, index: SafetyIndex, evaluation: Evaluation) -> None:
    """Per tier: hatched, effective events, levels, scores."""
    level = index.levels(evaluation.score, np.zeros(len(city), dtype=np.uint8))
    own = evaluation.severity.sum(axis=1)
    print("tier     hatched  capped  own events  effective  blue  yellow  orange  red   score p5/p50/p95")
    for tier, (slug, _) in enumerate(TIERS):
        here = city.tier_slice(tier)
        shares = [f"{np.mean(level[here] == number):6.1%}" for number in (1, 2, 3, 4)]
        score = np.quantile(evaluation.score[here], [0.05, 0.5, 0.95]).round(1)
        print(
            f"{slug:8} {np.mean(evaluation.hatched[here]):6.1%} {np.mean(evaluation.capped[here]):7.1%} "
            f"{np.median(own[here]):10.1f} {np.median(evaluation.effective_events[here]):10.1f}  "
            f"{' '.join(shares)}   {score.tolist()}"
        )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-day", type=float, default=1000.0)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    city = city_of_size(12, 118, 6941, 12044)
    people = np.maximum(np.random.default_rng(options.seed).gamma(2.0, 175.0, city.grid_count), 20).round()
    parameters = IndexParameters.default(int(people.sum()))
    index = SafetyIndex(city, people, parameters)
    cases = load(people, options.per_day, options.seed)
    start = time.perf_counter()
    index.add_all(cases)
    evaluation = index.evaluate(NOW_MS)
    print(f"{len(city):,} regions, {people.sum():,.0f} people, {len(cases):,} cases in {DAYS} days, ", end="")
    print(f"taken in and summed in {time.perf_counter() - start:.2f} s; version {parameters.version}")
    print_shares(city, index, evaluation)
    none = evaluation.severity.sum(axis=1)[city.tier_slice(4)] < 0.5
    print(f"grids with less than half an event of their own: {np.mean(none):.1%}", end=", ")
    print(f"of them hatched: {np.mean(evaluation.hatched[city.tier_slice(4)][none]):.1%}")

    def one_more(number: int) -> None:
        index.add(case(f"more-{number}", number % city.grid_count, occurred_at_ms=NOW_MS))
        index.evaluate(NOW_MS + number)

    previous = np.zeros(len(city), dtype=np.uint8)
    sums = index.sums(NOW_MS)
    city.codes = [str(number) for number in range(len(city))]
    print(f"one case and evaluation: median {median_ms(one_more):.2f} ms")
    print(f"levels: {median_ms(lambda _: index.levels(evaluation.score, previous)):.2f} ms")
    print(f"family scores above grids: {median_ms(lambda _: evaluation.family_scores(slice(7072))):.2f} ms")
    whole = median_ms(lambda _: evaluate_sums(city, people, parameters, sums, NOW_MS), 50)
    print(f"evaluation from stored sums: {whole:.2f} ms")
    for tier, (slug, _) in enumerate(TIERS):
        first = city.tier_start[tier]
        regions = range(first, min(first + 50, city.tier_start[tier + 1]))
        took = [
            median_ms(lambda _, region=region: profile(evaluation, city, region), 5) for region in regions
        ]
        print(f"profile of a {slug}, interval and all: {np.median(took):.2f} ms")


if __name__ == "__main__":
    main()
