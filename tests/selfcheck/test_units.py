"""The units: exact repetitions, work that does not depend on their number, a server that ends."""

from __future__ import annotations

import ast
import asyncio
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patternbench.comparison import Comparison, declaration, declared_in
from patternbench.experiment.proof import proved
from patternbench.selfcheck import units
from patternbench.selfcheck.units import ASYNCIO, CPU, IO, PERCENTS, UNITS, Addresses, make, served, true_ratio

FILE = Path(units.__file__)


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with served() as found:
        yield found


def result(name: str, addresses: Addresses, loops: int) -> Any:
    with UNITS[name].opened(addresses) as work:
        done = work(loops)
        return asyncio.run(done) if UNITS[name].is_async else done


def test_there_are_enough_units_of_every_kind() -> None:
    kinds = Counter(each.kind for each in UNITS.values())
    assert kinds[CPU] >= 8
    assert kinds[ASYNCIO] >= 4
    assert kinds[IO] >= 4


def test_the_units_need_nothing_but_the_standard_library() -> None:
    names = set()
    for node in ast.walk(ast.parse(FILE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    assert names - sys.stdlib_module_names == {"patternbench"}


@pytest.mark.parametrize("cls", declared_in(units))
def test_every_unit_is_proven_without_a_note(cls: type[Comparison], addresses: Addresses) -> None:
    declared = declaration(cls)
    planted = declared.cases[-1]
    proofs = {each.name: proved(cls, declared, planted, each.name, addresses) for each in declared.variants}
    assert {(each.status, each.reason, each.notes) for each in proofs.values()} == {("ok", None, ())}


@pytest.mark.parametrize("percent", PERCENTS)
@pytest.mark.parametrize("name", UNITS)
def test_the_repetitions_have_the_true_ratio_exactly(name: str, percent: int) -> None:
    base, planted = UNITS[name].repetitions(percent)
    assert planted * 100 == base * (100 + percent)
    assert planted / base == pytest.approx(true_ratio(percent), rel=1e-15)


def test_input_and_output_makes_no_more_operations_than_a_size_needs() -> None:
    made = {percent: UNITS["http_kept"].repetitions(percent) for percent in PERCENTS}
    assert made == {0: (20, 20), 1: (100, 101), 2: (50, 51), 3: (100, 103), 5: (20, 21), 10: (20, 22), 20: (20, 24)}
    assert UNITS["json_round_trip"].repetitions(20) == (
        100 * UNITS["json_round_trip"].scale,
        120 * UNITS["json_round_trip"].scale,
    )


@pytest.mark.parametrize("name", UNITS)
def test_the_work_gives_the_same_whatever_the_number_of_repetitions(name: str, addresses: Addresses) -> None:
    once = result(name, addresses, 1)
    assert once is not None
    assert result(name, addresses, 1) == once
    assert result(name, addresses, 3) == once


def test_a_full_cache_is_never_hit() -> None:
    assert result("lru_cache_miss", {}, 1000) == 0


def test_bare_work_stays_open_for_other_harnesses() -> None:
    work = make("sqlite_select")
    assert work(2) == work(3) == ("item 7",)


def test_a_unit_that_talks_to_the_server_needs_its_address() -> None:
    with pytest.raises(KeyError):
        make("socket_echo")


def test_every_unit_has_its_comparison() -> None:
    declared = {cls.__name__: declaration(cls) for cls in declared_in(units)}
    assert set(declared) == {each.comparison for each in UNITS.values()}
    for unit in UNITS.values():
        found = declared[unit.comparison]
        assert found.axes == {"percent": PERCENTS}
        assert [each.name for each in found.variants] == ["base", "planted"]
        assert found.baseline == "base"
        assert all(each.is_async == unit.is_async for each in found.variants)
        assert found.has_backends == unit.served


def test_the_server_is_gone_when_its_context_is_left() -> None:
    with served() as found:
        host, _, port = found["echo"].rpartition(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"still there")
            assert connection.recv(64) == b"still there"
    with pytest.raises(ConnectionError):
        socket.create_connection((host, int(port)))


def test_many_connections_are_served_side_by_side() -> None:
    with served() as found:
        host, _, port = found["echo"].rpartition(":")
        connections = [socket.create_connection((host, int(port))) for _ in range(20)]
        for at, connection in enumerate(connections):
            connection.sendall(f"{at}".encode())
        answers = [connection.recv(64).decode() for connection in connections]
        for connection in connections:
            connection.close()
    assert answers == [f"{at}" for at in range(20)]
