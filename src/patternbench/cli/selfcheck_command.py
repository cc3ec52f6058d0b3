"""`patternbench selfcheck`: how often the harness is wrong, and what it can see."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import IO

import click
from rich.console import Console

from patternbench import __version__
from patternbench.cli import against
from patternbench.cli.pace import Pace
from patternbench.cli.stored import REPORTS, SITE, rebuilt_site, target
from patternbench.environment import environment
from patternbench.errors import SelectionError
from patternbench.experiment.conclusion import drawn_seed, session_id, timestamp
from patternbench.report import quantity
from patternbench.report.error_rates import print_self_check, published
from patternbench.report.peers import published_peers
from patternbench.report.progress import make_progress
from patternbench.selfcheck.document import (
    DOCUMENT,
    FOLDER,
    document_text,
    newest,
    newest_unfinished,
    write_document,
)
from patternbench.selfcheck.engine import Engine
from patternbench.selfcheck.neighbours import CONDITIONS
from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.peers.document import newest_peers
from patternbench.selfcheck.plan import SCOPES, SHORT_S, Scope, narrowed, planned
from patternbench.selfcheck.study import Heading, Study
from patternbench.selfcheck.targets import contradicted
from patternbench.selfcheck.units import UNITS
from patternbench.selfcheck.verification import verified
from patternbench.storage.replacement import replaced
from patternbench.verdict import Code


@click.command("selfcheck")
@click.option("--budget", type=click.Choice(list(SCOPES)), default="quick", show_default=True,
              help="quick: some units, three minutes. full: all of them, an hour and a half. With --against: five "
              "minutes, which show that the tools work, or an hour.")  # fmt: skip
@click.option("--against", "tools", metavar="TOOL,…",
              help=f"Ask other tools about the same work: {', '.join(against.OTHERS)}, or {against.ALL}.")  # fmt: skip
@click.option("--seconds", "decision_s", type=float, help="That each decision may take; with --against.  [default: 10]")
@click.option("--units", metavar="GLOB", help="Only units whose name matches.")
@click.option("--condition", "conditions", type=click.Choice(list(CONDITIONS)), multiple=True,
              help="Busy neighbours beside the harness; repeatable.")  # fmt: skip
@click.option("--percent", "percents", type=int, multiple=True, help="Only this planted size; repeatable.")
@click.option("--repeat", type=int, help="Decisions on each size of each unit in each condition; with --against, three "
              "times as many on identical code.")  # fmt: skip
@click.option("--seed", type=int, help="Of the order and of every random choice; drawn and recorded if not given.")
@click.option("--json", "json_path", metavar="PATH", help="Write the document there; - for standard output.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=REPORTS, show_default=True,
              help="Folder that takes self-checks and site.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on with the newest self-check that was cut short.")
@click.option("--list", "only_list", is_flag=True, help="Say what would be decided, and decide nothing.")
@click.option("--publish", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Write the newest self-check, and the newest study of other tools, as text, data and picture; "
              "decide nothing.")  # fmt: skip
@click.option("--site/--no-site", default=True, help="Build the pages at the end.")
@click.option("-v", "--verbose", is_flag=True, help="All tables.")
def command(
    budget: str,
    tools: str | None,
    decision_s: float | None,
    units: str | None,
    conditions: tuple[str, ...],
    percents: tuple[int, ...],
    repeat: int | None,
    seed: int | None,
    json_path: str | None,
    out: Path,
    resume: bool,
    only_list: bool,
    publish: Path | None,
    site: bool,
    verbose: bool,
) -> int:
    """Measure the harness with its own instrument: identical code, and slow-downs of known size.

    Identical code that is called different is a false alarm; a slow-down that is called one is found. Exit code 1 says
    that false alarms are more frequent than is promised, beyond doubt.

    \b
    Example:
      patternbench selfcheck
      patternbench selfcheck --budget full
      patternbench selfcheck --units 'http_*' --condition two --percent 0 --percent 5 --repeat 10
      patternbench selfcheck --against pytest-benchmark,pyperf,asv --budget full
    """
    if publish is not None:
        return _publish(out, publish)
    if json_path is not None and json_path != "-":
        target(Path(json_path))
    if resume and (units or conditions or percents or repeat or decision_s or seed is not None):
        raise SelectionError(
            "a resumed self-check keeps what it was asked for",
            remedy="leave the other options out, or start anew without --resume",
        )
    if tools is not None:
        asked = against.narrowed(
            against.PEER_SCOPES[budget],
            against.chosen(tools),
            units=units,
            percents=percents,
            conditions=conditions,
            repeat=repeat,
            decision_s=decision_s,
        )
        output = against.Output(out, json_path, site=site, verbose=verbose)
        if only_list:
            click.echo(against.listed(asked))
            return Code.OK
        return against.ask_the_rest(output) if resume else against.ask_all(asked, seed, output)
    if decision_s is not None:
        raise SelectionError(
            "the time of a decision is part of the promise",
            remedy="leave --seconds out, or ask other tools with --against",
        )
    scope = narrowed(SCOPES[budget], units=units, percents=percents, conditions=conditions, repeat=repeat)
    if only_list:
        _list(scope)
        return Code.OK
    here = environment()
    folder, study = _study(out, scope, seed, here.fingerprint, resume=resume)
    interrupted = _decide(study)
    check = study.concluded(here, finished=timestamp(), version=__version__)
    write_document(check, folder / DOCUMENT)
    stream: IO[str] = sys.stderr if json_path == "-" else sys.stdout
    if json_path == "-":
        sys.stdout.write(document_text(check))
    elif json_path is not None:
        write_document(check, Path(json_path))
    print_self_check(check, Console(file=stream, highlight=False), verbose=verbose)
    click.echo(f"Self-check: {folder / DOCUMENT}", file=stream)
    if site and check.findings:
        rebuilt_site(out)
        click.echo(f"Report: {out / SITE / 'method.html'}", file=stream)
    if interrupted:
        click.echo("Interrupted; what was decided is kept: go on with  patternbench selfcheck --resume", file=stream)
    code = Code.INTERRUPTED if interrupted else _code(check)
    click.echo(f"verdict={'false-alarms' if code is Code.REGRESSED else code.word} code={int(code)}", file=stream)
    return code


def _study(out: Path, scope: Scope, seed: int | None, fingerprint: str, *, resume: bool) -> tuple[Path, Study]:
    """A new study and its folder, or the one that was cut short."""
    if resume:
        folder = newest_unfinished(out)
        study = Study(folder)
        if study.heading.fingerprint != fingerprint:
            raise SelectionError(
                f"the self-check {study.heading.id} was begun in another environment",
                remedy="start anew without --resume",
            )
        return folder, study
    heading = Heading(
        id=session_id(),
        started=timestamp(),
        seed=drawn_seed() if seed is None else seed,
        scope=scope,
        fingerprint=fingerprint,
    )
    folder = out / FOLDER / heading.id
    return folder, Study(folder, heading)


def _decide(study: Study) -> bool:
    """Verify and make all trials that remain; whether an interrupt ended it."""
    remaining = study.remaining
    kinds = Counter(UNITS[each.unit].kind for each in remaining)
    try:
        if study.verification is None:
            if study.heading.scope.counted:
                click.echo("counting instructions of what is planted", err=True)
            study.verify(lambda scope: verified(scope.units, scope.counted))
        with make_progress(sys.stderr, total_cases=len(remaining), suites={"units": kinds.total()}) as progress:
            study.run(Engine(Pace(progress, len(remaining), SHORT_S)))
    except KeyboardInterrupt:
        return True
    return False


def _code(check: SelfCheck) -> Code:
    if not check.findings:
        return Code.NOTHING_MEASURED
    return Code.REGRESSED if contradicted(check) else Code.OK


def _list(scope: Scope) -> None:
    trials = planned(scope, seed=1)
    for unit in scope.units:
        click.echo(f"{unit} ({UNITS[unit].kind}): {UNITS[unit].summary}")
    click.echo(
        f"planted: {', '.join(f'{percent} %' for percent in scope.percents)}; conditions: {', '.join(scope.conditions)}"
    )
    identical = sum(each.percent == 0 for each in trials)
    click.echo(
        f"{len(trials)} decisions, {identical} of them on identical code; at most "
        f"{quantity.elapsed(sum(each.cap_s for each in trials))}, as a rule two thirds of that"
    )


def _publish(out: Path, folder: Path) -> int:
    check, peers = newest(out), newest_peers(out)
    if check is None and peers is None:
        raise SelectionError(
            f"there is no self-check in {out.name}/", remedy="make one with: patternbench selfcheck --budget full"
        )
    contents = {**(published(check) if check else {}), **(published_peers(peers) if peers else {})}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        replaced(folder / name, content.encode("utf-8"))
        click.echo(f"{folder / name}")
    return Code.OK
