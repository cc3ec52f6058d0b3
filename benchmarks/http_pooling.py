"""HTTP clients: one for every call, as the guide's section 4.1 has it, or one that is kept, as in 9.3.

Two things are paid for by a client that is thrown away. It reads the certificate authorities into a TLS context, which
costs time even where no TLS is spoken; and it opens a connection, with a handshake where TLS is. The comparisons take
them apart: construction alone, a client over a mock, over loopback in the clear, and over loopback with TLS.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest import mock
from uuid import uuid4

import httpx

from patternbench import Comparison, NotMeasured, optional_library, variant
from patternbench.backends import BackendUnavailable
from patternbench.backends.http_mocks import BASE, MOCKS
from patternbench.backends.http_server import counts, http_server
from patternbench.patterns.printed.client_per_call import fetch_data
from patternbench.patterns.printed.http_client_pool import HTTPClientPool

Item = dict[str, Any]

_REQUESTS = 4
"""Requests in one call: few, since a client for each of them takes tens of milliseconds to make."""

_NO_TLS = "https is missing because"
_LOOPBACK = (
    "The server is on the same machine: a round trip takes next to nothing, so that handshakes are cheaper here than "
    "over a network."
)

aiohttp = optional_library("aiohttp")
httpx2 = optional_library("httpx2")


async def _fetched(client: Any, url: str) -> Item:
    """One item through a client of httpx or httpx2, as the guide's `fetch_data` does it."""
    response = await client.get(url)
    response.raise_for_status()
    item: Item = response.json()
    return item


async def _fetched_by_aiohttp(session: Any, url: str) -> Item:
    """The same in aiohttp's words."""
    async with session.get(url) as response:
        response.raise_for_status()
        item: Item = await response.json()
        return item


class _Clients:
    """Clients that are made when first asked for and closed together; each variant asks for one."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """The client of that name."""
        client = self._made.get(name)
        if client is None:
            client = self._made[name] = make()
        return client

    async def close(self) -> None:
        """Close them all, and the guide's singleton, which would otherwise outlive its loop."""
        for client in self._made.values():
            await (client.aclose() if hasattr(client, "aclose") else client.close())
        await HTTPClientPool().close()


class Construction(Comparison):
    """What does a client cost before it has sent anything?

    Made and closed again, with no request. httpx and httpx2 read the certificate authorities unless they are given a
    context; aiohttp has one context for the process, made when it is imported.
    """

    guide = "4.1"
    baseline = "httpx_shared_context"
    meters = ("time", "memory")
    caveat = "No request is sent; what is left is the client itself."

    def setup(self) -> None:
        self.context = httpx.create_ssl_context()

    @variant
    async def httpx_default(self) -> bool:
        """`httpx.AsyncClient()`, as the guide writes it."""
        client = httpx.AsyncClient()
        await client.aclose()
        return client.is_closed

    @variant
    async def httpx_shared_context(self) -> bool:
        """`httpx.AsyncClient(verify=context)` with one context for all."""
        client = httpx.AsyncClient(verify=self.context)
        await client.aclose()
        return client.is_closed

    @variant
    async def httpx_unverified(self) -> bool:
        """`httpx.AsyncClient(verify=False)`: no authorities to read, and no protection; for comparison only."""
        client = httpx.AsyncClient(verify=False)  # noqa: S501 (nothing is sent)
        await client.aclose()
        return client.is_closed

    @variant
    async def httpx2_default(self) -> bool:
        """`httpx2.AsyncClient()`."""
        client = httpx2.AsyncClient()
        await client.aclose()
        return bool(client.is_closed)

    @variant
    async def httpx2_shared_context(self) -> bool:
        """`httpx2.AsyncClient(verify=context)` with one context for all."""
        client = httpx2.AsyncClient(verify=self.context)
        await client.aclose()
        return bool(client.is_closed)

    @variant
    async def aiohttp_default(self) -> bool:
        """`aiohttp.ClientSession()`."""
        session = aiohttp.ClientSession()
        await session.close()
        return bool(session.closed)


class MockedClients(Comparison):
    """What does a client for every call seem to cost when the network is mocked?

    A mock opens no connection, so what this shows of pooling is nothing; it shows what tests that use a mock would
    make one believe. Under respx a new client builds its TLS context as always. A client that is given a
    `MockTransport` builds none, and the same code seems cheap.
    """

    guide = "4.1"
    baseline = "guide_pool"
    params = {"mock": ("respx", "MockTransport")}
    headline = {"mock": ("respx", "MockTransport")}
    units = _REQUESTS
    caveat = "Client cost only: no connection is opened, so that nothing here speaks for or against a pool."

    def setup(self, mock: str) -> None:
        self.context = httpx.create_ssl_context()
        self.urls = [f"{BASE}/items/{number}" for number in range(_REQUESTS)]
        self.clients = _Clients()
        self._mocked = ExitStack()
        try:
            self.answers = self._mocked.enter_context(MOCKS[mock]())
        except BackendUnavailable as reason:
            raise NotMeasured(str(reason)) from reason

    async def teardown(self) -> None:
        await self.clients.close()
        self._mocked.close()

    def counters(self) -> Mapping[str, int]:
        """Requests that the mock answered; the name in their address does not exist, so none of them connected."""
        return {"requests": self.answers.requests, "connections": 0}

    @variant(holds={"requests": _REQUESTS})
    async def guide_pool(self) -> list[Item]:
        """The guide's `HTTPClientPool` (9.3)."""
        client = await HTTPClientPool().get_client()
        return [await _fetched(client, url) for url in self.urls]

    @variant(holds={"requests": _REQUESTS})
    async def guide_client_per_call(self) -> list[Item]:
        """The guide's `fetch_data` (4.1): a client for every call."""
        return [await fetch_data(url) for url in self.urls]

    @variant(holds={"requests": _REQUESTS})
    async def client_per_call_shared_context(self) -> list[Item]:
        """A client for every call, all with one TLS context."""
        items = []
        for url in self.urls:
            async with httpx.AsyncClient(verify=self.context) as client:
                items.append(await _fetched(client, url))
        return items

    @variant(holds={"requests": _REQUESTS})
    async def shared_client(self) -> list[Item]:
        """One `httpx.AsyncClient()` that is kept."""
        client = self.clients.get("httpx", httpx.AsyncClient)
        return [await _fetched(client, url) for url in self.urls]


class _Loopback(Comparison):
    """A comparison over the loopback server; each instance has a token of its own, under which the server counts."""

    caveat = _LOOPBACK

    @classmethod
    def backends(cls) -> AbstractContextManager[Mapping[str, str]]:
        return _servers()

    def prepare(self, scheme: str, requests: int, delay_ms: int = 0) -> None:
        """Make the addresses, and let default clients trust the server's certificate as a variable of theirs does."""
        if not self.addresses.get(scheme):
            raise NotMeasured(self.addresses.get(_NO_TLS, f"there is no {scheme} server"))
        self.token = uuid4().hex
        query = f"?delay_ms={delay_ms}" if delay_ms else ""
        base = self.addresses[scheme]
        self.urls = [f"{base}/{self.token}/items/{number}{query}" for number in range(requests)]
        self.clients = _Clients()
        trusted = {"SSL_CERT_FILE": self.addresses["ca_bundle"]} if scheme == "https" else {}
        self._environment = mock.patch.dict(os.environ, trusted)
        self._environment.start()
        self.context: ssl.SSLContext = httpx.create_ssl_context()

    async def teardown(self) -> None:
        await self.clients.close()
        self._environment.stop()

    def counters(self) -> Mapping[str, int]:
        """What reached the server, as the server counted it."""
        seen = counts(self.addresses["http"], self.token)
        return {"connections": seen.connections, "requests": seen.requests}


@contextmanager
def _servers() -> Iterator[Mapping[str, str]]:
    """The loopback server in the clear and, where certificates can be made, over TLS."""
    with ExitStack() as stack:
        reason = ""
        try:
            server = stack.enter_context(http_server())
        except BackendUnavailable as missing:
            reason = str(missing)
            try:
                server = stack.enter_context(http_server(tls=False))
            except BackendUnavailable as none_at_all:
                raise NotMeasured(str(none_at_all)) from none_at_all
        yield {"http": server.http, "https": server.https, "ca_bundle": server.ca_bundle, _NO_TLS: reason}


class SequentialRequests(_Loopback):
    """What does a client for every request cost against one that is kept?

    One call sends its requests one after the other. A kept client opens its connection in its first call, before the
    clock starts, and finds it open in all others; the counters are those of the first call. In the clear, a client
    that is thrown away pays for a TLS context that it does not use. Over TLS every default client reads the usual
    authorities and the server's own. aiohttp has no context per client; here it has the one that others share.
    """

    guide = "9.3"
    baseline = "guide_pool"
    params = {"scheme": ("http", "https"), "delay_ms": (0, 20)}
    headline = {"scheme": ("http", "https"), "delay_ms": 0}
    units = _REQUESTS

    def setup(self, scheme: str, delay_ms: int) -> None:
        self.prepare(scheme, _REQUESTS, delay_ms)

    @variant(holds={"connections": 1, "requests": _REQUESTS})
    async def guide_pool(self) -> list[Item]:
        """The guide's `HTTPClientPool` (9.3)."""
        client = await HTTPClientPool().get_client()
        return [await _fetched(client, url) for url in self.urls]

    @variant(holds={"connections": _REQUESTS, "requests": _REQUESTS})
    async def guide_client_per_call(self) -> list[Item]:
        """The guide's `fetch_data` (4.1): a client for every call."""
        return [await fetch_data(url) for url in self.urls]

    @variant(holds={"connections": _REQUESTS, "requests": _REQUESTS})
    async def client_per_call_shared_context(self) -> list[Item]:
        """A client for every call, all with one TLS context."""
        items = []
        for url in self.urls:
            async with httpx.AsyncClient(verify=self.context) as client:
                items.append(await _fetched(client, url))
        return items

    @variant(holds={"connections": 1, "requests": _REQUESTS})
    async def shared_client(self) -> list[Item]:
        """One `httpx.AsyncClient()` that is kept."""
        client = self.clients.get("httpx", httpx.AsyncClient)
        return [await _fetched(client, url) for url in self.urls]

    @variant(holds={"connections": 1, "requests": _REQUESTS})
    async def httpx2_shared_client(self) -> list[Item]:
        """One `httpx2.AsyncClient()` that is kept."""
        client = self.clients.get("httpx2", httpx2.AsyncClient)
        return [await _fetched(client, url) for url in self.urls]

    @variant(holds={"connections": _REQUESTS, "requests": _REQUESTS})
    async def aiohttp_session_per_call(self) -> list[Item]:
        """An `aiohttp.ClientSession` for every call."""
        items = []
        for url in self.urls:
            async with self._session() as session:
                items.append(await _fetched_by_aiohttp(session, url))
        return items

    @variant(holds={"connections": 1, "requests": _REQUESTS})
    async def aiohttp_shared_session(self) -> list[Item]:
        """One `aiohttp.ClientSession` that is kept."""
        session = self.clients.get("aiohttp", self._session)
        return [await _fetched_by_aiohttp(session, url) for url in self.urls]

    def _session(self) -> Any:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self.context))


class ConcurrentRequests(_Loopback):
    """Which kept client copes best with many requests at once, and does a larger idle pool help?

    One call sends all its requests at the same moment and waits for the last. httpx looks through its connections for
    each request that starts or ends, so that what a request costs grows with the number of connections that are kept;
    the guide keeps 20. The counters are those of the first call, in which every connection is new.
    """

    guide = "9.3"
    baseline = "guide_pool"
    params = {"concurrency": (1, 20, 50)}
    headline = {"concurrency": 20}

    def setup(self, concurrency: int) -> None:
        self.units = concurrency
        self.prepare("http", concurrency)

    @variant(holds={"connections": lambda self: self.units, "requests": lambda self: self.units})
    async def guide_pool(self) -> list[Item]:
        """The guide's `HTTPClientPool` (9.3): 100 connections at most, 20 kept when idle."""
        return await _at_once(_fetched, await HTTPClientPool().get_client(), self.urls)

    @variant(holds={"connections": lambda self: self.units, "requests": lambda self: self.units})
    async def httpx_keeps_100(self) -> list[Item]:
        """As many idle connections kept as there may be: 100."""
        return await _at_once(_fetched, self.clients.get("100", lambda: _with_limits(httpx, 100)), self.urls)

    @variant(holds={"connections": lambda self: self.units, "requests": lambda self: self.units})
    async def httpx_keeps_none(self) -> list[Item]:
        """A connection for every request: no idle ones are kept."""
        return await _at_once(_fetched, self.clients.get("0", lambda: _with_limits(httpx, 0)), self.urls)

    @variant(holds={"connections": lambda self: self.units, "requests": lambda self: self.units})
    async def httpx2_keeps_20(self) -> list[Item]:
        """httpx2 with the guide's limits."""
        return await _at_once(_fetched, self.clients.get("20", lambda: _with_limits(httpx2, 20)), self.urls)

    @variant(holds={"connections": lambda self: self.units, "requests": lambda self: self.units})
    async def httpx2_keeps_100(self) -> list[Item]:
        """httpx2 with 100 idle connections kept."""
        return await _at_once(_fetched, self.clients.get("100", lambda: _with_limits(httpx2, 100)), self.urls)

    @variant(holds={"connections": lambda self: self.units, "requests": lambda self: self.units})
    async def aiohttp_session(self) -> list[Item]:
        """One `aiohttp.ClientSession`, which has 100 connections at most and keeps them all."""
        session = self.clients.get("aiohttp", lambda: aiohttp.ClientSession())  # noqa: PLW0108 (it may be absent)
        return await _at_once(_fetched_by_aiohttp, session, self.urls)


def _with_limits(library: Any, kept: int) -> Any:
    """A client with the guide's limits but for the number of idle connections that it keeps."""
    limits = library.Limits(max_connections=100, max_keepalive_connections=kept, keepalive_expiry=30.0)
    return library.AsyncClient(limits=limits, timeout=library.Timeout(30.0, connect=10.0))


async def _at_once(fetch: Callable[[Any, str], Awaitable[Item]], client: Any, urls: Sequence[str]) -> list[Item]:
    return await asyncio.gather(*[fetch(client, url) for url in urls])
