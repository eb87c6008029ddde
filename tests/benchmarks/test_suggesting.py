"""The plain loop over all units says what docs/cases.md says, and finds a wrong suggestion."""

from __future__ import annotations

import pytest

from tests.benchmarks.suggesting import Place, Truth, Unit, check, truths

PLACE = Place("a", "2200", 7, (0.0, 0.0), 119.0, 36.65)  # robbery: patrols only
NEAR, FAR = (119.0, 36.65), (119.1, 36.65)


def unit(number: int, where: tuple[float, float] = NEAR, **other: object) -> Unit:
    fields = {"kind": "patrol", "state": "free", "grid": 1, "load": 0, **other}
    return Unit(number=number, lon=where[0], lat=where[1], **fields)  # type: ignore[arg-type]


def test_a_units_figure_is_the_sum_of_what_the_page_names() -> None:
    units = [
        unit(0), unit(1, FAR), unit(2, state="on_scene"), unit(3, load=2), unit(4, grid=7),
        unit(5, state="off"), unit(6, kind="grid_worker"),
    ]  # fmt: skip
    found = truths(units, PLACE)
    assert {number: round(truth.minutes, 2) for number, truth in found.items() if number != 1} == {
        0: 1.0, 2: 26.0, 3: 13.0, 4: -2.0,
    }  # fmt: skip
    # A tenth of a degree of longitude there is 8,922 m of air line; with the detour, at 30 km/h.
    assert found[1].way_m == pytest.approx(8_922 * 1.3, rel=0.001)
    assert found[1].minutes == pytest.approx(1.0 + 11.599 / 0.5, rel=0.001)


def test_fitter_kinds_come_first() -> None:
    found = truths([unit(0, kind="grid_worker"), unit(1)], Place("a", "2100", 7, (0.0, 0.0), 119.0, 36.65))
    assert found[0].minutes - found[1].minutes == 8.0


BEST = {number: Truth(100.0 * number, 1.0 + number, 1.0 + number) for number in range(5)}
ROWS = [(number, truth.way_m, truth.eta_min) for number, truth in BEST.items()]


def test_the_best_three_pass() -> None:
    check(ROWS[:3], BEST)
    check(ROWS[:1], {0: BEST[0]})


@pytest.mark.parametrize(
    "suggested",
    [
        [ROWS[0], ROWS[1], ROWS[3]],
        ROWS[:2],
        [ROWS[0], ROWS[1], ROWS[1]],
        [ROWS[0], ROWS[1], (9, 0.0, 1.0)],
        [ROWS[0], ROWS[1], (2, 260.0, 3.0)],
        [ROWS[0], ROWS[1], (2, 200.0, 3.5)],
    ],
)
def test_what_is_not_among_the_best_or_said_wrongly_is_found(
    suggested: list[tuple[int, float, float]],
) -> None:
    with pytest.raises(AssertionError):
        check(suggested, BEST)
