from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from patternbench.backends import postgres

if TYPE_CHECKING:
    from tests.suites.proof import Fact

pytest.importorskip("aiosqlite")


def _postgres_or_skip(facts: list[Fact]) -> None:
    for fact in facts:
        if fact.status == "not measured":
            pytest.skip(fact.reason or "")


def _by_variant(facts: list[Fact], **params: object) -> dict[str, Fact]:
    return {fact.variant: fact for fact in facts if params.items() <= fact.params.items()}


def test_every_variant_keeps_its_promises_and_agrees_or_says_what_is_missing(
    suite_proofs: Callable[..., list[Fact]],
) -> None:
    facts = suite_proofs("db_pooling")
    assert [str(fact) for fact in facts if fact.status == "broken" or fact.notes] == []
    assert any(fact.status == "ok" for fact in facts)
    assert all(fact.reason for fact in facts if fact.status == "not measured")


def test_no_pool_opens_a_connection_for_every_use_of_a_file(suite_proofs: Callable[..., list[Fact]]) -> None:
    facts = suite_proofs("db_pooling", only="SyncPools", every_case=True)
    of_file = _by_variant(facts, driver="sqlite")
    assert of_file["queue_pool"].counters == {"connects": 1, "checkouts": 5, "statements": 5}
    assert of_file["null_pool"].counters == {"connects": 5, "checkouts": 5, "statements": 5}


def test_overflow_is_opened_anew_by_every_wave(suite_proofs: Callable[..., list[Fact]]) -> None:
    facts = suite_proofs("db_pooling", only="Overflow", every_case=True)
    waves = _by_variant(facts, driver="aiosqlite", arrival="waves")
    assert waves["guide_5_and_10"].counters["connects"] == 20
    assert waves["pool_15_and_0"].counters["connects"] == 10
    assert all(fact.status == "ok" for fact in waves.values())


def test_a_ping_opens_no_connection(suite_proofs: Callable[..., list[Fact]]) -> None:
    facts = suite_proofs("db_pooling", only="PrePing")
    _postgres_or_skip(facts)
    for fact in facts:
        assert fact.counters["connects"] == (3 if fact.variant == "null_pool" else 1), str(fact)


def test_without_postgresql_its_cases_are_not_measured_and_the_files_are(
    suite_proofs: Callable[..., list[Fact]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(postgres.VARIABLE, "postgresql://nobody@127.0.0.1:1/none")
    facts = suite_proofs("db_pooling", only="AsyncPools", every_case=True)
    assert {fact.status for fact in facts if fact.params["driver"] == "aiosqlite"} == {"ok"}
    missing = [fact for fact in facts if fact.params["driver"] != "aiosqlite"]
    assert {fact.status for fact in missing} == {"not measured"}
    assert len(missing) == 6
    assert all(postgres.VARIABLE in (fact.reason or "") for fact in missing)


def test_a_driver_that_is_not_installed_leaves_its_cases_out(
    suite_proofs: Callable[..., list[Fact]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "psycopg" else found(name))
    monkeypatch.setenv(postgres.VARIABLE, "postgresql://nobody@127.0.0.1:1/none")
    facts = suite_proofs("db_pooling", only="SyncPools", every_case=True)
    assert {fact.reason for fact in facts if fact.params["driver"] == "psycopg"} == {"psycopg is not installed"}
    assert {fact.status for fact in facts if fact.params["driver"] == "sqlite"} == {"ok"}
