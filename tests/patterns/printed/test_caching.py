# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from patternbench.patterns.printed import caching


class Clock(dt.datetime):
    """The guide's `datetime` with a clock that the test moves."""

    at = dt.datetime(2026, 1, 1, 12, 0, 0)  # noqa: DTZ001 - the guide's clock is naive

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return cls.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(Clock, "at", Clock.at)
    monkeypatch.setattr(caching, "datetime", Clock)
    return Clock


class Account:
    """Two of these have the same text."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return "Account()"


def test_the_computation_is_kept_for_128_arguments() -> None:
    assert caching.expensive_computation(4) == 14
    assert caching.expensive_computation.cache_parameters() == {"maxsize": 128, "typed": False}


def test_a_parsed_file_is_shared_and_never_read_again(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"debug": false}')
    first = caching.parse_config(str(path))
    path.write_text('{"debug": true}')
    assert caching.parse_config(str(path)) is first
    assert first == {"debug": False}


def test_an_entry_lasts_as_long_as_its_time_to_live(clock: type[Clock]) -> None:
    cache = caching.TTLCache(ttl_seconds=60)
    cache.set("key", "value")
    clock.at += dt.timedelta(seconds=59)
    assert cache.get("key") == "value"
    clock.at += dt.timedelta(seconds=1)
    assert cache.get("key") is None


def test_an_expired_entry_is_held_until_its_own_key_is_read(clock: type[Clock]) -> None:
    cache = caching.TTLCache(ttl_seconds=60)
    cache.set("forgotten", "value")
    clock.at += dt.timedelta(days=1)
    cache.set("other", "value")
    assert cache.get("other") == "value"
    assert "forgotten" in cache._cache
    cache.get("forgotten")
    assert "forgotten" not in cache._cache


def test_a_clock_that_is_set_back_lengthens_the_life_of_an_entry(clock: type[Clock]) -> None:
    cache = caching.TTLCache(ttl_seconds=60)
    cache.set("key", "value")
    clock.at -= dt.timedelta(hours=1)
    clock.at += dt.timedelta(minutes=50)
    assert cache.get("key") == "value"


def test_a_cleared_cache_is_empty() -> None:
    cache = caching.TTLCache()
    cache.set("key", "value")
    cache.clear()
    assert cache.get("key") is None


def test_objects_of_the_same_text_share_an_entry() -> None:
    @caching.async_cached(ttl_seconds=60)
    async def number(account: Account) -> int:
        return account.number

    async def both() -> list[int]:
        return [await number(Account(1)), await number(Account(2))]

    assert asyncio.run(both()) == [1, 1]


def test_equal_arguments_of_another_text_do_not_share_one() -> None:
    calls: list[float] = []

    @caching.async_cached(ttl_seconds=60)
    async def double(number: float) -> float:
        calls.append(number)
        return number * 2

    async def thrice() -> None:
        await double(1)
        await double(1.0)
        await double(1)

    asyncio.run(thrice())
    assert calls == [1, 1.0]


def test_none_is_asked_for_again_and_again() -> None:
    calls: list[int] = []

    @caching.async_cached(ttl_seconds=60)
    async def nothing(number: int) -> None:
        calls.append(number)

    async def five_times() -> None:
        for _ in range(5):
            await nothing(1)

    asyncio.run(five_times())
    assert len(calls) == 5


def test_a_hundred_callers_that_miss_at_once_all_reach_the_backend() -> None:
    calls: list[int] = []

    @caching.async_cached(ttl_seconds=60)
    async def slow(number: int) -> int:
        calls.append(number)
        await asyncio.sleep(0)
        return number

    async def rush() -> list[int]:
        answers: list[int] = await asyncio.gather(*(slow(1) for _ in range(100)))
        return answers

    assert asyncio.run(rush()) == [1] * 100
    assert len(calls) == 100


def test_callers_share_one_mutable_result() -> None:
    @caching.async_cached(ttl_seconds=60)
    async def roles(user: int) -> list[str]:
        return ["reader"]

    async def second_caller() -> list[str]:
        (await roles(1)).append("admin")
        result: list[str] = await roles(1)
        return result

    assert asyncio.run(second_caller()) == ["reader", "admin"]


def test_one_decorator_on_two_functions_of_one_name_mixes_their_results() -> None:
    cached = caching.async_cached(ttl_seconds=60)

    def made(answer: str) -> Any:
        @cached
        async def load(number: int) -> str:
            return answer

        return load

    async def both() -> list[str]:
        return [await made("first")(1), await made("second")(1)]

    assert asyncio.run(both()) == ["first", "first"]
