"""Section 10.4, configuration management, mended.

What was wrong: `ALLOWED_ORIGINS=http://a,http://b` was refused, as a list is read as JSON before the validator that was
written for it is asked. A secret that was too short stood in the error, and every secret in `repr`. Names without a
prefix are anybody's: a container's `HOST` became the address to bind, another program's `DEBUG` ended the start. It
listened on all addresses unless told otherwise. And the instance at the end of the block made every import fail where
the environment was not the application's: call `settings()` where they are needed.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """The application's settings, each from `MYAPP_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="MYAPP_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        hide_input_in_errors=True,
    )

    app_name: str = "My App"
    debug: bool = False
    environment: str = Field(default="development", pattern=r"^(development|staging|production)$")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=32)

    database_url: SecretStr
    db_pool_size: int = Field(default=5, ge=1, le=100)
    db_max_overflow: int = Field(default=10, ge=0, le=100)

    secret_key: SecretStr = Field(min_length=32)
    access_token_expire_minutes: int = 30
    allowed_origins: Annotated[list[str], NoDecode] = ["http://localhost:3000"]

    redis_url: SecretStr | None = None
    sentry_dsn: SecretStr | None = None

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def parse_origins(cls, v: str | list[str]) -> list[str]:
        """Separated by commas."""
        return [origin.strip() for origin in v.split(",") if origin.strip()] if isinstance(v, str) else v

    @property
    def is_production(self) -> bool:
        """Whether people depend on it."""
        return self.environment == "production"


@cache
def settings() -> Settings:
    """The settings, read once: a file of a hundred lines takes twenty milliseconds."""
    return Settings()  # type: ignore[call-arg]  # from the environment
