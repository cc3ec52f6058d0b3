"""Section 2.7, Literal and Final, as the guide prints them.

Added: the import of `IO`. `set_status` has the body that the guide leaves out: it gives what it was told.

Defects kept: nothing is enforced at run time: any string passes for a status, the final class can be subclassed and
then gives its parent's instance, an `__init__` would run again on every call, and two threads can make two instances.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102, D103, ERA001, PTH123
# mypy: disable-error-code="type-arg"

from __future__ import annotations

from typing import IO, Final, Literal, final

# Literal types
Mode = Literal["r", "w", "a", "rb", "wb"]


def open_file(path: str, mode: Mode = "r") -> IO:
    return open(path, mode)


# Status literals
Status = Literal["pending", "active", "completed", "failed"]


def set_status(item_id: int, status: Status) -> tuple[int, Status]:
    return item_id, status


# Final (constant)
MAX_RETRIES: Final = 3
API_VERSION: Final[str] = "v1"


# Final class (cannot be subclassed)
@final
class Singleton:
    """One instance for all."""

    _instance: Singleton | None = None

    def __new__(cls) -> Singleton:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance


# Final method (cannot be overridden)
class Base:
    """A class with a method that is not to be overridden."""

    @final
    def critical_method(self) -> None:
        """This method cannot be overridden."""
