"""A TCP proxy on loopback that adds a round trip: distance to a server, without the network.

Stands for the time that bytes are under way: every chunk is handed on half a round trip after it arrived, in both
directions, and the first one of a connection a full round trip later still, for the handshake by which TCP opens it.
Leaves out what else a network does: limited bandwidth, loss and retransmission, jitter, slow start, congestion.

It runs in a process of its own, with one listening port per round trip, so that variants at different distances never
share one. Timers go through `select`, which takes microseconds; `epoll` would round every delay up to a millisecond.
"""

from __future__ import annotations

import asyncio
import json
import selectors
import socket
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from patternbench.backends.kept_process import Lifeline, kept


@dataclass(frozen=True, slots=True)
class DelayingProxy:
    """Where the proxy listens.

    Attributes:
        ports: round trip in milliseconds to the port, on 127.0.0.1, that adds it.
        control: port that answers `connections`.
    """

    ports: Mapping[float, int]
    control: int

    def connections(self) -> dict[float, int]:
        """How many connections were opened through each port so far, by round trip in milliseconds."""
        with socket.create_connection(("127.0.0.1", self.control), timeout=10) as asked, asked.makefile() as answer:
            return {float(rtt): opened for rtt, opened in json.loads(answer.read()).items()}


@contextmanager
def delaying_proxy(host: str, port: int, round_trips_ms: Sequence[float]) -> Iterator[DelayingProxy]:
    """Stand in front of `host:port` at each of the distances until the context is left.

    Raises:
        BackendUnavailable: the proxy did not start.
    """
    with kept(__name__, {"host": host, "port": port, "round_trips_ms": list(round_trips_ms)}) as facts:
        yield DelayingProxy({float(rtt): at for rtt, at in facts["ports"].items()}, facts["control"])


@dataclass(slots=True)
class _Distance:
    """What the connections through one port have in common."""

    host: str
    port: int
    one_way_s: float
    opened: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class _Direction:
    """Bytes on their way to one side; they leave in the order in which they came, each after its delay.

    Attributes:
        sink: the connection to that side, as soon as there is one.
        lost: whether there never will be one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, delay_s: float) -> None:
        self._loop = loop
        self._delay_s = delay_s
        self._under_way: deque[bytes | None] = deque()
        self._not_before = 0.0
        self.sink: asyncio.Transport | None = None
        self.lost = False

    def hold_until(self, moment: float) -> None:
        """Let nothing leave earlier than that, in the loop's time."""
        self._not_before = moment

    def send(self, chunk: bytes | None) -> None:
        """Put a chunk, or None for the end of the stream, on its way."""
        due = max(self._loop.time() + self._delay_s, self._not_before)
        if self._delay_s == 0.0 and not self._under_way and self.sink is not None:
            self._deliver(chunk)
            return
        # Timers of the same moment fire in no certain order; whichever fires takes the chunk that came first.
        self._under_way.append(chunk)
        self._loop.call_at(due, self._arrive)

    def _arrive(self) -> None:
        if self.lost:
            return
        if self.sink is None:
            self._loop.call_later(0.001, self._arrive)
            return
        self._deliver(self._under_way.popleft())

    def _deliver(self, chunk: bytes | None) -> None:
        assert self.sink is not None
        if self.sink.is_closing():
            return
        if chunk is None:
            self.sink.close()
        else:
            self.sink.write(chunk)


class _Side(asyncio.Protocol):
    """One of the two connections; what it receives goes in its direction."""

    def __init__(self, outgoing: _Direction, incoming: _Direction) -> None:
        self._outgoing = outgoing
        self._incoming = incoming

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._incoming.sink = transport

    def data_received(self, data: bytes) -> None:
        self._outgoing.send(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (the name is the protocol's)
        self._outgoing.send(None)


class _ClientSide(_Side):
    """The accepted connection; opens the one to the server behind."""

    def __init__(self, distance: _Distance, loop: asyncio.AbstractEventLoop) -> None:
        self._distance = distance
        self._loop = loop
        super().__init__(_Direction(loop, distance.one_way_s), _Direction(loop, distance.one_way_s))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._distance.opened += 1
        self._outgoing.hold_until(self._loop.time() + 3 * self._distance.one_way_s)
        task = self._loop.create_task(self._connect())
        self._distance.tasks.add(task)
        task.add_done_callback(self._distance.tasks.discard)

    async def _connect(self) -> None:
        try:
            await self._loop.create_connection(
                lambda: _Side(self._incoming, self._outgoing), self._distance.host, self._distance.port
            )
        except OSError:
            self._outgoing.lost = True
            if self._incoming.sink is not None:
                self._incoming.sink.abort()


async def _serve(lifeline: Lifeline) -> None:
    loop = asyncio.get_running_loop()
    host, port = lifeline.options["host"], int(lifeline.options["port"])
    distances = {float(rtt): _Distance(host, port, float(rtt) / 2000) for rtt in lifeline.options["round_trips_ms"]}

    async def tell(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps({str(rtt): distance.opened for rtt, distance in distances.items()}).encode())
        writer.close()

    servers = {rtt: await _listening(loop, distance) for rtt, distance in distances.items()}
    control = await asyncio.start_server(tell, "127.0.0.1", 0)
    ports = {str(rtt): _port(server) for rtt, server in servers.items()}
    lifeline.announce({"ports": ports, "control": _port(control)})
    await lifeline.wait_async()


async def _listening(loop: asyncio.AbstractEventLoop, distance: _Distance) -> asyncio.Server:
    return await loop.create_server(lambda: _ClientSide(distance, loop), "127.0.0.1", 0, backlog=1024)


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


def main() -> None:
    """Run as the kept process."""
    lifeline = Lifeline()
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_serve(lifeline))
    finally:
        loop.close()


if __name__ == "__main__":
    main()
