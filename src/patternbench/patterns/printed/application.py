"""Section 5.1, application structure, as the guide prints it.

Changed: what the block imports as `.config`, `.db`, `.routers` and `.middleware` are the modules of this package.
Mocked: the routers for items and for logging in, which the guide names and does not print, have no routes. The
application is made when the module is imported, as printed.

Defects kept: every worker makes the tables when it starts, and they race; an error while it runs leaves the pool open;
an unexpected error is answered without the headers that a browser needs to show it; preflights are not logged; `/ready`
is ready whatever is down.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: ARG001, T201

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware

from patternbench.patterns.printed import routers as users
from patternbench.patterns.printed.config import settings
from patternbench.patterns.printed.database_session import create_tables, engine
from patternbench.patterns.printed.request_logging import RequestLoggingMiddleware

_auth = APIRouter()
_items = APIRouter()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Application lifespan events."""
    # Startup
    print("Starting up...")
    await create_tables()

    yield

    # Shutdown
    print("Shutting down...")
    await engine.dispose()


def create_app() -> FastAPI:
    """Application factory."""
    app = FastAPI(
        title=settings.app_name,
        description="My API description",
        version="1.0.0",
        lifespan=lifespan,
        docs_url="/api/docs" if settings.debug else None,
        redoc_url="/api/redoc" if settings.debug else None,
        openapi_url="/api/openapi.json" if settings.debug else None,
    )

    # Middleware (order matters - last added is first executed)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(RequestLoggingMiddleware)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
    )

    # Routers
    app.include_router(_auth, prefix="/api/v1/auth", tags=["auth"])
    app.include_router(users.router, prefix="/api/v1/users", tags=["users"])
    app.include_router(_items, prefix="/api/v1/items", tags=["items"])

    return app


app = create_app()


@app.get("/health")
async def health_check() -> dict[str, str]:
    """Health check endpoint."""
    return {"status": "healthy"}


@app.get("/ready")
async def readiness_check() -> dict[str, str]:
    """Readiness check with dependency verification."""
    # Check database
    # Check external services
    return {"status": "ready"}
