"""Benchmarks with one fault each, such as people write, and honest ones that look like them.

A variant's docstring says what is wrong with it, or why nothing is. None of them is ever timed: the tests prove them.
"""

# What the rules forbid is what is planted here.
# ruff: noqa: ASYNC251, C417, PTH123, RUF006, S607, SIM105, T201, TRY301

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import functools
import gc
import itertools
import json
import os
import random
import socket
import subprocess
import threading
import time
import unittest.mock
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from time import sleep as pause
from typing import Any

from patternbench import Comparison, variant

_SEEN: list[int] = []
_KEPT: dict[str, list[int]] = {}


async def _answer(value: int = 7) -> int:
    await asyncio.sleep(0)
    return value


@functools.lru_cache(maxsize=128)
def _looked_up(n: int) -> tuple[int, ...]:
    return tuple(range(n))


def _ignore(_: object) -> None:
    """Take a result, and give none."""


class _Numbers(Comparison):
    """What the comparisons of this file start from."""

    baseline = "plain"

    def setup(self) -> None:
        self.numbers = [1003, 1001, 1002]
        self.opened: list[int] = []
        self.held: list[Any] = []
        self.done = threading.Event()
        self.calls = 0

    def teardown(self) -> None:
        self.done.set()
        for thread in threading.enumerate():
            if thread.name == f"left by {id(self)}":
                thread.join()
        for each in self.held:
            each.close()
        for descriptor in self.opened:
            os.close(descriptor)


class Results(_Numbers):
    """Which of these does not do the work?"""

    @variant
    def plain(self) -> list[int]:
        return sorted(self.numbers)

    @variant
    def empty(self) -> None:
        pass

    @variant
    def constant(self) -> tuple[int, ...]:
        return (1001, 1002, 1003)

    @variant
    def folded(self) -> int:
        return 60 * 60 * 24

    @variant
    def renamed_constant(self) -> int:
        """Only hands local names about."""
        answer = 1001
        result = answer
        return result  # noqa: RET504

    @variant
    def gives_itself(self) -> object:
        return self

    @variant
    def other(self) -> list[int]:
        return sorted(self.numbers)[1:]

    @variant
    def unsorted(self) -> list[int]:
        """A sort that does not sort."""
        return list(self.numbers)

    @variant
    def drawn(self) -> list[int]:
        """A result that is drawn anew."""
        return [random.randrange(10**9) for _ in self.numbers]

    @variant
    def carries_state(self) -> list[int]:
        """Right once, then wrong."""
        self.calls += 1
        return sorted(self.numbers)[self.calls - 1 :]

    @variant
    def breaks_later(self) -> list[int]:
        self.calls += 1
        if self.calls == 2:
            raise OSError("the pool is empty")
        return sorted(self.numbers)

    @variant
    def stops(self) -> list[int]:
        raise StopIteration

    @variant
    async def cancelled(self) -> list[int]:
        raise asyncio.CancelledError

    @variant
    def swallowed_for_nothing(self) -> list[int] | None:
        """Its failure is caught, so that nothing comes back."""
        try:
            return sorted(self.numbers, key=lambda _: 1 / 0)
        except ZeroDivisionError:
            return None


class Rows(_Numbers):
    """And of values without a hash?"""

    @variant
    def plain(self) -> list[dict[str, int]]:
        return [{"number": number} for number in sorted(self.numbers)]

    @variant
    def unsorted(self) -> list[dict[str, int]]:
        return [{"number": number} for number in self.numbers]

    @variant
    def other(self) -> list[dict[str, int]]:
        return [{"number": 1} for _ in self.numbers]


class Promised(_Numbers):
    """Which of these leaves the work to whoever comes after?"""

    async def setup(self) -> None:  # type: ignore[override]
        super().setup()
        self.pool = concurrent.futures.ThreadPoolExecutor(1)

    async def teardown(self) -> None:  # type: ignore[override]
        super().teardown()
        self.pool.shutdown()

    @variant
    def plain(self) -> list[int]:
        return [number + 1 for number in self.numbers]

    @variant
    def coroutine(self) -> Any:
        return _answer()

    @variant
    async def coroutine_of_async(self) -> Any:
        return _answer()

    @variant
    async def dropped_coroutine(self) -> list[int]:
        _answer()  # type: ignore[unused-coroutine]
        return [number + 1 for number in self.numbers]

    @variant
    async def list_of_coroutines(self) -> Any:
        return [_answer(number) for number in self.numbers]

    @variant
    async def scheduled(self) -> Any:
        return asyncio.create_task(_answer())

    @variant
    async def dict_of_tasks(self) -> Any:
        return {"only": asyncio.create_task(_answer())}

    @variant
    def generator(self) -> Iterator[int]:
        return (number + 1 for number in self.numbers)

    @variant
    def lazy_map(self) -> Iterator[int]:
        return map(lambda number: number + 1, self.numbers)

    @variant
    def lazy_filter(self) -> Iterator[int]:
        return filter(None, self.numbers)

    @variant
    def list_of_generators(self) -> Any:
        return [(each for each in self.numbers) for _ in range(2)]

    @variant
    def async_generator(self) -> AsyncIterator[int]:
        async def numbers() -> AsyncIterator[int]:
            for number in self.numbers:
                yield number

        return numbers()

    @variant
    def submitted(self) -> Any:
        return self.pool.submit(sum, self.numbers)


class Tolerant(Promised):
    """Does a tolerant agree excuse a lazy variant?"""

    def agree(self, expected: Any, actual: Any) -> bool:
        return list(expected) == list(actual)


class Remaining(_Numbers):
    """Which of these leaves something behind in every call?"""

    @variant
    def plain(self) -> int:
        return sum(self.numbers)

    @variant
    async def tasks(self) -> int:
        """Each call starts a task that outlives it."""
        task = asyncio.create_task(asyncio.Event().wait())
        _ignore(task)
        return sum(self.numbers)

    @variant
    async def fire_and_forget(self) -> int:
        """The work is scheduled, and the call gives the loop no turn to do it."""
        asyncio.create_task(_answer())
        return sum(self.numbers)

    @variant
    async def one_task_at_a_time(self) -> int:
        """The work of a call is done in the next one."""
        await asyncio.sleep(0)
        asyncio.create_task(_answer())
        await asyncio.sleep(0)
        return sum(self.numbers)

    @variant
    def threads(self) -> int:
        threading.Thread(target=self.done.wait, name=f"left by {id(self)}").start()
        return sum(self.numbers)

    @variant
    def processes(self) -> int:
        subprocess.Popen(["sleep", "60"])
        return sum(self.numbers)

    @variant
    def forks(self) -> int:
        os.fork()
        return sum(self.numbers)

    @variant
    def files(self) -> int:
        self.opened.append(os.open(os.devnull, os.O_RDONLY))
        return sum(self.numbers)

    @variant
    def sockets(self) -> int:
        self.held.append(socket.socket())
        return sum(self.numbers)

    @variant
    def exit_handlers(self) -> int:
        atexit.register(_ignore, None)
        return sum(self.numbers)

    @variant
    def unclosed_file(self) -> int:
        """Closed by the garbage collector."""
        return sum(self.numbers) + len(open(os.devnull, encoding="utf-8").read())

    @variant
    def runs_a_program(self) -> int:
        """A process per call, whose time is not this one's."""
        return sum(self.numbers) + subprocess.run(["true"], check=True).returncode

    @variant
    def finalised(self) -> int:
        """The work is in `__del__` of an object in a cycle, and the collector is off while it is timed."""
        late = _Late(self.numbers)
        late.itself = late
        return sum(self.numbers)


class _Late:
    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers
        self.itself: object = None

    def __del__(self) -> None:
        sum(self.numbers)


class Pooled(_Numbers):
    """Which of these uses the pool that it says it uses?"""

    def setup(self) -> None:
        super().setup()
        self.connects = 0

    def counters(self) -> Mapping[str, int]:
        return {"connects": self.connects}

    def _fetched(self) -> int:
        self.connects += 1
        return sum(self.numbers)

    @variant(holds={"connects": 1})
    def plain(self) -> int:
        return self._fetched()

    @variant(holds={"connects": 1})
    def bypassed(self) -> int:
        return max(self._fetched() for _ in range(4))

    @variant(holds={"checkouts": 4})
    def uncounted(self) -> int:
        return self._fetched()


class Cached(_Numbers):
    """Which of these looks its answer up?"""

    def setup(self) -> None:
        super().setup()
        self.kept: list[int] | None = None
        self.by_key: dict[str, list[int]] = {}
        self.ready = sorted(self.numbers)

    @variant
    def plain(self) -> list[int]:
        return sorted(self.numbers)

    @variant
    def ready_made(self) -> list[int]:
        """The work was done in `setup`."""
        return self.ready

    @variant
    def kept_on_itself(self) -> list[int]:
        if self.kept is None:
            self.kept = sorted(self.numbers)
        return self.kept

    @variant
    def kept_by_key(self) -> list[int]:
        return self.by_key.setdefault("only", sorted(self.numbers))

    @variant
    def kept_in_the_module(self) -> list[int]:
        if "only" not in _KEPT:
            _KEPT["only"] = sorted(self.numbers)
        return _KEPT["only"]

    @functools.cached_property
    def total(self) -> list[int]:
        return sorted(self.numbers)

    @variant
    def property_of_the_class(self) -> list[int]:
        return self.total

    @variant
    def looked_up(self) -> list[int]:
        """One key: every look-up but the first is a hit."""
        return sorted(_looked_up(1004)[1001:])

    @variant
    @functools.cache  # noqa: B019
    def decorated(self) -> list[int]:
        """The variant itself is cached."""
        return sorted(self.numbers)


class Waits(_Numbers):
    """Which of these measures a timer, or something else that is not its work?"""

    @variant
    def plain(self) -> int:
        return sum(self.numbers)

    @variant
    def sleeps(self) -> int:
        time.sleep(0.002)
        return sum(self.numbers)

    @variant
    def sleeps_under_another_name(self) -> int:
        pause(0.002)
        return sum(self.numbers)

    @variant
    def sleeps_in_a_thread(self) -> int:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(time.sleep, 0.002).result()
        return sum(self.numbers)

    @variant
    async def sleeps_in_the_loop(self) -> int:
        await asyncio.sleep(0.002)
        return sum(self.numbers)

    @variant
    async def blocks_the_loop(self) -> int:
        time.sleep(0.002)
        return sum(self.numbers)

    @variant
    def spins(self) -> int:
        for _ in range(200):
            time.sleep(0)
        return sum(self.numbers)

    @variant
    def collects(self) -> int:
        gc.collect()
        return sum(self.numbers)

    @variant
    def switches_the_collector_on(self) -> int:
        gc.enable()
        return sum(self.numbers)

    @variant
    def prints(self) -> int:
        print("working", end="")
        return sum(self.numbers)


class SlowBaseline(Waits):
    """And where it is the baseline that does so?"""

    baseline = "sleeps"


class CollectingBaseline(Waits):
    """And where it is the baseline that collects?"""

    baseline = "collects"


class PrintingBaseline(Waits):
    """And where it is the baseline that prints?"""

    baseline = "prints"


class Inputs(_Numbers):
    """Which of these finds something else in every call?"""

    def setup(self) -> None:
        super().setup()
        self.queue = deque(range(1000))
        self.seen: list[int] = []
        self.text = ""
        self.rows = [{"name": f"Row {number}"} for number in range(5)]
        self.stream = iter(range(1000))

    @variant
    def plain(self) -> int:
        return len(self.numbers)

    @variant
    def sorts_in_place(self) -> int:
        self.numbers.sort()
        return len(self.numbers)

    @variant
    def drains(self) -> int:
        while self.queue:
            self.queue.popleft()
        return len(self.numbers)

    @variant
    def changes_rows(self) -> int:
        for row in self.rows:
            row["name"] = row["name"].lower()
        return len(self.numbers)

    @variant
    def grows(self) -> int:
        """Gets slower with every call."""
        self.seen.append(1)
        return len(self.numbers) + 0 * sum(self.seen)

    @variant
    def grows_in_the_module(self) -> int:
        _SEEN.append(1)
        return len(self.numbers) + 0 * sum(_SEEN)

    @variant
    def grows_a_text(self) -> int:
        self.text += "x"
        return len(self.numbers) + 0 * self.text.count("y")


class UsedUp(_Numbers):
    """And where all variants use up what setup made?"""

    def setup(self) -> None:
        super().setup()
        self.stream = iter([*self.numbers])

    @variant
    def plain(self) -> int:
        return sum(self.stream)

    @variant
    def with_a_list(self) -> int:
        return sum(list(self.stream))


class Silent(_Numbers):
    """Which of these fails in silence? Nothing is returned, so that nothing can be compared."""

    @variant
    def plain(self) -> None:
        _ignore(sorted(self.numbers))

    @variant
    def swallows(self) -> None:
        try:
            _ignore(sorted([*self.numbers, None]))  # type: ignore[type-var]
        except TypeError:
            pass

    @variant
    def suppresses(self) -> None:
        with contextlib.suppress(Exception):
            _ignore(self.numbers[1000])

    @variant
    async def will_not_be_cancelled(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            task.uncancel()


class SilentBaseline(Silent):
    """And where it is the baseline that fails in silence?"""

    baseline = "swallows"


class Elsewhere(_Numbers):
    """Which of these changes the process that it runs in?"""

    @variant
    def plain(self) -> str:
        return json.dumps(self.numbers)

    @variant
    def changes_folder(self) -> str:
        os.chdir("/")
        return json.dumps(self.numbers)

    @variant
    def changes_environment(self) -> str:
        os.environ["PLANTED"] = "here"
        return json.dumps(self.numbers)

    @variant
    def patches(self) -> str:
        json.dumps = lambda value: f"[{', '.join(map(str, value))}]"  # type: ignore[assignment, misc]
        return json.dumps(self.numbers)


class Failing(_Numbers):
    """What do requests cost that all fail?"""

    @variant
    async def plain(self) -> Any:
        return await asyncio.gather(*[self._request(number) for number in self.numbers], return_exceptions=True)

    async def _request(self, number: int) -> int:
        await asyncio.sleep(0)
        raise _RefusedError(f"no answer from {number}")


class _RefusedError(Exception):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, _RefusedError)

    __hash__ = None  # type: ignore[assignment]


class AgreesWithAll(_Numbers):
    """What does an agree prove that always says yes?"""

    def agree(self, expected: object, actual: object) -> bool:
        return True

    @variant
    def plain(self) -> int:
        return sum(self.numbers)

    @variant
    def other(self) -> int:
        return len(self.numbers)


class NotANumber(_Numbers):
    """What equals nan?"""

    @variant
    def plain(self) -> float:
        return float("nan") * len(self.numbers)

    @variant
    def same(self) -> float:
        return len(self.numbers) * float("nan")


class Drawn(_Numbers):
    """Who agrees with a baseline that is drawn anew?"""

    @variant
    def plain(self) -> float:
        return random.random()

    @variant
    def same(self) -> float:
        return random.random() + 0


class Asserted(_Numbers):
    """Is an assert work?"""

    @variant
    def plain(self) -> int:
        return len(self.numbers)

    @variant
    def only_asserts(self) -> None:
        assert sorted(self.numbers) == [1001, 1002, 1003]

    @variant
    def asserts_too(self) -> int:
        assert sorted(self.numbers) == [1001, 1002, 1003]
        return len(self.numbers)


class HalfUnits(_Numbers):
    """What is half an operation?"""

    def setup(self) -> None:
        super().setup()
        self.units = 2.5  # type: ignore[assignment]

    @variant
    def plain(self) -> int:
        return sum(self.numbers)


class NoUnits(_Numbers):
    """What is no operation?"""

    units = 0

    @variant
    def plain(self) -> int:
        return sum(self.numbers)


class TooManyUnits(_Numbers):
    """Are three results a hundred operations?"""

    units = 100

    @variant
    def plain(self) -> list[int]:
        return sorted(self.numbers)


# The honest ones.


class HonestMocks(Comparison):
    """What does a mock cost to make, which has every method there is, `__anext__` too?"""

    baseline = "plain"

    def agree(self, expected: Any, actual: Any) -> bool:
        return hasattr(expected, "sort") and hasattr(actual, "sort")

    @variant
    def plain(self) -> Any:
        return []

    @variant
    def mocked(self) -> Any:
        return unittest.mock.AsyncMock()


class Honest(_Numbers):
    """Which of these is to be refused? None."""

    async def setup(self) -> None:  # type: ignore[override]
        super().setup()
        self.kept_pool = concurrent.futures.ThreadPoolExecutor(4)
        self.worker = threading.Thread(target=self._tick, daemon=True)
        self.worker.start()
        self.places = [0] * 3
        self.requests: asyncio.Queue[asyncio.Future[int]] = asyncio.Queue()
        self.server = asyncio.create_task(self._serve())
        self.inputs = itertools.cycle([self.numbers, self.numbers[::-1]])
        self.records: dict[int, list[int]] = {number: [number] for number in self.numbers}
        self.connection: list[int] = []

    async def teardown(self) -> None:  # type: ignore[override]
        super().teardown()
        self.worker.join()
        self.kept_pool.shutdown()
        self.server.cancel()

    def _tick(self) -> None:
        while not self.done.wait(0.001):
            time.sleep(0.001)

    async def _serve(self) -> None:
        while True:
            (await self.requests.get()).set_result(sum(self.numbers))
            await asyncio.sleep(0.0001)

    @variant
    def plain(self) -> int:
        return sum(self.numbers)

    @variant
    def fresh_list(self) -> int:
        """A list of its own in every call."""
        return sum(sorted(self.numbers))

    @variant
    def generator_consumed_inside(self) -> int:
        return sum(number for number in self.numbers)

    @variant
    async def gathered(self) -> int:
        """Coroutines that are awaited, all of them."""
        return sum(await asyncio.gather(*[_answer(number) for number in self.numbers]))

    @variant
    async def tasks_awaited(self) -> int:
        tasks = [asyncio.create_task(_answer(number)) for number in self.numbers]
        return sum([await task for task in tasks])

    @variant
    async def task_cancelled_and_awaited(self) -> int:
        task = asyncio.create_task(asyncio.Event().wait())
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return sum(self.numbers)

    @variant
    async def gives_way(self) -> int:
        """`asyncio.sleep(0)` waits for nothing."""
        await asyncio.sleep(0)
        return sum(self.numbers)

    @variant
    def pool_kept(self) -> int:
        """A pool made in `setup`, whose threads come as they are needed."""
        return sum(self.kept_pool.map(int, self.numbers))

    @variant
    async def to_thread(self) -> int:
        """The loop's own pool, made by the first call and kept."""
        return await asyncio.to_thread(sum, self.numbers)

    @variant
    def pool_closed(self) -> int:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return sum(pool.map(int, self.numbers))

    @variant
    async def served(self) -> int:
        """A worker of `setup` answers, and sleeps when it pleases."""
        answer = asyncio.get_running_loop().create_future()
        self.requests.put_nowait(answer)
        return int(await answer)

    @variant
    def file_closed(self) -> int:
        with open(os.devnull, encoding="utf-8") as file:
            return sum(self.numbers) + len(file.read())

    @variant
    def places_filled(self) -> int:
        """A place for results that is filled anew by every call."""
        for index, number in enumerate(self.numbers):
            self.places[index] = number
        return sum(self.places)

    @variant
    def copy_sorted(self) -> int:
        numbers = list(self.numbers)
        numbers.sort()
        return sum(numbers)

    @variant
    def inputs_in_turn(self) -> int:
        """Inputs from a rotating pool."""
        return sum(next(self.inputs))

    @variant
    def connection_made_when_first_needed(self) -> int:
        if not self.connection:
            self.connection.append(1)
        return sum(self.numbers)

    @variant
    def found_by_key(self) -> int:
        """Hands out what a dict holds, after some work."""
        return sum(self.records[number][0] for number in self.numbers)

    @variant
    def asks_forgiveness(self) -> int:
        """An exception that is part of the work, proven by the result."""
        try:
            return sum(self.numbers) + self.numbers[1000]
        except IndexError:
            return sum(self.numbers)

    @variant
    def environment_put_back(self) -> int:
        os.environ["PLANTED"] = "here"
        del os.environ["PLANTED"]
        return sum(self.numbers)

    @variant
    def large_and_steady(self) -> int:
        return sum(self.numbers) + 0 * sum(range(100_000))


class HonestSilence(_Numbers):
    """Which returns nothing, and is right to?"""

    @variant
    def plain(self) -> None:
        _ignore(sorted(self.numbers))

    @variant
    def listed(self) -> None:
        _ignore(list(self.numbers))


class HonestFailure(_Numbers):
    """What does raising cost?"""

    @variant
    def plain(self) -> None:
        try:
            raise KeyError
        except KeyError:
            pass

    @variant
    def with_a_text(self) -> None:
        try:
            raise KeyError("text")
        except KeyError:
            pass


class HonestCache(_Numbers):
    """What does a hit cost? A counter says that all are hits."""

    def setup(self) -> None:
        super().setup()
        self.misses = 0
        self.answers: dict[int, list[int]] = {}

    def counters(self) -> Mapping[str, int]:
        return {"misses": self.misses}

    @variant
    def plain(self) -> int:
        return len(_looked_up(1000))

    @variant
    def by_hand(self) -> int:
        return len(self.answers.setdefault(1000, list(range(1000))))


class HonestLuck(_Numbers):
    """Which draws faster? The suite says what a draw must be like."""

    def setup(self) -> None:
        super().setup()
        self.draws = random.Random(1)

    def agree(self, expected: object, actual: object) -> bool:
        return all(isinstance(each, float) and 0 <= each < 1 for each in (expected, actual))

    @variant
    def plain(self) -> float:
        return self.draws.random()

    @variant
    def uniform(self) -> float:
        return self.draws.uniform(0, 1)


class HonestIterators(_Numbers):
    """Which iterator is made faster? The suite consumes both to compare them."""

    def agree(self, expected: Any, actual: Any) -> bool:
        return list(expected) == list(actual)

    @variant
    def plain(self) -> Iterator[int]:
        return map(abs, self.numbers)

    @variant
    def generator(self) -> Iterator[int]:
        return (abs(number) for number in self.numbers)


class HonestCounting(_Numbers):
    """Which takes the next ticket faster? Results go on from call to call, in step."""

    def setup(self) -> None:
        super().setup()
        self.tickets = itertools.count(1)

    @variant
    def plain(self) -> int:
        return next(self.tickets)

    @variant
    def by_sum(self) -> int:
        return sum([next(self.tickets)])


class HonestBuffer(_Numbers):
    """Which fills one list faster? It is the same list in every call."""

    def setup(self) -> None:
        super().setup()
        self.turns = itertools.count()
        self.buffer = [0] * 3

    @variant
    def plain(self) -> list[int]:
        turn = next(self.turns)
        return [number + turn for number in self.numbers]

    @variant
    def reused(self) -> list[int]:
        turn = next(self.turns)
        self.buffer[:] = [number + turn for number in self.numbers]
        return self.buffer


class HonestOrder(_Numbers):
    """Which gives all rows faster? In any order, the suite says."""

    def agree(self, expected: Any, actual: Any) -> bool:
        return sorted(expected) == sorted(actual)

    @variant
    def plain(self) -> list[int]:
        return list(self.numbers)

    @variant
    def backwards(self) -> list[int]:
        return self.numbers[::-1]


class HonestLatency(_Numbers):
    """How long does a wait take, one way or another? All of them wait."""

    @variant
    async def plain(self) -> int:
        await asyncio.sleep(0.001)
        return sum(self.numbers)

    @variant
    async def together(self) -> int:
        await asyncio.gather(*[asyncio.sleep(0.001) for _ in range(3)])
        return sum(self.numbers)


class _Vector:
    """Compares value by value, as arrays do, and has no truth."""

    def __init__(self, values: list[int]) -> None:
        self.values = values

    def __eq__(self, other: object) -> Any:
        return _Vector([])

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("the truth of a vector is ambiguous")


class HonestVectors(_Numbers):
    """Which makes vectors faster? Their `==` is no yes or no."""

    def agree(self, expected: Any, actual: Any) -> bool:
        return bool(expected.values == actual.values)

    @variant
    def plain(self) -> _Vector:
        return _Vector(sorted(self.numbers))

    @variant
    def prepared(self) -> _Vector:
        return _Vector([*sorted(self.numbers)])


class HonestRows(_Numbers):
    """Which filters faster, per row that is looked at? Fewer rows come out than go in."""

    def setup(self) -> None:
        super().setup()
        self.rows = list(range(1000))
        self.units = len(self.rows)

    @variant
    def plain(self) -> list[int]:
        return [row for row in self.rows if row % 2]

    @variant
    def by_filter(self) -> list[int]:
        return list(filter(lambda row: row % 2, self.rows))


class HonestReading(_Numbers):
    """Which record is read faster? One level down, an attribute is all there is to time."""

    def setup(self) -> None:
        super().setup()
        self.slotted = _Slotted(1000)
        self.plain_record = _Plain(1000)

    @variant
    def plain(self) -> int:
        return self.plain_record.value

    @variant
    def slots(self) -> int:
        return self.slotted.value


class _Plain:
    def __init__(self, value: int) -> None:
        self.value = value


class _Slotted:
    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value
