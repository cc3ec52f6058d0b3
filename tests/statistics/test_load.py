"""What a schedule's operations add up to: times from when each was due, the backlog, and whether it grew."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patternbench.statistics.load import Operation, backlog, most_in_flight, response, saturated


def one_server(due: Iterable[float], service_s: Callable[[int], float], cut_off_s: float) -> list[Operation]:
    """First come, first served (Lindley's recursion)."""
    operations, free = [], 0.0
    for index, due_s in enumerate(due):
        begun = max(due_s, free)
        free = begun + service_s(index)
        in_time = begun < cut_off_s
        operations.append(Operation(due_s, begun if in_time else None, free if free <= cut_off_s else None))
    return operations


def every_10_ms(count: int) -> list[float]:
    return [index / 100 for index in range(count)]


def test_times_count_from_when_an_operation_was_due() -> None:
    found = response([Operation(0.0, 0.0, 3.0), Operation(1.0, 3.0, 4.0)], end_s=2.0, cut_off_s=5.0)
    assert found.max_s == 3.0
    assert found.throughput_per_s == 2 / 4.0
    assert (found.backlog, found.unfinished, found.errors, found.most_in_flight) == (2, 0, 0, 1)


def test_who_is_done_early_achieves_the_rate_offered() -> None:
    found = response([Operation(0.0, 0.0, 0.1), Operation(1.0, 1.0, 1.1)], end_s=2.0, cut_off_s=3.0)
    assert found.throughput_per_s == 1.0
    assert found.backlog == 0


def test_an_operation_that_never_ended_counts_with_the_time_it_was_given() -> None:
    found = response([Operation(0.0, 0.0, 0.1), Operation(1.0, 1.0, None)], end_s=2.0, cut_off_s=10.0)
    assert found.max_s == 9.0
    assert found.unfinished == 1
    assert found.throughput_per_s == 1 / 10.0


def test_failed_operations_are_counted_and_have_no_time() -> None:
    operations = [Operation(0.0, 0.0, 0.1), Operation(1.0, 1.0, 9.0, failed=True)]
    found = response(operations, end_s=2.0, cut_off_s=10.0)
    assert (found.errors, found.max_s, found.backlog) == (1, 0.1, 1)
    assert response(operations[1:], end_s=2.0, cut_off_s=10.0).max_s is None


def test_an_operation_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ended at 1"):
        Operation(0.0, 2.0, 1.0)
    with pytest.raises(ValueError, match="ended at 1"):
        Operation(0.0, None, 1.0)


def test_in_flight_is_begun_and_not_ended() -> None:
    assert most_in_flight([Operation(0, 0, 2), Operation(0, 1, 3), Operation(0, 3, 4), Operation(0)]) == 2
    assert most_in_flight([]) == 0


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=30))
def test_in_flight_agrees_with_looking_at_every_moment(spans: list[tuple[int, int]]) -> None:
    operations = [Operation(float(begun), float(begun), float(begun + lasts)) for begun, lasts in spans]
    looked = max((sum(begun <= at < begun + lasts for begun, lasts in spans) for at in range(41)), default=0)
    assert most_in_flight(operations) == looked


def test_backlog_is_due_and_not_ended() -> None:
    operations = [Operation(0, 0, 1), Operation(1, 1, 5), Operation(2, 2, None), Operation(3, 3, 4)]
    assert [backlog(operations, at) for at in (0, 1, 3, 5)] == [0, 0, 2, 1]


def test_a_stall_of_one_second_is_seen_in_the_tail_that_a_closed_loop_hides() -> None:
    def service_s(index: int) -> float:
        return 1.0 if index == 300 else 0.001

    operations = one_server(every_10_ms(1000), service_s, cut_off_s=20.0)
    found = response(operations, end_s=10.0, cut_off_s=20.0)
    # A hundred arrivals fell into the stall; the hundredth of all that waited longest waited 0.9 s or more.
    assert found.times["p99"] is not None
    assert 0.85 < found.times["p99"] < 1.0
    assert found.times["p50"] == pytest.approx(0.001)
    assert not found.saturated
    closed = sorted(service_s(index) for index in range(1000))
    assert closed[989] == 0.001


@pytest.mark.parametrize("service_s", [0.0001, 0.005, 0.009, 0.0099])
def test_who_keeps_up_is_not_saturated(service_s: float) -> None:
    operations = one_server(every_10_ms(400), lambda _: service_s, cut_off_s=6.0)
    assert not saturated(operations, end_s=4.0, cut_off_s=6.0)


@pytest.mark.parametrize("service_s", [0.0115, 0.02, 0.1, 1.0, 30.0])
def test_who_falls_behind_is_saturated(service_s: float) -> None:
    operations = one_server(every_10_ms(400), lambda _: service_s, cut_off_s=6.0)
    assert saturated(operations, end_s=4.0, cut_off_s=6.0)


def test_slow_operations_side_by_side_do_not_saturate() -> None:
    operations = [Operation(due, due, due + 3.0) for due in every_10_ms(400)]
    assert not saturated(operations, end_s=4.0, cut_off_s=8.0)


def test_waves_that_are_served_in_time_do_not_saturate() -> None:
    due = [wave * 0.1 for wave in range(40) for _ in range(10)]
    assert not saturated(one_server(due, lambda _: 0.009, 6.0), end_s=4.0, cut_off_s=6.0)
    assert saturated(one_server(due, lambda _: 0.012, 6.0), end_s=4.0, cut_off_s=6.0)


def test_random_arrivals_at_half_the_capacity_are_hardly_ever_called_saturated() -> None:
    called = 0
    for seed in range(200):
        draws = random.Random(seed)
        due = [0.0]
        while len(due) < 400:
            due.append(due[-1] + draws.expovariate(100.0))
        service = [draws.expovariate(200.0) for _ in due]
        operations = one_server(due, service.__getitem__, cut_off_s=due[-1] + 2.0)
        called += saturated(operations, end_s=due[-1] + 0.01, cut_off_s=due[-1] + 2.0)
    assert called <= 4


def test_too_few_arrivals_say_nothing() -> None:
    assert not saturated([Operation(0.0), Operation(1.0), Operation(2.0)], end_s=3.0, cut_off_s=4.0)
