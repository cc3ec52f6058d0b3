"""Operations are sent on time whatever became of the ones before, and cut off cleanly."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from patternbench.comparison import NotMeasured
from patternbench.meters.arrivals import evenly, in_waves
from patternbench.meters.open_loop import Sent, through_loop, through_threads
from patternbench.statistics.load import most_in_flight, response

if TYPE_CHECKING:
    from tests.fake_time import FakeClock, InFakeTime


def summed(sent: Sent, end_s: float) -> Any:
    return response(sent.operations, end_s=end_s, cut_off_s=sent.cut_off_s)


class Server:
    """Takes a millisecond of the clock's time for a call, and once stalls for a second."""

    def __init__(self, clock: FakeClock, stall_at: int = -1) -> None:
        self.calls = 0
        self._clock = clock
        self._stall_at = stall_at

    def call(self) -> None:
        self._clock.advance(1.0 if self.calls == self._stall_at else 0.001)
        self.calls += 1

    async def call_in_loop(self) -> None:
        self.call()


def test_calls_are_made_when_they_are_due(clock: FakeClock) -> None:
    server = Server(clock)
    sent = through_threads(server.call, evenly(100.0, 50), threads=1, grace_s=1.0, clock=clock, pause=clock.advance)
    assert server.calls == 50
    assert [each.begun_s for each in sent.operations] == pytest.approx([each.due_s for each in sent.operations])
    assert sent.late_s == pytest.approx([0.0] * 50)
    assert summed(sent, 0.5).max_s == pytest.approx(0.001)


def test_a_stall_makes_those_behind_it_late_and_no_arrival_is_left_out(clock: FakeClock) -> None:
    server = Server(clock, stall_at=300)
    sent = through_threads(server.call, evenly(100.0, 1000), threads=1, grace_s=1.0, clock=clock, pause=clock.advance)
    found = summed(sent, 10.0)
    assert server.calls == 1000
    assert found.times["p50"] == pytest.approx(0.001)
    assert 0.85 < found.times["p99"] < 1.0
    assert not found.saturated


def test_a_thread_that_wakes_late_says_so(clock: FakeClock) -> None:
    sent = through_threads(
        Server(clock).call,
        evenly(100.0, 20),
        threads=1,
        grace_s=1.0,
        clock=clock,
        pause=lambda seconds: clock.advance(seconds + 0.002),
    )
    assert sent.late_s == pytest.approx([0.002] * 20)
    assert summed(sent, 0.2).max_s == pytest.approx(0.003)


def test_who_cannot_keep_up_is_cut_off(clock: FakeClock) -> None:
    server = Server(clock)
    sent = through_threads(server.call, evenly(4000.0, 4000), threads=1, grace_s=0.5, clock=clock, pause=clock.advance)
    found = summed(sent, 1.0)
    assert server.calls == pytest.approx(1500, abs=1)
    assert found.saturated
    assert found.backlog == pytest.approx(3000, abs=1)
    assert found.unfinished == 4000 - sum(each.ended_s is not None for each in sent.operations)
    assert found.throughput_per_s == pytest.approx(1000, rel=0.01)


def test_errors_are_counted_and_the_first_is_told(clock: FakeClock) -> None:
    server = Server(clock)

    def call() -> None:
        server.call()
        if server.calls % 3 == 0:
            raise ValueError(f"no luck with {server.calls}")

    sent = through_threads(call, evenly(100.0, 30), threads=1, grace_s=1.0, clock=clock, pause=clock.advance)
    assert summed(sent, 0.3).errors == 10
    assert str(sent.first_error) == "no luck with 3"


def test_a_variant_that_cannot_be_measured_under_load_is_not(clock: FakeClock) -> None:
    def call() -> None:
        raise NotMeasured("one at a time only")

    with pytest.raises(NotMeasured, match="one at a time"):
        through_threads(call, evenly(100.0, 5), threads=1, grace_s=1.0, clock=clock, pause=clock.advance)


def test_as_many_calls_are_under_way_as_there_are_threads() -> None:
    meet = threading.Barrier(4)
    names: set[str] = set()

    def call() -> None:
        meet.wait(30)
        names.add(threading.current_thread().name)

    sent = through_threads(call, evenly(1e6, 40), threads=4, grace_s=60.0)
    assert len(names) == 4
    assert most_in_flight(sent.operations) == 4
    assert all(each.ended_s is not None and not each.failed for each in sent.operations)


def test_one_thread_is_the_one_of_the_set_up() -> None:
    seen: list[threading.Thread] = []
    through_threads(lambda: seen.append(threading.current_thread()), evenly(1e6, 3), threads=1, grace_s=60.0)
    assert seen == [threading.current_thread()] * 3


def test_tasks_are_sent_when_they_are_due_though_none_has_ended(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    sent = in_fake_time(lambda: through_loop(lambda: asyncio.sleep(5.0), evenly(100.0, 200), grace_s=6.0, clock=clock))
    found = summed(sent, 2.0)
    assert found.most_in_flight == 200
    assert found.max_s == pytest.approx(5.0, rel=0.01)
    assert max(sent.late_s) < 0.001
    assert not found.saturated


def test_waves_are_sent_at_once(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    sent = in_fake_time(
        lambda: through_loop(lambda: asyncio.sleep(0.01), in_waves(100.0, 100, 10), grace_s=1.0, clock=clock)
    )
    assert summed(sent, 1.0).most_in_flight == 10


def test_a_stall_of_the_loop_makes_arrivals_late_and_leaves_none_out(
    clock: FakeClock, in_fake_time: InFakeTime
) -> None:
    server = Server(clock, stall_at=300)
    sent = in_fake_time(lambda: through_loop(server.call_in_loop, evenly(100.0, 1000), grace_s=1.0, clock=clock))
    found = summed(sent, 10.0)
    assert server.calls == 1000
    assert found.times["p50"] == pytest.approx(0.001, abs=1e-4)
    assert 0.85 < found.times["p99"] < 1.0
    assert not found.saturated


def test_a_loop_that_cannot_keep_up_is_cut_off(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    server = Server(clock)
    sent = in_fake_time(lambda: through_loop(server.call_in_loop, evenly(4000.0, 4000), grace_s=0.5, clock=clock))
    found = summed(sent, 1.0)
    assert server.calls == pytest.approx(1500, abs=5)
    assert found.saturated
    assert found.backlog > 2900


def test_tasks_that_do_not_end_are_cancelled_and_waited_for(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    released: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            released.append("released")

    sent = in_fake_time(lambda: through_loop(waits, evenly(100.0, 20), grace_s=0.5, clock=clock))
    found = summed(sent, 0.2)
    assert released == ["released"] * 20
    assert (found.unfinished, found.errors, found.saturated) == (20, 0, True)
    assert clock.now < 1002


def test_errors_of_tasks_are_counted_and_the_first_is_told(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    calls = iter(range(1000))

    async def call() -> None:
        await asyncio.sleep(0.001)
        number = next(calls)
        if number % 5 == 4:
            raise asyncio.CancelledError if number % 2 else ConnectionError(f"refused {number}")

    sent = in_fake_time(lambda: through_loop(call, evenly(100.0, 50), grace_s=1.0, clock=clock))
    assert summed(sent, 0.5).errors == 10
    assert str(sent.first_error) == "refused 4"


def test_a_task_that_cannot_be_measured_under_load_is_not(clock: FakeClock, in_fake_time: InFakeTime) -> None:
    async def call() -> None:
        raise NotMeasured("one at a time only")

    with pytest.raises(NotMeasured, match="one at a time"):
        in_fake_time(lambda: through_loop(call, evenly(100.0, 5), grace_s=1.0, clock=clock))
