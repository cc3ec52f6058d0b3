"""Section 2.5, protocols (structural typing), as the guide prints them.

Added: the type variable of `Constructable`, which the block uses and does not define. Left out: the check of an
undefined object at the end of the block. Nothing is mocked.

Defects kept: `isinstance` against a protocol looks for names, not for signatures; a class that has the method passes
like its instances. What else passes depends on the Python: see `tests/claims`.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102, PLC0105

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

T = TypeVar("T", covariant=True)


class Closeable(Protocol):
    """Protocol for objects that can be closed."""

    def close(self) -> None: ...


class Readable(Protocol):
    """Protocol for readable objects."""

    def read(self, n: int = -1) -> bytes: ...


class ReadWriteCloseable(Readable, Closeable, Protocol):
    """Combined protocol."""

    def write(self, data: bytes) -> int: ...


@runtime_checkable
class SupportsLen(Protocol):
    """Protocol for objects with __len__."""

    def __len__(self) -> int: ...


def get_length(obj: SupportsLen) -> int:
    """Get length of any object supporting len()."""
    return len(obj)


# Protocol with properties
class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str: ...


# Protocol with class methods
class Constructable(Protocol[T]):
    """Anything that makes itself."""

    @classmethod
    def create(cls) -> T: ...
