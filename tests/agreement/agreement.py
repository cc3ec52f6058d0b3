"""Does the harness agree with `python -m pyperf timeit` and `python -m timeit` on how long twenty statements take?

A script, run by hand on a quiet machine, as it times: `python tests/agreement/agreement.py`. All jobs (a statement, a
tool, a repetition) run one after another in one shuffled order, so that every tool meets the same weather, on one core
where processes can be pinned. What is compared is the same for all three: the time of the statement alone. The harness
takes off what its loop and an empty method cost, as it always does. The other two show statement and loop together, so
`pass` is measured in the same run by the same tool and its figure is taken off. Figures are typical ones: the harness's
median, pyperf's median, and the median of timeit's raw times, whose best alone is what a lucky moment gave. Where its
memory comes to lie makes one process up to a tenth faster than the next, for as long as it lives; the harness sees many
processes in each job, pyperf five, timeit one. So jobs are short and many, those of timeit ten times as many, and the
median over all of them counts.

A statement is in agreement when the harness differs from a tool by at most 3 %, or 3 ns where that is more. Beside them
stand an empty method, plain and async: what the harness shows for it should be 0, give or take 5 ns and 50 ns.

Exit code 0: all agree. 1: some do not. 2: a tool could not be run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

WITHIN_SHARE = 0.03
WITHIN_NS = 3.0
EMPTY_NS = {"empty method": 5.0, "empty async method": 50.0}

STATEMENTS = (
    ("a = 'abc'", "a.upper()"),
    ("a = 'abc'", "a + 'd'"),
    ("n = 12345", "str(n)"),
    ("a = '1,2,3,4,5'", "a.split(',')"),
    ("x = list(range(10))", "x[2:8]"),
    ("x = list(range(10))", "sum(x)"),
    ("n = 7", "f'{n}-{n}'"),
    ("x = list(range(20))[::-1]", "sorted(x)"),
    ("x = list(range(20))", "[i + 1 for i in x]"),
    ("x = range(50)", "dict.fromkeys(x)"),
    ("import json; d = {'a': [1, 2, 3], 'b': 'c'}", "json.dumps(d)"),
    ("x = range(300)", "sum(x)"),
    ("x = range(300)", "[i * i for i in x]"),
    ("x = [str(i) for i in range(1000)]", "','.join(x)"),
    ("import re; p = re.compile('b+'); a = 'ab' * 400", "p.findall(a)"),
    ("import random; r = random.Random(1); x = [r.random() for _ in range(1000)]", "sorted(x)"),
    ("x = range(2000)", "[i % 7 for i in x]"),
    ("import hashlib; b = bytes(200000)", "hashlib.sha256(b).digest()"),
    ("x = range(10000)", "for i in x: i * i"),
    ("x = range(35000)", "sum([i & 3 for i in x])"),
)
"""Set-up and statement, from 20 ns to 1 ms on a machine of today."""

NOTHING = ("pass", "pass")
PEERS = ("pyperf", "timeit")
JOBS = {"harness": 1, "pyperf": 2, "timeit": 10}
"""Jobs of each tool in a repetition."""

_TIMEIT_S = 0.02
_UNITS_S = {"nsec": 1e-9, "usec": 1e-6, "msec": 1e-3, "sec": 1.0}


@dataclass(frozen=True, slots=True)
class Job:
    """One measurement.

    Attributes:
        tool: "harness", "pyperf" or "timeit".
        subject: set-up and statement; of an empty method, its name twice.
    """

    tool: str
    subject: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One statement, by all three; times in nanoseconds, what a loop costs taken off."""

    statement: str
    harness_ns: float
    pyperf_ns: float
    timeit_ns: float

    @property
    def agrees(self) -> bool:
        """Whether the harness is near enough to both."""
        return near(self.harness_ns, self.pyperf_ns) and near(self.harness_ns, self.timeit_ns)


@dataclass(frozen=True, slots=True)
class EmptyRow:
    """An empty method, by the harness; what is left of it after the correction, nanoseconds."""

    method: str
    harness_ns: float

    @property
    def agrees(self) -> bool:
        """Whether nothing is left of it."""
        return abs(self.harness_ns) <= EMPTY_NS[self.method]


def near(ours_ns: float, theirs_ns: float) -> bool:
    """Whether two figures agree within 3 % of theirs or 3 ns, whichever is more."""
    return abs(ours_ns - theirs_ns) <= max(WITHIN_SHARE * abs(theirs_ns), WITHIN_NS)


def plan(statements: Sequence[tuple[str, str]], repetitions: int, seed: int) -> list[Job]:
    """Every job in the order to run them."""
    jobs = [Job(tool, each) for each in statements for tool, count in JOBS.items() for _ in range(count)]
    jobs += [Job(tool, NOTHING) for tool in PEERS for _ in range(JOBS[tool])]
    jobs += [Job("harness", (name, name)) for name in EMPTY_NS]
    jobs *= repetitions
    random.Random(seed).shuffle(jobs)
    return jobs


def timeit_ns(text: str) -> float:
    """The typical time of a loop in what `timeit -v` prints, nanoseconds.

    Raises:
        ValueError: it is not what timeit prints.
    """
    loops = re.search(r"^(\d+) loops?, best of", text, re.MULTILINE)
    raw = re.search(r"^raw times: (.+)$", text, re.MULTILINE)
    if loops is None or raw is None:
        raise ValueError(f"not the output of timeit -v: {text!r:.200}")
    times = [each.split() for each in raw[1].split(", ")]
    return median(float(number) * _UNITS_S[unit] for number, unit in times) / int(loops[1]) * 1e9


def pyperf_ns(document: Mapping[str, object]) -> float:
    """The typical time of a loop in a document of `pyperf timeit`, nanoseconds.

    Raises:
        ValueError: it holds no value.
    """
    benchmarks = document.get("benchmarks")
    runs = benchmarks[0]["runs"] if isinstance(benchmarks, list) and benchmarks else []
    values = [value for run in runs for value in run.get("values", ())]
    if not values:
        raise ValueError("pyperf's document holds no value")
    return float(median(values)) * 1e9


def rows(
    figures: Mapping[Job, Sequence[float]],
) -> list[Row | EmptyRow]:
    """The table, with what a loop costs taken off.

    Args:
        figures: nanoseconds by job, one for each repetition.
    """
    loops = {tool: median(figures[Job(tool, NOTHING)]) for tool in PEERS}
    found: list[Row | EmptyRow] = []
    for job, values in figures.items():
        if job.tool != "harness":
            continue
        if job.subject[1] in EMPTY_NS:
            found.append(EmptyRow(job.subject[1], median(values)))
        else:
            theirs = {tool: median(figures[Job(tool, job.subject)]) - loops[tool] for tool in PEERS}
            found.append(Row(job.subject[1], median(values), theirs["pyperf"], theirs["timeit"]))
    return sorted(found, key=lambda row: (isinstance(row, Row), row.harness_ns))


def table(found: Sequence[Row | EmptyRow]) -> str:
    """The rows for a reader."""
    lines = [f"{'statement':<28}{'harness':>13}{'pyperf':>13}{'timeit':>13}{'to pyperf':>20}{'to timeit':>20}"]
    for row in found:
        mark = "" if row.agrees else "  OUT"
        if isinstance(row, EmptyRow):
            lines.append(f"{row.method:<28}{row.harness_ns:>10.1f} ns{'':>66}{mark}")
            continue
        ours, theirs = row.harness_ns, (row.pyperf_ns, row.timeit_ns)
        cells = "".join(f"{each:>10.1f} ns" for each in (ours, *theirs))
        gaps = "".join(f"{_gap(ours, each):>20}" for each in theirs)
        lines.append(f"{row.statement:<28}{cells}{gaps}{mark}")
    out = sum(not row.agrees for row in found)
    lines.append(f"{len(found) - out} of {len(found)} agree within {WITHIN_SHARE:.0%} or {WITHIN_NS:g} ns")
    return "\n".join(lines)


def _gap(ours: float, theirs: float) -> str:
    share = f"{(ours - theirs) / theirs:+.1%}" if theirs > 0 else "–"
    return f"{ours - theirs:+.1f} ns {share}"


def by_harness(subject: tuple[str, str], seconds: float) -> float:
    """A statement, or an empty method as every session measures them, by the harness, nanoseconds."""
    from patternbench.experiment.budget import budget_for
    from patternbench.experiment.empty_bodies import measured_overhead
    from patternbench.experiment.snippet import Contest, asked
    from patternbench.head_to_head import measured

    if subject[1] in EMPTY_NS:
        left = measured_overhead(seed=1)
        return left.awaited_left_ns if "async" in subject[1] else left.plain_left_ns
    setup, statement = subject
    alone = Contest("How long?", {"statement": asked(statement)}, "statement", setup=setup, alone=True)
    result = measured(alone, budget_for(None, seconds), seed=1).comparisons[0].cases[0].variants[0]
    if result.time is None:
        raise ValueError(f"{statement!r} is {result.verdict}: {result.reason}")
    return result.time.median_s * 1e9


def by_pyperf(subject: tuple[str, str], core: int | None) -> float:
    """A statement by `python -m pyperf timeit`, nanoseconds."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "timeit.json"
        command = [sys.executable, "-m", "pyperf", "timeit", "-q", "-p", "5", "-n", "2", "-w", "1", "-o", str(written)]
        command += [] if core is None else [f"--affinity={core}"]
        subprocess.run([*command, "-s", subject[0], subject[1]], check=True, capture_output=True, timeout=300)
        return pyperf_ns(json.loads(written.read_text("utf-8")))


class Timeit:
    """Statements by `python -m timeit`; how many loops take long enough is found once for each."""

    def __init__(self) -> None:
        self._loops: dict[tuple[str, str], int] = {}

    def __call__(self, subject: tuple[str, str]) -> float:
        """The typical time of a loop, nanoseconds."""
        loops = self._loops.get(subject)
        number = [] if loops is None else ["-n", str(loops)]
        command = [sys.executable, "-m", "timeit", "-vvv", "-r", "3", *number, "-s", subject[0], subject[1]]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        found = timeit_ns(done.stdout)
        self._loops.setdefault(subject, max(1, round(_TIMEIT_S / (found * 1e-9))))
        return found


@contextlib.contextmanager
def pinned() -> Iterator[int | None]:
    """Keep this process, and all that it starts, on the last of its cores; None where that cannot be done."""
    if not hasattr(os, "sched_setaffinity"):
        yield None
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield max(cores)
    finally:
        os.sched_setaffinity(0, cores)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every job and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the order of jobs")
    parser.add_argument("--repetitions", type=int, default=9, help="of the jobs of all tools")
    parser.add_argument("--seconds", type=float, default=2.0, help="that the harness has for a statement")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    asked = parser.parse_args(arguments)
    jobs = plan(STATEMENTS, asked.repetitions, asked.seed)
    figures: dict[Job, list[float]] = defaultdict(list)
    with pinned() as core:
        tools: dict[str, Callable[[tuple[str, str]], float]] = {
            "harness": lambda subject: by_harness(subject, asked.seconds),
            "pyperf": lambda subject: by_pyperf(subject, core),
            "timeit": Timeit(),
        }
        for number, job in enumerate(jobs, start=1):
            sys.stderr.write(f"\r{number}/{len(jobs)} ")
            sys.stderr.flush()
            try:
                figures[job].append(tools[job.tool](job.subject))
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                sys.stderr.write(f"\n{job.tool} could not measure {job.subject[1]!r}: {error}\n")
                return 2
    sys.stderr.write("\n")
    found = rows(figures)
    if asked.json:
        document = [{**asdict(row), "agrees": row.agrees} for row in found]
        jobs_ns = [{**asdict(job), "ns": values} for job, values in figures.items()]
        whole = {"seed": asked.seed, "python": sys.version.split()[0], "rows": document, "jobs": jobs_ns}
        sys.stdout.write(json.dumps(whole) + "\n")
    else:
        sys.stdout.write(table(found) + "\n")
    return 0 if all(row.agrees for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
