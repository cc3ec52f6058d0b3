"""10.3 and 10.4, 7.2 and 7.3: logging, settings, and what tests of the guide's kind hold."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import httpx
import pydantic
import pytest
import structlog
from pydantic_settings import SettingsError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from patternbench.patterns.printed import request_logging, settings
from patternbench.patterns.printed.repositories import UserRepository
from patternbench.patterns.repaired import request_logging as mended_logging
from patternbench.patterns.repaired import settings as mended_settings

# 10.3 Logging


@pytest.fixture(autouse=True)
def structlog_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_as_configured_info_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    request_logging.configure()
    log = structlog.get_logger("as-configured")
    log.info("dropped")
    log.warning("kept")
    assert [json.loads(each)["event"] for each in caplog.messages] == ["kept"]

    written = io.StringIO()
    mended_logging.configure(file=written)
    structlog.get_logger().info("kept", number=1)
    structlog.get_logger().debug("dropped")
    (line,) = written.getvalue().splitlines()
    assert {**json.loads(line), "timestamp": ""} == {"event": "kept", "level": "info", "number": 1, "timestamp": ""}


def app_with(middleware: Any) -> Any:
    async def streamed() -> Any:
        yield b"a"
        raise OSError("broken on the way")

    async def fine(request: Any) -> PlainTextResponse:
        structlog.contextvars.bind_contextvars(user="a")
        return PlainTextResponse("fine")

    async def streaming(request: Any) -> StreamingResponse:
        return StreamingResponse(streamed())

    async def failing(request: Any) -> None:
        raise ValueError("no")

    routes = [Route("/fine", fine), Route("/stream", streaming), Route("/fail", failing)]
    app = Starlette(routes=routes)
    app.add_middleware(middleware)
    return app


def logged(module: Any, path: str, **headers: str) -> tuple[list[dict[str, Any]], httpx.Response | None]:
    written = io.StringIO()
    mended_logging.configure(file=written)
    module.logger = structlog.get_logger()

    async def ask() -> httpx.Response | None:
        transport = httpx.ASGITransport(app=app_with(module.RequestLoggingMiddleware))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            try:
                return await client.get(path, headers=headers)
            except (OSError, ValueError, ExceptionGroup):
                return None

    found = asyncio.run(ask())
    return [json.loads(line) for line in written.getvalue().splitlines()], found


def test_a_stream_that_breaks_was_completed() -> None:
    assert [each["event"] for each in logged(request_logging, "/stream")[0]][1] == "request_completed"
    assert [each["event"] for each in logged(mended_logging, "/stream")[0]] == ["request_started", "request_failed"]


def test_an_error_loses_its_traceback() -> None:
    *_, printed = logged(request_logging, "/fail")[0]
    *_, mended = logged(mended_logging, "/fail")[0]
    assert printed["error"] == "no"
    assert "exception" not in printed
    assert "in failing" in mended["exception"]


def test_the_id_of_a_request_is_told_to_nobody() -> None:
    _, printed = logged(request_logging, "/fine", **{"x-request-id": "1"})
    lines, mended = logged(mended_logging, "/fine", **{"x-request-id": "1"})
    assert printed is not None
    assert mended is not None
    assert "x-request-id" not in printed.headers
    assert mended.headers["x-request-id"] == lines[0]["request_id"] == "1"


def test_what_an_endpoint_binds_is_hidden_from_the_middleware() -> None:
    assert "user" not in logged(request_logging, "/fine")[0][-1]
    structlog.contextvars.clear_contextvars()
    assert logged(mended_logging, "/fine")[0][-1]["user"] == "a"


# 10.4 Settings

SECRET = "s" * 32


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)  # no .env
    for prefix in ("", "MYAPP_"):
        monkeypatch.setenv(f"{prefix}DATABASE_URL", "postgresql://db")
        monkeypatch.setenv(f"{prefix}SECRET_KEY", SECRET)
    return monkeypatch


@pytest.mark.parametrize("origins", ["http://a,http://b", "http://a"])
def test_a_list_of_origins_is_refused(environment: pytest.MonkeyPatch, origins: str) -> None:
    for prefix in ("", "MYAPP_"):
        environment.setenv(f"{prefix}ALLOWED_ORIGINS", origins)
    with pytest.raises(SettingsError, match="allowed_origins"):
        settings.Settings()
    assert mended_settings.Settings().allowed_origins == origins.split(",")


def test_a_secret_stands_in_the_error_and_in_the_text(environment: pytest.MonkeyPatch) -> None:
    assert SECRET in repr(settings.Settings())
    assert SECRET not in repr(mended_settings.Settings())
    for prefix in ("", "MYAPP_"):
        environment.setenv(f"{prefix}SECRET_KEY", "hunter2-prod")
    for module, shown in ((settings, True), (mended_settings, False)):
        with pytest.raises(pydantic.ValidationError) as short:
            module.Settings()
        assert ("hunter2-prod" in str(short.value)) is shown


@pytest.mark.parametrize(("name", "value"), [("DEBUG", "app:*"), ("WORKERS", "auto")])
def test_names_without_a_prefix_are_anybodys(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(pydantic.ValidationError, match=name.lower()):
        settings.Settings()
    assert mended_settings.Settings().debug is False


def test_it_listens_on_all_addresses(environment: pytest.MonkeyPatch) -> None:
    assert settings.Settings().host == "0.0.0.0"  # noqa: S104 - what is claimed
    assert mended_settings.Settings().host == "127.0.0.1"
    mended_settings.settings.cache_clear()
    assert mended_settings.settings() is mended_settings.settings()
    assert mended_settings.settings().is_production is settings.Settings().is_production is False


# 7.2 and 7.3: fixtures and mocks


def test_a_mock_without_a_specification_takes_a_misspelt_method() -> None:
    async def called(repository: Any) -> None:
        await repository.get_by_emial("a@example.com")

    asyncio.run(called(AsyncMock()))
    with pytest.raises(AttributeError):
        asyncio.run(called(create_autospec(UserRepository, instance=True)))


def test_a_mock_that_nobody_told_finds_every_address_taken() -> None:
    """So the guide's tests of success and of a duplicate cannot both pass: a service that checks finds a mock."""
    assert asyncio.run(AsyncMock().get_by_email("a@example.com"))


TESTED = """
import asyncio, sys
from patternbench.patterns.printed import config
config.settings.database_url = "sqlite+aiosqlite:///application.sqlite"
from patternbench.patterns.printed import application, database_session, dependencies, models
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from httpx import ASGITransport, AsyncClient

async def main(overridden):
    await database_session.create_tables()
    engine = create_async_engine("sqlite+aiosqlite:///test.sqlite")
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        async def override():
            yield session
        application.app.dependency_overrides[getattr(sys.modules[overridden[0]], overridden[1])] = override
        transport = ASGITransport(app=application.app)
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.post("/api/v1/users", json={
                "email": "test@example.com", "name": "Test User", "password": "SecurePass123"})
            assert answer.status_code == 201, answer.text
    await engine.dispose()
    async with database_session.async_session_maker() as real:
        print(await real.scalar(select(func.count()).select_from(models.User)))
    await database_session.engine.dispose()

asyncio.run(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("name", "rows"), [("database_session.get_session", 1), ("dependencies.get_db", 0)])
def test_the_printed_override_lets_tests_write_to_the_applications_database(
    tmp_path: Path, name: str, rows: int
) -> None:
    """The guide overrides `get_session`, but its routes depend on `get_db`."""
    module, _, function = name.rpartition(".")
    command = [sys.executable, "-c", TESTED, f"patternbench.patterns.printed.{module}", function]
    done = subprocess.run(
        command, cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stderr == ""
    assert int(done.stdout.splitlines()[-1]) == rows
