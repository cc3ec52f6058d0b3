"""Probe processes: what they are told and tell, and how each way of failing reads."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from patternbench.comparison import NotMeasured
from patternbench.experiment import probes as module
from patternbench.experiment.probes import Probes, Target
from patternbench.meters.meter import ProbeFailed

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="hosts fork their probes")

METER = '''
"""A meter for tests: tells what its probe was given."""
import os, sys

class Meter:
    def unavailable(self):
        return os.environ.get("METER_IS_GONE")

    def probe(self, subject, order):
        if order.get("odd"):
            return {"odd": object()}
        return {
            "result": subject.call(),
            "units": subject.units,
            "order": order,
            "process": os.getpid(),
            "parent": os.getppid(),
            "hash_seed": os.environ["PYTHONHASHSEED"],
            "affinity": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [],
            "standard_input": sys.stdin.read(),
        }

METER = Meter()
'''

SUITE = '''
"""A suite for tests."""
import ctypes, os, sys, threading, time
from patternbench import Comparison, NotMeasured, variant

if os.environ.get("SUITE_STARTS_THREADS"):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

class Fine(Comparison):
    """Which?"""
    baseline = "plain"
    params = {"size": (1, 2)}

    def setup(self, size):
        self.units = size

    @variant
    def plain(self):
        print("to standard output")
        print("to standard error", file=sys.stderr)
        return f"plain {self.addresses} {self.case_params}"

    @variant
    async def awaited(self):
        return "awaited"

class Faulty(Comparison):
    """What if it cannot be read?"""
    baseline = "raises"
    params = {"here": (True, False)}

    def setup(self, here):
        if not here:
            raise NotMeasured("no server here")

    @variant
    def raises(self):
        raise OSError(2, "no such file", "/secret/place/data.txt")

    @variant
    def crashes(self):
        ctypes.string_at(0)

    @variant
    def hangs(self):
        open(os.environ["HANGING"], "w").write(str(os.getpid()))
        time.sleep(600)

    @variant
    def leaves(self):
        os._exit(7)

    @variant
    def exits(self):
        sys.exit("enough")
'''

Start = Callable[..., Probes]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Probes of a meter that lies beside the suite, by the comparison's name and the variant's index."""
    (tmp_path / "telling_meter.py").write_text(METER)
    suite = tmp_path / "probed.py"
    suite.write_text(SUITE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    monkeypatch.setenv("HANGING", str(tmp_path / "hanging"))

    def probes(comparison: str = "Fine", variant: int = 0, **more: Any) -> Probes:
        target = Target(suite, comparison, more.pop("case", 0), variant, **more)
        return Probes(target, "telling_meter")

    return probes


@pytest.mark.parametrize("fresh", [False, True])
def test_a_probe_has_the_variant_set_up_and_the_meters_order(start: Start, fresh: bool) -> None:  # noqa: FBT001
    with start(case=1, addresses={"server": "127.0.0.1:1"}) as probes:
        outcome = probes({"calls": 3}, fresh=fresh, hash_seed=5)
    answer = outcome.answer
    assert answer["result"] == "plain {'server': '127.0.0.1:1'} {'size': 2}"
    assert (answer["units"], answer["order"]["calls"], answer["hash_seed"]) == (2, 3, "5")
    assert outcome.process == answer["process"] != os.getpid()
    assert outcome.forked is not fresh
    assert "to standard error" in outcome.output
    assert "to standard output" not in outcome.output
    assert answer["standard_input"] == ""


def test_readings_of_one_host_are_processes_of_their_own_with_one_parent(start: Start) -> None:
    with start() as probes:
        first, second = (probes({}).answer for _ in range(2))
        other = probes({}, hash_seed=1).answer
    assert first["process"] != second["process"]
    assert first["parent"] == second["parent"] != os.getpid()
    assert other["parent"] != first["parent"]


def test_an_empty_body_has_the_set_up_and_no_result(start: Start) -> None:
    for variant in (0, 1):
        with start(variant=variant, case=1) as probes:
            answer = probes({}, empty=True).answer
        assert (answer["result"], answer["units"]) == (None, 2)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_bare_process_sets_nothing_up(start: Start, fresh: bool) -> None:  # noqa: FBT001
    with start("Faulty") as probes:
        assert probes({}, bare=True, fresh=fresh).answer == {}


def test_phases_of_a_fresh_process_are_told_and_follow_one_another(start: Start) -> None:
    with start() as probes:
        fresh, forked = probes({}, fresh=True), probes({})
    phases = (fresh.interpreter_s, fresh.import_s, fresh.setup_s)
    assert min(phases) > 0
    assert sum(phases) < fresh.wall_s
    assert (forked.interpreter_s, forked.import_s) == (0, 0)
    assert 0 < forked.setup_s < forked.wall_s


def test_a_suite_that_starts_threads_is_not_forked(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUITE_STARTS_THREADS", "1")
    with start() as probes:
        first, second = probes({}), probes({})
    assert not first.forked
    assert not second.forked
    assert first.answer["process"] != second.answer["process"]


def test_the_scratch_file_is_each_probes_own_and_gone_afterwards(start: Start) -> None:
    with start() as probes:
        places = [Path(probes({}).answer["order"]["scratch"]) for _ in range(2)]
        assert places[0] != places[1]
        assert places[0].parent.is_dir()
    assert not places[0].parent.exists()


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores cannot be asked for here")
def test_a_probe_that_reads_a_clock_is_pinned(start: Start) -> None:
    core = min(os.sched_getaffinity(0))
    for fresh in (True, False):
        with start(core=core) as probes:
            assert probes({}, fresh=fresh).answer["affinity"] == [core]


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        (0, "FileNotFoundError: [Errno 2] no such file: 'data.txt'"),
        (1, "its process crashed: killed by SIGSEGV"),
        (3, "its process ended by itself with exit code 7"),
        (4, "SystemExit: enough"),
    ],
)
def test_a_probe_that_fails_says_how(start: Start, variant: int, reason: str, fresh: bool) -> None:  # noqa: FBT001
    with start("Faulty", variant) as probes, pytest.raises(ProbeFailed) as failed:
        probes({}, fresh=fresh)
    assert str(failed.value) == reason


def test_a_probe_that_failed_does_not_spoil_the_next(start: Start) -> None:
    with start("Faulty", 3) as probes:
        for _ in range(2):
            with pytest.raises(ProbeFailed, match="exit code 7"):
                probes({})
        assert probes({}, empty=True).answer["result"] is None


def test_an_answer_that_is_no_json_is_a_failure(start: Start) -> None:
    with start() as probes, pytest.raises(ProbeFailed, match="TypeError: Object of type object is not JSON"):
        probes({"odd": True})


def test_a_case_that_is_left_out_keeps_its_reason(start: Start) -> None:
    with start("Faulty", case=1) as probes, pytest.raises(NotMeasured, match="no server here"):
        probes({})


def test_a_meter_that_is_gone_in_the_process_says_so(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METER_IS_GONE", "broken build")
    with start() as probes, pytest.raises(NotMeasured, match="broken build"):
        probes({})


@pytest.mark.parametrize("fresh", [False, True])
def test_what_hangs_is_killed_with_its_children(start: Start, tmp_path: Path, fresh: bool) -> None:  # noqa: FBT001
    with start("Faulty", 2, timeout_s=1.5) as probes, pytest.raises(ProbeFailed) as failed:
        probes({}, fresh=fresh, patience=2)
    assert str(failed.value) == "it took longer than 3 s"
    assert gone(int((tmp_path / "hanging").read_text()))


def test_a_probe_can_be_stopped_from_another_thread(start: Start, tmp_path: Path) -> None:
    told: list[str] = []

    def read() -> None:
        try:
            probes({})
        except ProbeFailed as failed:
            told.append(str(failed))

    with start("Faulty", 2) as probes:
        thread = threading.Thread(target=read)
        thread.start()
        while not (tmp_path / "hanging").exists() or not (tmp_path / "hanging").read_text():
            time.sleep(0.01)
        probes.stop()
        thread.join()
        with pytest.raises(ProbeFailed, match="it was interrupted"):
            probes({})
    assert told == ["its process crashed: killed by SIGKILL"]


def test_a_command_that_is_not_there_is_a_failure(start: Start) -> None:
    with start() as probes, pytest.raises(ProbeFailed, match="could not be started"):
        probes({}, under=("/no/such/command",))


def test_a_suite_that_cannot_be_imported_says_why(start: Start, tmp_path: Path) -> None:
    (tmp_path / "probed.py").write_text("import no_such_module_at_all")
    for fresh in (False, True):
        with start() as probes, pytest.raises(ProbeFailed, match="no_such_module_at_all") as failed:
            probes({}, fresh=fresh)
        assert str(tmp_path) not in str(failed.value)


def test_the_interpreters_switches_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONMALLOC", "PYTHONPATH", "PYTHON_GIL"):
        monkeypatch.setenv(name, "1")
    handed: Mapping[str, str] = module._environment(3)
    assert "PYTHONDONTWRITEBYTECODE" not in handed
    assert "PYTHONMALLOC" not in handed
    assert handed["PYTHONHASHSEED"] == "3"
    assert {"PYTHONPATH", "PYTHON_GIL"} <= set(handed)


def gone(process: int) -> bool:
    """Whether a process ended, within a while."""
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
