"""What every test stands on."""

from __future__ import annotations

from hypothesis import settings

# No deadline: how long an example takes says something about the machine, nothing about the code. The same examples
# in every run, so that a test that fails can be run again and fails again.
settings.register_profile("patternbench", deadline=None, derandomize=True)
settings.load_profile("patternbench")
