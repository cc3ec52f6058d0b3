"""A set of workers, with real processes: what they share, how they break, and that nothing of them is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patternbench.errors import DeclarationError, WorkerError
from patternbench.experiment.crew import Crew, Seat, SeatLost

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their workers")

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders go, so that one left behind is seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _nothing_left(scratch: Path) -> Iterator[None]:
    yield
    assert list(scratch.iterdir()) == []


def a_crew(suite: Path, seats: int = 2, *, seed: int = 1, core: int | None = None) -> Crew:
    spare = tuple(each for each in CORES if each != core)
    return Crew(suite, seats, core=core, spare=spare, draws=random.Random(seed))


def worker(crew: Crew, variant: str = "hash_seed", *, fresh: bool = False, timeout_s: float = 60.0) -> Seat:
    return crew.seat("worker", "Workers", 0, variant, addresses={}, timeout_s=timeout_s, fresh=fresh)


def ask_for(suite: Path, what: str) -> None:
    (suite.parent.parent / "marks" / "ask").write_text(what)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
    except OSError:
        return True


def eventually(holds: Callable[[], bool], within_s: float = 20) -> bool:
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_workers_of_one_set_share_the_hash_seed_and_sets_differ(trial: Path) -> None:
    seen = []
    for seed in (1, 2):
        with a_crew(trial, 3, seed=seed) as crew:
            seats = [worker(crew), worker(crew), worker(crew, fresh=True)]
            hashes = {seat.receive()["units"] for seat in seats}
            assert len(hashes) == 1
            seen.append((crew.hash_seed, hashes.pop()))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


def test_the_same_draws_give_the_same_set(trial: Path) -> None:
    seen = set()
    for _ in range(2):
        with a_crew(trial, 1, seed=5) as crew:
            seen.add((crew.hash_seed, worker(crew).receive()["units"]))
    assert len(seen) == 1


@pytest.mark.skipif(not CORES, reason="workers cannot be pinned here")
@pytest.mark.parametrize("fresh", [False, True])
def test_workers_are_pinned_to_the_clocks_core(trial: Path, fresh: bool) -> None:  # noqa: FBT001 - a parameter of a test
    ask_for(trial, "cores")
    with a_crew(trial, 1, core=CORES[-1]) as crew:
        assert worker(crew, fresh=fresh).receive()["units"] == 1 << CORES[-1]
    with a_crew(trial, 1) as crew:
        assert worker(crew).receive()["units"] == sum(1 << core for core in CORES)


def test_a_worker_calibrates_counts_overhead_and_times_blocks(trial: Path) -> None:
    with a_crew(trial) as crew:
        seat = worker(crew)
        assert seat.receive()["ready"] is True
        calibrated = seat.ask({"do": "calibrate", "target_ns": 100_000})
        assert calibrated["calls"] >= 1
        assert calibrated["ns_per_call"] > 0
        assert seat.ask({"do": "overhead", "calls": 10})["overhead_ns"] > 0
        block = seat.ask({"do": "block", "calls": 100, "slices": 10})
        assert block["wall"] > 0
        assert block["cpu"] >= 0
        assert block["preempted"] >= 0
        assert 0 < block["typical"] < 2 * block["wall"]


def test_floods_of_output_reach_nobody_and_end_at_the_log(trial: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with a_crew(trial) as crew:
        seat = worker(crew, "floods")
        seat.receive()
        assert seat.ask({"do": "block", "calls": 2, "slices": 1})["wall"] > 0
        log = crew.log_of(0)
        assert len(log) <= 5
        assert set(log) <= {"to the output", "to the errors"}
    assert capfd.readouterr() == ("", "")


def test_a_hanging_worker_is_killed_and_the_others_go_on(trial: Path) -> None:
    with a_crew(trial) as crew:
        hanging, fine = worker(crew, "hangs", timeout_s=0.3), worker(crew)
        fine.receive()
        hanging.timeout_s = 60
        hanging.receive()
        hanging.timeout_s = 0.3
        with pytest.raises(SeatLost) as lost:
            hanging.ask({"do": "block", "calls": 1, "slices": 1})
        assert lost.value.reason == "hung: no answer within 0.3 s"
        assert crew.exit_status(0) == -signal.SIGKILL
        assert fine.ask({"do": "block", "calls": 1, "slices": 1})["wall"] > 0


@pytest.mark.parametrize("fresh", [False, True])
def test_a_crash_is_named_with_its_signal_and_the_frames_of_the_variant(trial: Path, fresh: bool) -> None:  # noqa: FBT001
    with a_crew(trial) as crew:
        seat = worker(crew, "segfault", fresh=fresh)
        seat.receive()
        with pytest.raises(SeatLost) as lost:
            seat.ask({"do": "block", "calls": 1, "slices": 1})
        assert lost.value.reason == "crashed: killed by SIGSEGV"
        assert lost.value.log[0] == "Fatal Python error: Segmentation fault"
        assert any("segfault" in line for line in lost.value.log)
        assert str(trial.parent) not in "".join(lost.value.log)
        with pytest.raises(SeatLost):
            seat.ask({"do": "block", "calls": 1, "slices": 1})


def test_workers_tear_down_and_nothing_is_left_after_a_crew_closes(trial: Path, scratch: Path) -> None:
    ask_for(trial, "process")
    with a_crew(trial, 3) as crew:
        seats = [worker(crew), worker(crew), worker(crew, fresh=True)]
        pids = [seat.receive()["units"] for seat in seats]
        assert all(map(alive, pids))
        assert len(list(scratch.iterdir())) <= 1
    assert not any(map(alive, pids))
    marks = trial.parent.parent / "marks"
    assert {path.name for path in marks.glob("torn down *")} == {f"torn down {pid}" for pid in pids}
    assert list(scratch.iterdir()) == []


def test_nothing_is_left_after_an_exception_in_the_midst_of_it(trial: Path) -> None:
    ask_for(trial, "process")
    pids: list[int] = []

    def interrupted() -> None:
        with a_crew(trial) as crew:
            pids.append(worker(crew).receive()["units"])
            worker(crew, "hangs").send({"do": "block", "calls": 1, "slices": 1})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not alive(pids[0])


PARENT = """
import random, sys, time
from pathlib import Path
from patternbench.experiment.crew import Crew

crew = Crew(Path(sys.argv[1]), 2, core=None, spare=(), draws=random.Random(1)).__enter__()
seats = [crew.seat("worker", "Workers", 0, "hangs", addresses={}, timeout_s=60, fresh=fresh) for fresh in (False, True)]
pids = [seat.receive()["units"] for seat in seats]
seats[0].send({"do": "block", "calls": 1, "slices": 1})
print(*pids, crew._host.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the closed channel ends a worker at its next answer")
def test_nothing_is_left_after_the_parent_is_killed(trial: Path, scratch: Path) -> None:
    ask_for(trial, "process")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(trial)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    assert parent.stdout is not None
    with parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 3
        assert all(map(alive, pids))
        parent.kill()
    assert eventually(lambda: not any(map(alive, pids)))
    assert eventually(lambda: not list(scratch.iterdir()), within_s=2)


def test_a_suite_with_threads_gets_fresh_interpreters(trial: Path) -> None:
    trial.write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        + trial.read_text().replace("from __future__ import annotations\n", "")
    )
    with a_crew(trial) as crew:
        seats = [worker(crew), worker(crew)]
        assert len({seat.receive()["units"] for seat in seats}) == 1
        assert seats[0].ask({"do": "block", "calls": 1, "slices": 1})["wall"] > 0


@pytest.mark.parametrize("fresh", [False, True])
def test_what_a_suite_opened_while_it_was_imported_stays_open(trial: Path, fresh: bool) -> None:  # noqa: FBT001
    trial.write_text(
        trial.read_text()
        .replace("MARKS =", "OPENED = [open(__file__) for _ in range(30)]\nMARKS =", 1)
        .replace("self.process = os.getpid()", "self.process = len([os.fstat(each.fileno()) for each in OPENED])", 1)
    )
    with a_crew(trial, 8) as crew:
        assert "units" in worker(crew, fresh=fresh).receive()


def test_a_suite_that_cannot_be_imported_is_a_fault_of_its_declaration(tmp_path: Path) -> None:
    suite = tmp_path / "bad.py"
    suite.write_text("raise ValueError('no')\n")
    with pytest.raises(DeclarationError, match=r"bad\.py, line 1, cannot be imported"), a_crew(suite):
        pass


def test_a_suite_that_ends_its_process_is_named_with_what_it_wrote(tmp_path: Path) -> None:
    suite = tmp_path / "bad.py"
    suite.write_text("import os\nos.write(2, b'goodbye from /some/folder/bad.py\\n')\nos._exit(3)\n")
    with pytest.raises(WorkerError, match=r"ended while it imported the suite \(goodbye from bad\.py\)"), a_crew(suite):
        pass
