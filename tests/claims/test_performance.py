"""9.1 to 9.3: profiling, caching and pools of connections."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.fake_time import FakeClock, InFakeTime

from patternbench.patterns.printed import caching, http_client_pool, profiling
from patternbench.patterns.repaired import caching as mended_caching
from patternbench.patterns.repaired import client_per_call as mended_client
from patternbench.patterns.repaired import http_client_pool as mended_pool
from patternbench.patterns.repaired import profiling as mended_profiling

# 9.1 Profiling


@pytest.fixture
def perf_counter(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    for module in (profiling, mended_profiling):
        monkeypatch.setattr(module, "perf_counter", clock)
    return clock


def test_a_coroutine_is_timed_until_it_was_made(perf_counter: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    async def slow() -> None:
        perf_counter.now += 0.05

    with caplog.at_level(logging.INFO):
        for module in (profiling, mended_profiling):
            asyncio.run(module.timed(slow)())
    printed, mended = caplog.messages
    assert printed == "slow took 0.000s"
    assert mended.endswith("took 0.050000 s")


def test_a_generator_is_timed_until_it_was_made(perf_counter: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    def slow() -> Iterator[int]:
        perf_counter.now += 0.06
        yield 1

    with caplog.at_level(logging.INFO):
        for module in (profiling, mended_profiling):
            assert list(module.timed(slow)()) == [1]
    printed, mended = caplog.messages
    assert printed == "slow took 0.000s"
    assert mended.endswith("took 0.060000 s")


@pytest.mark.parametrize("module", [profiling, mended_profiling])
def test_a_plain_call_is_timed(perf_counter: FakeClock, caplog: pytest.LogCaptureFixture, module: Any) -> None:
    def slow() -> int:
        perf_counter.now += 0.25
        return 7

    with caplog.at_level(logging.INFO):
        assert module.timed(slow)() == 7
        asyncio.run(module.async_timed(asyncio.sleep)(0))
    assert "0.25" in caplog.messages[0]


def test_half_a_millisecond_is_no_time(perf_counter: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    def quick() -> None:
        perf_counter.now += 0.0004

    with caplog.at_level(logging.INFO):
        profiling.timed(quick)()
        mended_profiling.timed(quick)()
    assert caplog.messages[0] == "quick took 0.000s"
    assert caplog.messages[1].endswith("took 0.000400 s")


def recursive(profile: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Callable[[int], int]:
    @profile
    def countdown(number: int) -> int:
        return 1 if number < 2 else countdown(number - 1)

    return countdown


def test_a_profiled_function_that_calls_itself_fails_from_3_12_on(capsys: pytest.CaptureFixture[str]) -> None:
    if sys.version_info >= (3, 12):
        with pytest.raises(TypeError, match=r"pstats\.Stats"):
            recursive(profiling.profile)(3)
    else:
        assert recursive(profiling.profile)(3) == 1


def test_the_repaired_one_profiles_what_is_outermost(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert recursive(mended_profiling.profile)(3) == 1
    assert capsys.readouterr().out == ""
    assert "countdown" in caplog.messages[-1]


def test_a_profile_is_printed_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert profiling.profile(sum)([1, 2]) == 3
    assert "function calls" in capsys.readouterr().out


# 9.2 Caching


class Backend:
    """Counts how often it is asked, and answers after a second."""

    def __init__(self, answer: Any = "answer", seconds: float = 1.0) -> None:
        self.answer = answer
        self.seconds = seconds
        self.asked = 0

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        return copy.deepcopy(self.answer)


class Account:
    """Two of these have the same text."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return "Account()"


def cached(module: Any, backend: Any, **more: Any) -> Any:
    async def asked(*args: Any, **kwargs: Any) -> Any:
        return await backend(*args, **kwargs)

    return module.async_cached(60, **more)(asked)


def test_objects_of_equal_text_share_an_answer(in_fake_time: InFakeTime) -> None:
    async def numbers(module: Any) -> list[int]:
        async def number(account: Account) -> int:
            return account.number

        asked = module.async_cached(60)(number)
        return [await asked(Account(each)) for each in range(3)]

    assert in_fake_time(lambda: numbers(caching)) == [0, 0, 0]
    assert in_fake_time(lambda: numbers(mended_caching)) == [0, 1, 2]


def test_a_hundred_who_miss_at_once_ask_a_hundred_times(in_fake_time: InFakeTime) -> None:
    async def asked(module: Any) -> int:
        backend = Backend()
        fetch = cached(module, backend)
        await asyncio.gather(*(fetch("key") for _ in range(100)))
        return backend.asked

    assert in_fake_time(lambda: asked(caching)) == 100
    assert in_fake_time(lambda: asked(mended_caching)) == 1


def test_nothing_is_never_cached(in_fake_time: InFakeTime) -> None:
    async def asked(module: Any) -> int:
        backend = Backend(answer=None)
        fetch = cached(module, backend)
        for _ in range(5):
            assert await fetch("key") is None
        return backend.asked

    assert in_fake_time(lambda: asked(caching)) == 5
    assert in_fake_time(lambda: asked(mended_caching)) == 1


def test_keywords_in_another_order_are_another_entry(in_fake_time: InFakeTime) -> None:
    async def asked(module: Any) -> int:
        backend = Backend()
        fetch = cached(module, backend)
        await fetch(a=1, b=2)
        await fetch(b=2, a=1)
        return backend.asked

    assert in_fake_time(lambda: asked(caching)) == 2
    assert in_fake_time(lambda: asked(mended_caching)) == 1


def test_one_decorator_mixes_two_functions_of_one_name(in_fake_time: InFakeTime) -> None:
    def named(answer: str) -> Any:
        async def fetch(key: str) -> str:
            return answer

        return fetch

    async def answers(module: Any) -> list[str]:
        decorate = module.async_cached(60)
        first, second = decorate(named("first")), decorate(named("second"))
        return [await first("key"), await second("key")]

    assert in_fake_time(lambda: answers(caching)) == ["first", "first"]
    assert in_fake_time(lambda: answers(mended_caching)) == ["first", "second"]


def test_expired_entries_stay_until_somebody_asks_for_them() -> None:
    clock = FakeClock()
    printed, mended = caching.TTLCache(0), mended_caching.TTLCache[int](60, clock=clock)
    for number in range(1000):
        printed.set(str(number), number)
        mended.set(str(number), number)
    clock.now += 61
    assert len(printed._cache) == 1000
    assert len(mended) == 0
    assert mended.get("1", "gone") == "gone"


def test_the_repaired_cache_holds_no_more_than_it_may() -> None:
    cache = mended_caching.TTLCache[int](60, maxsize=2)
    for number in range(3):
        cache.set(number, number)
    assert [cache.get(number) for number in range(3)] == [None, 1, 2]
    cache.set(1, 7)
    cache.set(3, 3)
    assert [cache.get(number) for number in range(4)] == [None, 7, None, 3]
    cache.clear()
    assert len(cache) == 0


def test_an_error_is_given_to_all_who_wait_and_not_kept(in_fake_time: InFakeTime) -> None:
    async def asked() -> tuple[list[str], int]:
        calls = 0

        async def failing() -> None:
            nonlocal calls
            calls += 1
            await asyncio.sleep(1)
            raise OSError("down")

        fetch = mended_caching.async_cached(60)(failing)
        found = await asyncio.gather(fetch(), fetch(), return_exceptions=True)
        with pytest.raises(OSError, match="down"):
            await fetch()
        return [str(each) for each in found], calls

    assert in_fake_time(asked) == (["down", "down"], 2)


def test_who_is_cancelled_leaves_the_call_to_the_others(in_fake_time: InFakeTime) -> None:
    async def asked() -> tuple[Any, int]:
        backend = Backend()
        fetch = cached(mended_caching, backend)
        first, second = asyncio.create_task(fetch("key")), asyncio.create_task(fetch("key"))
        await asyncio.sleep(0.1)
        first.cancel()
        return await second, backend.asked

    assert in_fake_time(asked) == ("answer", 1)


def test_a_configuration_is_shared_and_never_read_again(tmp_path: Path) -> None:
    path = tmp_path / "config.json"

    def second(module: Any) -> Any:
        path.write_text(json.dumps({"debug": False, "hosts": []}))
        module.parse_config(str(path))["hosts"].append("changed by a caller")
        path.write_text(json.dumps({"debug": True, "hosts": [], "more": 1}))
        return module.parse_config(str(path))

    assert second(caching) == {"debug": False, "hosts": ["changed by a caller"]}
    assert second(mended_caching) == {"debug": True, "hosts": [], "more": 1}


def test_one_file_by_two_names_is_two_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    caching.parse_config.cache_clear()
    caching.parse_config("config.json")
    caching.parse_config(f".{os.sep}config.json")
    assert caching.parse_config.cache_info().currsize == 2


# 9.3 Connection pooling


def test_one_client_serves_two_loops() -> None:
    async def client(pool: Any) -> httpx.AsyncClient:
        found: httpx.AsyncClient = await pool.get_client()
        return found

    printed = http_client_pool.HTTPClientPool()
    assert asyncio.run(client(printed)) is asyncio.run(client(printed))
    asyncio.run(printed.close())

    mended = mended_pool.HTTPClientPool()
    first, second = asyncio.run(client(mended)), asyncio.run(client(mended))
    assert first is not second


def test_within_a_loop_the_client_is_shared_until_it_is_closed() -> None:
    async def clients() -> tuple[bool, bool, bool]:
        pool = mended_pool.HTTPClientPool()
        first = await pool.get_client()
        again = await pool.get_client() is first
        await pool.close()
        second = await pool.get_client()
        await second.aclose()  # behind the pool's back
        third = await pool.get_client()
        await pool.close()
        return again, second is first, third is second

    assert asyncio.run(clients()) == (True, False, False)


def test_a_subclass_gets_its_parents_instance() -> None:
    class Other(http_client_pool.HTTPClientPool):
        pass

    assert type(Other()) is http_client_pool.HTTPClientPool


def test_a_client_that_is_handed_in_asks_once() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(404 if request.url.path == "/none" else 200, json={"id": 1})

    async def fetched() -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://test") as client:
            with pytest.raises(httpx.HTTPStatusError):
                await mended_client.fetch_data("/none", client)
            return await mended_client.fetch_data("/one", client)

    assert asyncio.run(fetched()) == {"id": 1}
    assert asked == ["/none", "/one"]
