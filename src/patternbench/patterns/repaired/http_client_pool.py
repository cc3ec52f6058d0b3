"""Section 9.3, connection pooling, mended: a client for each event loop.

What was wrong: one client served all event loops of the process, and a client is bound to the loop in which its
connections were opened: the second `asyncio.run` failed with "Event loop is closed", and threads with loops of their
own hung. Two threads could make two "singletons". A client that was being closed was still handed out. Connections were
kept for longer than servers do (30 s; uvicorn closes after 5 s), so that requests met a connection that was going away.
And `timeout=30` is for each read: a server that drips holds a call for ever, for which `asyncio.timeout` is the remedy.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import weakref
from functools import cache

import httpx

_KEEPALIVE_S = 4.0


class HTTPClientPool:
    """Gives each event loop its client; connections are shared within a loop, the parsed authorities by all.

    Args:
        keepalive_s: seconds that an unused connection is kept; below what the servers keep theirs.
    """

    def __init__(self, keepalive_s: float = _KEEPALIVE_S) -> None:
        self._keepalive_s = keepalive_s
        self._clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = (
            weakref.WeakKeyDictionary()
        )
        self._lock = threading.Lock()

    async def get_client(self) -> httpx.AsyncClient:
        """The client of the running loop, a new one where it was closed."""
        loop = asyncio.get_running_loop()
        with self._lock:
            client = self._clients.get(loop)
            if client is None or client.is_closed:
                client = self._clients[loop] = self._opened()
            return client

    async def close(self) -> None:
        """Close the client of the running loop; whoever asks from now on has a new one."""
        with self._lock:
            client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=self._keepalive_s)
        return httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(30.0, connect=10.0), verify=_authorities())


@cache
def _authorities() -> ssl.SSLContext:
    """Parsed once: it takes tens of milliseconds."""
    return httpx.create_ssl_context()


http_pool = HTTPClientPool()
