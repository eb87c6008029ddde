"""Progress bars in the terminal, one per stage of a long job."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from tqdm import tqdm


class Bars:
    """Called with (stage, done, total); a stage's bar comes with its first call. A context manager."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: tqdm[Any] | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are over."""
        bar = self._bar
        if bar is None or stage != self._stage:
            self.close()
            bar = tqdm(total=total, desc=f"{stage:<10}", file=sys.stderr, unit_scale=True, ncols=80)
            self._stage, self._bar = stage, bar
        bar.total = total
        bar.update(done - bar.n)

    def close(self) -> None:
        """End the bar of the present stage."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
