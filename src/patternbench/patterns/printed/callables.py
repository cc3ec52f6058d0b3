"""Section 2.4, callable types, as the guide prints them.

Added: the imports of `Any` and `Context`'s stand-in. Mocked: `Context` and `get_current_context`, which the guide uses
and does not define; whoever uses this module sets its own function in place of the latter.

Defects kept: `logged` preserves a signature for the type checker alone: name, docstring, signature and the way back
to the function are lost, the result cannot be pickled, and of a coroutine function it prints the coroutine before
that has run.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D103, T201

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class Context:
    """Added; what a call is made for."""


_CONTEXT = Context()


def get_current_context() -> Context:
    """Added; the context of the running call."""
    return _CONTEXT


# Simple callable
Handler = Callable[[str, int], bool]


def register(handler: Handler) -> None: ...


# Callable with keyword arguments
def process(
    func: Callable[..., T],
    *args: object,
    **kwargs: object,
) -> T:
    return func(*args, **kwargs)


# Async callable
AsyncHandler = Callable[[str], Awaitable[dict[str, Any]]]


async def async_process(handler: AsyncHandler, data: str) -> dict[str, Any]:
    return await handler(data)


# ParamSpec for decorators (preserves signature)
def logged(func: Callable[P, T]) -> Callable[P, T]:
    """Decorator that logs function calls."""

    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        print(f"Calling {func.__name__}")
        result = func(*args, **kwargs)
        print(f"Result: {result}")
        return result

    return wrapper


@logged
def add(a: int, b: int) -> int:
    return a + b


# Concatenate for adding parameters
def with_context(
    func: Callable[Concatenate[Context, P], T],
) -> Callable[P, T]:
    """Add context parameter to function."""

    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        ctx = get_current_context()
        return func(ctx, *args, **kwargs)

    return wrapper
