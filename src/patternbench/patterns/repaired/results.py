"""Section 8.2, result type pattern, mended.

What was wrong: a kept `Err` kept the frame that had failed alive, with all its locals; each `unwrap` of one `Err` made
its traceback longer; two errors that said the same were not equal; `isinstance(x, Result)` was refused; and the guide's
own chain did not pass a strict type checker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=Exception)
F = TypeVar("F", bound=Exception)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Ok(Generic[T]):
    """It went well, with a value."""

    value: T

    def is_ok(self) -> bool:
        """Yes."""
        return True

    def is_err(self) -> bool:
        """No."""
        return False

    def unwrap(self) -> T:
        """The value."""
        return self.value

    def unwrap_or(self, default: Any) -> T:  # noqa: ARG002 - as `Err` has it
        """The value."""
        return self.value

    def map(self, func: Callable[[T], U]) -> Ok[U]:
        """What a function makes of the value; what that raises is raised."""
        return Ok(func(self.value))

    def and_then(self, func: Callable[[T], Ok[U] | Err[F]]) -> Ok[U] | Err[F]:
        """The next step, which may fail."""
        return func(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Err(Generic[E]):
    """It went wrong, with an error; equal to another of the same class and arguments."""

    error: E

    def __post_init__(self) -> None:
        # A traceback holds the frames, and these hold whatever was in them.
        self.error.__traceback__ = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Err):
            return NotImplemented
        return type(self.error) is type(other.error) and self.error.args == other.error.args

    def __hash__(self) -> int:
        return hash((type(self.error), self.error.args))

    def is_ok(self) -> bool:
        """No."""
        return False

    def is_err(self) -> bool:
        """Yes."""
        return True

    def unwrap(self) -> NoReturn:
        """Raise the error, from here."""
        raise self.error.with_traceback(None)

    def unwrap_or(self, default: U) -> U:
        """The default."""
        return default

    def map(self, func: Callable[[Any], Any]) -> Err[E]:  # noqa: ARG002 - as `Ok` has it
        """The error."""
        return self

    def and_then(self, func: Callable[[Any], Any]) -> Err[E]:  # noqa: ARG002 - as `Ok` has it
        """The error."""
        return self


RESULT = (Ok, Err)
"""For `isinstance`."""

Result: TypeAlias = Ok[T] | Err[E]


def divide(a: float, b: float) -> Result[float, ValueError]:
    """The quotient."""
    if b == 0:
        return Err(ValueError("Division by zero"))
    return Ok(a / b)


def parse_int(s: str) -> Result[int, ValueError]:
    """The number that a text says; of what is no text at all, an error too."""
    try:
        return Ok(int(s))
    except ValueError as error:
        return Err(error)
    except TypeError as error:
        return Err(ValueError(str(error)))
