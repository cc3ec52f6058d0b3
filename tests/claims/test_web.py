"""5.1 to 5.6: the application, its dependencies, routers, errors, background tasks and sockets."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import fastapi
import httpx
import pydantic
import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from patternbench.patterns.printed import (
    application,
    background_tasks,
    dependencies,
    error_handlers,
    models,
    request_logging,
    routers,
    services,
    websockets,
)
from patternbench.patterns.repaired import error_handlers as mended_handlers
from patternbench.patterns.repaired import websockets as mended_websockets

PASSWORD = "SecurePass123"


@asynccontextmanager
async def asked(app: Any, **transport: Any) -> AsyncIterator[httpx.AsyncClient]:
    made = httpx.ASGITransport(app=app, raise_app_exceptions=False, **transport)
    async with httpx.AsyncClient(transport=made, base_url="http://test") as client:
        yield client


def answer(app: Any, method: str, path: str, **more: Any) -> httpx.Response:
    async def one() -> httpx.Response:
        async with asked(app) as client:
            return await client.request(method, path, **more)

    return asyncio.run(one())


class Store:
    """The printed users' API on a file of its own; counts the sessions that it opened."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite+aiosqlite:///{folder / 'users.sqlite'}"
        self.opened = 0
        self.closed = 0

    @asynccontextmanager
    async def served(self, *more: fastapi.APIRouter) -> AsyncIterator[httpx.AsyncClient]:
        engine = create_async_engine(self.url)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(models.Base.metadata.create_all)

            async def session() -> AsyncIterator[AsyncSession]:
                async with AsyncSession(engine, expire_on_commit=False) as opened:
                    self.opened += 1
                    try:
                        yield opened
                    finally:
                        self.closed += 1

            app = FastAPI()
            app.include_router(routers.router, prefix="/users")
            for router in more:
                app.include_router(router, prefix="/more")
            app.dependency_overrides[dependencies.get_db] = session
            async with asked(app) as client:
                yield client
        finally:
            await engine.dispose()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    # A real hash takes a tenth of a second, and none of these tests is about it.
    monkeypatch.setattr(services, "hash_password", lambda password: (b"key", b"salt"))
    return Store(tmp_path)


def user(name: str) -> dict[str, str]:
    return {"email": f"{name}@example.com", "name": name, "password": PASSWORD}


# 5.1 Application structure


def test_what_was_added_last_is_executed_first() -> None:
    assert [each.cls.__name__ for each in application.create_app().user_middleware] == [
        "CORSMiddleware",
        "RequestLoggingMiddleware",
        "GZipMiddleware",
    ]


def test_an_unexpected_error_is_answered_without_what_a_browser_needs() -> None:
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=["http://a"], allow_credentials=True)
    error_handlers.register(app)

    @app.get("/unexpected")
    async def unexpected() -> None:
        raise RuntimeError

    @app.get("/expected")
    async def expected() -> None:
        raise error_handlers.NotFoundError("User", 1)

    origin = {"origin": "http://a"}
    assert "access-control-allow-origin" in answer(app, "GET", "/expected", headers=origin).headers
    found = answer(app, "GET", "/unexpected", headers=origin)
    assert (found.status_code, "access-control-allow-origin" in found.headers) == (500, False)


def test_every_origin_with_credentials_is_reflected() -> None:
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
    headers = {"origin": "http://evil", "cookie": "session=1"}
    found = answer(app, "GET", "/", headers=headers).headers
    assert found["access-control-allow-origin"] == "http://evil"
    assert found["access-control-allow-credentials"] == "true"


def test_a_preflight_is_never_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def dispatch(self: Any, request: Any, call_next: Any) -> Any:
        seen.append(request.method)
        return await call_next(request)

    monkeypatch.setattr(request_logging.RequestLoggingMiddleware, "dispatch", dispatch)
    app = application.create_app()
    headers = {"origin": "http://localhost:3000", "access-control-request-method": "GET"}
    assert answer(app, "OPTIONS", "/api/v1/users", headers=headers).status_code == 200
    answer(app, "GET", "/none")
    assert seen == ["GET"]


def test_an_error_while_it_runs_leaves_the_pool_open(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Engine:
        async def dispose(self) -> None:
            done.append("disposed")

    async def no_tables() -> None:
        pass

    monkeypatch.setattr(application, "engine", Engine())
    monkeypatch.setattr(application, "create_tables", no_tables)

    async def run(error: Exception | None) -> None:
        async with application.lifespan(application.app):
            if error is not None:
                raise error

    asyncio.run(run(None))
    assert done == ["disposed"]
    with pytest.raises(RuntimeError):
        asyncio.run(run(RuntimeError()))
    assert done == ["disposed"]


def test_it_is_ready_whatever_is_down() -> None:
    assert answer(application.app, "GET", "/ready").json() == {"status": "ready"}
    assert answer(application.app, "GET", "/health").json() == {"status": "healthy"}


# 5.2 Dependency injection


def test_a_page_may_begin_anywhere_and_has_another_number_then(store: Store) -> None:
    async def page(**query: Any) -> Any:
        async with store.served() as client:
            return (await client.get("/users", params=query)).json()

    assert asyncio.run(page(skip=10, limit=20))["page"] == 1

    app = FastAPI()

    @app.get("/")
    async def echoed(pagination: dependencies.PaginationParams) -> dict[str, int]:
        return pagination

    assert answer(app, "GET", "/?skip=99999999999999999999").json()["skip"] == 99999999999999999999
    assert answer(app, "GET", "/?limit=101").status_code == 422


def test_a_bad_token_opens_a_session_before_it_is_refused(store: Store) -> None:
    async def refused() -> int:
        async with store.served() as client:
            return (await client.delete("/users/1", headers={"authorization": "Bearer nobody"})).status_code

    assert asyncio.run(refused()) == 401
    assert store.opened == 1


def test_dependencies_of_a_request_share_one_session(store: Store) -> None:
    async def deleted() -> list[int]:
        async with store.served() as client:
            made = (await client.post("/users", json=user("a"))).json()["id"]
            before = store.opened
            found = await client.delete(f"/users/{made}", headers={"authorization": f"Bearer {made}"})
            return [found.status_code, store.opened - before]

    assert asyncio.run(deleted()) == [403, 1]


# 5.3 Router patterns


def test_two_requests_at_once_pass_the_check_and_one_is_an_error_of_the_server(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def codes() -> list[int]:
        checked = 0
        both = asyncio.Event()
        real = services.UserService.get_by_email

        async def held(self: Any, email: str) -> Any:
            nonlocal checked
            found = await real(self, email)
            checked += 1
            if checked == 2:
                both.set()
            await both.wait()
            return found

        monkeypatch.setattr(services.UserService, "get_by_email", held)
        async with store.served() as client:
            answers = await asyncio.gather(*(client.post("/users", json=user("a")) for _ in range(2)))
            return sorted(each.status_code for each in answers)

    assert asyncio.run(codes()) == [201, 500]


def test_one_request_after_the_other_is_a_conflict(store: Store) -> None:
    async def codes() -> list[int]:
        async with store.served() as client:
            return [(await client.post("/users", json=user("a"))).status_code for _ in range(2)]

    assert asyncio.run(codes()) == [201, 409]


def test_an_id_may_be_larger_than_any_column(store: Store) -> None:
    async def code(number: int) -> int:
        async with store.served() as client:
            return (await client.get(f"/users/{number}")).status_code

    assert asyncio.run(code(2**31 - 1)) == 404
    assert asyncio.run(code(2**63)) == 500


def test_anybody_may_read_all_addresses(store: Store) -> None:
    async def addresses() -> list[str]:
        async with store.served() as client:
            await client.post("/users", json=user("a"))
            return [each["email"] for each in (await client.get("/users")).json()["items"]]

    assert asyncio.run(addresses()) == ["a@example.com"]


# 5.4 Error handling


class Signup(pydantic.BaseModel):
    password: str

    @pydantic.field_validator("password")
    @classmethod
    def strong(cls, value: str) -> str:
        if not any(each.isupper() for each in value):
            raise ValueError("no capital")
        return value


def handling(handlers: Any) -> FastAPI:
    app = FastAPI()
    handlers.register(app)

    @app.post("/signup")
    async def signup(body: Signup) -> None: ...

    @app.get("/forbidden")
    async def forbidden() -> None:
        raise HTTPException(403, "no", headers={"x-why": "rules"})

    @app.get("/conflict")
    async def conflict() -> None:
        raise handlers.ConflictError("taken")

    @app.get("/unexpected")
    async def unexpected() -> None:
        raise RuntimeError("a secret of the server")

    return app


def test_a_bad_request_is_an_error_of_the_server_where_a_validator_said_so() -> None:
    body = {"password": "hunter2"}
    assert answer(handling(error_handlers), "POST", "/signup", json=body).status_code == 500
    found = answer(handling(mended_handlers), "POST", "/signup", json=body)
    assert found.status_code == 422
    assert found.json()["error"]["details"][0]["loc"] == ["body", "password"]


def test_what_was_rejected_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    body = {"password": ["hunter2"]}
    for handlers, told in ((error_handlers, True), (mended_handlers, False)):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            found = answer(handling(handlers), "POST", "/signup", json=body)
        assert found.status_code == 422
        assert ("hunter2" in found.text) is told
        assert ("hunter2" in caplog.text) is told


def test_what_routers_raise_has_another_shape() -> None:
    assert answer(handling(error_handlers), "GET", "/forbidden").json() == {"detail": "no"}
    found = answer(handling(mended_handlers), "GET", "/forbidden")
    assert found.json() == {"error": {"code": "FORBIDDEN", "message": "no"}}
    assert found.headers["x-why"] == "rules"


@pytest.mark.parametrize("handlers", [error_handlers, mended_handlers])
def test_an_unexpected_error_tells_nothing_of_itself(handlers: Any) -> None:
    found = answer(handling(handlers), "GET", "/unexpected")
    assert (found.status_code, "secret" in found.text) == (500, False)
    assert answer(handling(handlers), "GET", "/conflict").json()["error"]["code"] == "CONFLICT"


def test_an_exception_with_a_constructor_of_its_own_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="missing"):
        pickle.loads(pickle.dumps(error_handlers.NotFoundError("User", 1)))  # noqa: S301 - made here
    found = pickle.loads(pickle.dumps(mended_handlers.NotFoundError("User", 1)))  # noqa: S301 - made here
    assert (found.status_code, found.details) == (404, {"resource": "User", "id": 1})


# 5.5 Background tasks


def test_a_session_is_held_until_the_task_behind_the_answer_has_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since FastAPI 0.118, whose notes say so."""
    closed_when_sent: list[int] = []

    class Mail:
        async def send(self, **message: Any) -> None:
            closed_when_sent.append(store.closed)

    monkeypatch.setattr(background_tasks, "email_client", Mail())

    async def posted() -> int:
        async with store.served(background_tasks.router) as client:
            return (await client.post("/more/users", json=user("a"))).status_code

    assert asyncio.run(posted()) == 200
    assert closed_when_sent == [0]
    assert store.closed == 1


def test_the_first_task_that_fails_takes_those_behind_it_along() -> None:
    ran: list[str] = []
    app = FastAPI()

    async def task(name: str) -> None:
        ran.append(name)
        if name == "b":
            raise RuntimeError

    @app.get("/")
    async def three(tasks: BackgroundTasks) -> None:
        for name in "abc":
            tasks.add_task(task, name)

    assert answer(app, "GET", "/").status_code == 200
    assert ran == ["a", "b"]


def test_anybody_may_call_the_webhook(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    got: list[Any] = []

    class Processor:
        async def process(self, payload: Any) -> None:
            got.append(payload)

    monkeypatch.setattr(background_tasks, "webhook_processor", Processor())

    async def posted() -> Any:
        async with store.served(background_tasks.router) as client:
            return (await client.post("/more/webhooks/bank", json={"amount": 1})).json()

    assert asyncio.run(posted()) == {"status": "accepted"}
    assert got == [{"amount": 1}]


# 5.6 WebSocket support


class Socket:
    """Takes what it is sent; `meanwhile` happens then."""

    def __init__(self, meanwhile: Callable[[], Any] = lambda: None) -> None:
        self.got: list[Any] = []
        self.accepted = False
        self._meanwhile = meanwhile

    async def accept(self) -> None:
        self.accepted = True

    async def send_json(self, message: Any) -> None:
        await self.send_text(json.dumps(message))

    async def send_text(self, text: str) -> None:
        found = self._meanwhile()
        if found is not None:
            await found
        self.got.append(json.loads(text))


def broken() -> Any:
    raise RuntimeError("Cannot call send once a close message has been sent.")


def connected(module: Any, sockets: dict[str, Socket]) -> Any:
    async def all_of_them() -> Any:
        manager = module.ConnectionManager()
        for name, socket in sockets.items():
            await manager.connect(socket, name)
        return manager

    return all_of_them()


def test_who_leaves_during_a_broadcast_ends_it() -> None:
    async def served(module: Any) -> int:
        left: list[Any] = []
        sockets = {str(number): Socket() for number in range(5)}
        sockets["1"] = Socket(lambda: left.pop()() if left else None)
        manager = await connected(module, sockets)
        if module is websockets:
            left.append(lambda: manager.disconnect("3"))
        else:
            left.append(lambda: manager.disconnect("3", sockets["3"]))
        await manager.broadcast("news")
        return sum(bool(each.got) for each in sockets.values())

    with pytest.raises(RuntimeError, match="changed size"):
        asyncio.run(served(websockets))
    assert asyncio.run(served(mended_websockets)) == 5


def test_a_dead_client_ends_it_for_all_behind_it() -> None:
    async def served(module: Any) -> tuple[int, list[str]]:
        sockets = {"a": Socket(), "dead": Socket(broken), "c": Socket()}
        manager = await connected(module, sockets)
        with suppress(RuntimeError):
            await manager.broadcast("news")
        return sum(bool(each.got) for each in sockets.values()), list(manager.active_connections)

    assert asyncio.run(served(websockets)) == (1, ["a", "dead", "c"])
    assert asyncio.run(served(mended_websockets)) == (2, ["a", "c"])


def test_a_slow_client_holds_all_behind_it_up() -> None:
    async def served(module: Any) -> list[bool]:
        forever = asyncio.Event()
        sockets = {"slow": Socket(forever.wait), "quick": Socket()}
        manager = await connected(module, sockets)
        sending = asyncio.create_task(manager.broadcast("news"))
        for _ in range(5):
            await asyncio.sleep(0)
        told = [bool(each.got) for each in sockets.values()]
        forever.set()
        await sending
        return told

    assert asyncio.run(served(websockets)) == [False, False]
    assert asyncio.run(served(mended_websockets)) == [False, True]


def test_a_client_that_is_connected_twice_is_thrown_out_with_the_first() -> None:
    async def got(module: Any) -> list[Any]:
        first, second = Socket(), Socket()
        manager = module.ConnectionManager()
        for socket in (first, second):
            await manager.connect(socket, "a")
        if module is websockets:
            manager.disconnect("a")
        else:
            manager.disconnect("a", first)
        await manager.send_personal("hello", "a")
        return second.got

    assert asyncio.run(got(websockets)) == []
    assert asyncio.run(got(mended_websockets)) == ["hello"]


class Talking(Socket):
    """Says its lines, and leaves."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self._lines = iter(lines)

    async def receive_json(self) -> Any:
        for line in self._lines:
            return json.loads(line)
        raise WebSocketDisconnect


def test_what_is_no_json_leaves_its_connection_registered() -> None:
    async def left(module: Any) -> list[str]:
        module.manager.active_connections.clear()
        with suppress(json.JSONDecodeError):
            await module.websocket_endpoint(Talking("{"), "a")
        return list(module.manager.active_connections)

    assert asyncio.run(left(websockets)) == ["a"]
    assert asyncio.run(left(mended_websockets)) == []


@pytest.mark.parametrize("module", [websockets, mended_websockets])
def test_a_message_is_answered_and_a_leave_is_told(module: Any) -> None:
    async def heard() -> tuple[list[Any], list[Any]]:
        module.manager.active_connections.clear()
        other, talking = Socket(), Talking('{"n": 1}')
        await module.manager.connect(other, "other")
        await module.websocket_endpoint(talking, "a")
        module.manager.active_connections.clear()
        return talking.got, other.got

    said, told = asyncio.run(heard())
    assert said == [{"received": {"n": 1}, "client": "a"}]
    assert told == [{"event": "disconnect", "client": "a"}]


def test_the_sockets_are_served_under_the_guides_address() -> None:
    for module in (websockets, mended_websockets):
        app = FastAPI()
        module.register(app)
        assert "/ws/{client_id}" in {getattr(route, "path", None) for route in app.routes}
