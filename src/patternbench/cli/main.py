"""The command line: finds the module of a command when it is asked for, and turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from patternbench import __version__
from patternbench.errors import HarnessError
from patternbench.verdict import Code

COMMANDS = {
    "run": "measure comparisons and give each question its answer",
    "versus": "hold statements, functions or interpreters against each other, in ten seconds",
    "list": "name the comparisons, cases and variants that there are",
    "report": "build the site again from stored sessions, without measuring",
    "compare": "hold two stored sessions against each other",
    "export": "write a stored session as pyperf JSON, CSV or its document",
    "profile": "show where a variant spends its time and its memory",
    "selfcheck": "measure how often the harness itself is wrong, and what it can see",
    "doctor": "say what this machine can and cannot measure",
}

_BLAS_THREADS = "OPENBLAS_NUM_THREADS"


class _Commands(click.Group):
    """Imports a command's module only when that command is called, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with _arithmetic_on_one_thread():
            module = importlib.import_module(f"patternbench.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@contextmanager
def _arithmetic_on_one_thread() -> Iterator[None]:
    """Let numpy start no thread for each core meanwhile, without telling the processes in which suites run.

    What we compute is small, and the threads spin for a while after they were started: a third of what the parent
    of a short run takes of the processor.
    """
    if _BLAS_THREADS in os.environ:
        yield
        return
    os.environ[_BLAS_THREADS] = "1"
    try:
        yield
    finally:
        del os.environ[_BLAS_THREADS]


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 measured, 1 regressed, 2 wrong call, 3 a variant is broken, 4 nothing measured or not "
    "comparable, 5 too noisy (with --strict), 130 interrupted.",
)
@click.version_option(__version__, prog_name="patternbench")
def group() -> None:
    """Which of these implementations, under which conditions, and could this run even tell?

    \b
    Example:
      patternbench run my_suite.py
      patternbench run records caching --budget standard --json out.json
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    try:
        outcome: Any = group.main(args=arguments, prog_name="patternbench", standalone_mode=False)
    except HarnessError as error:
        click.echo(f"patternbench: {error.args[0]}\n  remedy: {error.remedy}", err=True)
        return Code.USAGE
    except click.ClickException as error:
        error.show()
        return Code.USAGE
    except (click.Abort, KeyboardInterrupt):
        return Code.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be said to it, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Code.OK
    return outcome if isinstance(outcome, int) else Code.OK


def entry() -> None:
    """The console script."""
    sys.exit(main())
