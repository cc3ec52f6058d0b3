"""What section 6.2 imports as `.config`: the two settings that it reads.

The guide's own settings class stands in section 10.4 and demands a whole environment; this is the least that lets the
block of 6.2 be imported. An application, or a suite, sets `database_url` before it imports `database_session`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Settings:
    """The settings that the printed database code reads."""

    database_url: str = "postgresql+asyncpg://user:pass@localhost/db"
    debug: bool = False


settings = Settings()
