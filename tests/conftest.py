"""What every test stands on."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from hypothesis import settings

# Tests are collected by path and import no other; what several folders share is entered under the name mypy knows.
_SHARED = ("fake_time", "simulated_trials", "simulated_peers")

for _name in _SHARED:
    if f"tests.{_name}" not in sys.modules:
        _spec = importlib.util.spec_from_file_location(f"tests.{_name}", Path(__file__).with_name(f"{_name}.py"))
        assert _spec is not None
        assert _spec.loader is not None
        _module = importlib.util.module_from_spec(_spec)
        sys.modules[f"tests.{_name}"] = _module
        _spec.loader.exec_module(_module)

# No deadline: how long an example takes says something about the machine, nothing about the code. The same examples
# in every run, so that a test that fails can be run again and fails again.
settings.register_profile("patternbench", deadline=None, derandomize=True)
settings.load_profile("patternbench")
