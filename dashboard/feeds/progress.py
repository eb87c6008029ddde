"""A progress bar on the terminal for what tells its progress as (done, total)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from dashboard.feeds.appending import Progress


@contextmanager
def progress_bar(label: str, unit: str) -> Iterator[Progress]:
    """A bar on stderr for as long as the block runs; silent where stderr is no terminal."""
    with tqdm(desc=label, unit=unit, unit_scale=False, disable=None, leave=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
