"""Section 4.1, async basics, mended: one client for all calls.

What was wrong: every call made a client, and each client parsed the authorities of TLS again: tens of milliseconds in
which the event loop stood still, whatever the address was, and a new connection each time.
"""

from __future__ import annotations

from typing import Any

import httpx


async def fetch_data(url: str, client: httpx.AsyncClient) -> dict[str, Any]:
    """Ask for a JSON document with a client that the application opens once, `async with httpx.AsyncClient()`.

    Raises:
        httpx.HTTPError: it was not reached, or answered with an error.
    """
    response = await client.get(url)
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found
