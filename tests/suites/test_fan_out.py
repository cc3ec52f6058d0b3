from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from patternbench.comparison import Case, Comparison, Declaration, variant
from patternbench.comparison import declaration as declared_of
from patternbench.experiment.proof import Proof, proved
from patternbench.experiment.suite_file import comparisons

_FOUND = comparisons(Path(__file__).parents[2] / "benchmarks" / "fan_out.py")
suite = sys.modules[_FOUND[0][0].__module__]
SUITE = {declared.name: (cls, declared) for cls, declared in _FOUND}
HAS_EAGER_TASKS = sys.version_info >= (3, 12)


def _waits(case: Case) -> bool:
    """Whether the case waits for real time; of those only the headline is proven here."""
    return bool(case.params.get("latency_ms")) or case.params.get("wait", "none") != "none"


CASES = [
    (cls, declared, case)
    for cls, declared in SUITE.values()
    for case in declared.cases
    if case.headline or not _waits(case)
]


def proof(comparison: str, variant_: str, **params: object) -> Proof:
    cls, declared = SUITE[comparison]
    case = next(case for case in declared.cases if case.params == params)
    return proved(cls, declared, case, variant_, {})


@pytest.mark.parametrize(("cls", "declared", "case"), CASES, ids=[f"{d.name}[{c.key}]" for _, d, c in CASES])
def test_every_variant_keeps_its_promises(cls: type[Comparison], declared: Declaration, case: Case) -> None:
    proofs = {each.name: proved(cls, declared, case, each.name, {}) for each in declared.variants}
    not_ok = {name: (each.status, each.reason) for name, each in proofs.items() if each.status != "ok"}
    if not HAS_EAGER_TASKS:
        eager = [name for name in not_ok if name.startswith("eager")]
        assert all(not_ok.pop(name) == ("not measured", "eager tasks came with Python 3.12") for name in eager)
    assert not_ok == {}
    assert {name: each.notes for name, each in proofs.items() if each.notes} == {}


def test_each_comparison_has_one_headline_case_of_at_most_eleven_variants() -> None:
    for _, declared in SUITE.values():
        assert sum(case.headline for case in declared.cases) == 1
        assert len(declared.variants) <= 11


def test_a_fan_out_that_exceeds_the_limit_is_broken() -> None:
    class Greedy(suite.Limit):  # type: ignore[misc, name-defined]
        """Is the limit checked?"""

        @variant(holds={"most_in_flight": 10})
        async def chunks(self) -> Any:
            return await suite._task_group(self.fetch, self.items)

    declared = declared_of(Greedy)
    case = next(case for case in declared.cases if case.params == {"items": 100, "wait": "none"})
    told = proved(Greedy, declared, case, "chunks", {})
    assert (told.status, told.reason) == ("broken", "promises most_in_flight = 10, but one call made it 100")


def test_after_an_error_the_siblings_of_gather_run_on_and_those_of_a_task_group_do_not() -> None:
    finished = {
        name: proof("OnError", name, items=20, failing="first").counters["siblings_finished_after_error"]
        for name in ("gather", "task_group", "guide_process_batch", "worker_pool")
    }
    assert finished == {"gather": 19, "task_group": 0, "guide_process_batch": 19, "worker_pool": 0}


def test_a_semaphore_starts_siblings_after_the_error() -> None:
    told = proof("OnError", "guide_process_batch", items=20, failing="first")
    assert told.counters["siblings_started_after_error"] == 10


@pytest.mark.parametrize("fan_out", ["_worker_pool", "_queue_workers", "_chunks", "_limited_group"])
@pytest.mark.parametrize("count", [0, 1, 25])
def test_a_limited_fan_out_answers_in_order_for_any_number_of_items(fan_out: str, count: int) -> None:
    items = suite._items(count)
    flight = suite._Flight(items, [0.0] * count)
    results = asyncio.run(getattr(suite, fan_out)(flight.fetch, items))
    assert [row["item"] for row in results] == items
    assert flight.most == min(10, count)


def test_waits_that_add_up_to_too_much_one_by_one_are_not_measured() -> None:
    told = proof("Waiting", "one_by_one", items=100, latency_ms=5)
    assert told.status == "not measured"


def test_without_uvloop_its_variant_alone_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    told = proof("Coordination", "uvloop_gather", items=10, instant_percent=0)
    assert (told.status, told.reason) == ("not measured", "uvloop is not installed")
    assert proof("Coordination", "gather", items=10, instant_percent=0).status == "ok"
