"""Units of work on which a slow-down of known size can be planted, for checking the harness against the truth.

Every unit repeats one piece of work a given number of times. The base makes `100 * scale` repetitions and the planted
variant `(100 + percent) * scale`, or both make fewer in the same ratio: it is `(100 + percent) / 100`, exactly, but for
what one call costs by itself; `verification` counts how little that is. Nought percent is identical code.

Three faces of the same work:

- comparisons with the axis `percent`, for patternbench: `patternbench run units.py`;
- `make(name, addresses)`, the bare work as a function of its repetitions, for any other harness;
- `served()`, the server that two of the I/O units talk to; whoever holds it should be another process than theirs.

Repetitions are counted by `repeat`: a `range` would make its first 257 numbers from a store and all others anew, which
made a planted 20 % of some units 20.16 %.

Nothing but the standard library is used. One call of a computing or an asyncio unit takes 0.3 to 3 ms. A unit of I/O
makes as few operations as a planted size can be a whole number of, but twenty at least: a call of a hundred requests
takes 15 ms, ten times what its users time.
"""

from __future__ import annotations

import asyncio
import atexit
import http.client
import json
import math
import random
import selectors
import socket
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, repeat
from pathlib import Path
from typing import Any, ClassVar

from patternbench.comparison import Comparison, variant

FILE = Path(__file__)
"""This file, as a suite."""

PERCENTS = (0, 1, 2, 3, 5, 10, 20)
"""What may be planted, in percent of the base's repetitions."""

_FEWEST_PARTS = 20

CPU, ASYNCIO, IO = KINDS = ("cpu", "asyncio", "io")
KIND_WORDS = {CPU: "computing", ASYNCIO: "asyncio", IO: "I/O"}

Addresses = Mapping[str, str]
Work = Callable[[int], Any]
"""Takes the number of repetitions; a coroutine function where the unit's `is_async` says so."""

_MESSAGE = b"x" * 64
_BODY = json.dumps({"id": 1, "name": "item 1", "tags": ["a", "b", "c"], "price": 1.25}).encode()


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of work.

    Attributes:
        name: as `make` takes it.
        summary: what one repetition does.
        kind: "cpu", "asyncio" or "io".
        comparison: name of the class in this file that plants on it.
        scale: repetitions that one percent stands for.
        is_async: whether its work is a coroutine function.
        served: whether it talks to the server of `served`.
        opened: context manager that prepares the work and gives it.
    """

    name: str
    summary: str
    kind: str
    comparison: str
    scale: int
    is_async: bool
    served: bool
    opened: Callable[[Addresses], AbstractContextManager[Work]]

    def repetitions(self, percent: int) -> tuple[int, int]:
        """What the base makes beside the planted variant, and what that makes with so many percent planted."""
        parts = max(_FEWEST_PARTS, 100 // math.gcd(100, percent)) if self.kind == IO else 100
        return self.scale * parts, self.scale * parts * (100 + percent) // 100


UNITS: dict[str, Unit] = {}
"""All units by name, in the order in which this file defines them."""


def true_ratio(percent: int) -> float:
    """The planted variant's time over the base's."""
    return (100 + percent) / 100


def make(name: str, addresses: Addresses | None = None) -> Work:
    """The work of a unit, prepared; what it holds open is closed when the interpreter ends.

    Args:
        addresses: what `served` gave; only units that are `served` need it.

    Raises:
        KeyError: there is no such unit, or it needs an address that was not given.
    """
    held = ExitStack()
    work = held.enter_context(UNITS[name].opened(addresses or {}))
    # Not before: what the unit itself leaves to the end of the interpreter must find its work already closed.
    atexit.register(held.close)
    return work


def _unit(
    kind: str, scale: int, *, served: bool = False
) -> Callable[[Callable[[Addresses], Iterator[Work]]], Callable[[Addresses], Iterator[Work]]]:
    """Enter a generator that prepares, yields and closes a unit's work, under the name of the function."""

    def enter(prepared: Callable[[Addresses], Iterator[Work]]) -> Callable[[Addresses], Iterator[Work]]:
        name, summary = prepared.__name__, (prepared.__doc__ or "").strip()
        comparison = "".join(word.capitalize() for word in name.split("_"))
        UNITS[name] = Unit(name, summary, kind, comparison, scale, kind == ASYNCIO, served, contextmanager(prepared))
        return prepared

    return enter


# Computing


@dataclass
class _Record:
    number: int
    name: str
    price: float
    tags: tuple[str, ...]


class _Point:
    __slots__ = ("colour", "weight", "x", "y", "z")

    def __init__(self) -> None:
        self.x, self.y, self.z, self.colour, self.weight = 1, 2, 3, 4, 5


@_unit(CPU, 20)
def dataclass_creation(_: Addresses) -> Iterator[Work]:
    """Make a dataclass of four fields."""
    values = (1, "item", 2.5, ("a", "b"))

    def work(loops: int) -> Any:
        number, name, price, tags = values
        result: Any = None
        for _ in repeat(None, loops):
            result = _Record(number, name, price, tags)
        return result

    yield work


@_unit(CPU, 60)
def attribute_access(_: Addresses) -> Iterator[Work]:
    """Read the five slots of an object."""
    point = _Point()

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = point.x + point.y + point.z + point.colour + point.weight
        return result

    yield work


@_unit(CPU, 3)
def recursion(_: Addresses) -> Iterator[Work]:
    """Call a function that calls itself, 25 calls in all."""

    def fibonacci(n: int) -> int:
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = fibonacci(6)
        return result

    yield work


@_unit(CPU, 20)
def lru_cache_hit(_: Addresses) -> Iterator[Work]:
    """Ask an LRU cache four times for what it holds."""

    @lru_cache(maxsize=32)
    def squared(number: int) -> int:
        return number * number

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = squared(3) + squared(7) + squared(11) + squared(19)
        return result

    yield work


@_unit(CPU, 20)
def lru_cache_miss(_: Addresses) -> Iterator[Work]:
    """Ask a full LRU cache for what it has long thrown out, so that every call computes, stores and evicts."""

    # So small that neither its table nor its results are ever asked of the C library: how many instructions that takes
    # depends on the memory that a process happens to have, and made identical code differ by 0.03 %.
    @lru_cache(maxsize=4)
    def squared(number: int) -> int:
        return number * number

    numbers = cycle(range(8))

    def work(loops: int) -> Any:
        for _ in repeat(None, loops):
            squared(next(numbers))
        return squared.cache_info().hits

    yield work


@_unit(CPU, 1)
def json_round_trip(_: Addresses) -> Iterator[Work]:
    """Write a small document as JSON and read it back."""
    document = json.loads(_BODY)

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = json.loads(json.dumps(document))
        return result

    yield work


@_unit(CPU, 5)
def dict_update(_: Addresses) -> Iterator[Work]:
    """Fill a dict under twenty string keys; where they collide depends on the hash seed of the process."""
    keys = [f"field_{number}" for number in range(20)]

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = {}
            for key in keys:
                result[key] = 1
        return result

    yield work


@_unit(CPU, 3)
def sort(_: Addresses) -> Iterator[Work]:
    """Sort sixty shuffled numbers."""
    numbers = list(range(60))
    random.Random(1).shuffle(numbers)

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = sorted(numbers)
        return result

    yield work


@_unit(CPU, 2)
def string_join(_: Addresses) -> Iterator[Work]:
    """Write twenty numbers as text, with commas between."""
    numbers = list(range(1000, 1020))

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = ",".join(map(str, numbers))
        return result

    yield work


# asyncio


async def _answer() -> int:
    return 1


@_unit(ASYNCIO, 1)
def gather(_: Addresses) -> Iterator[Work]:
    """Gather two coroutines."""

    async def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            result = await asyncio.gather(_answer(), _answer())
        return result

    yield work


@_unit(ASYNCIO, 1)
def task_group(_: Addresses) -> Iterator[Work]:
    """Run two coroutines in a task group."""

    async def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            async with asyncio.TaskGroup() as group:
                result = group.create_task(_answer())
                group.create_task(_answer())
        return result.result()

    yield work


@_unit(ASYNCIO, 2)
def semaphore(_: Addresses) -> Iterator[Work]:
    """Hold a semaphore for one turn of the loop."""
    permits = asyncio.Semaphore(2)

    async def work(loops: int) -> Any:
        for _ in repeat(None, loops):
            async with permits:
                await asyncio.sleep(0)
        return permits.locked()

    yield work


@_unit(ASYNCIO, 6)
def queue(_: Addresses) -> Iterator[Work]:
    """Put an item into a queue and take it out again."""
    waiting: asyncio.Queue[int] = asyncio.Queue(maxsize=4)

    async def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            await waiting.put(1)
            result = await waiting.get()
        return result

    yield work


# Input and output


@contextmanager
def _sqlite_file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="patternbench-units-") as folder:
        path = Path(folder) / "items.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
            connection.executemany("INSERT INTO items VALUES (?, ?)", ((at, f"item {at}") for at in range(100)))
        yield path


@_unit(IO, 1)
def sqlite_select(_: Addresses) -> Iterator[Work]:
    """Select a row of a SQLite file over a kept connection."""
    with _sqlite_file() as path, closing(sqlite3.connect(path)) as connection:

        def work(loops: int) -> Any:
            result: Any = None
            for _ in repeat(None, loops):
                result = connection.execute("SELECT name FROM items WHERE id = ?", (7,)).fetchone()
            return result

        yield work


@_unit(IO, 1)
def sqlite_connect(_: Addresses) -> Iterator[Work]:
    """Open a SQLite file, select a row, close it."""
    with _sqlite_file() as path:
        name = str(path)

        def work(loops: int) -> Any:
            result: Any = None
            for _ in repeat(None, loops):
                connection = sqlite3.connect(name)
                result = connection.execute("SELECT name FROM items WHERE id = ?", (7,)).fetchone()
                connection.close()
            return result

        yield work


@_unit(IO, 1, served=True)
def socket_echo(addresses: Addresses) -> Iterator[Work]:
    """Send 64 bytes over a kept connection and wait for them to come back."""
    with socket.create_connection(_place(addresses["echo"])) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def work(loops: int) -> Any:
            result: Any = None
            for _ in repeat(None, loops):
                connection.sendall(_MESSAGE)
                result = connection.recv(len(_MESSAGE))
                while len(result) < len(_MESSAGE):
                    result += connection.recv(len(_MESSAGE) - len(result))
            return result

        yield work


@_unit(IO, 1, served=True)
def http_kept(addresses: Addresses) -> Iterator[Work]:
    """Get a small document over a kept HTTP connection."""
    with closing(http.client.HTTPConnection(*_place(addresses["http"]))) as connection:

        def work(loops: int) -> Any:
            result: Any = None
            for _ in repeat(None, loops):
                connection.request("GET", "/items/1")
                result = connection.getresponse().read()
            return result

        yield work


@_unit(IO, 1, served=True)
def http_new(addresses: Addresses) -> Iterator[Work]:
    """Get a small document over a new HTTP connection."""
    host, port = _place(addresses["http"])

    def work(loops: int) -> Any:
        result: Any = None
        for _ in repeat(None, loops):
            connection = http.client.HTTPConnection(host, port)
            connection.request("GET", "/items/1", headers={"Connection": "close"})
            result = connection.getresponse().read()
            connection.close()
        return result

    yield work


class _Server:
    """One thread that waits for all its connections at once: a thread for each would cost more than the answers.

    Args:
        answer: the bytes to send for those received, and whether to close the connection then; no bytes wait for more.
    """

    def __init__(self, answer: Callable[[bytes], tuple[bytes, bool]]) -> None:
        self._answer = answer
        self._ready = selectors.DefaultSelector()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._ready.register(self._listening, selectors.EVENT_READ)
        self._wake, woken = socket.socketpair()
        self._ready.register(woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, args=(woken,), daemon=True)
        self._thread.start()
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        """End the thread, and with it every connection."""
        self._wake.close()
        self._thread.join()

    def _serve(self, woken: socket.socket) -> None:
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is woken:
                    for each in list(self._ready.get_map().values()):
                        each.fileobj.close()  # type: ignore[union-attr]
                    self._ready.close()
                    return
                if key.fileobj is self._listening:
                    connection, _ = self._listening.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._ready.register(connection, selectors.EVENT_READ, bytearray())
                else:
                    self._read(key)

    def _read(self, key: selectors.SelectorKey) -> None:
        connection, waiting = key.fileobj, key.data
        assert isinstance(connection, socket.socket)
        ended = True
        with suppress(ConnectionError):
            received = connection.recv(4096)
            waiting += received
            answer, last = self._answer(bytes(waiting))
            if answer:
                connection.sendall(answer)
                waiting.clear()
            ended = last or not received
        if ended:
            self._ready.unregister(connection)
            connection.close()


def _echo(received: bytes) -> tuple[bytes, bool]:
    return received, False


def _http(received: bytes) -> tuple[bytes, bool]:
    """The same document for every request: as little work as a server can do."""
    if not received.endswith(b"\r\n\r\n"):
        return b"", False
    if b"Connection: close" in received:
        # Without a length the client reads to the end, so that this side closes first: the ports that wait for
        # stragglers afterwards are the server's, and the client never runs out of its own.
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + _BODY, True
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY, False


@contextmanager
def served() -> Iterator[dict[str, str]]:
    """Listen on loopback in threads of this process; gives the addresses that served units need."""
    with ExitStack() as stack:
        addresses = {}
        for name, answer in (("echo", _echo), ("http", _http)):
            server = _Server(answer)
            stack.callback(server.close)
            addresses[name] = server.address
        yield addresses


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


# The comparisons: for each unit, the base against the base with repetitions planted


class _Planted(Comparison):
    """Is a planted slow-down found? Base of all comparisons here; they differ in the unit alone."""

    unit: ClassVar[str]
    baseline = "base"
    params: ClassVar = {"percent": PERCENTS}
    headline: ClassVar = {"percent": (0, 5)}

    def setup(self, percent: int) -> None:
        unit = UNITS[self.unit]
        self.open = ExitStack()
        self.work = self.open.enter_context(unit.opened(self.addresses))
        self.base_loops, self.planted_loops = unit.repetitions(percent)

    def teardown(self) -> None:
        self.open.close()


class _PlantedSync(_Planted):
    @variant
    def base(self) -> object:
        """The work."""
        return self.work(self.base_loops)

    @variant
    def planted(self) -> object:
        """The work, and so many percent more as were planted."""
        return self.work(self.planted_loops)


class _PlantedAsync(_Planted):
    @variant
    async def base(self) -> object:
        """The work."""
        return await self.work(self.base_loops)

    @variant
    async def planted(self) -> object:
        """The work, and so many percent more as were planted."""
        return await self.work(self.planted_loops)


class _PlantedServed(_PlantedSync):
    backends_share_core = True

    @classmethod
    def backends(cls) -> AbstractContextManager[Mapping[str, str]]:
        return served()


class DataclassCreation(_PlantedSync):
    """Is a planted slow-down found in the creation of dataclasses?"""

    unit = "dataclass_creation"


class AttributeAccess(_PlantedSync):
    """Is a planted slow-down found in the reading of slots?"""

    unit = "attribute_access"


class Recursion(_PlantedSync):
    """Is a planted slow-down found in a recursive function?"""

    unit = "recursion"


class LruCacheHit(_PlantedSync):
    """Is a planted slow-down found in the hits of an LRU cache?"""

    unit = "lru_cache_hit"

    def counters(self) -> Mapping[str, int]:
        """What the unit is about, so that no proof takes it for an oversight."""
        return {"hits_percent": 100}


class LruCacheMiss(_PlantedSync):
    """Is a planted slow-down found in the misses of an LRU cache?"""

    unit = "lru_cache_miss"


class JsonRoundTrip(_PlantedSync):
    """Is a planted slow-down found in writing and reading JSON?"""

    unit = "json_round_trip"


class DictUpdate(_PlantedSync):
    """Is a planted slow-down found in filling a dict under string keys?"""

    unit = "dict_update"


class Sort(_PlantedSync):
    """Is a planted slow-down found in sorting?"""

    unit = "sort"


class StringJoin(_PlantedSync):
    """Is a planted slow-down found in joining strings?"""

    unit = "string_join"


class Gather(_PlantedAsync):
    """Is a planted slow-down found in gathering coroutines?"""

    unit = "gather"


class TaskGroup(_PlantedAsync):
    """Is a planted slow-down found in task groups?"""

    unit = "task_group"


class Semaphore(_PlantedAsync):
    """Is a planted slow-down found in holding a semaphore?"""

    unit = "semaphore"


class Queue(_PlantedAsync):
    """Is a planted slow-down found in passing items through a queue?"""

    unit = "queue"


class SqliteSelect(_PlantedSync):
    """Is a planted slow-down found in selecting from a SQLite file?"""

    unit = "sqlite_select"


class SqliteConnect(_PlantedSync):
    """Is a planted slow-down found in opening a SQLite file and selecting from it?"""

    unit = "sqlite_connect"


class SocketEcho(_PlantedServed):
    """Is a planted slow-down found in round trips over a socket?"""

    unit = "socket_echo"


class HttpKept(_PlantedServed):
    """Is a planted slow-down found in HTTP requests over a kept connection?"""

    unit = "http_kept"


class HttpNew(_PlantedServed):
    """Is a planted slow-down found in HTTP requests over new connections?"""

    unit = "http_new"
