"""`patternbench run`: measure, decide, save, show."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import click
from rich.console import Console

from patternbench import __version__, meters
from patternbench.cli.list_command import listing
from patternbench.cli.pace import Pace
from patternbench.cli.stored import DOCUMENT, REPORTS, SITE, newest_unfinished, rebuilt_site, sessions_folder, target
from patternbench.cli.suites import found, parameters
from patternbench.comparison import Declaration
from patternbench.environment import environment
from patternbench.errors import SelectionError
from patternbench.experiment.budget import BUDGETS, Budget, budget_for, budgets_in_words
from patternbench.experiment.conclusion import drawn_seed, exit_code, load_average, session_id, timestamp
from patternbench.experiment.empty_bodies import measured_overhead
from patternbench.experiment.measurement import Replay
from patternbench.experiment.run import ComparisonRun
from patternbench.experiment.selection import Chosen, chosen, shard
from patternbench.report.answer import answer
from patternbench.report.progress import make_progress
from patternbench.report.terminal import print_session
from patternbench.sample import SampleSeries
from patternbench.session import ComparisonResult, Environment, Session, SessionInfo
from patternbench.statistics.self_check import self_check
from patternbench.statistics.standing import suite_means
from patternbench.storage.document import document_text, write_document
from patternbench.storage.journal import Heading, Journal, read_journal
from patternbench.storage.pyperf_export import write_pyperf
from patternbench.storage.samples import series_of
from patternbench.verdict import Code


@click.command("run")
@click.argument("selectors", nargs=-1, metavar="[SELECTOR]...")
@click.option("--budget", type=click.Choice(list(BUDGETS)),
              help=f"How precise at best, and how long at most: {budgets_in_words()}; quick if not told.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(1, 3600),
              help="About so long a case at most, start and verdict included; else the budget says it.")  # fmt: skip
@click.option("--cases", type=click.Choice(["headline", "all"]),
              help="Headline cases only, or all; without selectors the quick run takes the headlines.")  # fmt: skip
@click.option("--params", "pairs", multiple=True, metavar="AXIS=VALUE", help="Only cases with this value; repeatable.")
@click.option("--json", "json_path", metavar="PATH", help="Write the session document there; - for standard output.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=REPORTS, show_default=True,
              help="Folder that takes sessions and site.")  # fmt: skip
@click.option("--seed", type=int, help="Of every random choice; drawn and recorded where it is not given.")
@click.option("--shard", "share", metavar="K/N", help="Measure the K-th of N shares of the comparisons.")
@click.option("--resume", is_flag=True, help="Go on with the newest session that was cut short.")
@click.option("--meters", "meter_names", metavar="NAME,...",
              help="What to read of every variant, instead of what its suite asks for.")  # fmt: skip
@click.option("--memory/--no-memory", default=True, help="Count allocations after the timings.")
@click.option("--site/--no-site", default=True, help="Build the pages at the end.")
@click.option("--list", "only_list", is_flag=True, help="Name what would be measured, and measure nothing.")
@click.option("--strict", is_flag=True, help="Exit code 5 when a verdict is undecided.")
@click.option("-v", "--verbose", is_flag=True, help="More columns and all notes.")
@click.option("-q", "--quiet", is_flag=True, help="Verdicts only.")
def command(
    selectors: tuple[str, ...],
    budget: str | None,
    seconds: float | None,
    cases: str | None,
    pairs: tuple[str, ...],
    json_path: str | None,
    out: Path,
    seed: int | None,
    share: str | None,
    resume: bool,
    meter_names: str | None,
    memory: bool,
    site: bool,
    only_list: bool,
    strict: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Measure comparisons, and give each question its answer.

    A SELECTOR is a suite file, a folder of suites, `suite`, `suite/Comparison` or `suite/Comparison/variant`; globs
    are allowed. Without one, everything in benchmarks/ is measured.

    \b
    Example:
      patternbench run my_suite.py
      patternbench run 'records/*' --budget standard --json out.json
    """
    if json_path is not None and json_path != "-":
        target(Path(json_path))
    if resume:
        if selectors:
            raise SelectionError(
                "a resumed session keeps what it was asked for",
                remedy="leave the selectors out, or start anew without --resume",
            )
        folder = newest_unfinished(out)
        heading, read = read_journal(folder)
    else:
        heading, read = None, {}
    here = environment()
    asked = heading or Heading(
        id=session_id(),
        started=timestamp(),
        seed=drawn_seed() if seed is None else seed,
        budget=budget_for(budget, seconds).name,
        seconds=seconds,
        selectors=selectors,
        cases=cases or ("headline" if budget in {None, "quick"} and not selectors else "all"),
        params=parameters(pairs),
        shard=share,
        meters=_meters(meter_names),
        memory=memory,
        fingerprint=here.fingerprint,
    )
    picked = _picked(asked)
    if only_list:
        click.echo(listing(picked))
        return 0
    return _Run(asked, picked, here, out, read, resumed=heading is not None).go(
        json_path=json_path, site=site, strict=strict, verbose=verbose, quiet=quiet
    )


def _picked(asked: Heading) -> list[Chosen]:
    declarations, patterns = found(asked.selectors)
    picked = chosen(declarations, patterns, headline_only=asked.cases == "headline", params=asked.params)
    return picked if asked.shard is None else shard(picked, asked.shard)


@dataclass(slots=True)
class _Run:
    """One run from its first reading to its last line."""

    asked: Heading
    picked: Sequence[Chosen]
    here: Environment
    out: Path
    read: Mapping[str, Mapping[int, Replay]]
    resumed: bool

    def go(self, *, json_path: str | None, site: bool, strict: bool, verbose: bool, quiet: bool) -> int:
        began = time.monotonic()
        load = load_average()
        folder = sessions_folder(self.out) / self.asked.id
        if self.resumed and self.here.fingerprint != self.asked.fingerprint:
            raise SelectionError(
                f"the session {self.asked.id} was begun in another environment", remedy="measure anew without --resume"
            )
        to_terminal: IO[str] = sys.stderr if json_path == "-" else sys.stdout
        overhead = measured_overhead(self.asked.seed)
        results, series, interrupted = self._measured(folder, quiet)
        info = SessionInfo(
            id=self.asked.id,
            started=self.asked.started,
            finished=timestamp(),
            seed=self.asked.seed,
            budget=self.asked.budget,
            verdict="",
            code=0,
            version=__version__,
            selectors=tuple(_published(each) for each in self.asked.selectors),
            self_check=self_check([case for each in results for case in each.cases]),
            overhead=overhead,
            load_before=load,
            seconds=round(time.monotonic() - began, 3),
        )
        code = Code.INTERRUPTED if interrupted else exit_code(results, strict=strict)
        asked = dict.fromkeys(name for each in self.picked for name in self._meters(each.declared))
        session = Session(
            replace(info, verdict=code.word, code=int(code)),
            self.here,
            tuple(results),
            suite_means=suite_means(results),
            meters=meters.described(asked),
        )
        write_document(session, folder / DOCUMENT)
        if series:
            write_pyperf(folder / "pyperf.json", series)
        if json_path == "-":
            sys.stdout.write(document_text(session))
        elif json_path is not None:
            write_document(session, Path(json_path))
        console = Console(file=to_terminal, highlight=False)
        print_session(session, console, verbose=verbose, quiet=quiet)
        lines = [f"Session: {_shown(folder)}"]
        if site and any(result.cases for result in results):
            rebuilt_site(self.out)
            lines.append(f"Report: {_shown(self.out / SITE / 'index.html')}")
        if interrupted:
            lines.append("Interrupted; what was read is kept: go on with  patternbench run --resume")
        if not quiet:
            click.echo("\n".join(lines), file=to_terminal)
        click.echo(f"verdict={code.word} code={int(code)}", file=to_terminal)
        return int(code)

    def _meters(self, declared: Declaration) -> tuple[str, ...]:
        """The meters to read for a comparison; the clock is always among them."""
        asked = declared.meters if self.asked.meters is None else self.asked.meters
        return tuple(name for name in asked if self.asked.memory or name != "memory")

    def _measured(self, folder: Path, quiet: bool) -> tuple[list[ComparisonResult], list[SampleSeries], bool]:
        """Measure comparison by comparison; an interrupt ends it with what there is."""
        budget: Budget = budget_for(self.asked.budget, self.asked.seconds)
        total = sum(len(each.cases) for each in self.picked)
        suites: Counter[str] = Counter()
        for each in self.picked:
            suites[each.declared.suite] += len(each.cases)
        results: list[ComparisonResult] = []
        series: list[SampleSeries] = []
        interrupted = False
        with (
            Journal(folder, None if self.resumed else self.asked) as journal,
            make_progress(sys.stderr, total_cases=total, quiet=quiet, suites=dict(suites)) as progress,
        ):
            pace = Pace(progress, total, budget.cap_s)
            for each in self.picked:
                run = ComparisonRun(
                    each,
                    budget,
                    seed=self.asked.seed,
                    recorder_for=journal.recorder,
                    observer=pace,
                    resumed=self.read.get(each.declared.id),
                    meters=self._meters(each.declared),
                )
                try:
                    run.measure()
                except KeyboardInterrupt:
                    interrupted = True
                found_here = run.result()
                results.append(replace(found_here, answer=answer(found_here)))
                series += series_of(each.declared, run.observations)
                if interrupted:
                    break
        return results, series, interrupted


def _meters(names: str | None) -> tuple[str, ...] | None:
    """The names of `--meters`, each once.

    Raises:
        SelectionError: there is no such meter.
    """
    if names is None:
        return None
    asked = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    for name in asked:
        if name not in meters.names():
            raise SelectionError(f"there is no meter {name!r}", remedy=f"choose from {', '.join(meters.names())}")
    return asked


def _published(selector: str) -> str:
    """A selector as a document may hold it: a path of the machine is cut to its name."""
    return Path(selector).name if Path(selector).is_absolute() else selector


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
