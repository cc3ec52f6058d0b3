"""`patternbench selfcheck --against`: other tools, asked about the same work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import IO

import click
from rich.console import Console

from patternbench import __version__
from patternbench.cli.stored import SITE, rebuilt_site
from patternbench.environment import environment
from patternbench.errors import SelectionError
from patternbench.experiment.conclusion import drawn_seed, session_id, timestamp
from patternbench.report import quantity
from patternbench.report.peers import print_peers, published_peers
from patternbench.selfcheck.document import FOLDER
from patternbench.selfcheck.peers import OURS, PEERS
from patternbench.selfcheck.peers.document import PEERS_DOCUMENT, peers_text, unfinished_peers, write_peers
from patternbench.selfcheck.peers.outcome import Outcome
from patternbench.selfcheck.peers.peer import Peer, Setting
from patternbench.selfcheck.peers.plan import PEER_SCOPES, PeerScope, expected_s, narrowed, ordered
from patternbench.selfcheck.peers.server import unit_server
from patternbench.selfcheck.peers.study import REHEARSALS, PeerHeading, PeerStudy
from patternbench.selfcheck.units import UNITS
from patternbench.session import Environment
from patternbench.storage.replacement import replaced
from patternbench.verdict import Code

OTHERS = tuple(tool for tool in PEERS if tool != OURS)
ALL = "all"
_LOG_WIDTH = 160
__all__ = [
    "ALL",
    "OTHERS",
    "PEER_SCOPES",
    "Output",
    "ask_all",
    "ask_the_rest",
    "chosen",
    "listed",
    "narrowed",
]


def chosen(against: str) -> tuple[str, ...]:
    """The tools that a command line names, ours first.

    Args:
        against: names with commas between, or `ALL`.

    Raises:
        SelectionError: there is no such tool.
    """
    named = OTHERS if against == ALL else tuple(name.strip() for name in against.split(",") if name.strip())
    for name in named:
        if name not in PEERS:
            raise SelectionError(
                f"there is no tool {name!r} to ask", remedy=f"choose from {', '.join(OTHERS)}, or {ALL}"
            )
    return (OURS, *(tool for tool in OTHERS if tool in named))


@dataclass(frozen=True, slots=True)
class Output:
    """Where what was found goes.

    Attributes:
        out: folder of reports.
        json_path: also write the document there; "-" is standard output, None nowhere.
        site: build the pages.
        verbose: all tables.
    """

    out: Path
    json_path: str | None
    site: bool
    verbose: bool


def listed(scope: PeerScope) -> str:
    """What would be asked, and how long it will take."""
    peers = _peers(scope.tools)
    asks = ordered(scope, {tool: peer.settings for tool, peer in peers.items()}, seed=1)
    lines = [f"{unit} ({UNITS[unit].kind}): {UNITS[unit].summary}" for unit in scope.units]
    for tool in peers:
        mine = [ask for ask in asks if ask.tool == tool]
        lines.append(
            f"{tool}: {len(mine)} questions, {sum(ask.percent == 0 for ask in mine)} of them on identical code"
        )
    return "\n".join([*lines, f"{len(asks)} questions, {_length(scope, peers)} on a quiet machine"])


def ask_all(scope: PeerScope, seed: int | None, output: Output) -> int:
    """Begin a study and ask all there is to ask."""
    here = environment()
    peers = _peers(scope.tools)
    versions = {tool: peer.version() for tool, peer in peers.items()}  # before anything is written
    heading = PeerHeading(
        id=session_id(),
        started=timestamp(),
        seed=drawn_seed() if seed is None else seed,
        scope=scope,
        versions=versions,
        fingerprint=here.fingerprint,
    )
    click.echo(f"asking {', '.join(scope.tools)}: {_length(scope, peers)} on a quiet machine", err=True)
    folder = output.out / FOLDER / heading.id
    return _finished(PeerStudy(folder, peers, heading), here, folder, output)


def ask_the_rest(output: Output) -> int:
    """Go on with the newest study that was cut short."""
    here = environment()  # first: in a source tree, what is read afterwards would load more distributions
    folder = unfinished_peers(output.out)
    study = PeerStudy(folder, _peers(PEERS))
    changed = study.heading.fingerprint != here.fingerprint
    if changed or any(peer.version() != study.heading.versions[tool] for tool, peer in study.peers.items()):
        raise SelectionError(
            f"the study {study.heading.id} was begun in another environment", remedy="start anew without --resume"
        )
    return _finished(study, here, folder, output)


def _finished(study: PeerStudy, here: Environment, folder: Path, output: Output) -> int:
    interrupted = _asked(study)
    check = study.concluded(here, finished=timestamp(), version=__version__)
    for name, content in published_peers(check).items():
        replaced(folder / name, content.encode("utf-8"))
    stream: IO[str] = sys.stderr if output.json_path == "-" else sys.stdout
    if output.json_path == "-":
        sys.stdout.write(peers_text(check))
    elif output.json_path is not None:
        write_peers(check, Path(output.json_path))
    print_peers(check, _console(stream), verbose=output.verbose)
    click.echo(f"Study: {folder / PEERS_DOCUMENT}", file=stream)
    if output.site and check.scores:
        rebuilt_site(output.out)
        click.echo(f"Report: {output.out / SITE / 'method.html'}", file=stream)
    if interrupted:
        click.echo(
            "Interrupted; what was answered is kept: go on with  patternbench selfcheck --against all --resume",
            file=stream,
        )
    code = Code.INTERRUPTED if interrupted else Code.OK if check.scores else Code.NOTHING_MEASURED
    click.echo(f"verdict={code.word} code={int(code)}", file=stream)
    return code


def _console(stream: IO[str]) -> Console:
    """Wide where nobody sets the width: in a log, a table broken into ribbons helps no one."""
    return Console(
        file=stream, highlight=False, width=None if stream.isatty() or "COLUMNS" in os.environ else _LOG_WIDTH
    )


def _asked(study: PeerStudy) -> bool:
    """Prepare the tools and ask what remains; whether an interrupt ended it."""
    pace = _Pace(study)
    try:
        with (
            TemporaryDirectory(prefix="patternbench-peers-", ignore_cleanup_errors=True) as tools,
            unit_server() as served,
        ):
            study.prepare(Path(tools), served, lambda tool: click.echo(f"preparing {tool}", err=True))
            pace.begin()
            study.run(served, watch=pace)
    except KeyboardInterrupt:
        return True
    return False


@dataclass(slots=True)
class _Pace:
    """Tells each answer on standard error, with the time that is left."""

    study: PeerStudy
    clock: Callable[[], float] = monotonic
    _began: float = field(default=0.0, init=False)
    _expected_s: dict[int, float] = field(default_factory=dict, init=False)
    _done_s: float = field(default=0.0, init=False)

    def begin(self) -> None:
        """The first question is about to be asked."""
        scope = self.study.heading.scope
        self._began = self.clock()
        self._expected_s = {
            ask.number: expected_s(ask, self.study.peers, scope.decision_s) for ask in self.study.remaining
        }

    def __call__(self, found: Outcome) -> None:
        self._done_s += self._expected_s[found.ask.number]
        left_s = sum(self._expected_s.values()) - self._done_s
        pace = (self.clock() - self._began) / self._done_s
        click.echo(
            f"[{len(self.study.outcomes)}/{len(self.study.plan)}] {told(found)}; "
            f"{quantity.elapsed(left_s * pace)} left",
            err=True,
        )


def told(found: Outcome) -> str:
    """An answer in a line: `asv as it comes, sort +5 %: slower ×1.06 in 3.1 s`."""
    ask = found.ask
    how = "as it comes" if ask.setting is Setting.DEFAULT else "in the budget"
    said = f"no answer: {found.reason}"
    if found.readings:
        first = found.readings[0]
        said = f"{first.verdict} {first.log_ratio * 100:+.1f} % in {found.seconds:.1f} s"
    return f"{ask.tool} {how}, {ask.unit} {ask.percent:+d} %: {said}"


def _peers(tools: Sequence[str] | Mapping[str, object]) -> dict[str, Peer]:
    return {tool: PEERS[tool]() for tool in tools}


def _length(scope: PeerScope, peers: Mapping[str, Peer]) -> str:
    asks = ordered(scope, {tool: peer.settings for tool, peer in peers.items()}, seed=1)
    rehearsed = sum(Setting.BUDGET in peer.settings for peer in peers.values())
    total_s = sum(expected_s(ask, peers, scope.decision_s) for ask in asks) + REHEARSALS * rehearsed * scope.decision_s
    return f"about {quantity.elapsed(total_s)}"
