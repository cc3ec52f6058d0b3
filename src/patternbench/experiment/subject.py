"""A variant made ready to be called: the instance of its comparison, set up for one case, and the loop it runs in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from itertools import repeat
from time import perf_counter_ns, process_time_ns
from typing import Any, Self

from patternbench.comparison import Case, Comparison, Declaration, Variant


class Subject:
    """One instance of a comparison for one case and one variant; use it as a context manager.

    The event loop, where there is one, is made once and stands outside every clock. Closing runs `teardown`,
    cancels what is left in the loop and closes it.

    Attributes:
        instance: of the user's class; `addresses` and `case_params` are set on it before `setup` runs.
        variant: which of its methods is called.
    """

    def __init__(
        self,
        cls: type[Comparison],
        declared: Declaration,
        case: Case,
        variant: str,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.instance = cls()
        self.instance.addresses = dict(addresses or {})
        self.instance.case_params = dict(case.params)
        self.variant: Variant = declared.variant(variant)
        self._case = case
        self._body: Callable[[], Any] = getattr(self.instance, variant)
        self._runner: asyncio.Runner | None = None
        if self.variant.is_async or _any_async(cls.setup, cls.teardown):
            self._runner = asyncio.Runner(loop_factory=self.variant.loop_factory or cls.loop_factory)

    def __enter__(self) -> Self:
        if self._runner is not None:
            self._runner.__enter__()
        try:
            self._finish(self.instance.setup(**self._case.params))
        except BaseException:
            if self._runner is not None:
                self._runner.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._finish(self.instance.teardown())
        finally:
            if self._runner is not None:
                self._runner.__exit__(None, None, None)

    @property
    def units(self) -> int:
        """Operations that one call stands for, as the instance says after `setup`.

        Raises:
            ValueError: fewer than one.
        """
        units = int(self.instance.units)
        if units < 1:
            raise ValueError(f"units is {units}, but a call stands for one operation at least")
        return units

    def call(self) -> Any:
        """Call the variant once, awaited where it is async, and give its result."""
        if not self.variant.is_async:
            return self._body()
        assert self._runner is not None
        return self._runner.run(self._body())

    def run(self, calls: int) -> tuple[int, int]:
        """Time a block of calls: wall and CPU time of this process in nanoseconds, nothing but the calls between."""
        if not self.variant.is_async:
            return timed(self._body, calls)
        assert self._runner is not None
        return self._runner.run(timed_async(self._body, calls))

    def run_empty(self, calls: int) -> tuple[int, int]:
        """The same around an empty method of the same kind: what the loop and the call cost by themselves."""
        if not self.variant.is_async:
            return timed(_Empty().body, calls)
        assert self._runner is not None
        return self._runner.run(timed_async(_Empty().async_body, calls))

    def _finish(self, outcome: Any) -> None:
        if inspect.isawaitable(outcome):
            assert self._runner is not None
            self._runner.run(_awaited(outcome))


def timed(body: Callable[[], Any], calls: int) -> tuple[int, int]:
    """Wall and CPU nanoseconds of that many calls in a row."""
    block = repeat(None, calls)
    cpu = process_time_ns()
    start = perf_counter_ns()
    for _ in block:
        body()
    wall = perf_counter_ns() - start
    return wall, process_time_ns() - cpu


async def timed_async(body: Callable[[], Any], calls: int) -> tuple[int, int]:
    """The same for coroutines, awaited one after another inside the running loop."""
    block = repeat(None, calls)
    cpu = process_time_ns()
    start = perf_counter_ns()
    for _ in block:
        await body()
    wall = perf_counter_ns() - start
    return wall, process_time_ns() - cpu


class _Empty:
    """Methods that do nothing, bound as a variant's are."""

    def body(self) -> None:
        pass

    async def async_body(self) -> None:
        pass


def _any_async(*methods: Callable[..., Any]) -> bool:
    return any(inspect.iscoroutinefunction(method) for method in methods)


async def _awaited(outcome: Any) -> Any:
    return await outcome
