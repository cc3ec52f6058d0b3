from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from patternbench.backends import http_server
from patternbench.backends.http_server import Counts, HttpServer, counts
from patternbench.backends.item import item

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")
pytest.importorskip("trustme")


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    with http_server.http_server() as running:
        yield running


def test_a_kept_client_uses_one_connection_and_each_new_one_another(server: HttpServer) -> None:
    with httpx.Client() as client:
        items = [client.get(f"{server.http}/kept/items/{number}").json() for number in range(3)]
    assert items == [item(0), item(1), item(2)]
    assert counts(server.http, "kept") == Counts(connections=1, requests=3)
    for number in range(3):
        assert httpx.get(f"{server.http}/new/items/{number}").status_code == 200
    assert counts(server.http, "new") == Counts(connections=3, requests=3)


def test_a_connection_counts_for_every_token_that_it_carried(server: HttpServer) -> None:
    with httpx.Client() as client:
        for token in ("one", "two", "one"):
            client.get(f"{server.http}/{token}/items/1")
    assert counts(server.http, "one") == Counts(connections=1, requests=2)
    assert counts(server.http, "two") == Counts(connections=1, requests=1)


def test_asking_for_counts_counts_nothing(server: HttpServer) -> None:
    assert [counts(server.http, "nobody") for _ in range(2)] == [Counts(0, 0)] * 2


def test_tls_is_verified_against_the_bundle_and_counted_beside_plain_requests(server: HttpServer) -> None:
    with httpx.Client(verify=ssl.create_default_context(cafile=server.ca_bundle)) as client:
        assert client.get(f"{server.https}/secure/items/7").json() == item(7)
    httpx.get(f"{server.http}/secure/items/7")
    assert counts(server.http, "secure") == Counts(connections=2, requests=2)
    with pytest.raises(httpx.ConnectError, match="certificate verify failed"), httpx.Client() as stranger:
        stranger.get(f"{server.https}/secure/items/7")


def test_a_delay_is_served_and_other_paths_are_not_found(server: HttpServer) -> None:
    assert httpx.get(f"{server.http}/t/items/1?delay_ms=1").json() == item(1)
    assert httpx.get(f"{server.http}/t/items/x").status_code == 404
    assert counts(server.http, "t") == Counts(connections=1, requests=1)


def test_sockets_name_their_protocol_so_that_asyncio_sends_small_responses_at_once() -> None:
    _, listening = http_server._server(http_server._Application(), None)
    with listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_the_bundle_is_gone_with_the_server() -> None:
    with http_server.http_server() as running:
        bundle = Path(running.ca_bundle)
        assert bundle.parent.parent == Path(tempfile.gettempdir())
        assert b"PRIVATE" not in bundle.read_bytes()
    assert not bundle.parent.exists()


def test_without_tls_there_is_no_second_port() -> None:
    with http_server.http_server(tls=False) as running:
        assert (running.https, running.ca_bundle) == ("", "")
