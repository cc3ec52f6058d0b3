"""Answers for httpx without a server: respx, and httpx's own `MockTransport`.

They stand for nothing but the client: what it spends on building requests and reading responses. No socket is opened,
so that neither connecting, nor a handshake, nor a pool is in the figures, and a pool cannot show what it is good for.
The two differ in one thing that matters here. respx replaces the transport's last step and leaves the client as it
is, TLS context and all; a client that is given a transport (`MockTransport`) never builds a TLS context.

Addresses have the form `http://mock.invalid/items/<number>`: no name below `invalid` exists (RFC 2606), so that a
request which got past a mock would fail instead of opening a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING
from unittest import mock

from patternbench.backends.item import CONTENT_TYPE, item_body
from patternbench.backends.unavailable import require

if TYPE_CHECKING:
    import httpx

BASE = "http://mock.invalid"


class Answers:
    """Answers every request for an item, and counts them.

    Attributes:
        requests: answered so far.
    """

    def __init__(self) -> None:
        import httpx

        self.requests = 0
        self._response = httpx.Response

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests += 1
        number = int(str(request.url).rpartition("/")[2])
        return self._response(200, content=item_body(number), headers={"content-type": CONTENT_TYPE})


@contextmanager
def respx_mock() -> Iterator[Answers]:
    """Answer every httpx client of this process through respx until the context is left.

    respx keeps every request and response in its call history; here it does not, since over a million calls the
    history would be what is measured. What keeping one call costs is therefore left out.

    Raises:
        BackendUnavailable: respx is not installed.
    """
    require("httpx", "respx")
    import respx

    class Forgetful(respx.MockRouter):
        def record(self, *_: object, **__: object) -> None:
            """Keep nothing."""

    answers = Answers()
    with Forgetful(assert_all_called=False) as router:
        router.route(host="mock.invalid").mock(side_effect=answers)
        yield answers


@contextmanager
def mock_transport() -> Iterator[Answers]:
    """Give every `httpx.AsyncClient` that is made in this context a `MockTransport`, as tests of such code do.

    Raises:
        BackendUnavailable: httpx is not installed.
    """
    require("httpx")
    import httpx

    answers = Answers()
    made = partial(httpx.AsyncClient, transport=httpx.MockTransport(answers))
    with mock.patch.object(httpx, "AsyncClient", made):
        yield answers


MOCKS: dict[str, Callable[[], AbstractContextManager[Answers]]] = {
    "respx": respx_mock,
    "MockTransport": mock_transport,
}
"""The mocks by the name that readers know."""
