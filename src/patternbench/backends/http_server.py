"""A real HTTP/1.1 server with keep-alive on loopback, plain and over TLS, that counts what reached it.

Stands for the service on the other side of an HTTP client: real sockets, real handshakes, connections that stay open
for as long as the client wants them, and a delay per request where one is asked for. Leaves out the network (loopback
has next to no round trip and loses nothing), HTTP/2, name resolution, servers that close idle connections, and
certificates signed over several steps.

It is uvicorn in a process of its own. Both ports share one tally per *token*, the first segment of a path, so that
workers which share the server each read their own counts:

    GET /<token>/items/<number>[?delay_ms=<ms>]    answers `item(number)` after the delay, and counts
    GET /counts/<token>                            answers the tally of the token, and counts nothing

A connection counts for a token when it first carries a request of that token.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Generator, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from patternbench.backends.item import CONTENT_TYPE, item_body
from patternbench.backends.kept_process import Lifeline, kept
from patternbench.backends.unavailable import require

if TYPE_CHECKING:
    import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_IDLE_S = 3600
"""Seconds after which the server closes an idle connection: longer than any run, so that only clients close them."""


@dataclass(frozen=True, slots=True)
class HttpServer:
    """Where the server listens.

    Attributes:
        http: base address of the plain port, without a trailing slash.
        https: the same over TLS; empty where the server was started without it.
        ca_bundle: file with the authorities that a default client trusts (certifi's) and the one that signed the
            server's certificate, so that loading it costs what loading the default does; empty without TLS.
    """

    http: str
    https: str
    ca_bundle: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What reached the server under one token."""

    connections: int
    requests: int


@contextmanager
def http_server(*, tls: bool = True) -> Iterator[HttpServer]:
    """Start the server; it is ready when this yields, and gone when the context is left.

    Raises:
        BackendUnavailable: uvicorn, or for TLS trustme or certifi, is not installed, or the server did not start.
    """
    require("uvicorn", *(("trustme", "certifi") if tls else ()))
    with kept(__name__, {"tls": tls}) as facts:
        yield HttpServer(**facts)


def counts(base: str, token: str) -> Counts:
    """Ask the plain port at `base` what reached the server under `token`; asking counts nothing."""
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", f"/counts/{token}")
        return Counts(**json.loads(connection.getresponse().read()))
    finally:
        connection.close()


@dataclass(slots=True)
class _Tally:
    requests: int = 0
    connections: set[int] = field(default_factory=set)


class _Application:
    """The ASGI application behind both ports."""

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        match scope["path"].split("/"):
            case ["", "counts", token]:
                tally = self._tallies.get(token, _Tally())
                answer = {"connections": len(tally.connections), "requests": tally.requests}
                await _respond(send, 200, json.dumps(answer).encode())
            case ["", token, "items", number] if number.isdigit():
                tally = self._tallies.setdefault(token, _Tally())
                tally.requests += 1
                tally.connections.add(scope["client"][1])
                if query := scope["query_string"]:
                    await asyncio.sleep(float(parse_qs(query.decode()).get("delay_ms", ["0"])[0]) / 1000)
                await _respond(send, 200, item_body(int(number)))
            case _:
                await _respond(send, 404, b"{}")


async def _respond(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_serial = count(1)


class _Numbered:
    """Mixed into uvicorn's protocol: puts a serial number in the place of the client's port.

    Ports are used again by later connections, a serial number never is; so a set of them counts connections.
    """

    client: tuple[str, int] | None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)  # type: ignore[misc]
        self.client = ("loopback", next(_serial))


async def _serve(lifeline: Lifeline, folder: Path) -> None:
    application = _Application()
    plain, plain_socket = _server(application, None)
    running = [(plain, plain_socket)]
    facts = {"http": f"http://127.0.0.1:{plain_socket.getsockname()[1]}", "https": "", "ca_bundle": ""}
    if lifeline.options["tls"]:
        context, bundle = _certified(folder)
        secure, secure_socket = _server(application, context)
        running.append((secure, secure_socket))
        facts |= {"https": f"https://127.0.0.1:{secure_socket.getsockname()[1]}", "ca_bundle": str(bundle)}
    tasks = [asyncio.create_task(server.serve([bound])) for server, bound in running]
    while not all(server.started for server, _ in running):  # noqa: ASYNC110 (uvicorn offers a flag, no event)
        await asyncio.sleep(0.005)
    lifeline.announce(facts)
    await lifeline.wait_async()
    for server, _ in running:
        server.should_exit = server.force_exit = True
    await asyncio.gather(*tasks)


def _server(application: _Application, context: ssl.SSLContext | None) -> tuple[uvicorn.Server, socket.socket]:
    import uvicorn
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            """Leave signals to the process: the lifeline ends both servers."""
            yield

    config = uvicorn.Config(
        application,
        http=type("NumberedProtocol", (_Numbered, AutoHTTPProtocol), {}),
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_S,
        ssl_context_factory=None if context is None else lambda _config, _default: context,
    )
    # asyncio sets TCP_NODELAY only where it sees the protocol's number. Without it a response waits up to 40 ms for the
    # client's delayed acknowledgement of its first part, on connections that are used again and on no others.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    return Server(config), listening


def _certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of this run, and the bundle that trusts it; no key of ours on disk."""
    import certifi
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    bundle = folder / "authorities.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())
    return context, bundle


def main() -> None:
    """Run as the kept process."""
    lifeline = Lifeline()
    with tempfile.TemporaryDirectory(prefix="patternbench-http-") as folder:
        asyncio.run(_serve(lifeline, Path(folder)))


if __name__ == "__main__":
    main()
