"""How many calls a proof makes, what it keeps of them, and when it makes more."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

import pytest

from patternbench import Comparison, variant
from patternbench.comparison import declaration
from patternbench.experiment.checks import trial as module
from patternbench.experiment.checks.trial import Trial, Watch
from patternbench.experiment.subject import Subject


class Clock:
    """Stands still, but for what a call adds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "perf_counter", clock)
    return clock


class Counted(Comparison):
    """Which?"""

    baseline = "plain"
    timeout_s = 60.0
    clock = Clock()
    lasts_s: Sequence[float] = (0.0,)
    fails_at = 0

    def setup(self) -> None:
        self.buffer: list[int] = []
        self.calls = 0

    def _call(self) -> list[int]:
        self.clock.now += self.lasts_s[min(self.calls, len(self.lasts_s) - 1)]
        self.calls += 1
        if self.calls == self.fails_at:
            raise ValueError("no luck")
        self.buffer[:] = [self.calls]
        return self.buffer

    @variant
    def plain(self) -> list[int]:
        return self._call()

    @variant
    async def awaited(self) -> list[int]:
        return self._call()

    @variant
    def many(self) -> range:
        self._call()
        return range(10_001)


class Recorded(Watch):
    happened: list[str]
    doubts = 0

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.happened = []
        self.collecting: list[bool] = []

    def before(self) -> None:
        self.happened.append("before")
        self.collecting.append(gc.isenabled())

    def after(self, result: object) -> None:
        self.happened.append("after")

    def end(self) -> None:
        self.happened.append("end")

    @property
    def in_doubt(self) -> bool:
        return self.happened.count("after") <= self.doubts


def tried(cls: type[Counted], name: str = "plain", watch: type[Recorded] = Recorded) -> Trial:
    declared = declaration(cls)
    with (
        Subject(cls, declared, declared.cases[0], name) as subject,
        Trial(subject, (watch,)) as trial,
    ):
        trial.first()
        trial.rest()
    return trial


@pytest.mark.parametrize("name", ["plain", "awaited"])
def test_three_calls_are_made_each_watched_and_the_watches_end_once(name: str, clock: Clock) -> None:
    trial = tried(Counted, name)
    assert trial.calls == 3
    assert trial.of(Recorded).happened == ["before", "after"] * 3 + ["end"]


def test_garbage_is_collected_in_the_first_call_only(clock: Clock) -> None:
    assert tried(Counted).of(Recorded).collecting == [True, False, False]
    assert gc.isenabled()


def test_a_result_is_kept_as_it_was_though_a_later_call_fills_it_anew(clock: Clock) -> None:
    trial = tried(Counted)
    assert trial.results == [[1], [2], [3]]
    assert trial.repeats


@pytest.mark.parametrize(
    ("lasts_s", "calls"),
    [((0.19,), 3), ((0.2,), 2), ((0.2, 0.0), 2), ((2.0,), 2), ((2.1,), 1)],
)
def test_slow_calls_are_fewer(lasts_s: Sequence[float], calls: int, clock: Clock) -> None:
    slow: type[Counted] = type("Slow", (Counted,), {"__doc__": "Which?", "clock": clock, "lasts_s": lasts_s})
    assert tried(slow).calls == calls


def test_of_results_with_many_items_the_first_is_kept(clock: Clock) -> None:
    trial = tried(Counted, "many")
    assert (trial.calls, len(trial.results)) == (3, 1)


@pytest.mark.parametrize(("doubts", "calls"), [(2, 3), (3, 4), (4, 5), (9, 10), (100, 15)])
def test_a_watch_in_doubt_has_more_calls_of_which_no_result_is_kept(doubts: int, calls: int, clock: Clock) -> None:
    watch: type[Recorded] = type("Doubtful", (Recorded,), {"doubts": doubts})
    trial = tried(Counted, watch=watch)
    assert (trial.calls, len(trial.results)) == (calls, 3)


def test_slow_doubts_are_settled_by_two_calls(clock: Clock) -> None:
    watch: type[Recorded] = type("Doubtful", (Recorded,), {"doubts": 100})
    slow: type[Counted] = type("Slow", (Counted,), {"__doc__": "Which?", "clock": clock, "lasts_s": (0.19,)})
    assert tried(slow, watch=watch).calls == 5


def test_watches_end_where_a_call_fails(clock: Clock) -> None:
    failing: type[Counted] = type("Failing", (Counted,), {"__doc__": "Which?", "fails_at": 2})
    ended: list[Any] = []

    class Ends(Recorded):
        def end(self) -> None:
            ended.append(self.happened)

    with pytest.raises(ValueError, match="no luck"):
        tried(failing, watch=Ends)
    assert ended == [["before", "after", "before"]]
