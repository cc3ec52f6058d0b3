"""A variant made ready: set up once, its loop outside the clock, everything released at the end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any, ClassVar

import pytest

from patternbench import Comparison, variant
from patternbench.comparison import Declaration, declaration
from patternbench.experiment import subject as module
from patternbench.experiment.subject import Subject


class Recorded(Comparison):
    """Which?"""

    baseline = "plain"
    params = {"size": (3,)}
    happened: ClassVar[list[str]] = []
    made: ClassVar[list[asyncio.AbstractEventLoop]] = []

    def setup(self, size: int) -> None:
        self.units = size * 2
        self.happened.append(f"setup {size} {self.addresses} {self.case_params}")

    def teardown(self) -> None:
        self.happened.append("teardown")

    @variant
    def plain(self) -> int:
        self.happened.append("plain")
        return 1

    @variant
    async def awaited(self) -> asyncio.AbstractEventLoop:
        await asyncio.sleep(0)
        return asyncio.get_running_loop()


class Asynchronous(Recorded):
    """Which, with an async set-up?"""

    async def setup(self, size: int) -> None:  # type: ignore[override]
        self.loop = asyncio.get_running_loop()

    async def teardown(self) -> None:  # type: ignore[override]
        assert asyncio.get_running_loop() is self.loop
        self.happened.append("async teardown")


@pytest.fixture(autouse=True)
def _nothing_happened_yet() -> None:
    Recorded.happened.clear()


def ready(cls: type[Comparison], name: str) -> Subject:
    declared: Declaration = declaration(cls)
    return Subject(cls, declared, declared.cases[0], name, {"server": "127.0.0.1:1"})


def test_set_up_sees_addresses_and_parameters_and_happens_once() -> None:
    with ready(Recorded, "plain") as subject:
        assert subject.call() == 1
        assert subject.units == 6
    assert Recorded.happened == [
        "setup 3 {'server': '127.0.0.1:1'} {'size': 3}",
        "plain",
        "teardown",
    ]


def test_nothing_but_the_calls_stands_between_the_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0

    def tick() -> None:
        nonlocal now
        now += 400

    monkeypatch.setattr(module, "perf_counter_ns", lambda: now)
    monkeypatch.setattr(module, "process_time_ns", lambda: now // 2)
    assert module.sliced(tick, 1, 5) == ([2000], 1000)
    assert module.sliced(tick, 2, 5) == ([2000, 2000], 2000)

    async def tick_later() -> None:
        tick()

    assert asyncio.run(module.sliced_async(tick_later, 1, 3)) == ([1200], 600)
    assert asyncio.run(module.sliced_async(tick_later, 2, 3)) == ([1200, 1200], 1200)


@pytest.mark.parametrize("name", ["plain", "awaited"])
def test_a_block_makes_as_many_calls_as_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    with ready(Recorded, name) as subject:

        def body() -> int:
            nonlocal calls
            calls += 1
            return calls

        async def awaited() -> int:
            return body()

        monkeypatch.setattr(subject, "_body", awaited if name == "awaited" else body)
        wall, cpu = subject.run(7)
        assert (calls, wall > 0, cpu >= 0) == (7, True, True)
        walls, cpu = subject.run_sliced(3, 4)
        assert (calls, len(walls), min(walls) > 0, cpu >= 0) == (19, 3, True, True)
        walls, _ = subject.run_sliced(2, 5, empty=True)
        assert (calls, len(walls)) == (19, 2)


def test_the_loop_is_made_once_and_closed_at_the_end() -> None:
    with ready(Recorded, "awaited") as subject:
        loop = subject.call()
        assert subject.call() is loop
        subject.run(2)
    assert loop.is_closed()


def test_async_set_up_and_tear_down_share_the_loop_of_the_calls() -> None:
    with ready(Asynchronous, "awaited") as subject:
        instance: Any = subject.instance
        assert subject.call() is instance.loop
    assert Recorded.happened == ["async teardown"]
    with ready(Asynchronous, "plain") as subject:
        assert subject.call() == 1


def test_the_loop_is_the_one_that_variant_or_comparison_asks_for() -> None:
    made: list[str] = []

    def factory(name: str) -> Any:
        def make() -> asyncio.AbstractEventLoop:
            made.append(name)
            return asyncio.new_event_loop()

        return make

    class Loops(Comparison):
        """Which loop?"""

        baseline = "shared"
        loop_factory = factory("comparison")

        @variant
        async def shared(self) -> str:
            return "x"

        @variant(loop_factory=factory("variant"))
        async def own(self) -> str:
            return "x"

        @variant
        def plain(self) -> str:
            return "x"

    for name in ("shared", "own", "plain"):
        with ready(Loops, name) as subject:
            assert subject.call() == "x"
    assert made == ["comparison", "variant"]


def test_a_set_up_that_fails_closes_the_loop() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    class Failing(Asynchronous):
        """Which?"""

        async def setup(self, size: int) -> None:  # type: ignore[override]
            loops.append(asyncio.get_running_loop())
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"), ready(Failing, "plain"):
        pass
    assert loops[0].is_closed()
    assert Recorded.happened == []


def test_what_is_left_in_the_loop_is_cancelled() -> None:
    class Leaving(Recorded):
        """Which?"""

        @variant
        async def awaited(self) -> asyncio.Task[None]:  # type: ignore[override]
            self.task = asyncio.create_task(asyncio.sleep(3600))
            return self.task

    with ready(Leaving, "awaited") as subject:
        task = subject.call()
    assert task.cancelled()


def test_an_empty_body_stands_in_the_variants_place_after_its_set_up() -> None:
    declared = declaration(Recorded)
    for name in ("plain", "awaited"):
        with Subject(Recorded, declared, declared.cases[0], name, empty=True) as subject:
            assert subject.call() is None
    assert "plain" not in Recorded.happened
    assert Recorded.happened.count("teardown") == 2


def test_a_block_without_a_clock_makes_as_many_calls() -> None:
    with ready(Recorded, "plain") as subject:
        subject.repeat(3)
        subject.repeat(5, empty=True)
    assert Recorded.happened.count("plain") == 3
    with ready(Recorded, "awaited") as subject:
        subject.repeat(3)
        subject.repeat(5, empty=True)


def test_an_async_variant_gives_its_calls_to_whoever_holds_its_loop() -> None:
    with ready(Recorded, "awaited") as subject:
        assert subject.is_async

        async def three() -> set[object]:
            return {asyncio.get_running_loop(), *(await asyncio.gather(*(subject.coroutine() for _ in range(3))))}

        assert len(subject.in_loop(three)) == 1


def test_a_plain_variant_gets_a_loop_when_it_is_asked_for_one() -> None:
    with ready(Recorded, "plain") as subject:
        assert not subject.is_async

        async def called() -> tuple[Any, asyncio.AbstractEventLoop]:
            return subject.call(), asyncio.get_running_loop()

        result, loop = subject.in_loop(called)
        assert result == 1
        with pytest.raises(TypeError, match="plain is a plain method"):
            _ = subject.coroutine()
    assert loop.is_closed()


def test_a_plain_variant_does_without_asyncio() -> None:
    code = (
        "import sys; from patternbench.comparison import declaration;"
        "from patternbench.experiment.subject import Subject; declared = declaration(Plain);"
        "subject = Subject(Plain, declared, declared.cases[0], 'one').__enter__();"
        "subject.call(); subject.__exit__(); assert 'asyncio' not in sys.modules"
    )
    suite = (
        "from patternbench import Comparison, variant\n"
        "class Plain(Comparison):\n"
        '    """Which?"""\n'
        "    baseline = 'one'\n"
        "    @variant\n"
        "    def one(self): return 1\n"
    )
    done = subprocess.run([sys.executable, "-c", suite + code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
