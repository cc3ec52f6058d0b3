"""Section 10.4, configuration management, as the guide prints it.

Left out: the instance at the end, which reads the environment when the module is imported and fails where that is not
the application's; `config` is what the printed application uses. Nothing was added, and nothing is mocked.

Defects kept: a list of origins separated by commas is refused before the validator that was written for it is asked; a
secret that is too short stands in the error, and every secret in `repr`; `HOST`, `DEBUG` and `WORKERS` are anybody's
names.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102, S104

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Application settings from environment."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        case_sensitive=False,
        extra="ignore",
    )

    # Application
    app_name: str = "My App"
    debug: bool = False
    environment: str = Field(default="development", pattern=r"^(development|staging|production)$")

    # Server
    host: str = "0.0.0.0"
    port: int = 8000
    workers: int = Field(default=1, ge=1, le=32)

    # Database
    database_url: str = Field(..., alias="DATABASE_URL")
    db_pool_size: int = Field(default=5, ge=1, le=100)
    db_max_overflow: int = Field(default=10, ge=0, le=100)

    # Security
    secret_key: str = Field(..., min_length=32)
    access_token_expire_minutes: int = 30
    allowed_origins: list[str] = ["http://localhost:3000"]

    # External services
    redis_url: str | None = None
    sentry_dsn: str | None = None

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def parse_origins(cls, v: str | list[str]) -> list[str]:
        if isinstance(v, str):
            return [origin.strip() for origin in v.split(",")]
        return v

    @property
    def is_production(self) -> bool:
        return self.environment == "production"
