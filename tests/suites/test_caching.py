from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path

import pytest

from patternbench.comparison import Case, Comparison, Declaration, variant
from patternbench.comparison import declaration as declared_of
from patternbench.experiment.proof import Proof, proved
from patternbench.experiment.suite_file import comparisons
from patternbench.optional import AbsentLibrary

_FOUND = comparisons(Path(__file__).parents[2] / "benchmarks" / "caching.py")
suite = sys.modules[_FOUND[0][0].__module__]
SUITE = {declared.name: (cls, declared) for cls, declared in _FOUND}
CASES = [(cls, declared, case) for cls, declared in SUITE.values() for case in declared.cases]


def proof(comparison: str, variant_: str, **params: object) -> Proof:
    cls, declared = SUITE[comparison]
    case = next(case for case in declared.cases if case.params == params)
    return proved(cls, declared, case, variant_, {})


@pytest.mark.parametrize(("cls", "declared", "case"), CASES, ids=[f"{d.name}[{c.key}]" for _, d, c in CASES])
def test_every_variant_of_every_case_keeps_its_promises(
    cls: type[Comparison], declared: Declaration, case: Case
) -> None:
    proofs = {each.name: proved(cls, declared, case, each.name, {}) for each in declared.variants}
    assert {name: (each.status, each.reason) for name, each in proofs.items() if each.status != "ok"} == {}
    assert {name: each.notes for name, each in proofs.items() if each.notes} == {}


def test_each_comparison_has_one_headline_case_of_at_most_eleven_variants() -> None:
    for _, declared in SUITE.values():
        assert sum(case.headline for case in declared.cases) == 1
        assert len(declared.variants) <= 11


@pytest.mark.parametrize(("keys", "hits"), [(127, 127), (128, 128), (129, 0), (256, 0)])
def test_one_key_too_many_loses_every_hit_of_the_guides_lru_cache(keys: int, hits: int) -> None:
    assert proof("LruCliff", "lru_cache", keys=keys).counters == {"hits": hits, "misses": keys - hits}


def test_throwing_out_at_random_keeps_most_hits_with_one_key_too_many() -> None:
    assert int(proof("LruCliff", "cachetools_random", keys=129).counters["hits"]) > 100


def test_a_stampede_reaches_the_backend_once_or_with_every_caller() -> None:
    calls = {
        name: proof("Stampede", name, callers=100, backend_ms=0).counters["backend_calls"]
        for name in ("guide_async_cached", "async_lru_ttl", "single_flight_by_hand", "cachebox_ttl")
    }
    assert calls == {"guide_async_cached": 100, "async_lru_ttl": 1, "single_flight_by_hand": 1, "cachebox_ttl": 1}


def test_a_cache_that_promises_one_call_and_makes_many_is_broken() -> None:
    class Boastful(suite.Stampede):  # type: ignore[misc, name-defined]
        """Is a promise checked?"""

        @variant(holds={"backend_calls": 1})
        async def ttl_by_hand(self) -> list[int]:
            found: list[int] = await self._rush(self.by_hand)
            return found

    declared = declared_of(Boastful)
    case = next(case for case in declared.cases if case.params == {"callers": 10, "backend_ms": 0})
    told = proved(Boastful, declared, case, "ttl_by_hand", {})
    assert (told.status, told.reason) == ("broken", "promises backend_calls = 1, but one call made it 10")


@pytest.mark.parametrize("distinct", [10, 100, 200])
def test_a_stream_has_exactly_the_wanted_number_of_keys_in_a_fixed_order(distinct: int) -> None:
    keys = suite._stream(distinct, first=100, seed=92)
    assert len(keys) == 200
    assert set(keys) == set(range(100, 100 + distinct))
    assert keys == suite._stream(distinct, first=100, seed=92)


def test_repeats_prefer_the_first_keys() -> None:
    counts = Counter(suite._stream(10, first=0, seed=92))
    assert counts[0] > counts[9]


def test_a_missing_library_leaves_out_its_variants_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("async_lru", "cachebox", "cachetools"):
        monkeypatch.setattr(suite, name, AbsentLibrary(name))
    told = proof("HitRatio", "cachebox_lru", hits_percent=95, function="guide")
    assert (told.status, told.reason) == ("not measured", "cachebox is not installed")
    assert proof("HitRatio", "lru_cache", hits_percent=95, function="guide").status == "ok"
    assert proof("AsyncHit", "async_lru_ttl", key="int").status == "not measured"
    assert proof("AsyncHit", "ttl_by_hand", key="int").status == "ok"


def test_a_failed_fetch_fails_for_all_who_wait_and_is_not_kept() -> None:
    calls: list[str] = []

    async def failing(key: str) -> str:
        calls.append(key)
        await asyncio.sleep(0)
        raise ValueError(key)

    async def twice() -> list[object]:
        cached = suite._async_single_flight(failing)
        told: list[object] = await asyncio.gather(cached("a"), cached("a"), return_exceptions=True)
        told += await asyncio.gather(cached("a"), return_exceptions=True)
        return told

    assert [type(each) for each in asyncio.run(twice())] == [ValueError] * 3
    assert calls == ["a", "a"]


def test_a_waiter_that_is_cancelled_does_not_cancel_the_fetch_of_the_others() -> None:
    async def slow(key: str) -> str:
        for _ in range(3):
            await asyncio.sleep(0)
        return key

    async def one_leaves() -> str:
        cached = suite._async_single_flight(slow)
        leaving = asyncio.ensure_future(cached("a"))
        staying = asyncio.ensure_future(cached("a"))
        await asyncio.sleep(0)
        leaving.cancel()
        return str(await staying)

    assert asyncio.run(one_leaves()) == "a"
