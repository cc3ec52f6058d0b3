"""`patternbench report`: the site, built again from what is stored."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from patternbench.cli.stored import REPORTS, SITE, all_sessions, rebuilt_site
from patternbench.verdict import Code


@click.command("report")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=REPORTS, show_default=True,
              help="Folder with the sessions; the site goes beside them.")  # fmt: skip
@click.option("--open", "show", is_flag=True, help="Open the home page in a browser.")
def command(out: Path, show: bool) -> int:
    """Build the site again from stored sessions, without measuring anything.

    \b
    Example:
      patternbench report
      patternbench report --out nightly-reports --open
    """
    sessions, _ = all_sessions(out)
    for sentence in rebuilt_site(out):
        click.echo(f"left out: {sentence}", err=True)
    home = out / SITE / "index.html"
    click.echo(f"{home}: {len(sessions)} session{'' if len(sessions) == 1 else 's'}")
    if show:
        webbrowser.open(home.resolve().as_uri())
    return Code.OK if sessions else Code.NOTHING_MEASURED
