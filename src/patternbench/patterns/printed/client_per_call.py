"""Section 4.1, async basics: a client for every call.

Added: `import httpx`, which the block uses and does not import. Left out: the unused import of `Coroutine`.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


async def fetch_data(url: str) -> dict[str, Any]:
    """Async function (coroutine)."""
    async with httpx.AsyncClient() as client:
        response = await client.get(url)
        response.raise_for_status()
        return response.json()  # type: ignore[no-any-return]


async def main() -> None:
    """Main async entry point."""
    result = await fetch_data("https://api.example.com/data")
    print(result)  # noqa: T201 (as printed)


if __name__ == "__main__":
    asyncio.run(main())
