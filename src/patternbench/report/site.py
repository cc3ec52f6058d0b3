"""The static site: a home page with a card per question, a page per suite, and the data behind them.

`build_site` writes plain HTML that opens from disk, asks for nothing from anywhere, and works without JavaScript. The
same sessions give the same bytes. What pages say is decided here and in `answer` and `wording`; templates only lay out.
"""

from __future__ import annotations

import json
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from patternbench.errors import DocumentError
from patternbench.reading import MeterInfo
from patternbench.report import quantity, wording
from patternbench.report.answer import case_answer, clauses
from patternbench.report.error_rates import Table, facts, tables
from patternbench.report.error_rates import answer as answer_of
from patternbench.report.figures import (
    Figure,
    distribution,
    peer_powers,
    powers,
    process_medians,
    ratio_intervals,
    scaling,
    time_memory,
)
from patternbench.report.figures.canvas import looks
from patternbench.report.peers import peer_answer, peer_facts, peer_tables
from patternbench.report.plain_text import visible
from patternbench.report.publication import Finding, environments, file_names, newest, publishable
from patternbench.report.ranking import (
    case_title,
    differing_counters,
    headline_case,
    in_order,
    measured,
    ranked,
    variant_of,
)
from patternbench.report.readings import reading_tables
from patternbench.report.shape import (
    growth_words,
    pair_words,
    rest_of_pairs,
    shape_title,
    skipped,
    told_pairs,
)
from patternbench.report.standing import CASE_WEIGHTS, by_mean, cells, suite_lines
from patternbench.selfcheck.document import document_text as check_text
from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.peers.document import peers_text
from patternbench.selfcheck.peers.outcome import PeerCheck
from patternbench.session import CaseResult, ComparisonResult, Pair, Session, Shape, VariantResult
from patternbench.statistics.standing import suite_means
from patternbench.storage.csv_export import csv_text
from patternbench.storage.document import document_text
from patternbench.verdict import Status, Verdict

PAGE_BYTES = 245_000
"""Most bytes of a suite page. What does not fit is named and linked as data: first the tables of cases other than the
headline, where they would crowd out every figure, then the figures that tell least."""

_FIGURE_SHARE = 0.3
_MARKUP_BYTES = 900
_CELL_BYTES = 26

_MANIFEST = "site.json"
"""Marks a folder as ours, so that a rebuild may replace it."""

_CHECK_DATA, _PEERS_DATA = "data/selfcheck.json", "data/peers.json"
_CHECK_PICTURES = "self-check-"
_BARS = 3
_HEAT_STEPS = ((2.0, 3), (1.25, 2), (1.05, 1))
_CLASSES = {
    Verdict.BASELINE: "baseline",
    Verdict.FASTER: "faster",
    Verdict.SLOWER: "slower",
    Verdict.SAME: "same",
    Verdict.UNDECIDED: "undecided",
    Verdict.BROKEN: "broken",
    Verdict.NOT_MEASURED: "missing",
}


def build_site(
    sessions: Sequence[Session], out: Path, self_check: SelfCheck | None = None, peers: PeerCheck | None = None
) -> list[Path]:
    """Write the site into `out`, whole or not at all, and give the files written.

    Args:
        sessions: any number, from one machine or several; the newest of each question is shown.
        out: replaced if it holds an earlier site, made if it does not exist.
        self_check: what the page on the method shows; None says that there is none yet.
        peers: where other tools stand, for the same page; None leaves them out.

    Raises:
        DocumentError: `out` holds something that is no earlier site.
        OSError: `out` cannot be written.
    """
    out = out.absolute()
    _refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        staging.chmod(0o755)
        for name, content in _contents([publishable(each) for each in sessions], self_check, peers).items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode("utf-8", "backslashreplace"))
        _swap(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return sorted(each for each in out.rglob("*") if each.is_file())


def _contents(sessions: Sequence[Session], self_check: SelfCheck | None, peers: PeerCheck | None) -> dict[str, str]:
    """Every file of the site by its relative name."""
    findings = newest(sessions)
    used = list({id(each.session): each.session for each in findings}.values())
    documents = file_names(each.session.id for each in used)
    contents: dict[str, str] = {}
    for session in used:
        contents[f"data/{documents[session.session.id]}.json"] = document_text(session)
        contents[f"data/{documents[session.session.id]}.csv"] = csv_text(session)
    suites = file_names(dict.fromkeys(each.comparison.suite for each in findings))
    comparisons = file_names(each.comparison.id for each in findings)
    views = [_view(each, documents, comparisons, at) for at, each in enumerate(findings)]
    templates = _templates()
    shared = {
        "css": Markup(files("patternbench.report").joinpath("static/report.css").read_text("utf-8")),  # noqa: S704 - ours
        "legend": wording.LEGEND,
    }
    pages: list[dict[str, Any]] = []
    for suite, file in suites.items():
        mine = [each for each in views if each.suite == suite]
        shown = [each for each in findings if each.comparison.suite == suite]
        pages.append(
            {"name": visible(suite), "href": f"suite/{file}.html", "views": mine, "means": _suite_means(shown)}
        )
        for view in mine:
            for figure in view.figures:
                contents[f"data/{view.file}-{figure.kind}.csv"] = figure.csv
    for page in pages:
        told: dict[str, Any] = {
            **shared,
            "root": "../",
            "suite": page,
            "pages": pages,
            "environments": _environments(findings, page["name"]),
        }
        template = templates.get_template("suite.html.j2")
        bare = len(template.render(told).encode("utf-8", "replace"))
        if bare > PAGE_BYTES * (1 - _FIGURE_SHARE):
            _shorten(page["views"])
            bare = len(template.render(told).encode("utf-8", "replace"))
        _within_budget(page["views"], PAGE_BYTES - bare)
        contents[str(page["href"])] = template.render(told)
    contents["index.html"] = templates.get_template("index.html.j2").render(
        **shared, root="", pages=pages, status=_status(findings, used), environments=_environments(findings, None)
    )
    contents["method.html"] = templates.get_template("method.html.j2").render(
        **shared, root="", pages=pages, check=_method(self_check), peers=_other_tools(peers)
    )
    if self_check is not None:
        contents[_CHECK_DATA] = check_text(self_check)
        contents |= {f"data/{_CHECK_PICTURES}{each.kind}.csv": each.csv for each in powers(self_check)}
    if peers is not None:
        contents[_PEERS_DATA] = peers_text(peers)
        contents |= {f"data/{each.kind}.csv": each.csv for each in peer_powers(peers)}
    contents[f"data/{_MANIFEST}"] = (
        json.dumps({"generator": "patternbench", "files": sorted(contents)}, indent=1) + "\n"
    )
    return contents


def _method(check: SelfCheck | None) -> dict[str, Any] | None:
    """A self-check as the page on the method wants it."""
    if check is None:
        return None
    return {
        "answer": visible(answer_of(check)),
        "facts": [(term, visible(text)) for term, text in facts(check)],
        "complete": check.complete,
        **_shown(tables(check), powers(check), _CHECK_PICTURES),
        "not_counted": check.verification.not_counted,
        "data": _CHECK_DATA,
    }


def _other_tools(check: PeerCheck | None) -> dict[str, Any] | None:
    """A study of other tools, likewise."""
    if check is None:
        return None
    return {
        "answer": visible(peer_answer(check)),
        "facts": [(term, visible(text)) for term, text in peer_facts(check)],
        "complete": check.complete,
        **_shown(peer_tables(check), peer_powers(check), ""),
        "data": _PEERS_DATA,
    }


def _shown(found: Sequence[Table], pictures: Sequence[Figure], prefix: str) -> dict[str, Any]:
    """Tables and figures as the template lays them out; `prefix` stands before the names of the figures' files."""
    return {
        "tables": [
            {
                "id": each.kind,
                "title": each.title,
                "caption": each.caption,
                "names": each.names,
                "columns": each.columns,
                "rows": [[visible(cell) for cell in row] for row in each.rows],
            }
            for each in found
        ],
        "figures": [
            {
                "id": each.kind,
                "title": each.title,
                "caption": each.caption,
                "svg": _labelled(each.svg, f"{each.kind}-t"),
                "csv": f"data/{prefix}{each.kind}.csv",
            }
            for each in pictures
        ],
    }


def _suite_means(findings: Sequence[Finding]) -> list[str]:
    """The suite as a whole, a line per baseline; none where its questions were measured in several environments."""
    if len({each.session.environment.fingerprint for each in findings}) > 1:
        return []
    return suite_lines(suite_means([each.comparison for each in findings]), None)


@dataclass(slots=True)
class _View:
    """One comparison as templates want it."""

    suite: str
    file: str
    anchor: str
    question: str
    detail: str
    guide: str
    id: str
    answer: str
    troubles: str
    caveat: str
    baseline: str
    measured: bool
    memory: str
    precision: str
    left_out: int
    bars: list[dict[str, Any]]
    heat: dict[str, Any] | None
    standings: list[dict[str, Any]]
    weights: str
    shapes: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    code: list[dict[str, Any]]
    command: str
    session: dict[str, Any]
    figures: list[Figure]
    drawn: list[dict[str, Any]] = field(default_factory=list)
    withheld: list[Figure] = field(default_factory=list)


def _view(found: Finding, documents: dict[str, str], names: dict[str, str], at: int) -> _View:
    comparison, session = found.comparison, found.session
    case = headline_case(comparison)
    return _View(
        suite=comparison.suite,
        file=names[comparison.id],
        anchor=f"q{at + 1}",
        question=visible(comparison.question),
        detail=visible(comparison.detail),
        guide=visible(comparison.guide),
        id=visible(comparison.id),
        answer=clauses(comparison)[0],
        troubles=clauses(comparison)[1],
        caveat=visible(comparison.caveat),
        baseline=visible(comparison.baseline),
        measured=bool(measured(comparison)),
        memory=wording.memory_note(case, comparison.baseline) if case else "",
        precision=wording.precision(case) if case else "",
        left_out=comparison.left_out,
        bars=_bars(case, comparison.baseline) if case else [],
        heat=_heat(comparison),
        standings=_standings(comparison),
        weights=CASE_WEIGHTS,
        shapes=[_shape(each, comparison) for each in comparison.shapes],
        cases=[
            _case(each, comparison, f"q{at + 1}-{index}", case, session.meters)
            for index, each in enumerate(comparison.cases)
        ],
        code=[
            {
                "name": visible(each.name),
                "summary": visible(each.summary),
                "source": _lines(each.source),
                "is_async": each.is_async,
            }
            for each in comparison.variants
        ],
        command=shlex.quote(visible(comparison.id)),
        session={
            "date": visible(session.session.started),
            "budget": visible(session.session.budget),
            "seed": session.session.seed,
            "python": f"{visible(session.environment.implementation)} {visible(session.environment.python)}",
            "fingerprint": visible(session.environment.fingerprint),
            "href": f"data/{documents[session.session.id]}",
        },
        figures=_figures(comparison, case, f"q{at + 1}") if case else [],
    )


def _figures(comparison: ComparisonResult, case: CaseResult, anchor: str) -> list[Figure]:
    order = [each.name for each in ranked(case)]
    look = looks(order, comparison.baseline)
    made = (
        ratio_intervals(case, comparison.baseline, f"{anchor}r"),
        scaling(comparison, look, f"{anchor}s"),
        time_memory(case, look, f"{anchor}m"),
        distribution(case, look, f"{anchor}d"),
        process_medians(case, look, f"{anchor}p"),
    )
    return [each for each in made if each is not None]


def _shorten(views: list[_View]) -> None:
    """Leave of every case but the headline one sentence, and of pairs those that cross; the data hold the rest."""
    for view in views:
        for shape in view.shapes:
            shape["others"] = []
        for case in view.cases:
            case["brief"] = case["measured"] and not case["open"]


def _within_budget(views: list[_View], room: int) -> None:
    """Draw figures, the most telling of every comparison first, as long as the page has room for them."""
    kept: set[tuple[str, str]] = set()
    for place in range(max((len(each.figures) for each in views), default=0)):
        for view in views:
            if place < len(view.figures):
                figure = view.figures[place]
                cost = (
                    len(figure.svg.encode())
                    + _MARKUP_BYTES
                    + _CELL_BYTES * len(figure.columns) * (len(figure.rows) + 1)
                )
                if cost <= room:
                    room -= cost
                    kept.add((view.anchor, figure.kind))
    for view in views:
        view.withheld = [each for each in view.figures if (view.anchor, each.kind) not in kept]
        view.drawn = [
            {
                "id": f"{view.anchor}-{each.kind}",
                "title": each.title,
                "caption": each.caption,
                "svg": _labelled(each.svg, f"{view.anchor}-{each.kind}-t"),
                "columns": [visible(column) for column in each.columns],
                "rows": [[_cell(cell) for cell in row] for row in each.rows]
                if len(each.columns) <= _MOST_COLUMNS
                else [],
                "csv": f"data/{view.file}-{each.kind}.csv",
            }
            for each in view.figures
            if (view.anchor, each.kind) in kept
        ]


_MOST_COLUMNS = 24


def _labelled(picture: str, title: str) -> Markup:
    """The picture as one image whose name is the heading with that id."""
    named = picture.replace("<svg ", f'<svg role="img" aria-labelledby="{title}" ', 1)
    return Markup(named)  # noqa: S704 - drawn by us; every text in it was escaped when it was serialised


def _cell(cell: str | float | None) -> str:
    if cell is None:
        return "–"
    return visible(cell) if isinstance(cell, str) else f"{cell:.4g}"


def _bars(case: CaseResult, baseline: str) -> list[dict[str, Any]]:
    """The best variants and the baseline as bars from zero, the longest of them filling the width."""
    order = [each for each in ranked(case) if each.ratio is not None]
    shown = order[:_BARS]
    base = variant_of(case, baseline)
    if base is not None and base.ratio is not None and base not in shown:
        shown.append(base)
    longest = max((each.ratio.high for each in shown if each.ratio), default=1.0)
    return [
        {
            "name": visible(each.name),
            "css": _CLASSES[each.verdict],
            "width": f"{100 * each.ratio.point / longest:.1f}",
            "left": f"{100 * each.ratio.low / longest:.1f}",
            "whisker": f"{100 * (each.ratio.high - each.ratio.low) / longest:.1f}",
            "is_baseline": each.verdict is Verdict.BASELINE,
            "time": quantity.duration(each.time.median_s) if each.time else "",
            "words": f"{each.verdict.symbol} {quantity.times_with_interval(each.ratio)}",
            "ratio": f"{each.verdict.symbol} {quantity.times(each.ratio.point)}".strip(),
        }
        for each in shown
        if each.ratio
    ]


def _heat(comparison: ComparisonResult) -> dict[str, Any] | None:
    """Variants by cases; None where a single case says as much in its own table."""
    cases = measured(comparison)
    if len(cases) < 2:
        return None
    names = dict.fromkeys(
        [each.name for each in comparison.variants] + [v.name for case in cases for v in case.variants]
    )
    return {
        "columns": [case_title(case.params) or "all" for case in cases],
        "rows": [
            {"name": visible(name), "cells": [_heat_cell(variant_of(case, name)) for case in cases]} for name in names
        ],
    }


def _heat_cell(variant: VariantResult | None) -> dict[str, str]:
    if variant is None:
        return {"css": "", "text": "–", "label": "not in this case"}
    if variant.ratio is None:
        return {"css": _CLASSES[variant.verdict], "text": variant.verdict.symbol, "label": str(variant.verdict)}
    if variant.verdict is Verdict.BASELINE:
        return {
            "css": "baseline",
            "text": quantity.duration(variant.time.median_s) if variant.time else "",
            "label": "baseline",
        }
    ratio = variant.ratio
    css = ""
    if variant.verdict in {Verdict.FASTER, Verdict.SLOWER} and ratio.excludes_one():
        size = max(ratio.point, 1 / ratio.point)
        step = next((step for bound, step in _HEAT_STEPS if size >= bound), 0)
        css = f"{'f' if ratio.point < 1 else 'l'}{step}" if step else ""
    return {
        "css": css,
        "text": f"{variant.verdict.symbol} {quantity.times(ratio.point)}",
        "label": f"{wording.verdict_words(variant)} {quantity.interval(ratio)}",
    }


def _standings(comparison: ComparisonResult) -> list[dict[str, Any]]:
    """Where each variant leads, and its mean over the cells; empty where there is one cell."""
    return [
        {
            "name": visible(each.variant),
            "alone": cells(each.first_alone, comparison) or "–",
            "shared": cells(each.first_shared, comparison) or "–",
            "cells": each.cells,
            "mean": "baseline"
            if each.variant == comparison.baseline
            else quantity.times_with_interval(each.mean)
            if each.mean
            else "–",
            "range": f"{quantity.times(each.least)} to {quantity.times(each.greatest)}"
            if each.least and each.greatest and each.variant != comparison.baseline
            else "–",
        }
        for each in by_mean(comparison.standings)
    ]


def _shape(shape: Shape, comparison: ComparisonResult) -> dict[str, Any]:
    crossing = told_pairs(shape, comparison)
    others = [pair for pair in shape.pairs if not pair.crossovers]
    return {
        "title": shape_title(shape),
        "axis": visible(shape.axis),
        "skipped": skipped(shape),
        "growths": [
            {
                "name": visible(each.variant),
                "words": growth_words(each),
                "misfit": quantity.percent(each.misfit),
            }
            for each in shape.growths
        ],
        "crossing": [_pair(pair, shape) for pair in crossing],
        "others": [_pair(pair, shape) for pair in others],
        "rest": rest_of_pairs(shape, len(crossing)),
    }


def _pair(pair: Pair, shape: Shape) -> dict[str, str]:
    return {"names": f"{visible(pair.first)}, {visible(pair.second)}", "words": pair_words(pair, shape)}


def _case(
    case: CaseResult,
    comparison: ComparisonResult,
    anchor: str,
    headline: CaseResult | None,
    meters: Sequence[MeterInfo],
) -> dict[str, Any]:
    kind = wording.memory_kind(case)
    counters = list(dict.fromkeys(name for each in case.variants for name in each.counters))
    differing = differing_counters(case)
    is_measured = case.status is Status.OK and bool(case.variants)
    return {
        "anchor": anchor,
        "title": case_title(case.params),
        "open": case is headline,
        "brief": False,
        "measured": is_measured,
        "answer": case_answer(case, comparison.baseline),
        "reason": visible(case.reason or ""),
        "precision": wording.precision(case),
        "effort": wording.effort(case),
        "memory_heading": {"per object": "bytes per object", "peak": "peak memory"}.get(kind or "", ""),
        "counters": [{"name": visible(name), "differs": name in differing} for name in counters],
        "rows": [_row(each, case, comparison.baseline, kind, counters) for each in in_order(case)],
        "readings": reading_tables(case, comparison.baseline, meters),
        "broken": [
            {
                "name": visible(each.name),
                "symbol": each.verdict.symbol,
                "css": _CLASSES[each.verdict],
                "why": wording.why(each),
                "log": "\n".join(visible(line) for line in each.log),
            }
            for each in case.variants
            if wording.why(each)
        ],
        "notes": [{"name": visible(each.name), "text": visible(note)} for each in case.variants for note in each.notes],
    }


def _row(
    variant: VariantResult, case: CaseResult, baseline: str, kind: str | None, counters: list[str]
) -> dict[str, Any]:
    time, ratio = variant.time, variant.ratio
    amount = wording.memory_of(variant, kind) if kind else None
    is_baseline = variant.verdict is Verdict.BASELINE
    return {
        "rank": variant.rank or "",
        "name": visible(variant.name),
        "css": _CLASSES[variant.verdict],
        "median": quantity.duration(time.median_s) if time else "–",
        "p95": quantity.duration(time.p95_s) if time else "–",
        "ratio": "×1.00" if is_baseline else quantity.times(ratio.point) if ratio else "–",
        "interval": quantity.interval(ratio) if ratio and not is_baseline else "",
        "difference": _difference(variant, variant_of(case, baseline)),
        "symbol": variant.verdict.symbol.strip(),
        "words": wording.verdict_words(variant),
        "memory": f"{quantity.size(amount)} {wording.memory_symbol(variant, case, baseline, kind)}".strip()
        if amount is not None and kind
        else "–",
        "counters": [
            visible(quantity.count(variant.counters[name])) if name in variant.counters else "–" for name in counters
        ],
    }


def _difference(variant: VariantResult, base: VariantResult | None) -> str:
    if variant.time is None or base is None or base.time is None or variant.verdict is Verdict.BASELINE:
        return ""
    # Taken from the ratio, so that it cannot contradict it: medians of blocks and of block ratios may differ.
    if variant.ratio is None:
        return ""
    change = (variant.ratio.point - 1) * base.time.median_s
    return f"{'-' if change < 0 else '+'}{quantity.duration(abs(change))}"


def _status(findings: Sequence[Finding], sessions: Sequence[Session]) -> dict[str, Any]:
    answered = sum(bool(measured(each.comparison)) for each in findings)
    broken = {
        (each.comparison.id, variant.name)
        for each in findings
        for case in each.comparison.cases
        for variant in case.variants
        if variant.verdict is Verdict.BROKEN
    }
    latest = max(sessions, key=lambda each: each.session.started, default=None)
    parts = [f"{answered} of {len(findings)} questions answered"]
    if broken:
        parts.append(f"{len(broken)} broken {'variant' if len(broken) == 1 else 'variants'} ☠")
    checks_passed = all(wording.self_check_passed(each.session) for each in sessions)
    if latest is not None:
        parts += [text for text in (wording.self_check(latest.session),) if text]
        parts.append(f"newest run {visible(latest.session.started)}, budget {visible(latest.session.budget)}")
    return {
        "text": " · ".join(parts),
        "warn": bool(broken) or not checks_passed,
        "mixed": len({each.environment.fingerprint for each in sessions}),
    }


def _environments(findings: Sequence[Finding], suite: object) -> list[dict[str, Any]]:
    """What the figures of a suite, or of all of them, depend on: one entry per environment."""
    mine = [each for each in findings if suite is None or visible(each.comparison.suite) == suite]
    entries: list[dict[str, Any]] = []
    for session in environments(mine):
        where, machine = session.environment, session.environment.machine
        shown = [each.comparison.id for each in mine if each.session.environment.fingerprint == where.fingerprint]
        virtual = machine.virtual or "no virtualisation seen"
        facts = (
            ("Python", f"{where.implementation} {where.python}, {where.build}"),
            ("Processor", f"{machine.cpu}, {machine.cores} cores, {quantity.size(machine.memory_bytes)}"),
            ("System", f"{machine.system} {machine.kernel}, {machine.libc}, {virtual}"),
            ("Libraries", ", ".join(f"{name} {version}" for name, version in sorted(where.packages.items()))),
            ("patternbench", session.session.version or "unknown"),
            ("Own cost", wording.overhead(session.session)),
            ("Fingerprint", where.fingerprint),
        )
        entries.append(
            {
                "facts": [(term, visible(text)) for term, text in facts if text],
                "questions": [visible(each) for each in shown],
            }
        )
    return entries


def _lines(source: str) -> str:
    """Source text with its line structure, otherwise as harmless as any other text."""
    out = []
    for line in source.splitlines():
        body = line.lstrip(" \t")
        out.append(line[: len(line) - len(body)] + _spaced(body))
    return "\n".join(out)


def _spaced(body: str) -> str:
    """Like `visible`, with inner runs of spaces kept."""
    return " ".join(visible(part) for part in body.split(" "))


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("patternbench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _refuse_foreign(out: Path) -> None:
    if not out.exists():
        return
    if out.is_dir() and (not any(out.iterdir()) or (out / "data" / _MANIFEST).is_file()):
        return
    raise DocumentError(
        f"{out.name} holds something that is no earlier report", remedy="choose an empty or a new folder"
    )


def _swap(staging: Path, out: Path) -> None:
    """Put the new site where the old one is; the old one comes back if that fails."""
    if not out.exists():
        staging.rename(out)
        return
    old = staging.with_name(f"{staging.name}.old")
    out.rename(old)
    try:
        staging.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
