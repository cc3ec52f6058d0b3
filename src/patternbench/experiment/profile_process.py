"""A variant called over and over in a process of its own, for a profiler to watch.

`command` gives the command line that `profilers.cpu.record` and `profilers.memory.record` take.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from patternbench.errors import SelectionError
from patternbench.experiment.subject import Subject
from patternbench.experiment.suite_file import comparisons

_BLOCK_NS = 20_000_000


def command(
    file: Path,
    comparison: str,
    case_index: int,
    variant: str,
    *,
    addresses: Mapping[str, str] | None = None,
    seconds: float = 0.0,
    calls: int = 0,
) -> list[str]:
    """The command line of the process, interpreter first.

    Args:
        file: the suite file.
        comparison: name of the class.
        case_index: of the case.
        variant: name of the method.
        addresses: what the comparison's `backends` yielded.
        seconds: how long to call it; for a profile of time.
        calls: how often to call it, where `seconds` is 0; for a profile of memory.
    """
    return [
        *(sys.executable, "-m", "patternbench.experiment.profile_process"),
        *(str(file.resolve()), comparison, str(case_index), variant),
        *("--addresses", json.dumps(dict(addresses or {})), "--seconds", str(seconds), "--calls", str(calls)),
    ]


def main(arguments: list[str]) -> int:
    """Call the variant as the arguments say, and give the number of calls."""
    parser = argparse.ArgumentParser(prog="patternbench.experiment.profile_process", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("comparison")
    parser.add_argument("case_index", type=int)
    parser.add_argument("variant")
    parser.add_argument("--addresses", type=json.loads, default={})
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--calls", type=int, default=0)
    order = parser.parse_args(arguments)
    found = [pair for pair in comparisons(order.file) if pair[0].__name__ == order.comparison]
    if not found:
        raise SelectionError(f"there is no comparison {order.comparison}", remedy="see: patternbench list")
    cls, declared = found[0]
    with Subject(cls, declared, declared.cases[order.case_index], order.variant, order.addresses) as subject:
        return looped(subject, order.seconds, order.calls)


def looped(subject: Subject, seconds: float, calls: int) -> int:
    """Call in blocks until the time is over, or so many times; the number of calls made."""
    if seconds <= 0:
        subject.run(calls)
        return calls
    made, block = 0, 1
    end = perf_counter() + seconds
    while perf_counter() < end:
        wall_ns, _ = subject.run(block)
        made += block
        if wall_ns < _BLOCK_NS:
            block *= 2
    return made


__all__ = ["command", "looped", "main"]

if __name__ == "__main__":
    main(sys.argv[1:])
