from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from unittest import mock

import pytest

from patternbench.backends.http_mocks import BASE, mock_transport
from patternbench.backends.item import item

httpx = pytest.importorskip("httpx")

from patternbench.patterns.printed import client_per_call  # noqa: E402 (only where httpx is installed)
from patternbench.patterns.printed.http_client_pool import HTTPClientPool, http_pool  # noqa: E402


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    http_pool._client = None


def test_fetch_data_makes_a_client_for_every_call() -> None:
    with mock_transport() as answers, mock.patch.object(httpx, "AsyncClient", wraps=httpx.AsyncClient) as made:
        results = [asyncio.run(client_per_call.fetch_data(f"{BASE}/items/{number}")) for number in (1, 2)]
    assert results == [item(1), item(2)]
    assert (made.call_count, answers.requests) == (2, 2)


def test_fetch_data_raises_for_an_error_status() -> None:
    refusing = httpx.MockTransport(lambda _: httpx.Response(500))
    made = partial(httpx.AsyncClient, transport=refusing)
    with mock.patch.object(httpx, "AsyncClient", made), pytest.raises(httpx.HTTPStatusError):
        asyncio.run(client_per_call.fetch_data(f"{BASE}/items/1"))


def test_the_pool_is_a_singleton_with_one_client_and_the_printed_limits() -> None:
    async def use() -> None:
        client = await HTTPClientPool().get_client()
        assert HTTPClientPool() is http_pool
        assert await http_pool.get_client() is client
        pool = client._transport._pool  # type: ignore[attr-defined]
        assert (pool._max_connections, pool._max_keepalive_connections, pool._keepalive_expiry) == (100, 20, 30.0)
        assert client.timeout == httpx.Timeout(30.0, connect=10.0)
        await http_pool.close()
        assert client.is_closed
        assert await http_pool.get_client() is not client
        await http_pool.close()

    asyncio.run(use())


def test_a_subclass_is_given_its_parent_s_instance_as_printed() -> None:
    class Other(HTTPClientPool):
        pass

    assert type(Other()) is HTTPClientPool
