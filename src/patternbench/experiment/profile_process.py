"""A process that calls one variant over and over, for a profiler to look at.

Started as `python -m patternbench.experiment.profile_process FILE COMPARISON CASE VARIANT SECONDS CALLS`: it stops at
whichever of the two comes first. No clock that counts stands in it.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from time import monotonic

from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import comparisons


def main(arguments: list[str]) -> int:
    """Set the variant up, and call it until time or calls run out."""
    file, name, case, variant, seconds, calls = arguments
    for cls, declared in comparisons(Path(file)):
        if declared.name == name:
            holder = cls.backends() if declared.has_backends else nullcontext({})
            with holder as addresses, Subject(cls, declared, declared.cases[int(case)], variant, addresses) as subject:
                until = monotonic() + float(seconds)
                left = int(calls)
                step = 1
                while left > 0 and monotonic() < until:
                    began = monotonic()
                    subject.run(min(step, left))
                    left -= step
                    # Long blocks keep this loop itself out of the profile.
                    step = step * 2 if monotonic() - began < 0.05 else step
            return 0
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
