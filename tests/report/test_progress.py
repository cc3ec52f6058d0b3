from __future__ import annotations

import io
import threading

import pytest
from tests.report import example

from patternbench.report.progress import Progress, make_progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drive(progress: Progress, clock: Clock, step: float) -> None:
    with progress:
        for case in example.construction().cases:
            progress.case_started("records/RecordConstruction", "fields=3", 5)
            for done in range(1, 11):
                clock.now += step
                progress.set_finished("records/RecordConstruction", "fields=3", done, 10, 0.018, None)
            progress.case_finished("records/RecordConstruction", case)


def test_a_log_gets_one_plain_line_per_case() -> None:
    stream, clock = io.StringIO(), Clock()
    drive(make_progress(stream, total_cases=4, clock=clock), clock, 1.6)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(
        "[ 25%] records/RecordConstruction fields=3 · named_tuple ×0.26 [0.25, 0.27] · slots ×0.99"
    )
    assert lines[0].endswith("(16s, ~48s left)")
    assert lines[3].endswith("(1m04s)")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_is_redrawn_at_most_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name in ("TTY_INTERACTIVE", "TTY_COMPATIBLE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    stream, clock = Terminal(), Clock()
    before = threading.active_count()
    progress = make_progress(stream, total_cases=5, suites={"records": 5}, clock=clock)
    drive(progress, clock, 0.1)
    assert threading.active_count() == before
    assert stream.getvalue().count("cases ·") <= 4 + 2  # 4 seconds, the first picture and the last
    assert "3/5 cases" in stream.getvalue()


def test_dumb_terminals_get_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream, clock = Terminal(), Clock()
    drive(make_progress(stream, total_cases=4, clock=clock), clock, 1.0)
    assert "\x1b" not in stream.getvalue()
    assert "[100%]" in stream.getvalue()


def test_quiet_shows_nothing() -> None:
    stream, clock = io.StringIO(), Clock()
    drive(make_progress(stream, total_cases=4, quiet=True, clock=clock), clock, 1.0)
    assert not stream.getvalue()


def test_the_engine_knows_better_how_long_it_will_take() -> None:
    stream, clock = io.StringIO(), Clock()
    with make_progress(stream, total_cases=4, clock=clock) as progress:
        clock.now += 10
        progress.set_finished("a/B", "", 1, 2, None, 190.0)
        progress.case_finished("a/B", example.equality().cases[0])
    assert "~3m10s left" in stream.getvalue()
