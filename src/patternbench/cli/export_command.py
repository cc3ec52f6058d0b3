"""`patternbench export`: a stored session in another tool's form."""

from __future__ import annotations

from pathlib import Path

import click

from patternbench.cli.stored import REPORTS, sessions_folder, stored_session, target
from patternbench.cli.suites import found
from patternbench.errors import SelectionError
from patternbench.storage.csv_export import csv_text
from patternbench.storage.document import document_text
from patternbench.storage.journal import read_journal
from patternbench.storage.pyperf_export import write_pyperf
from patternbench.storage.samples import series_of


@click.command("export")
@click.argument("session", default="newest")
@click.option("--format", "form", type=click.Choice(["json", "csv", "pyperf"]), default="csv", show_default=True)
@click.option(
    "--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else standard output."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=REPORTS, show_default=True,
              help="Folder with the sessions.")  # fmt: skip
def command(session: str, form: str, path: Path | None, out: Path) -> int:
    """Write a stored SESSION (an id, the start of one, a path, or `newest`) as pyperf JSON, CSV or its document.

    \b
    Example:
      patternbench export newest --format pyperf --to samples.json
      python -m pyperf hist samples.json
    """
    if path is not None:
        target(path)
    stored = stored_session(session, out)
    if form == "pyperf":
        if path is None:
            raise SelectionError("pyperf JSON needs a file", remedy="name one with --to samples.json")
        heading, replays = read_journal(sessions_folder(out) / stored.session.id)
        declarations, _ = found(heading.selectors)
        write_pyperf(
            path,
            (
                series
                for declared in declarations
                for series in series_of(
                    declared, {case: replay.observed for case, replay in replays.get(declared.id, {}).items()}
                )
            ),
        )
        return 0
    text = csv_text(stored) if form == "csv" else document_text(stored)
    if path is None:
        click.echo(text, nl=False)
    else:
        path.write_text(text, "utf-8")
    return 0
