from __future__ import annotations

import asyncio
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from patternbench.backends import delaying_proxy as module
from patternbench.backends.delaying_proxy import DelayingProxy, delaying_proxy


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture(scope="module")
def proxy() -> Iterator[DelayingProxy]:
    with _Server(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        with delaying_proxy("127.0.0.1", server.server_address[1], (0, 1, 5)) as running:
            yield running
        server.shutdown()


@pytest.mark.parametrize("round_trip_ms", [0, 1, 5])
def test_bytes_arrive_whole_and_in_order(proxy: DelayingProxy, round_trip_ms: int) -> None:
    sent = bytes(range(256)) * 2000
    with socket.create_connection(("127.0.0.1", proxy.ports[round_trip_ms]), timeout=20) as connection:
        sender = threading.Thread(target=connection.sendall, args=(sent,))
        sender.start()
        received = b""
        while len(received) < len(sent):
            chunk = connection.recv(65536)
            assert chunk
            received += chunk
        sender.join()
    assert received == sent


def test_connections_are_counted_by_distance(proxy: DelayingProxy) -> None:
    before = proxy.connections()
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", proxy.ports[5]), timeout=20) as connection:
            connection.sendall(b"x")
            assert connection.recv(1) == b"x"
    after = proxy.connections()
    assert {rtt: after[rtt] - before[rtt] for rtt in after} == {0.0: 0, 1.0: 0, 5.0: 3}


def test_a_connection_ends_when_nothing_listens_behind() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with (
            delaying_proxy("127.0.0.1", unused.getsockname()[1], (0,)) as running,
            socket.create_connection(("127.0.0.1", running.ports[0]), timeout=20) as connection,
            suppress(ConnectionResetError),
        ):
            assert connection.recv(1) == b""


class _Clock(asyncio.SelectorEventLoop):
    """A loop whose time stands still until a test moves it; timers are kept and run by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.timers: list[tuple[float, object]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: object, *args: object, context: object = None) -> None:  # type: ignore[override]
        self.timers.append((round(when - 100.0, 6), callback))


class _Sink:
    def __init__(self) -> None:
        self.events: list[object] = []

    def is_closing(self) -> bool:
        return False

    def write(self, chunk: bytes) -> None:
        self.events.append(chunk)

    def close(self) -> None:
        self.events.append("closed")


def test_each_chunk_takes_half_a_round_trip_and_the_first_one_waits_for_the_handshake() -> None:
    clock = _Clock()
    try:
        direction = module._Direction(clock, 0.005)
        direction.hold_until(clock.time() + 0.015)
        direction.send(b"a")
        clock.now += 0.1
        direction.send(b"b")
        assert [when for when, _ in clock.timers] == [0.015, 0.105]
    finally:
        clock.close()


def test_timers_that_fire_out_of_order_do_not_reorder_bytes() -> None:
    clock = _Clock()
    sink = _Sink()
    try:
        direction = module._Direction(clock, 0.005)
        direction.sink = sink  # type: ignore[assignment]
        for chunk in (b"a", b"b", None):
            direction.send(chunk)
        for _, fire in reversed(clock.timers):
            fire()  # type: ignore[operator]
    finally:
        clock.close()
    assert sink.events == [b"a", b"b", "closed"]
