"""`patternbench versus`: statements, functions or interpreters against each other, in about ten seconds."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import click
from rich.console import Console

from patternbench.cli.pace import Pace
from patternbench.cli.stored import target
from patternbench.cli.suites import parameters
from patternbench.errors import SelectionError
from patternbench.experiment.budget import BUDGETS, Budget, budget_for, budgets_in_words
from patternbench.experiment.snippet import Contest
from patternbench.head_to_head import contest, fault_lines, legend_lines, measured
from patternbench.report.plain_text import for_encoding
from patternbench.report.progress import make_progress
from patternbench.report.terminal import print_session
from patternbench.session import Session
from patternbench.storage.document import document_text, write_document


@click.command("versus")
@click.argument("snippets", nargs=-1, metavar="SNIPPET...")
@click.option("--setup", "-s", "setups", multiple=True, metavar="STATEMENTS",
              help="Runs once per worker, outside the clock, and gives snippets their names; repeatable.")  # fmt: skip
@click.option("--python", "pythons", multiple=True, metavar="VERSION|PATH",
              help="Run in this interpreter; several compare one snippet with itself.")  # fmt: skip
@click.option("--params", "pairs", multiple=True, metavar="NAME=V1,V2",
              help="Measure for each of these values of a name; repeatable; each takes its own time.")  # fmt: skip
@click.option("--check/--no-check", default=True, help="Refuse snippets whose values differ from the baseline's.")
@click.option("--budget", type=click.Choice(list(BUDGETS)),
              help=f"How precise at best, and how long at most: {budgets_in_words()}.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(1, 3600),
              help="About so long at most, from start to verdict, instead of the budget's own time.")  # fmt: skip
@click.option("--seed", type=int, help="Of every random choice; drawn and recorded where it is not given.")
@click.option("--json", "json_path", metavar="PATH", help="Write the session document there; - for standard output.")
@click.option("--strict", is_flag=True, help="Exit code 5 when a verdict is undecided.")
@click.option("-v", "--verbose", is_flag=True, help="More columns and all notes.")
@click.option("-q", "--quiet", is_flag=True, help="The answer only.")
def command(
    snippets: tuple[str, ...],
    setups: tuple[str, ...],
    pythons: tuple[str, ...],
    pairs: tuple[str, ...],
    check: bool,
    budget: str | None,
    seconds: float | None,
    seed: int | None,
    json_path: str | None,
    strict: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Hold snippets against the last of them, in about ten seconds.

    A SNIPPET is a statement, in which `await` may stand, or `module:function`, or `file.py:function`; a function is
    called without arguments. Read it aloud: NEW versus OLD. The last one is the baseline. Nothing is stored unless
    --json says where.

    \b
    Example:
      patternbench versus -s 'x = list(range(100))' '[*x]' 'list(x)'
      patternbench versus new.py:parse old.py:parse
      patternbench versus --python 3.13 --python 3.11 'sum(range(1000))'
    """
    if json_path is not None and json_path != "-":
        target(Path(json_path))
    asked_for = contest(snippets, setup=setups, python=pythons, check=check, params=_axes(pairs))
    spending = budget_for(budget, seconds)
    session = _watched(asked_for, spending, seed=seed, strict=strict)
    to_terminal: IO[str] = sys.stderr if json_path == "-" else sys.stdout
    if json_path == "-":
        sys.stdout.write(document_text(session))
    elif json_path is not None:
        write_document(session, Path(json_path))
    console = Console(file=to_terminal, highlight=False)
    if not any(each.ratio for case in session.comparisons[0].cases for each in case.variants):
        for line in fault_lines(session.comparisons[0]):
            click.echo(for_encoding(f"patternbench: {line}", sys.stderr.encoding), err=True)
        return session.session.code
    if not quiet:
        for line in legend_lines(session.comparisons[0]):
            click.echo(for_encoding(line, console.encoding), file=to_terminal)
    print_session(session, console, verbose=verbose, quiet=quiet)
    return session.session.code


def _watched(asked_for: Contest, budget: Budget, *, seed: int | None, strict: bool) -> Session:
    """Measure with a picture of it where somebody looks on; the table says the rest."""
    cases = 1
    for values in asked_for.params.values():
        cases *= len(values)
    with make_progress(sys.stderr, total_cases=cases, quiet=not sys.stderr.isatty()) as progress:
        return measured(asked_for, budget, seed=seed, observer=Pace(progress, cases, budget.cap_s), strict=strict)


def _axes(pairs: Sequence[str]) -> dict[str, tuple[object, ...]]:
    axes = {}
    for name, texts in parameters(pairs).items():
        if not name.isidentifier():
            raise SelectionError(f"{name!r} is no name", remedy="write NAME=V1,V2, such as --params n=10,1000")
        axes[name] = tuple(map(_value, texts.split(",")))
    return axes


def _value(text: str) -> object:
    """A number where it is one, else the text."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, int | float | str) else text
