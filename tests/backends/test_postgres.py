from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from patternbench.backends import BackendUnavailable, postgres
from patternbench.backends.postgres import PostgresServer, with_driver


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    try:
        with postgres.postgres({}) as running:
            yield running
    except BackendUnavailable as reason:
        pytest.skip(str(reason))


def test_a_private_server_answers_and_says_what_it_leaves_out(server: PostgresServer) -> None:
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(server.url) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in ("fsync", "listen_addresses")}
        assert shown == {"fsync": "off", "listen_addresses": "127.0.0.1"}
        assert connection.execute("SHOW server_version").fetchone()[0].startswith(server.version)
        # Everything that the process could touch on this machine lies in its own temporary folder.
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
        assert data.parent.name.startswith("patternbench-postgres-")


def test_a_server_is_gone_with_its_folder_when_the_context_is_left() -> None:
    psycopg = pytest.importorskip("psycopg")
    try:
        with postgres.postgres({}) as running, psycopg.connect(running.url) as connection:
            data = Path(connection.execute("SHOW data_directory").fetchone()[0])
    except BackendUnavailable as reason:
        pytest.skip(str(reason))
    assert not data.parent.exists()
    with socket.socket() as probe:
        assert probe.connect_ex((running.host, running.port)) != 0


def test_a_named_server_comes_first_and_is_left_running() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        url = f"postgres://user:pass@127.0.0.1:{port}/shop"
        with postgres.postgres({postgres.VARIABLE: url}) as named:
            assert named.url == f"postgresql://user:pass@127.0.0.1:{port}/shop"
            assert (named.host, named.port) == ("127.0.0.1", port)


@pytest.mark.parametrize(
    ("url", "why"),
    [("postgresql://127.0.0.1:1/x", "nothing answers there"), ("mysql://h/x", "must begin with postgresql")],
)
def test_a_named_server_that_cannot_be_used_is_not_replaced_by_another(url: str, why: str) -> None:
    with pytest.raises(BackendUnavailable, match=why), postgres.postgres({postgres.VARIABLE: url}):
        pass


def test_addresses_keep_account_and_database_on_another_way_or_driver() -> None:
    server = PostgresServer("postgresql://user:p%40ss@db.example:6000/shop", "")
    assert server.reached_at("127.0.0.1", 7000) == "postgresql://user:p%40ss@127.0.0.1:7000/shop"
    assert with_driver(server.url, "asyncpg") == "postgresql+asyncpg://user:p%40ss@db.example:6000/shop"


def test_without_binaries_the_reason_names_the_remedies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "_folders", lambda: iter([tmp_path]))
    with pytest.raises(
        BackendUnavailable, match=r"no PostgreSQL server was found; install .*pip.*, or set PATTERNBENCH"
    ):
        postgres._usable(tmp_path)


def test_root_without_an_ordinary_account_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for program in ("postgres", "initdb"):
        (tmp_path / program).touch()
    monkeypatch.setattr(postgres, "_folders", lambda: iter([tmp_path]))
    monkeypatch.setattr(postgres, "_accounts", list)
    with pytest.raises(BackendUnavailable, match="does not run as root"):
        postgres._usable(tmp_path)


def test_binaries_that_do_not_run_are_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder, script in (("broken", "exit 1"), ("good", "echo 'postgres (PostgreSQL) 17.2'")):
        (tmp_path / folder).mkdir()
        for program in ("postgres", "initdb"):
            (tmp_path / folder / program).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / folder / program).chmod(0o755)
    monkeypatch.setattr(postgres, "_folders", lambda: iter([tmp_path / "broken", tmp_path / "good"]))
    monkeypatch.setattr(postgres, "_accounts", lambda: [None])
    usable = postgres._usable(tmp_path)
    assert (usable.folder.name, usable.version) == ("good", "17.2")


def test_the_wheel_is_copied_with_its_libraries_where_no_account_may_enter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Stands for a virtual environment in root's closed home: runnable only when its layout is copied out of there.
    binaries = tmp_path / "closed" / "wheel" / "pginstall18" / "bin"
    binaries.mkdir(parents=True)
    (tmp_path / "closed" / "wheel.libs").mkdir()
    (tmp_path / "closed" / "wheel.libs" / "libpq").touch()
    for program in ("postgres", "initdb"):
        here = '"$(dirname "$0")"'
        (binaries / program).write_text(
            f"#!/bin/sh\ncase $0 in *closed*) exit 1;; esac\n"
            f"test -e {here}/../../../wheel.libs/libpq && echo 'postgres (PostgreSQL) 18.4'\n"
        )
        (binaries / program).chmod(0o755)
    monkeypatch.setattr(postgres, "_folders", lambda: iter([binaries]))
    monkeypatch.setattr(postgres, "_wheel_folders", lambda: iter([binaries]))
    monkeypatch.setattr(postgres, "_accounts", lambda: [None])
    usable = postgres._usable(tmp_path)
    assert (usable.version, "closed" in str(usable.folder)) == ("18.4", False)
