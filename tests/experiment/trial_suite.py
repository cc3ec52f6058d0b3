"""A suite with one variant for each way in which a variant can go wrong; tests copy it and measure the copy."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patternbench import Comparison, NotMeasured, variant

MARKS = "TRIAL_MARKS"
"""Environment variable with the folder in which some variants leave files."""


_CALLS_OF_A_PROOF = 20
"""More than any proof makes, and fewer than the first set."""


def _mark(name: str) -> bool:
    """Whether this process is the first to leave that file."""
    try:
        (Path(os.environ[MARKS]) / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _work() -> int:
    return sum(range(200))


async def _work_later() -> int:
    return _work()


class Trial(Comparison):
    """Which of these goes wrong?"""

    baseline = "plain"
    timeout_s = 1.5

    def setup(self) -> None:
        self.opened = 0

    def counters(self) -> dict[str, int | float | str]:
        return {"opened": self.opened}

    @variant
    def plain(self) -> int:
        return _work()

    @variant
    def same(self) -> int:
        return _work()

    @variant
    def segfault(self) -> int:
        return ctypes.string_at(0)[0]

    @variant
    def leaves(self) -> int:
        os._exit(7)

    @variant
    def hangs(self) -> int:
        time.sleep(600)
        return _work()

    @variant
    def different(self) -> int:
        return _work() + 1

    @variant
    async def awaited(self) -> int:
        return await _work_later()

    @variant
    async def forgets(self) -> int:
        _work_later()  # type: ignore[unused-coroutine]  # that is its fault
        return _work()

    @variant
    def hands_on(self) -> Any:
        return _work_later()

    @variant
    def raises(self) -> int:
        raise ValueError(f"no luck at {__file__}")

    @variant
    def nothing(self) -> None:
        pass

    @variant
    def absent(self) -> int:
        raise NotMeasured("needs a quantum computer")

    @variant(holds={"opened": 1})
    def kept(self) -> int:
        self.opened = 1
        return _work()

    @variant(holds={"opened": 1})
    def unkept(self) -> int:
        self.opened = 2
        return _work()


class Noted(Comparison):
    """Which of these is measured with a note?"""

    baseline = "plain"

    @variant
    def plain(self) -> int:
        return _work()

    @variant
    def prints(self) -> int:
        sys.stdout.write(" ")
        return _work()


class Failing(Comparison):
    """And if its results are failures?"""

    baseline = "fails"

    @variant
    def fails(self) -> list[int | Exception]:
        return [_work(), OSError("no luck at /tmp/deep/down/here")]


class Cases(Comparison):
    """Which sizes can be had?"""

    baseline = "plain"
    params = {"size": (1, 2, 3)}

    def setup(self, size: int) -> None:
        if size == 2:
            raise NotMeasured("two cannot be had")
        if size == 3:
            raise ValueError("three is too many")
        self.size = size

    @variant
    def plain(self) -> int:
        return sum(range(self.size + 200))

    @variant
    def same(self) -> int:
        return sum(range(self.size + 200))


class _Backed(Comparison):
    """What those with backends have in common."""

    baseline = "plain"

    def counters(self) -> dict[str, int | float | str]:
        return dict(self.addresses)

    @variant
    def plain(self) -> int:
        return int(self.addresses["process"])

    @variant
    def same(self) -> int:
        return int(self.addresses["process"])


class Shared(_Backed):
    """Do all workers reach the same backend?"""

    @classmethod
    @contextmanager
    def backends(cls) -> Iterator[Mapping[str, str]]:
        yield {"process": str(os.getpid()), "hash": str(hash("patternbench"))}


class SharedCore(_Backed):
    """And where it runs on the clock's core?"""

    backends_share_core = True

    @classmethod
    @contextmanager
    def backends(cls) -> Iterator[Mapping[str, str]]:
        yield {"process": str(os.getpid()), "cores": str(sorted(os.sched_getaffinity(0)))}

    def counters(self) -> dict[str, int | float | str]:
        return {"backend": self.addresses["cores"], "clock": str(sorted(os.sched_getaffinity(0)))}


class Unshared(_Backed):
    """And where the backend cannot be had?"""

    @classmethod
    def backends(cls) -> Any:
        raise NotMeasured("no server here")


class Crashed(_Backed):
    """And where the backend crashes?"""

    @classmethod
    def backends(cls) -> Any:
        raise OSError("address in use")


class Workers(Comparison):
    """What does a worker see of itself? It says so by its units, the only number that its greeting holds."""

    baseline = "hash_seed"

    def setup(self) -> None:
        self.process = os.getpid()
        self.seen = {"hash_seed": abs(hash("patternbench")) % 1_000_003 + 1, "process": os.getpid()}
        if hasattr(os, "sched_getaffinity"):
            self.seen["cores"] = sum(1 << core for core in os.sched_getaffinity(0))
        self.units = self.seen[self._name()]

    def _name(self) -> str:
        return (Path(os.environ[MARKS]) / "ask").read_text()

    def teardown(self) -> None:
        _mark(f"torn down {os.getpid()}")

    @variant
    def hash_seed(self) -> int:
        return self.process * 2

    @variant
    def floods(self) -> int:
        os.write(1, b"to the output\n" * 50_000)
        sys.stderr.write("to the errors\n" * 50_000)
        return self.process

    @variant
    def hangs(self) -> int:
        time.sleep(600)
        return self.process

    @variant
    def segfault(self) -> int:
        return ctypes.string_at(0)[0]


class Flaky(Comparison):
    """What if one worker of the baseline dies in the first set, after its proof?"""

    baseline = "plain"

    def setup(self) -> None:
        self.calls = 0

    @variant
    def plain(self) -> int:
        self.calls += 1
        if self.calls > _CALLS_OF_A_PROOF and _mark("died once"):
            os._exit(9)
        return _work()

    @variant
    def same(self) -> int:
        return _work()


class Odd(Comparison):
    """What of counters that are not finite?"""

    baseline = "plain"

    def setup(self) -> None:
        self.worst = 0.0

    def counters(self) -> dict[str, int | float | str]:
        return {"worst": self.worst, "least": -self.worst}

    @variant
    def plain(self) -> int:
        return _work()

    @variant
    def endless(self) -> int:
        self.worst = float("inf")
        return _work()


class Empty(Comparison):
    """What of a call that stands for nothing?"""

    baseline = "plain"

    def setup(self) -> None:
        self.units = 0

    @variant
    def plain(self) -> int:
        return _work()


class Looped(Comparison):
    """Does each worker have one loop?"""

    baseline = "slept"

    async def setup(self) -> None:
        self.loop = asyncio.get_running_loop()

    @variant
    async def slept(self) -> bool:
        await asyncio.sleep(0)
        return asyncio.get_running_loop() is self.loop
