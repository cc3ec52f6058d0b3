"""Section 5.4, error handling, mended.

What was wrong: where a validator raised a ValueError, or the body held a NaN, the handler of bad requests could not
write its answer and failed: 500 instead of 422. What was rejected, a password too, was answered and logged.
`HTTPException`, which the guide's own routers raise, was answered in another shape. The exceptions could not be
pickled.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

logger = logging.getLogger(__name__)


class AppException(Exception):
    """Base of the exceptions that become an answer.

    Args:
        message: for people.
        status_code: of the answer.
        code: for programs.
        details: facts that JSON can hold.
    """

    def __init__(
        self, message: str, status_code: int = 500, code: str | None = None, details: dict[str, Any] | None = None
    ) -> None:
        self.message = message
        self.status_code = status_code
        self.code = code or "INTERNAL_ERROR"
        self.details = details or {}
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        # By its state, not by a call of a constructor that each class may have changed.
        return Exception.__new__, (type(self), *self.args), self.__dict__


class NotFoundError(AppException):
    """There is no such thing."""

    def __init__(self, resource: str, identifier: int | str) -> None:
        super().__init__(f"{resource} not found", 404, "NOT_FOUND", {"resource": resource, "id": identifier})


class ConflictError(AppException):
    """It is there already."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 409, "CONFLICT")


class AuthenticationError(AppException):
    """Nobody knows who they are."""

    def __init__(self, message: str = "Authentication required") -> None:
        super().__init__(message, 401, "UNAUTHORIZED")


class AuthorizationError(AppException):
    """They are known, and not allowed."""

    def __init__(self, message: str = "Permission denied") -> None:
        super().__init__(message, 403, "FORBIDDEN")


async def app_exception_handler(_: Request, exc: AppException) -> JSONResponse:
    """The answer to an exception of the application."""
    logger.warning("%s: %s", exc.code, exc.message)
    return _answer(exc.status_code, exc.code, exc.message, exc.details)


async def http_exception_handler(_: Request, exc: HTTPException) -> JSONResponse:
    """The answer to what routers and the framework itself raise, in the shape of all others."""
    code = HTTPStatus(exc.status_code).name
    return _answer(exc.status_code, code, str(exc.detail), headers=dict(exc.headers or {}))


async def validation_exception_handler(_: Request, exc: RequestValidationError) -> JSONResponse:
    """The answer to a bad request: where it is wrong and why, never what it held."""
    wrong = [{"loc": list(each["loc"]), "msg": each["msg"], "type": each["type"]} for each in exc.errors()]
    logger.warning("bad request: %s", [(each["loc"], each["type"]) for each in wrong])
    return _answer(422, "VALIDATION_ERROR", "Request validation failed", wrong)


async def generic_exception_handler(_: Request, exc: Exception) -> JSONResponse:
    """The answer to what nobody foresaw; the log has it all."""
    logger.error("unexpected error", exc_info=exc)
    return _answer(500, "INTERNAL_ERROR", "An unexpected error occurred")


def register(app: FastAPI) -> None:
    """Let an application answer all errors in one shape."""
    app.exception_handler(AppException)(app_exception_handler)
    app.exception_handler(HTTPException)(http_exception_handler)
    app.exception_handler(RequestValidationError)(validation_exception_handler)
    app.exception_handler(Exception)(generic_exception_handler)


def _answer(
    status_code: int, code: str, message: str, details: Any = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    error = {"code": code, "message": message, **({"details": details} if details else {})}
    return JSONResponse({"error": error}, status_code, headers)
