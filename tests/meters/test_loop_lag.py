"""A task that ticks says how long the loop was held, each moment of a hold weighing alike."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from patternbench import Comparison, variant
from patternbench.comparison import declaration
from patternbench.experiment.subject import Subject
from patternbench.meters.loop_lag import METER, Ticks, ticked
from patternbench.reading import checked

if TYPE_CHECKING:
    from tests.fake_time import FakeClock, InFakeTime


def test_an_idle_loop_is_hardly_late(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    ticks: Ticks = in_fake_time(lambda: ticked(None, 0.5, clock=clock))
    assert len(ticks.lags_s) == 500
    assert 0 <= min(ticks.lags_s) <= max(ticks.lags_s) < 0.0001
    assert ticks.calls == 0


def test_every_tick_of_a_hold_counts_from_when_it_was_due(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    async def holds() -> None:
        clock.advance(0.020)

    ticks: Ticks = in_fake_time(lambda: ticked(holds, 0.5, clock=clock))
    assert len(ticks.lags_s) == 500
    assert max(ticks.lags_s) == pytest.approx(0.019, abs=0.0012)
    # Lags are spread evenly over the length of a hold.
    assert sorted(ticks.lags_s)[250] == pytest.approx(0.010, abs=0.0015)
    assert ticks.calls == pytest.approx(25, abs=1)


def test_who_yields_for_as_long_lets_the_ticks_come(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    async def yields() -> None:
        for _ in range(200):
            clock.advance(0.0001)
            await asyncio.sleep(0)

    async def holds() -> None:
        clock.advance(0.020)

    yielding: Ticks = in_fake_time(lambda: ticked(yields, 0.5, clock=clock))
    holding: Ticks = in_fake_time(lambda: ticked(holds, 0.5, clock=clock))
    assert max(holding.lags_s) > 10 * max(yielding.lags_s)


def test_a_call_that_waits_does_not_hold_the_loop(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    ticks: Ticks = in_fake_time(lambda: ticked(lambda: asyncio.sleep(0.05), 0.5, clock=clock))
    assert max(ticks.lags_s) < 0.0001
    assert 9 <= ticks.calls <= 11


def test_what_a_call_raises_is_raised(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    async def fails() -> None:
        raise ConnectionError("refused")

    with pytest.raises(ConnectionError, match="refused"):
        in_fake_time(lambda: ticked(fails, 0.1, clock=clock))


class Holding(Comparison):
    """Which holds the loop?"""

    baseline = "yields"

    @variant
    async def yields(self) -> int:
        await asyncio.sleep(0)
        return 1

    @variant
    async def holds(self) -> int:
        time.sleep(0.02)  # noqa: ASYNC251 - that is what it is for
        return 1

    @variant
    def plain(self) -> int:
        time.sleep(0.02)
        return 1


def read(name: str) -> dict[str, Any]:
    declared = declaration(Holding)
    with Subject(Holding, declared, declared.cases[0], name) as subject:
        return dict(checked(METER.probe(subject, {"idle_s": 0.2, "busy_s": 0.4}), METER.figures))


def test_who_holds_the_loop_is_told_from_who_yields() -> None:
    yields, holds, plain = (read(name) for name in ("yields", "holds", "plain"))
    assert set(yields) == {each.name for each in METER.figures}
    for held in (holds, plain):
        # In a free loop it is a hundred times and more; a neighbour on this core may hold both.
        assert held["p50_s"] > 3 * yields["p50_s"]
        assert held["p50_s"] > 3 * held["idle_p50_s"]
        assert 2 <= held["calls"] <= 22
