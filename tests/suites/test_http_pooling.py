from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.suites.proof import Fact

pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def facts(suite_proofs: Callable[..., list[Fact]]) -> list[Fact]:
    return suite_proofs("http_pooling")


def _of(facts: list[Fact], comparison: str, variant: str) -> list[Fact]:
    found = [fact for fact in facts if (fact.comparison, fact.variant) == (comparison, variant)]
    assert found
    return found


def test_every_variant_keeps_its_promises_and_agrees_or_says_what_is_missing(facts: list[Fact]) -> None:
    assert [str(fact) for fact in facts if fact.status == "broken" or fact.notes] == []
    assert all("not installed" in (fact.reason or "") for fact in facts if fact.status == "not measured")


@pytest.mark.parametrize(
    ("variant", "connections"),
    [
        ("guide_pool", 1),
        ("shared_client", 1),
        ("guide_client_per_call", 4),
        ("client_per_call_shared_context", 4),
        ("aiohttp_shared_session", 1),
        ("aiohttp_session_per_call", 4),
    ],
)
def test_the_server_counts_one_connection_for_a_kept_client_and_one_per_call_otherwise(
    facts: list[Fact], variant: str, connections: int
) -> None:
    found = _of(facts, "SequentialRequests", variant)
    assert {fact.params["scheme"] for fact in found} == {"http", "https"}
    for fact in found:
        if fact.status == "ok":
            assert fact.counters == {"connections": connections, "requests": 4}


def test_a_mock_opens_no_connection_whatever_the_client(facts: list[Fact]) -> None:
    for variant in ("guide_pool", "guide_client_per_call", "client_per_call_shared_context", "shared_client"):
        for fact in _of(facts, "MockedClients", variant):
            assert fact.status != "ok" or fact.counters == {"connections": 0, "requests": 4}


def test_requests_at_once_each_have_a_connection_of_their_own(facts: list[Fact]) -> None:
    for fact in _of(facts, "ConcurrentRequests", "guide_pool"):
        assert fact.counters == {"connections": fact.params["concurrency"], "requests": fact.params["concurrency"]}
