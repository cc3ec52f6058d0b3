from __future__ import annotations

import asyncio
from typing import Any

import pytest

from patternbench.backends.http_mocks import BASE, MOCKS
from patternbench.backends.item import item

httpx = pytest.importorskip("httpx")
pytest.importorskip("respx")


async def _get(number: int) -> Any:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"{BASE}/items/{number}")).json()


@pytest.mark.parametrize("name", MOCKS)
def test_a_mock_answers_clients_that_the_code_under_test_makes_and_counts(name: str) -> None:
    with MOCKS[name]() as answers:
        assert asyncio.run(_get(3)) == item(3)
        assert asyncio.run(_get(4)) == item(4)
        assert answers.requests == 2


@pytest.mark.parametrize("name", MOCKS)
def test_a_request_that_gets_past_a_mock_fails_instead_of_connecting(name: str) -> None:
    with MOCKS[name]():
        pass
    with pytest.raises(httpx.ConnectError):
        asyncio.run(_get(3))


def test_respx_keeps_no_history_that_would_grow_with_every_call() -> None:
    import respx

    with MOCKS["respx"]():
        asyncio.run(_get(3))
        assert [len(router.calls) for router in respx.mocks.HTTPCoreMocker.routers] == [0]
