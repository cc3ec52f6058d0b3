"""Every meter that is named keeps the protocol, and says what it reads."""

from __future__ import annotations

import subprocess
import sys

import pytest

from patternbench import meters
from patternbench.meters import meter_named

ALL = sorted(meters.MODULES)


def test_the_clock_is_a_name_like_the_others() -> None:
    assert meters.names() == (meters.TIME, *meters.MODULES)
    assert meters.TIME not in meters.MODULES


@pytest.mark.parametrize("name", ALL)
def test_a_meter_is_called_what_it_is_named(name: str) -> None:
    assert meter_named(name).name == name


@pytest.mark.parametrize("name", ALL)
def test_a_meter_says_what_it_reads_and_what_it_cannot_see(name: str) -> None:
    meter = meter_named(name)
    assert "cannot see" in meter.summary
    assert meter.summary.endswith(".")
    assert len(meter.summary) < 400
    figures = [each.name for each in meter.figures]
    assert len(figures) == len(set(figures))
    assert all(each.meaning for each in meter.figures)


@pytest.mark.parametrize("name", ALL)
def test_a_meter_says_whether_it_can_be_had(name: str) -> None:
    reason = meter_named(name).unavailable()
    assert reason is None or reason


def test_what_a_session_says_of_its_meters_leaves_the_clock_out() -> None:
    told = meters.described(["memory", "time"])
    assert [each.name for each in told] == ["memory"]
    assert told[0].figures == meter_named("memory").figures


def test_names_are_known_without_importing_a_meter() -> None:
    code = (
        "import sys; from patternbench import meters; meters.names();"
        "sys.exit(any(each.startswith('patternbench.meters.') for each in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
