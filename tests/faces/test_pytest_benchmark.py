"""The suites as tests: each variant one test, awaited where it is async, failing where it disagrees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patternbench.faces import pytest_benchmark as face

pytest.importorskip("pytest_benchmark")

Outcome = tuple[str, dict[str, Any], str]

SUITE = '''
"""A suite for tests."""
import asyncio
from contextlib import contextmanager
from pathlib import Path
from patternbench import Comparison, NotMeasured, variant

LOG = Path(__file__).with_name("backends.log")

class Sum(Comparison):
    """Which adds?"""
    baseline = "plain"
    params = {"n": (1, 2, 3)}

    @classmethod
    @contextmanager
    def backends(cls):
        seen = LOG.read_text() if LOG.exists() else ""
        LOG.write_text(seen + "enter ")
        yield {"server": "here"}
        LOG.write_text(seen + "enter leave ")

    def setup(self, n):
        if n == 3:
            raise NotMeasured("three is too many")
        self.n = n
        self.awaited_calls = 0
        assert self.addresses == {"server": "here"}

    def counters(self):
        return {"awaited": self.awaited_calls}

    @variant
    def plain(self):
        return sum(range(self.n))

    @variant
    async def awaited(self):
        await asyncio.sleep(0)
        self.awaited_calls += 1
        return sum(range(self.n))

    @variant
    def wrong(self):
        return sum(range(self.n)) + self.n

class Nowhere(Comparison):
    """What without a server?"""
    baseline = "any"

    @classmethod
    def backends(cls):
        raise NotMeasured("no server here")

    @variant
    def any(self):
        return len(self.addresses)
'''


class FakeSubject:
    """A loop that costs something to enter, around calls that cost something each."""

    def __init__(self, *, runner_s: float, call_s: float) -> None:
        self.now = 0.0
        self._runner_s = runner_s
        self._call_s = call_s

    def run(self, calls: int) -> tuple[int, int]:
        inner = calls * self._call_s
        self.now += self._runner_s + inner
        return round(inner * 1e9), 0


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What pytest printed, its JSON by test, and when the backends came and went."""
    folder = tmp_path_factory.mktemp("benchmarks")
    real = Path(__file__).parents[2] / "benchmarks"
    for name in ("conftest.py", "test_cases.py"):
        (folder / name).write_bytes((real / name).read_bytes())
    (folder / "sums.py").write_text(SUITE)
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(folder),
        "--rootdir",
        str(folder),
        "-rs",
        "--benchmark-max-time=0.01",
    ]
    command += ["--benchmark-only", "--benchmark-json", str(folder / "out.json"), "-p", "no:cacheprovider"]
    command += ["--import-mode=importlib", "-W", "error"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=environment, cwd=folder
    )
    written = json.loads((folder / "out.json").read_text())
    tests = {each["param"]: each for each in written["benchmarks"]}
    return done.stdout, tests, (folder / "backends.log").read_text()


def test_each_agreeing_variant_is_timed_in_the_group_of_its_case(outcome: Outcome) -> None:
    _, tests, _ = outcome
    groups = {name: each["group"] for name, each in tests.items()}
    assert groups == {
        "sums/Sum[n=1]-plain": "sums/Sum[n=1]",
        "sums/Sum[n=1]-awaited": "sums/Sum[n=1]",
        "sums/Sum[n=2]-plain": "sums/Sum[n=2]",
        "sums/Sum[n=2]-awaited": "sums/Sum[n=2]",
    }


def test_async_variants_are_awaited_and_shown_per_call(outcome: Outcome) -> None:
    _, tests, _ = outcome
    awaited = tests["sums/Sum[n=1]-awaited"]
    assert awaited["extra_info"]["counters"] == {"awaited": 1}
    batch = awaited["extra_info"]["awaits_per_round"]
    assert batch > 1
    assert awaited["stats"]["iterations"] == batch
    assert awaited["stats"]["rounds"] >= 3


def test_a_batch_grows_until_entering_the_loop_weighs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    subject: Any = FakeSubject(runner_s=60e-6, call_s=1e-6)
    monkeypatch.setattr(face, "perf_counter", lambda: subject.now)
    batch, seconds = face._batch(subject)
    assert batch * 1e-6 > 100 * 60e-6
    assert seconds == pytest.approx(60e-6 + batch * 1e-6)


def test_a_long_call_is_a_batch_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    subject: Any = FakeSubject(runner_s=60e-6, call_s=0.1)
    monkeypatch.setattr(face, "perf_counter", lambda: subject.now)
    assert face._batch(subject)[0] == 1


def test_what_is_written_holds_no_path(outcome: Outcome) -> None:
    assert str(Path(__file__).parents[2]) not in json.dumps(outcome[1])
    assert "sums.py" not in json.dumps(outcome[1])


def test_who_disagrees_fails_and_who_is_not_measured_is_skipped(outcome: Outcome) -> None:
    printed, _, _ = outcome
    assert "2 failed, 4 passed, 4 skipped" in printed
    assert "returns 1 where the baseline plain returns 0" in printed
    assert "not measured: three is too many" in printed
    assert "not measured: no server here" in printed


def test_backends_are_entered_once_per_comparison(outcome: Outcome) -> None:
    assert outcome[2] == "enter leave "
