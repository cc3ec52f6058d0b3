"""Section 8.1, exception hierarchy, as the guide prints it.

Nothing was added, and nothing is mocked.

Defects kept: the errors with a constructor of their own can be neither pickled nor copied, so that one that is raised
in a process of a pool breaks the pool; `to_dict` holds whatever it was given, JSON or not.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: PIE790

from __future__ import annotations

from typing import Any


class AppError(Exception):
    """Base application error."""

    def __init__(
        self,
        message: str,
        code: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        self.message = message
        self.code = code or self.__class__.__name__
        self.details = details or {}
        super().__init__(message)

    def to_dict(self) -> dict[str, Any]:
        """Convert to dictionary for API responses."""
        return {
            "code": self.code,
            "message": self.message,
            "details": self.details,
        }


# Domain errors
class DomainError(AppError):
    """Domain-specific error."""

    pass


class ValidationError(DomainError):
    """Input validation error."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(
            message=f"{field}: {message}",
            code="VALIDATION_ERROR",
            details={"field": field},
        )


class NotFoundError(DomainError):
    """Resource not found."""

    def __init__(self, resource: str, identifier: Any) -> None:
        super().__init__(
            message=f"{resource} not found",
            code="NOT_FOUND",
            details={"resource": resource, "id": identifier},
        )


class ConflictError(DomainError):
    """Resource conflict."""

    def __init__(self, message: str, resource: str | None = None) -> None:
        super().__init__(
            message=message,
            code="CONFLICT",
            details={"resource": resource} if resource else {},
        )


# Infrastructure errors
class InfrastructureError(AppError):
    """Infrastructure-level error."""

    pass


class DatabaseError(InfrastructureError):
    """Database operation error."""

    pass


class ExternalServiceError(InfrastructureError):
    """External service error."""

    def __init__(
        self,
        service: str,
        message: str,
        status_code: int | None = None,
    ) -> None:
        super().__init__(
            message=f"{service}: {message}",
            code="EXTERNAL_SERVICE_ERROR",
            details={
                "service": service,
                "status_code": status_code,
            },
        )


# Security errors
class SecurityError(AppError):
    """Security-related error."""

    pass


class AuthenticationError(SecurityError):
    """Authentication failed."""

    def __init__(self, message: str = "Authentication required") -> None:
        super().__init__(message=message, code="UNAUTHORIZED")


class AuthorizationError(SecurityError):
    """Authorization failed."""

    def __init__(self, message: str = "Permission denied") -> None:
        super().__init__(message=message, code="FORBIDDEN")
