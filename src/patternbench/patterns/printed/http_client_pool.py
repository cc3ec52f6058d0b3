"""Section 9.3, connection pooling: the HTTP half of the block.

Nothing was added. The block's database half is in `database_pool`, so that neither half needs the other's libraries.
"""

from __future__ import annotations

import httpx


class HTTPClientPool:
    """Singleton HTTP client with connection pooling."""

    _instance: HTTPClientPool | None = None
    _client: httpx.AsyncClient | None = None

    def __new__(cls) -> HTTPClientPool:  # noqa: D102, PYI034 (as printed)
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    async def get_client(self) -> httpx.AsyncClient:  # noqa: D102 (as printed)
        if self._client is None:
            self._client = httpx.AsyncClient(
                limits=httpx.Limits(
                    max_connections=100,
                    max_keepalive_connections=20,
                    keepalive_expiry=30.0,
                ),
                timeout=httpx.Timeout(30.0, connect=10.0),
            )
        return self._client

    async def close(self) -> None:  # noqa: D102 (as printed)
        if self._client:
            await self._client.aclose()
            self._client = None


http_pool = HTTPClientPool()
