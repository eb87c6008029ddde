"""What a target was given and what it answered, counted."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field

_FAILURES_KEPT = 20
_OWN = ("/dashboard/", "/geodata/", "/callbacks/", "/layers/")


@dataclass
class Tally:
    """Inputs and answers of one target. An answer is a status or a reason; `failures`: what must not be.

    `facts`: what else there is to say of the run.
    """

    target: str
    inputs: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    seconds: float = 0.0
    _known: set[tuple[type, str]] = field(default_factory=set)

    def answer(self, said: str, inputs: int = 1) -> None:
        """Count one input, or several that were answered alike."""
        self.inputs += inputs
        self.answers[said] += inputs

    def fail(self, sentence: str) -> None:
        """Note what must not be."""
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.append(sentence)

    def fail_with(self, problem: BaseException) -> None:
        """Note an exception that got through, with the example that hypothesis shrank it to; each once."""
        frames = traceback.extract_tb(problem.__traceback__)
        own = [frame for frame in frames if any(part in frame.filename for part in _OWN)]
        where = "".join(traceback.format_list([*own[-3:], frames[-1]]))
        if (type(problem), where) in self._known:
            return
        self._known.add((type(problem), where))
        notes = "\n".join(getattr(problem, "__notes__", []))
        self.fail(f"{type(problem).__name__}: {str(problem)[:500]}\n{where}{notes[:3000]}")

    def lines(self) -> list[str]:
        """The tally in words, as the command prints it."""
        out = [f"{self.target:<12} {self.inputs:>8,} inputs {self.seconds:>7.1f} s"]
        out += [f"{'':<12} {count:>8,} {said}" for said, count in self.answers.most_common()]
        out += [f"{'':<12} {fact}" for fact in self.facts]
        return out + [f"{'':<12} FAILED   {sentence}" for sentence in self.failures]

    def to_json(self) -> dict[str, object]:
        """The tally as plain values."""
        return {
            "target": self.target,
            "inputs": self.inputs,
            "answers": dict(self.answers.most_common()),
            "facts": self.facts,
            "failures": self.failures,
            "seconds": round(self.seconds, 1),
        }


def total(tallies: list[Tally]) -> str:
    """The sum in one line."""
    inputs, failures = sum(t.inputs for t in tallies), sum(len(t.failures) for t in tallies)
    return f"{inputs:,} inputs in {sum(t.seconds for t in tallies):,.0f} s, {failures} failures"


def say(line: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
