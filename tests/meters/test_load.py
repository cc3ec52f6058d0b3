"""One rate for all variants of a case, both patterns, and every call counted; no time is asserted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from patternbench import Comparison, variant
from patternbench.comparison import NotMeasured, declaration
from patternbench.experiment.subject import Subject
from patternbench.meters.load import METER, MOST_PER_S, WAVE, arrivals_for, rate_for
from patternbench.meters.meter import Outcome
from patternbench.reading import checked


class Service(Comparison):
    """Which serves?"""

    baseline = "plain"
    load_threads = 3

    def setup(self) -> None:
        self.calls = 0
        self.threads: set[threading.Thread] = set()
        self.loops: set[asyncio.AbstractEventLoop] = set()
        self.load_rate_per_s = 320

    @variant
    def plain(self) -> int:
        self.calls += 1
        self.threads.add(threading.current_thread())
        return self.calls

    @variant
    async def awaited(self) -> int:
        self.calls += 1
        self.loops.add(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return self.calls

    @variant
    async def fails(self) -> int:
        self.calls += 1
        if self.calls > 60:
            raise ConnectionError(f"refused by /home/somebody/{self.calls}")
        return self.calls


class AtRandom(Service):
    """Which serves them at random?"""

    load_threads = 1
    load_seed = 7


def ready(cls: type[Comparison], name: str, *, empty: bool = False) -> Subject:
    declared = declaration(cls)
    return Subject(cls, declared, declared.cases[0], name, empty=empty)


def service(subject: Subject) -> Service:
    assert isinstance(subject.instance, Service)
    return subject.instance


def order(read: str, arrivals: int = 200, rate_per_s: float = 2000.0) -> dict[str, Any]:
    return {"read": read, "rate_per_s": rate_per_s, "arrivals": arrivals}


class FakeStart:
    """Answers as probes would, and remembers what they were asked."""

    def __init__(self, service_s: float, rate_per_s: float | None = None) -> None:
        self.pilot = {"service_s": service_s, "rate_per_s": rate_per_s}
        self.orders: list[tuple[dict[str, Any], bool]] = []

    def __call__(
        self,
        order: Mapping[str, Any],
        *,
        empty: bool = False,
        bare: bool = False,
        fresh: bool = False,
        under: Sequence[str] = (),
        hash_seed: int = 0,
        patience: float = 1.0,
    ) -> Outcome:
        self.orders.append((dict(order), empty))
        names = [each.name.removeprefix("steady_") for each in METER.figures if each.name.startswith("steady_")]
        waves = order["read"] == "waves"
        return Outcome(
            {
                "response": dict.fromkeys(names, 0.25),
                "saturated": waves,
                "errors": 2,
                "first_error": "ValueError: no" if waves else None,
                "threads": 8,
                "seed": None,
            }
        )

    def reference(self, order: Mapping[str, Any]) -> Outcome:
        assert order == {"read": "pilot"}
        return Outcome(self.pilot)


def test_the_baseline_sets_the_rate_of_all() -> None:
    start = FakeStart(service_s=0.002)
    figures = checked(METER.measure(start), METER.figures)
    assert figures["offered_per_s"] == 250.0
    assert figures["arrivals"] == 1000
    assert [(each["read"], each["rate_per_s"], empty) for each, empty in start.orders] == [
        ("steady", 250.0, False),
        ("waves", 250.0, False),
        ("steady", 250.0, True),
    ]
    assert figures["waves_p99_s"] == figures["empty_p99_s"] == 0.25
    assert (figures["errors"], figures["first_error"], figures["saturated"]) == (4, "ValueError: no", "waves")
    assert set(figures) == {each.name for each in METER.figures}


def test_a_rate_of_the_comparison_goes_before() -> None:
    assert METER.measure(FakeStart(service_s=0.002, rate_per_s=12_000.0))["offered_per_s"] == 12_000.0


@pytest.mark.parametrize(
    ("service_s", "rate"), [(0.002, 250.0), (0.0013, 380.0), (0.7, 0.71), (1e-6, MOST_PER_S), (0.0, MOST_PER_S)]
)
def test_the_rate_is_half_of_what_one_call_after_another_gives(service_s: float, rate: float) -> None:
    assert rate_for(service_s) == rate


@pytest.mark.parametrize(
    ("rate", "arrivals"),
    [
        (1.0, 10),  # ten seconds, the longest
        (3.96, 39),
        (5.0, 40),  # enough for a p95
        (20.0, 80),
        (250.0, 1000),  # four seconds
        (1000.0, 2000),  # enough for a p99.9
        (8000.0, 8000),  # a second
        (1e6, 20_000),  # the most
    ],
)
def test_a_schedule_has_its_bounds(rate: float, arrivals: int) -> None:
    assert arrivals_for(rate) == arrivals


def test_what_would_take_too_long_is_not_measured() -> None:
    with pytest.raises(NotMeasured, match="10 take longer than 10 s; load_rate_per_s"):
        arrivals_for(0.5)


def test_the_pilot_tells_the_service_time_and_the_rate_that_the_instance_asks_for() -> None:
    with ready(Service, "plain") as subject:
        pilot = METER.probe(subject, {"read": "pilot"})
        assert pilot["service_s"] > 0
        assert pilot["rate_per_s"] == 320.0
        service(subject).load_rate_per_s = -1
        with pytest.raises(ValueError, match="load_rate_per_s is -1"):
            METER.probe(subject, {"read": "pilot"})


@pytest.mark.parametrize("read", ["steady", "waves"])
def test_every_call_of_a_plain_variant_is_made_by_the_pool(read: str) -> None:
    with ready(Service, "plain") as subject:
        METER.probe(subject, {"read": "pilot"})
        before = service(subject).calls
        answer = METER.probe(subject, order(read))
        assert 1 <= service(subject).calls - before - 200 <= 51  # the warm-up
        assert 1 < len(service(subject).threads) <= 4  # the one of the warm-up, and the pool's
    assert answer["threads"] == 3
    assert answer["errors"] == 0
    assert answer["response"]["most_in_flight"] <= 3
    assert answer["response"]["p99_s"] is not None
    assert answer["response"]["p999_s"] is None


@pytest.mark.parametrize("read", ["steady", "waves"])
def test_every_call_of_an_async_variant_is_a_task_in_the_loop_of_the_set_up(read: str) -> None:
    with ready(Service, "awaited") as subject:
        subject.call()
        answer = METER.probe(subject, order(read))
        assert service(subject).calls >= 1 + 1 + 200
        assert len(service(subject).loops) == 1
    assert answer["threads"] is None
    assert answer["errors"] == 0
    if read == "waves":
        assert answer["response"]["most_in_flight"] >= WAVE


def test_errors_are_counted_and_the_first_is_told_without_folders() -> None:
    with ready(Service, "fails") as subject:
        answer = METER.probe(subject, order("steady", arrivals=100, rate_per_s=1000.0))
        calls = service(subject).calls
    assert answer["errors"] == calls - 60
    assert answer["first_error"] == "ConnectionError: refused by 61"


def test_random_arrivals_say_their_seed() -> None:
    with ready(AtRandom, "plain") as subject:
        answer = METER.probe(subject, order("steady"))
        assert service(subject).threads == {threading.current_thread()}
    assert answer["seed"] == 7


def test_an_empty_call_has_a_load_too() -> None:
    for name in ("plain", "awaited"):
        with ready(Service, name, empty=True) as subject:
            assert METER.probe(subject, order("steady"))["response"]["p50_s"] >= 0
            assert service(subject).calls == 0
