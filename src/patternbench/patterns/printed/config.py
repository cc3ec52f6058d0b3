"""What sections 5.1 and 6.2 import as `.config`: the settings that they read.

The guide's own settings class stands in section 10.4 (`settings`) and demands a whole environment; this is the least
that lets those blocks be imported. An application, or a suite, sets `database_url` before it imports
`database_session`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Settings:
    """The settings that the printed database code reads."""

    database_url: str = "postgresql+asyncpg://user:pass@localhost/db"
    debug: bool = False
    app_name: str = "My App"
    allowed_origins: list[str] = field(default_factory=lambda: ["http://localhost:3000"])


settings = Settings()
