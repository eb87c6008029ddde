"""The heat field against SciPy; fails when a splat loses heat or a blur isn't three boxes."""

import numpy as np
import pytest
from playwright.sync_api import Page
from scipy.ndimage import uniform_filter1d

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 61, 43


def reference(points: np.ndarray, radius: int) -> np.ndarray:
    """Each point shared by the four cells around it, then three box means of 2·radius + 1 cells each way."""
    field = np.zeros((HEIGHT, WIDTH))
    for x, y, heat in points:
        column, row = int(np.floor(x - 0.5)), int(np.floor(y - 0.5))
        if not (0 <= column < WIDTH - 1 and 0 <= row < HEIGHT - 1):
            continue
        right, down = x - 0.5 - column, y - 0.5 - row
        shares = np.outer([1 - down, down], [1 - right, right])
        field[row : row + 2, column : column + 2] += heat * shares
    for _ in range(3):
        for axis in (1, 0):
            field = uniform_filter1d(field, 2 * radius + 1, axis=axis, mode="constant")
    return field


@pytest.mark.parametrize("radius", [1, 2, 5])
def test_the_field_is_scipys(modules: Page, radius: int) -> None:
    rng = np.random.default_rng(radius)
    points = np.column_stack(
        [rng.uniform(-5, WIDTH + 5, 200), rng.uniform(-5, HEIGHT + 5, 200), rng.exponential(3, 200)]
    )
    found = modules.evaluate(
        """async ([width, height, points, radius]) => {
          const { HeatField } = await import('/assets/kite/heat-field.mjs');
          const field = new HeatField();
          field.reset(width, height);
          for (const [x, y, heat] of points) field.splat(x, y, heat);
          field.blur(radius);
          return [Array.from(field.values), field.max()];
        }""",
        [WIDTH, HEIGHT, points.tolist(), radius],
    )
    expected = reference(points, radius)
    values = np.array(found[0]).reshape(HEIGHT, WIDTH)
    assert np.abs(values - expected).max() < 1e-4 * expected.max()
    assert found[1] == pytest.approx(expected.max(), rel=1e-4)
