"""The browser's own trace: what a page's main thread spent its time on, by kind of task and by function.

Reads the JSON of Chromium's tracing with the categories `CATEGORIES` (the format is that of the trace event
profiling tool: complete events with `ts` and `dur` in µs, nested by time on each thread; the CPU profiler's
samples in `Profile` and `ProfileChunk` events). Times of a kind are self times: those of nested events are
counted where they belong, so that the kinds sum to the thread's whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CATEGORIES = (
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "toplevel",
    "blink.user_timing",
    "v8",
    "disabled-by-default-v8.cpu_profiler",
)
TASKS = frozenset({"RunTask", "ThreadControllerImpl::RunTask"})
LONG_TASK_MS = 50.0

# Kind → beginnings of the names of its events; the first row that fits counts.
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("garbage collection", ("MinorGC", "MajorGC", "V8.GC", "BlinkGC", "CppGC", "ThreadState::")),
    ("compiling", ("v8.compile", "V8.Compile", "V8.Optimize", "v8.parse", "V8.Bytecode", "V8.Turbo")),
    ("style", ("UpdateLayoutTree", "RecalculateStyles", "ScheduleStyle", "InvalidateLayout", "StyleRecalc")),
    ("layout", ("Layout", "HitTest", "IntersectionObserver")),
    ("paint", ("PrePaint", "Paint", "Layerize", "Commit", "UpdateLayer", "CompositeLayers", "LayerTreeHost")),
    ("raster", ("Raster", "ImageDecode", "Decode Image", "ImageUpload", "DrawFrame")),
    ("animation frame script", ("FireAnimationFrame", "PageAnimator")),
    ("script", ("FunctionCall", "EvaluateScript", "TimerFire", "EventDispatch", "RunMicrotasks", "v8.",
                "V8.", "HandlePostMessage", "FireIdle", "XHR", "ProfileCall")),
    ("loading", ("Resource", "ParseHTML", "ParseAuthor")),
)  # fmt: skip
OTHER = "browser's own, and not traced"

Thread = tuple[int, int]  # pid, tid
Times = defaultdict[str, float]  # ms by name


def times() -> Times:
    """No time for anything yet."""
    return defaultdict(float)


def largest(found: Times, count: int) -> list[tuple[str, float]]:
    """The names with the most time, with it."""
    return sorted(found.items(), key=lambda row: -row[1])[:count]


@dataclass
class Task:
    """One task of the main thread: its length and the self times of the kinds within it, ms."""

    ms: float
    begun_us: float
    kinds: Times = field(default_factory=times)


@dataclass
class Summary:
    """What a trace says of one page. Times in ms over the whole trace, functions by `name (file:line)`."""

    seconds: float
    kinds: Times = field(default_factory=times)
    events: Times = field(default_factory=times)
    tasks: list[Task] = field(default_factory=list)
    animation_frames: int = 0
    threads: Times = field(default_factory=times)
    functions: dict[str, Times] = field(default_factory=dict)
    functions_total: dict[str, Times] = field(default_factory=dict)
    samples: list[tuple[float, float, str]] = field(default_factory=list)

    def functions_within(self, task: Task) -> Times:
        """Self times in ms of the functions that ran in a task."""
        end_us = task.begun_us + task.ms * 1000
        found: Times = times()
        for at_us, ms, name in self.samples:
            if task.begun_us <= at_us < end_us and not name.startswith("("):
                found[name] += ms
        return found


def kind_of(name: str) -> str:
    """The kind of an event, by its name."""
    return next((kind for kind, begins in _KINDS if name.startswith(begins)), OTHER)


def self_times(events: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], float]]:
    """(event, self time in ms) of one thread's complete events: the length less the direct children's."""
    ordered = sorted(events, key=lambda event: (event["ts"], -event["dur"]))
    own = [event["dur"] / 1000 for event in ordered]
    stack: list[int] = []
    for number, event in enumerate(ordered):
        while stack and ordered[stack[-1]]["ts"] + ordered[stack[-1]]["dur"] <= event["ts"]:
            stack.pop()
        if stack:
            own[stack[-1]] -= event["dur"] / 1000
        stack.append(number)
    return [(event, max(0.0, ms)) for event, ms in zip(ordered, own, strict=True)]


def summarise(events: list[dict[str, Any]], skip_s: float = 0.0) -> Summary:
    """The summary of the page that was busiest in a trace, without its first `skip_s` seconds.

    The profiler's own start is one long task at the beginning. Raises `ValueError` where the trace has no
    renderer's main thread with tasks in it.
    """
    names = _thread_names(events)
    begun_us = min((e["ts"] for e in events if e.get("ph") == "X"), default=0.0) + skip_s * 1e6
    by_thread: dict[Thread, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event.get("ph") == "X" and event.get("dur", 0) > 0 and event["ts"] >= begun_us:
            by_thread[event["pid"], event["tid"]].append(event)
    mains = [thread for thread, name in names.items() if name == "CrRendererMain" and by_thread.get(thread)]
    if not mains:
        raise ValueError("The trace has no main thread of a page with tasks in it.")
    main = max(mains, key=lambda thread: _busy_ms(by_thread[thread]))
    spans = [(e["ts"], e["ts"] + e["dur"]) for thread in by_thread.values() for e in thread]
    seconds = (max(end for _, end in spans) - min(begin for begin, _ in spans)) / 1e6
    summary = Summary(seconds)
    _sum_main(by_thread[main], summary)
    for thread, rows in by_thread.items():
        kind = _process_of(thread, main, names)
        summary.threads[f"{kind}{names.get(thread, 'thread')}"] += _busy_ms(rows)
    _sum_samples(events, main, names, begun_us, summary)
    return summary


def _thread_names(events: list[dict[str, Any]]) -> dict[Thread, str]:
    named = (e for e in events if e.get("ph") == "M" and e["name"] == "thread_name")
    return {(event["pid"], event["tid"]): event["args"]["name"] for event in named}


def _process_of(thread: Thread, main: Thread, names: Mapping[Thread, str]) -> str:
    if thread[0] == main[0]:
        return "page: "
    mains = {name for (pid, _), name in names.items() if pid == thread[0]}
    kinds = {"CrGpuMain": "GPU process: ", "CrBrowserMain": "browser: ", "CrRendererMain": "other page: "}
    return next((kinds[name] for name in kinds if name in mains), "")


def _busy_ms(events: list[dict[str, Any]]) -> float:
    """Length of the union of the events, ms."""
    busy_us, end_us = 0.0, 0.0
    for event in sorted(events, key=lambda row: row["ts"]):
        begin, end = max(event["ts"], end_us), event["ts"] + event["dur"]
        if end > begin:
            busy_us, end_us = busy_us + end - begin, end
    return busy_us / 1000


def _sum_main(events: list[dict[str, Any]], summary: Summary) -> None:
    """Kinds, tasks and frames. An event that is of no kind itself counts as what it is nested in."""
    ends_us: list[float] = []
    kinds: list[str] = []
    task = Task(0.0, 0.0)
    for event, ms in self_times(events):
        while ends_us and ends_us[-1] <= event["ts"]:
            ends_us.pop()
            kinds.pop()
        kind = kind_of(event["name"])
        if kind == OTHER and kinds:
            kind = kinds[-1]
        if not ends_us:
            task = Task(event["dur"] / 1000, event["ts"])
            summary.tasks.append(task)
        ends_us.append(event["ts"] + event["dur"])
        kinds.append(kind)
        summary.kinds[kind] += ms
        summary.events[event["name"]] += ms
        task.kinds[kind] += ms
        summary.animation_frames += event["name"] == "FireAnimationFrame"


def _sum_samples(
    events: list[dict[str, Any]],
    main: Thread,
    names: Mapping[Thread, str],
    begun_us: float,
    summary: Summary,
) -> None:
    """Self times by function from the CPU profiler's samples, for each thread of the page that has some."""
    profiles: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    threads: dict[tuple[int, str], Thread] = {}
    for event in events:
        if event["name"] in ("Profile", "ProfileChunk") and event["pid"] == main[0]:
            key = (event["pid"], str(event.get("id")))
            profiles[key].append(event)
            if event["name"] == "Profile":
                threads[key] = (event["pid"], event["tid"])
    for key, chunks in profiles.items():
        thread = threads.get(key)
        if thread is None:
            continue
        name = names.get(thread, "thread")
        own = summary.functions.setdefault(name, times())
        total = summary.functions_total.setdefault(name, times())
        for at_us, ms, stack in _samples(chunks):
            if at_us < begun_us:
                continue
            own[stack[0]] += ms
            for function in set(stack):
                total[function] += ms
            if thread == main:
                summary.samples.append((at_us, ms, stack[0]))


def _samples(chunks: list[dict[str, Any]]) -> Iterable[tuple[float, float, tuple[str, ...]]]:
    """(at in µs, length in ms, functions from the innermost) of each sample; it lasts until the next one."""
    stacks: dict[int, tuple[str, ...]] = {}
    at_us, earlier = 0.0, None
    for chunk in sorted(chunks, key=lambda event: event["ts"]):
        data = chunk["args"]["data"]
        at_us = float(data.get("startTime", at_us))
        profile = data.get("cpuProfile", {})
        for node in profile.get("nodes", ()):
            above = stacks.get(node.get("parent", -1), ())
            stacks[node["id"]] = (_function(node["callFrame"]), *above)
        for sample, delta_us in zip(profile.get("samples", ()), data.get("timeDeltas", ()), strict=False):
            if earlier is not None and delta_us > 0:
                yield at_us, delta_us / 1000, earlier
            at_us += delta_us
            earlier = stacks.get(sample, ("(unknown)",))


def _function(frame: Mapping[str, Any]) -> str:
    """`name (file:line)`, with the column as well in the first lines, where minified code is."""
    name = frame.get("functionName") or "(anonymous)"
    file = str(frame.get("url") or "").split("?")[0].rpartition("/")[2]
    if not file:
        return name if name.startswith("(") else f"{name} (built in)"
    line = frame.get("lineNumber", -1) + 1
    at = f"{line}:{frame.get('columnNumber', -1) + 1}" if line < 3 else str(line)
    return f"{name.strip('()')} ({file}:{at})"
