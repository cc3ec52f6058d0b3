"""Section 8.1, exception hierarchy, mended: the errors survive being pickled and copied.

What was wrong: an exception is rebuilt from its `args`, which held the message alone, so that every class with a
constructor of its own failed to be pickled or copied; one that was raised in a process of a pool broke the pool for
good. `to_dict` held whatever it was given, a UUID for instance, which no JSON encoder takes.
"""

from __future__ import annotations

from typing import Any

Plain = bool | int | float | str | None


class AppError(Exception):
    """Base of the application's errors.

    Args:
        message: for people.
        code: for programs; the name of the class if left out.
        details: facts; whatever JSON has no word for becomes its text.
    """

    message: str
    code: str
    details: dict[str, Any]

    def __init__(self, message: str, code: str | None = None, details: dict[str, Any] | None = None) -> None:
        self.message = message
        self.code = code or type(self).__name__
        self.details = {name: _plain(value) for name, value in (details or {}).items()}
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        # By its state, not by a call of a constructor that each class may have changed.
        return Exception.__new__, (type(self), *self.args), self.__dict__

    def to_dict(self) -> dict[str, Any]:
        """What an API answers; JSON takes it."""
        return {"code": self.code, "message": self.message, "details": self.details}


def _plain(value: Any) -> Any:
    if isinstance(value, Plain):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value)


class DomainError(AppError):
    """Something that the domain forbids."""


class ValidationError(DomainError):
    """A field holds what it must not."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", "VALIDATION_ERROR", {"field": field})


class NotFoundError(DomainError):
    """There is no such thing."""

    def __init__(self, resource: str, identifier: Any) -> None:
        super().__init__(f"{resource} not found", "NOT_FOUND", {"resource": resource, "id": identifier})


class ConflictError(DomainError):
    """It is there already, or has changed meanwhile."""

    def __init__(self, message: str, resource: str | None = None) -> None:
        super().__init__(message, "CONFLICT", {"resource": resource} if resource else {})


class InfrastructureError(AppError):
    """Something that the application needs has failed."""


class DatabaseError(InfrastructureError):
    """The database has."""


class ExternalServiceError(InfrastructureError):
    """Another service has."""

    def __init__(self, service: str, message: str, status_code: int | None = None) -> None:
        details = {"service": service, "status_code": status_code}
        super().__init__(f"{service}: {message}", "EXTERNAL_SERVICE_ERROR", details)


class SecurityError(AppError):
    """Somebody asks for what they may not have."""


class AuthenticationError(SecurityError):
    """Nobody knows who they are."""

    def __init__(self, message: str = "Authentication required") -> None:
        super().__init__(message, "UNAUTHORIZED")


class AuthorizationError(SecurityError):
    """They are known, and not allowed."""

    def __init__(self, message: str = "Permission denied") -> None:
        super().__init__(message, "FORBIDDEN")
