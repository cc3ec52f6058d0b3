"""The summary that a CI service shows beside a job, as Markdown: the verdict, a row per question, the rest folded."""

from __future__ import annotations

import re

from patternbench.places import without_paths
from patternbench.report import quantity, wording
from patternbench.report.answer import finding
from patternbench.report.plain_text import visible
from patternbench.report.ranking import case_title, headline_case, in_order, measured
from patternbench.session import CaseResult, ComparisonResult, Session
from patternbench.verdict import Verdict

MOST_BYTES = 900_000
"""Services refuse a summary of more than 1 MiB."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$@<>&])")
_CUT = "\n\nThe rest was cut to keep the summary short; the report holds all of it.\n"


def step_summary(session: Session) -> str:
    """The session in Markdown, at most `MOST_BYTES` bytes, nothing in it taken for markup or a machine's path."""
    comparisons = session.comparisons
    lines = [f"### {_headline(comparisons)}", ""]
    if comparisons:
        lines += ["| | question | answer |", "|---|---|---|"]
        lines += [f"| {_symbol(each)} | {_text(each.question)} | {_text(finding(each))} |" for each in comparisons]
        lines.append("")
    for each in comparisons:
        if each.caveat:
            lines += [f"⚠ {_text(each.id)}: {_text(each.caveat)}", ""]
    facts = [wording.self_check(session.session), f"{session.environment.implementation} {session.environment.python}"]
    lines += [" · ".join(_text(each) for each in facts if each), ""]
    whole = "\n".join(lines)
    for each in comparisons:
        block = _folded(each)
        if len((whole + block + _CUT).encode()) > MOST_BYTES:
            whole += _CUT
            break
        whole += block
    return _bounded(whole)


def _headline(comparisons: tuple[ComparisonResult, ...]) -> str:
    if not comparisons:
        return "∅ Nothing was measured"
    answered = sum(bool(measured(each)) for each in comparisons)
    broken = sum(_broken(each) for each in comparisons)
    text = f"{answered} of {len(comparisons)} questions answered"
    if broken:
        return f"☠ {broken} broken {'variant' if broken == 1 else 'variants'}, {text}: action needed"
    return text


def _broken(comparison: ComparisonResult) -> int:
    return len({each.name for case in comparison.cases for each in case.variants if each.verdict is Verdict.BROKEN})


def _symbol(comparison: ComparisonResult) -> str:
    if _broken(comparison):
        return Verdict.BROKEN.symbol
    return "" if measured(comparison) else Verdict.NOT_MEASURED.symbol


def _folded(comparison: ComparisonResult) -> str:
    case = headline_case(comparison)
    if case is None:
        return ""
    title = " ".join(part for part in (visible(comparison.id), case_title(case.params)) if part)
    lines = [f"<details><summary>{_text(title)}</summary>", "", *_table(case), ""]
    lines += [f"{_text(note)}\n" for note in (wording.precision(case),) if note]
    lines += [f"Reproduce: nox -s bench -- {_text(comparison.id)}", "", "</details>", ""]
    return "\n".join(lines)


def _table(case: CaseResult) -> list[str]:
    lines = ["| # | variant | median | ratio | 95 % CI | |", "|---|---|---|---|---|---|"]
    for each in in_order(case):
        cells = [
            each.rank or each.verdict.symbol,
            _text(each.name),
            quantity.duration(each.time.median_s) if each.time else "",
            f"{each.verdict.symbol} {quantity.times(each.ratio.point)}".strip() if each.ratio else each.verdict.symbol,
            _text(quantity.interval(each.ratio)) if each.ratio and each.verdict is not Verdict.BASELINE else "",
            _text(wording.why(each) or wording.verdict_words(each)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _text(text: str) -> str:
    """The text as Markdown shows it letter by letter."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", without_paths(visible(text)))


def _bounded(text: str) -> str:
    content = text.encode()
    if len(content) <= MOST_BYTES:
        return text
    return content[: MOST_BYTES - len(_CUT.encode())].decode("utf-8", "ignore") + _CUT
