"""Section 9.3, connection pooling: the database half of the block.

Nothing was added. The block's HTTP half is in `http_client_pool`, so that neither half needs the other's libraries.
Importing it needs asyncpg; nothing connects until the engine is used.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import create_async_engine

# Database connection pool
engine = create_async_engine(
    "postgresql+asyncpg://user:pass@localhost/db",
    pool_size=10,  # Maintain 10 connections
    max_overflow=20,  # Allow up to 20 additional
    pool_timeout=30,  # Wait 30s for connection
    pool_recycle=1800,  # Recycle connections after 30min
    pool_pre_ping=True,  # Check connections before use
)
