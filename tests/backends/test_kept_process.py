from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from patternbench.backends import BackendUnavailable, cores, unavailable
from patternbench.backends.kept_process import kept

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the backends use POSIX processes")

_PROXY = "patternbench.backends.delaying_proxy"
_HOLDER = """
import sys, time
from patternbench.backends.delaying_proxy import delaying_proxy
from patternbench.backends.http_server import http_server
from patternbench.backends.postgres import postgres
which = sys.argv[1]
if which == "proxy":
    context = delaying_proxy("127.0.0.1", 9, [0])
elif which == "http":
    context = http_server(tls=True)
else:
    context = postgres({})
with context as backend:
    port = {"proxy": lambda: backend.control, "http": lambda: backend.http.rpartition(":")[2],
            "postgres": lambda: backend.port}[which]()
    print(port, flush=True)
    time.sleep(600)
"""


def _until(true: Callable[[], bool], patience_s: float = 20.0) -> bool:
    deadline = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("which", ["proxy", "http", "postgres"])
def test_a_backend_and_its_folder_are_gone_after_its_holder_was_killed(which: str, tmp_path: Path) -> None:
    if which == "http":
        pytest.importorskip("uvicorn")
        pytest.importorskip("trustme")
    # A folder that an unprivileged server may pass through, which pytest's own is not.
    folder = Path("/tmp") / f"patternbench-test-{os.getpid()}-{which}"  # noqa: S108 (its name is ours alone)
    folder.mkdir(mode=0o711)
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "-c", _HOLDER, which]
    log = tmp_path / "log"
    try:
        with (
            log.open("wb") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment) as holder,
        ):
            assert holder.stdout is not None
            line = holder.stdout.readline()
            if not line:
                pytest.skip(log.read_text().strip().rpartition("\n")[2])
            port = int(line)
            assert _listens(port)
            holder.send_signal(signal.SIGKILL)
            assert _until(lambda: not _listens(port))
        assert _until(lambda: list(folder.iterdir()) == [])
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)  # noqa: S607


def test_leaving_the_context_ends_the_child_and_closes_what_it_held() -> None:
    with kept(_PROXY, {"host": "127.0.0.1", "port": 9, "round_trips_ms": [0]}) as facts:
        assert _listens(facts["control"])
    assert not _listens(facts["control"])


def test_a_child_that_cannot_run_says_why() -> None:
    with (
        pytest.raises(BackendUnavailable, match=r"delaying_proxy ended at once \(KeyError: 'host'\)"),
        kept(_PROXY, {}),
    ):
        pass


def test_a_child_that_does_not_answer_is_given_up() -> None:
    with (
        pytest.raises(BackendUnavailable, match="was not ready within 0 s"),
        kept(_PROXY, {"host": "127.0.0.1", "port": 9, "round_trips_ms": [0]}, patience_s=0),
    ):
        pass


def test_python_s_own_switches_are_not_handed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    with kept(_PROXY, {"host": "127.0.0.1", "port": 9, "round_trips_ms": [0]}) as facts:
        assert facts["ports"].keys() == {"0.0"}


def test_what_is_missing_is_named_with_the_extra_that_has_it() -> None:
    with pytest.raises(BackendUnavailable, match=r"no_such_module is not installed; pip install 'patternbench\[x\]'"):
        unavailable.require("json", "no_such_module", extra="x")


@pytest.mark.parametrize(("named", "expected"), [("", set()), ("1", {1}), ("0, 2,3", {0, 2, 3}), ("none", set())])
def test_spare_cores_are_read_from_the_environment(named: str, expected: set[int]) -> None:
    assert cores.spare_cores({cores.VARIABLE: named}) == expected


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system cannot place a process")
def test_a_child_runs_on_the_spare_cores_whatever_it_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        pytest.skip("needs two cores")
    monkeypatch.setenv(cores.VARIABLE, str(usable[-1]))
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    os.sched_setaffinity(0, {usable[0]})
    try:
        before = set(children.read_text().split())
        with kept(_PROXY, {"host": "127.0.0.1", "port": 9, "round_trips_ms": [0]}):
            (child,) = set(children.read_text().split()) - before
            assert os.sched_getaffinity(int(child)) == {usable[-1]}
    finally:
        os.sched_setaffinity(0, usable)


def test_cores_that_are_not_ours_leave_a_process_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cores.VARIABLE, "1023")
    assert not cores.move_to_spare_cores()
