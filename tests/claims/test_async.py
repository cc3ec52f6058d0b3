"""4.2 to 4.6 and 9.4: what runs at once, in a time that passes without being waited for."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import random
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tests.fake_time import InFakeTime

from patternbench.patterns.printed import async_generators, blocking_work, concurrency, context_managers
from patternbench.patterns.repaired import async_generators as mended_generators
from patternbench.patterns.repaired import blocking_work as mended_blocking_work
from patternbench.patterns.repaired import concurrency as mended_concurrency
from patternbench.patterns.repaired import context_managers as mended_context_managers


class Backend:
    """Answers each address after its seconds, with an error where it has one."""

    def __init__(self, **seconds_or_errors: float | tuple[float, Exception]) -> None:
        self._told = seconds_or_errors
        self.began: list[str] = []
        self.ended: list[str] = []
        self.cancelled: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    async def fetch(self, url: str) -> dict[str, Any]:
        told = self._told.get(url, 0.0)
        seconds, error = told if isinstance(told, tuple) else (told, None)
        self.began.append(url)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # what a clean-up takes
            self.cancelled.append(url)
            raise
        finally:
            self.at_once -= 1
        if error is not None:
            raise error
        self.ended.append(url)
        return {"url": url}


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, Backend], Backend]:
    def used(module: Any, backend: Backend) -> Backend:
        monkeypatch.setattr(module, "fetch_data", backend.fetch)
        return backend

    return used


def others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


# 4.2 Concurrent execution


def test_the_first_result_may_be_an_error(in_fake_time: InFakeTime, use: Any) -> None:
    async def first(module: Any) -> Any:
        use(module, Backend(broken=(0.01, OSError("broken")), slow=0.05))
        return await module.fetch_first(["broken", "slow"])

    with pytest.raises(OSError, match="broken"):
        in_fake_time(lambda: first(concurrency))
    assert in_fake_time(lambda: first(mended_concurrency)) == {"url": "slow"}


def test_what_was_cancelled_is_still_there(in_fake_time: InFakeTime, use: Any) -> None:
    async def left(module: Any) -> int:
        use(module, Backend(quick=0.01, slow=9.0))
        await module.fetch_first(["quick", "slow"])
        return len(others())

    assert in_fake_time(lambda: left(concurrency)) == 1
    assert in_fake_time(lambda: left(mended_concurrency)) == 0


def test_who_is_cancelled_leaves_everything_running(in_fake_time: InFakeTime, use: Any) -> None:
    async def left(module: Any) -> int:
        use(module, Backend(a=9.0, b=9.0))
        waiting = asyncio.create_task(module.fetch_first(["a", "b"]))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        return len(others())

    assert in_fake_time(lambda: left(concurrency)) == 2
    assert in_fake_time(lambda: left(mended_concurrency)) == 0


def test_the_repaired_one_names_every_error_when_all_fail(in_fake_time: InFakeTime, use: Any) -> None:
    async def first() -> Any:
        use(mended_concurrency, Backend(a=(0.2, OSError("a")), b=(0.1, ValueError("b"))))
        return await mended_concurrency.fetch_first(["a", "b"])

    with pytest.raises(ExceptionGroup) as failed:
        in_fake_time(first)
    assert [str(each) for each in failed.value.exceptions] == ["a", "b"]
    with pytest.raises(ValueError, match="at least one"):
        in_fake_time(lambda: mended_concurrency.fetch_first([]))


def test_a_time_out_inside_is_taken_for_the_own(in_fake_time: InFakeTime, use: Any) -> None:
    async def fetched(module: Any, seconds: float) -> Any:
        use(module, Backend(a=(seconds, TimeoutError("the network's"))))
        return await module.fetch_with_timeout("a", timeout=1.0)

    assert in_fake_time(lambda: fetched(concurrency, 0.01)) is None
    with pytest.raises(TimeoutError, match="the network's"):
        in_fake_time(lambda: fetched(mended_concurrency, 0.01))
    assert in_fake_time(lambda: fetched(mended_concurrency, 9.0)) is None


def test_siblings_run_on_after_an_error(in_fake_time: InFakeTime, use: Any) -> None:
    async def ended(module: Any) -> list[str]:
        backend = use(module, Backend(broken=(0.01, OSError()), slow=0.5))
        with pytest.raises(OSError, match=r"^$"):
            await module.fetch_all(["broken", "slow"])
        await asyncio.sleep(1)
        return list(backend.ended)

    assert in_fake_time(lambda: ended(concurrency)) == ["slow"]
    assert in_fake_time(lambda: ended(mended_concurrency)) == []


def test_retries_come_in_step_and_whatever_the_error_is(in_fake_time: InFakeTime, use: Any) -> None:
    async def times(module: Any, error: Exception, **more: Any) -> list[float]:
        backend = use(module, Backend(a=(0.0, error)))
        loop, at = asyncio.get_running_loop(), []
        fetch = backend.fetch

        async def noted(url: str) -> Any:
            at.append(loop.time())
            return await fetch(url)

        backend.fetch = noted
        use(module, backend)
        with pytest.raises(type(error)):
            await module.fetch_with_retry("a", max_retries=3, delay=1.0, **more)
        return [later - earlier for earlier, later in pairwise(at)]

    def pauses(module: Any, error: Exception, **more: Any) -> list[float]:
        found: list[float] = in_fake_time(lambda: times(module, error, **more))
        return found

    assert pauses(concurrency, OSError()) == pytest.approx([1.0, 2.0], abs=0.01)
    assert len(pauses(concurrency, ValueError())) == 2, "what cannot go away is tried again"
    assert pauses(mended_concurrency, ValueError()) == []
    one, other = (pauses(mended_concurrency, OSError(), draws=random.Random(seed)) for seed in (1, 2))
    assert len(one) == len(other) == 3
    assert one != other
    assert all(pause <= 2**attempt + 0.01 for attempt, pause in enumerate(one))


def test_three_retries_are_three_attempts(in_fake_time: InFakeTime, use: Any) -> None:
    async def attempts(module: Any) -> int:
        backend = use(module, Backend(a=(0.0, OSError())))
        with pytest.raises(OSError, match=r"^$"):
            await module.fetch_with_retry("a", max_retries=3, delay=0.0)
        return len(backend.began)

    assert in_fake_time(lambda: attempts(concurrency)) == 3
    assert in_fake_time(lambda: attempts(mended_concurrency)) == 4


# 4.3 Semaphore and rate limiting


@pytest.mark.parametrize("rate", [5.0, 20.0, 100.0])
def test_the_limiter_lets_through_twice_its_rate(in_fake_time: InFakeTime, rate: float) -> None:
    async def per_second(module: Any) -> float:
        loop, limiter = asyncio.get_running_loop(), module.RateLimiter(rate, capacity=1)
        await limiter.acquire()
        began = loop.time()
        for _ in range(200):
            await limiter.acquire()
        return 200 / (loop.time() - began)

    assert in_fake_time(lambda: per_second(concurrency)) == pytest.approx(2 * rate, rel=0.02)
    assert in_fake_time(lambda: per_second(mended_concurrency)) == pytest.approx(rate, rel=0.02)


def test_a_full_bucket_lets_its_capacity_through_at_once(in_fake_time: InFakeTime) -> None:
    async def at_once(module: Any) -> float:
        loop, limiter = asyncio.get_running_loop(), module.RateLimiter(5.0, capacity=10)
        began = loop.time()
        for _ in range(10):
            await limiter.acquire()
        return loop.time() - began

    for module in (concurrency, mended_concurrency):
        assert in_fake_time(lambda module=module: at_once(module)) < 0.1


def test_who_waits_for_a_turn_holds_a_slot(in_fake_time: InFakeTime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten slots, and twenty fetches of which one a second may begin: who else is let into the semaphore meanwhile?"""

    async def free(module: Any) -> int:
        made: list[asyncio.Semaphore] = []

        class Seen(asyncio.Semaphore):
            def __init__(self, value: int) -> None:
                super().__init__(value)
                made.append(self)

        monkeypatch.setattr(module, "fetch_data", Backend().fetch)
        monkeypatch.setattr(asyncio, "Semaphore", Seen)
        running = asyncio.create_task(module.fetch_with_rate_limit([str(n) for n in range(40)], 10, rate=1.0))
        await asyncio.sleep(1.5)  # the first ten went through at once, those who follow wait for their turn
        found = made[0]._value
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        return found

    assert in_fake_time(lambda: free(concurrency)) == 0
    assert in_fake_time(lambda: free(mended_concurrency)) == 10


def test_no_rate_at_all_is_an_error_when_it_is_used(in_fake_time: InFakeTime) -> None:
    async def acquired(module: Any) -> None:
        limiter = module.RateLimiter(0.0, capacity=1)
        await limiter.acquire()
        await limiter.acquire()

    with pytest.raises(ZeroDivisionError):
        in_fake_time(lambda: acquired(concurrency))
    with pytest.raises(ValueError, match="a rate above zero"):
        mended_concurrency.RateLimiter(0.0)


def test_a_limiter_cannot_be_made_where_no_loop_runs() -> None:
    """In a thread of its own, where no loop was ever set."""
    failed: list[BaseException] = []

    def make(module: Any) -> None:
        try:
            module.RateLimiter(1.0)
        except RuntimeError as error:
            failed.append(error)

    for module, failures in ((concurrency, 1), (mended_concurrency, 0)):
        failed.clear()
        thread = threading.Thread(target=make, args=(module,))
        thread.start()
        thread.join()
        assert len(failed) == failures


# 9.4 Batches


def test_a_task_is_made_for_every_item(in_fake_time: InFakeTime) -> None:
    async def tasks(module: Any) -> int:
        most = 0

        async def processed(item: str) -> dict[str, str]:
            nonlocal most
            most = max(most, len(others()))
            await asyncio.sleep(0)
            return {"item": item}

        done = await module.process_batch([str(number) for number in range(500)], processed, 10)
        assert [each["item"] for each in done] == [str(number) for number in range(500)]
        return most

    assert in_fake_time(lambda: tasks(concurrency)) >= 490
    assert in_fake_time(lambda: tasks(mended_concurrency)) <= 11


def test_after_an_error_the_whole_batch_runs_on(in_fake_time: InFakeTime) -> None:
    async def began(module: Any) -> int:
        items: list[str] = []

        async def processed(item: str) -> dict[str, str]:
            items.append(item)
            await asyncio.sleep(0.01)
            if item == "3":
                raise OSError(item)
            return {}

        with pytest.raises(OSError, match="3"):
            await module.process_batch([str(number) for number in range(30)], processed, 10)
        await asyncio.sleep(1)
        return len(items)

    assert in_fake_time(lambda: began(concurrency)) == 30
    assert in_fake_time(lambda: began(mended_concurrency)) <= 20


def test_an_item_that_fails_can_be_told_from_nothing(in_fake_time: InFakeTime, use: Any) -> None:
    async def results(module: Any) -> list[Any]:
        use(module, Backend(a=0.1, b=(0.1, OSError("b"))))
        found: list[Any] = await module.process_with_error_handling(["a", "b"])
        return found

    assert in_fake_time(lambda: results(concurrency)) == [{"url": "a"}, None]
    good, bad = in_fake_time(lambda: results(mended_concurrency))
    assert (good, str(bad)) == ({"url": "a"}, "b")


@pytest.mark.parametrize("module", [concurrency, mended_concurrency])
def test_a_task_group_cancels_the_siblings_and_all_have_ended(in_fake_time: InFakeTime, use: Any, module: Any) -> None:
    async def cancelled() -> list[str]:
        backend = use(module, Backend(broken=(0.01, OSError()), slow=9.0))
        with pytest.raises((OSError, ExceptionGroup)):
            await module.process_all(["broken", "slow"])
        return list(backend.cancelled)

    assert in_fake_time(cancelled) == ["slow"]


def test_callers_of_a_task_group_meet_a_group(in_fake_time: InFakeTime, use: Any) -> None:
    async def processed(module: Any) -> None:
        use(module, Backend(broken=(0.01, OSError("broken"))))
        await module.process_all(["broken"])

    with pytest.raises(ExceptionGroup):
        in_fake_time(lambda: processed(concurrency))
    with pytest.raises(OSError, match="broken"):
        in_fake_time(lambda: processed(mended_concurrency))


# 4.4 Async context managers


def test_a_cancelled_transaction_is_committed_by_the_next_one(tmp_path: Path) -> None:
    async def rows(module: Any) -> list[int]:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite'}")
        try:
            async with engine.begin() as connection:
                await connection.execute(text("drop table if exists numbers"))
                await connection.execute(text("create table numbers (n integer)"))
            async with AsyncSession(engine) as session:
                inserted = asyncio.Event()

                async def abandoned() -> None:
                    async with module.database_transaction(session):
                        await session.execute(text("insert into numbers values (1)"))
                        inserted.set()
                        await asyncio.Event().wait()

                task = asyncio.create_task(abandoned())
                await inserted.wait()
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                async with module.database_transaction(session):
                    await session.execute(text("insert into numbers values (2)"))
                return list(await session.scalars(text("select n from numbers order by n")))
        finally:
            await engine.dispose()

    assert asyncio.run(rows(context_managers)) == [1, 2]
    assert asyncio.run(rows(mended_context_managers)) == [2]


@pytest.mark.parametrize("module", [context_managers, mended_context_managers])
def test_an_error_rolls_back(tmp_path: Path, module: Any) -> None:
    async def rows() -> list[int]:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite'}")
        try:
            async with AsyncSession(engine) as session:
                async with module.database_transaction(session):
                    await session.execute(text("create table numbers (n integer)"))
                with pytest.raises(ValueError, match="no"):  # noqa: PT012 - the block is what is tested
                    async with module.database_transaction(session):
                        await session.execute(text("insert into numbers values (1)"))
                        raise ValueError("no")
                return list(await session.scalars(text("select n from numbers")))
        finally:
            await engine.dispose()

    assert asyncio.run(rows()) == []


def test_a_resource_is_closed_when_its_block_fails() -> None:
    async def closed() -> bool:
        with contextlib.suppress(ValueError):
            async with context_managers.managed_resource() as resource:
                raise ValueError
        return resource.closed

    assert asyncio.run(closed())


def test_a_timing_is_printed_or_logged(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    async def timed(module: Any) -> None:
        async with module.timing("query"):
            pass

    asyncio.run(timed(context_managers))
    assert capsys.readouterr().out == "query: 0.000s\n"
    with caplog.at_level("INFO"):
        asyncio.run(timed(mended_context_managers))
    assert capsys.readouterr().out == ""
    assert caplog.messages[0].startswith("query: 0.000")


# 4.5 Async generators


def test_a_page_of_an_address_with_a_query_has_two_question_marks(use: Any) -> None:
    async def asked(module: Any, base: str) -> list[str]:
        backend = use(module, Backend())
        _ = [each async for each in module.paginated_fetch(base)]
        return list(backend.began)

    base = "https://example.com/api?active=1"
    assert asyncio.run(asked(async_generators, base)) == [f"{base}?page=1&limit=100"]
    assert asyncio.run(asked(mended_generators, base)) == [f"{base}&page=1&limit=100"]


@pytest.mark.parametrize("module", [async_generators, mended_generators])
def test_every_item_of_every_page_comes_once(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    pages = iter([{"results": [1, 2], "has_next": True}, {"results": [3], "has_next": False}])

    async def fetch(url: str) -> Any:
        return next(pages)

    monkeypatch.setattr(module, "fetch_data", fetch)

    async def batches() -> list[list[Any]]:
        return [batch async for batch in module.batch_process(module.paginated_fetch("/items"), 2)]

    assert asyncio.run(batches()) == [[1, 2], [3]]


def test_a_line_loses_its_indentation(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("def f():\n    return 1  \n", encoding="utf-8")

    async def lines(module: Any) -> list[str]:
        return [line async for line in module.stream_lines(str(path))]

    assert asyncio.run(lines(async_generators)) == ["def f():", "return 1"]
    assert asyncio.run(lines(mended_generators)) == ["def f():", "    return 1  "]


def test_closing_batches_leaves_what_is_under_them_open() -> None:
    async def closed(module: Any) -> bool:
        ended = False

        async def items() -> Any:
            nonlocal ended
            try:
                for number in range(9):
                    yield number
            finally:
                ended = True

        under = items()
        async with contextlib.aclosing(module.batch_process(under, 2)) as batches:
            assert await anext(batches) == [0, 1]
        found = ended
        await under.aclose()
        return found

    assert asyncio.run(closed(async_generators)) is False
    assert asyncio.run(closed(mended_generators)) is True


# 9.4 Blocking work

request: contextvars.ContextVar[str | None] = contextvars.ContextVar("request", default=None)


def test_a_context_variable_does_not_reach_the_thread() -> None:
    async def seen(module: Any) -> Any:
        request.set("req-1")
        return await module.run_blocking(request.get)

    assert asyncio.run(seen(blocking_work)) is None
    assert asyncio.run(seen(mended_blocking_work)) == "req-1"


def test_keyword_arguments_do_not_reach_the_thread() -> None:
    async def number(module: Any) -> Any:
        return await module.run_blocking(int, "11", base=2)

    with pytest.raises(TypeError, match="base"):
        asyncio.run(number(blocking_work))
    assert asyncio.run(number(mended_blocking_work)) == 3


def test_computing_goes_to_a_thread_or_to_a_process() -> None:
    async def process() -> tuple[str, str]:
        here = threading.current_thread().name
        there = await blocking_work.run_cpu_bound(lambda: threading.current_thread().name)
        return here, there

    here, there = asyncio.run(process())
    assert here != there

    async def mended(executor: ProcessPoolExecutor) -> int:
        return await mended_blocking_work.run_cpu_bound(executor, divmod_sum, 7, by=2)

    with ProcessPoolExecutor(1) as executor:
        assert asyncio.run(mended(executor)) == 4


def divmod_sum(number: int, by: int) -> int:
    return sum(divmod(number, by))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_all_three_examples_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("text", encoding="utf-8")
    for read in (
        blocking_work.bad_example,
        blocking_work.good_example,
        blocking_work.better_example,
        mended_blocking_work.good_example,
    ):
        assert asyncio.run(read(str(path))) == "text"
