"""What a run shows while it goes on.

The engine calls; nothing is drawn between its calls, and there is neither a thread nor a timer, so that the display
never shares the processor with a measurement. On a terminal the picture is redrawn at most once a second; elsewhere
each finished case is one plain line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from patternbench.report import quantity
from patternbench.report.plain_text import for_encoding, visible
from patternbench.report.ranking import case_title, in_order
from patternbench.session import CaseResult
from patternbench.verdict import Status, Verdict

REDRAW_S = 1.0
"""Least time between two pictures: frequent drawing shows in the slowest blocks of what is being measured."""

_BAR = 20
_MOST_SUITES = 8
_MOST_VARIANTS = 8


class Progress(Protocol):
    """The observer that the engine tells what it does; used as a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        """A case begins, with that many variants."""

    def set_finished(
        self,
        comparison_id: str,
        case_key: str,
        done: int,
        planned: int,
        precision: float | None,
        seconds_left: float | None,
    ) -> None:
        """A set of processes is done.

        Args:
            done, planned: sets of this case.
            precision: half width of the widest interval so far, as a share; None while unknown.
            seconds_left: for the whole run; None lets the display reckon from the cases done.
        """

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        """A case is done, measured or not."""

    def note(self, text: str) -> None:
        """Something that a reader should see now."""


def make_progress(
    stream: TextIO,
    *,
    total_cases: int,
    quiet: bool = False,
    suites: Mapping[str, int] | None = None,
    clock: Callable[[], float] = monotonic,
) -> Progress:
    """The display that suits the stream: a picture on a terminal, lines elsewhere, nothing when quiet.

    Args:
        stream: where to draw, standard error as a rule.
        total_cases: cases that the run will finish.
        suites: cases per suite, where known, so that each suite's bar has its length.
    """
    if quiet:
        return _Silence()
    console = Console(file=stream, highlight=False)
    watch = _Watch(total_cases, clock)
    if console.is_interactive and not console.is_dumb_terminal:
        return _Picture(console, watch, dict(suites or {}))
    return _Lines(stream, watch)


class _Watch:
    """Counts finished cases and reckons the time left from them."""

    def __init__(self, total: int, clock: Callable[[], float]) -> None:
        self.total = total
        self.done = 0
        self._clock = clock
        self._began = clock()
        self._told: tuple[float, float] | None = None

    @property
    def now(self) -> float:
        return self._clock()

    @property
    def elapsed(self) -> float:
        return self.now - self._began

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 1.0

    def tell_left(self, seconds: float | None) -> None:
        """Note what the engine itself expects, as of now."""
        self._told = None if seconds is None else (seconds, self.now)

    @property
    def left(self) -> float | None:
        if self._told is not None:
            seconds, at = self._told
            return max(0.0, seconds - (self.now - at))
        if not self.done or self.done >= self.total:
            return None
        return self.elapsed / self.done * (self.total - self.done)


class _Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        """Shows nothing."""

    def set_finished(
        self,
        comparison_id: str,
        case_key: str,
        done: int,
        planned: int,
        precision: float | None,
        seconds_left: float | None,
    ) -> None:
        """Shows nothing."""

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        """Shows nothing."""

    def note(self, text: str) -> None:
        """Shows nothing."""


class _Lines(_Silence):
    """One line per finished case, without escapes, for logs."""

    def __init__(self, stream: TextIO, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def set_finished(
        self,
        comparison_id: str,  # noqa: ARG002 - the observer's signature
        case_key: str,  # noqa: ARG002
        done: int,  # noqa: ARG002
        planned: int,  # noqa: ARG002
        precision: float | None,  # noqa: ARG002
        seconds_left: float | None,
    ) -> None:
        self._watch.tell_left(seconds_left)

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:
        watch = self._watch
        watch.done += 1
        left = watch.left
        watch.tell_left(None)
        ahead = f", ~{quantity.elapsed(left)} left" if left is not None and watch.done < watch.total else ""
        self._write(f"[{watch.share:4.0%}] {case_line(comparison_id, case)} ({quantity.elapsed(watch.elapsed)}{ahead})")

    def note(self, text: str) -> None:
        self._write(f"note: {visible(text)}")

    def _write(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(for_encoding(text, encoding) + "\n")
        self._stream.flush()


class _Picture(_Silence):
    """Bars per suite and the current case, redrawn from the engine's calls only."""

    def __init__(self, console: Console, watch: _Watch, suites: dict[str, int]) -> None:
        self._console = console
        self._watch = watch
        self._planned = suites
        self._done: dict[str, int] = dict.fromkeys(suites, 0)
        self._current = ""
        self._drawn: float | None = None
        self._live = Live(
            console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def case_started(self, comparison_id: str, case_key: str, variants: int) -> None:
        self._done.setdefault(_suite(comparison_id), 0)
        self._current = f"{_named(comparison_id, case_key)} · {variants} variants"
        self._draw()

    def set_finished(
        self,
        comparison_id: str,
        case_key: str,
        done: int,
        planned: int,
        precision: float | None,
        seconds_left: float | None,
    ) -> None:
        self._watch.tell_left(seconds_left)
        reached = f" · ±{quantity.percent(precision)}" if precision is not None else ""
        self._current = f"{_named(comparison_id, case_key)} · set {done}/{planned}{reached}"
        self._draw()

    def case_finished(self, comparison_id: str, case: CaseResult) -> None:  # noqa: ARG002 - the observer's signature
        self._watch.done += 1
        self._watch.tell_left(None)
        suite = _suite(comparison_id)
        self._done[suite] = self._done.get(suite, 0) + 1
        self._draw(at_once=self._watch.done >= self._watch.total)

    def note(self, text: str) -> None:
        self._live.console.print(Text(self._plain(f"note: {visible(text)}")))

    def _draw(self, *, at_once: bool = False) -> None:
        now = self._watch.now
        if not at_once and self._drawn is not None and now - self._drawn < REDRAW_S:
            return
        self._drawn = now
        self._live.update(self._view(), refresh=True)

    def _view(self) -> Group:
        names = list(self._done)
        hidden = max(0, len(names) - _MOST_SUITES)
        wide = max((len(visible(name)) for name in names), default=0)
        lines = [self._suite_line(name, wide) for name in names[hidden:]]
        watch = self._watch
        left = watch.left
        parts = [
            self._bar(watch.done, watch.total),
            f"{watch.done}/{watch.total} cases",
            quantity.elapsed(watch.elapsed),
        ]
        if left is not None:
            parts.append(f"~{quantity.elapsed(left)} left")
        lines.append(self._line(" ".join(parts[:1]) + " " + " · ".join(parts[1:]), "bold"))
        if self._current:
            lines.append(self._line(self._current, "dim"))
        return Group(*lines)

    def _suite_line(self, name: str, wide: int) -> Text:
        done = self._done[name]
        planned = self._planned.get(name)
        title = visible(name).ljust(wide)
        if planned is None:
            return self._line(f"{title} {done} done")
        state = "done" if done >= planned else "waiting" if not done else ""
        return self._line(f"{title} {self._bar(done, planned)} {done}/{planned} {state}")

    def _bar(self, done: int, planned: int) -> str:
        full = round(_BAR * min(1.0, done / planned)) if planned else _BAR
        return "━" * full + "─" * (_BAR - full)

    def _line(self, text: str, style: str = "") -> Text:
        line = Text(self._plain(f" {text}"), style=style, no_wrap=True, overflow="ellipsis")
        line.truncate(max(10, self._console.width - 1), overflow="ellipsis")
        return line

    def _plain(self, text: str) -> str:
        return for_encoding(text, self._console.encoding)


def case_line(comparison_id: str, case: CaseResult) -> str:
    """A finished case in one line: `records/RecordConstruction fields=3 · slots ×0.94 [0.91, 0.97] · …`."""
    title = case_title(case.params)
    head = f"{visible(comparison_id)} {title}".rstrip()
    if case.status is not Status.OK:
        return f"{head} · {case.status}: {visible(case.reason or 'no reason given')}"
    shown = [each for each in in_order(case) if each.verdict is not Verdict.BASELINE]
    told = []
    for each in shown[:_MOST_VARIANTS]:
        name = visible(each.name)
        if each.ratio is not None:
            told.append(f"{name} {quantity.times_with_interval(each.ratio)}")
        else:
            told.append(f"{name} {each.verdict}")
    if len(shown) > _MOST_VARIANTS:
        told.append(f"and {len(shown) - _MOST_VARIANTS} more")
    return " · ".join([head, *told])


def _suite(comparison_id: str) -> str:
    return comparison_id.partition("/")[0]


def _named(comparison_id: str, case_key: str) -> str:
    return f"{visible(comparison_id)} {visible(case_key)}".rstrip()
