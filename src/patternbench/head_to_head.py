"""Snippets and functions against each other: what `patternbench versus` shows and `patternbench.versus` returns.

One rule for the order, in a shell and in Python: read it aloud. `versus NEW OLD` is NEW against OLD, so the last one is
the baseline, and a ratio below 1 says that the one before it is faster.
"""

from __future__ import annotations

import html
import io
import math
import os
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from rich.console import Console

from patternbench import __version__
from patternbench.environment import assembled, environment
from patternbench.errors import BrokenError, HarnessError, SelectionError
from patternbench.estimate import Ratio
from patternbench.experiment.budget import Budget
from patternbench.experiment.carried import snippet_for
from patternbench.experiment.conclusion import drawn_seed, exit_code, load_average, session_id, timestamp
from patternbench.experiment.empty_bodies import measured_overhead
from patternbench.experiment.interpreter import INSIDE, environment_in, found, labels
from patternbench.experiment.run import ComparisonRun, Observer
from patternbench.experiment.selection import Chosen
from patternbench.experiment.snippet import MOST, Contest, Snippet, asked, legend, variant_names
from patternbench.experiment.snippet_suite import snippet_suite
from patternbench.places import without_paths
from patternbench.report import quantity, wording
from patternbench.report.answer import answer
from patternbench.report.plain_text import listed, visible
from patternbench.report.ranking import in_order, variant_of
from patternbench.report.terminal import print_session
from patternbench.session import CaseResult, ComparisonResult, Environment, Session, SessionInfo, VariantResult
from patternbench.statistics.decision import COMPUTING
from patternbench.statistics.self_check import self_check
from patternbench.verdict import Code, Verdict

Candidate = str | Callable[[], object]

_COLUMNS = 100


def contest(
    candidates: Sequence[Candidate],
    *,
    setup: str | Sequence[str] = "",
    python: str | Sequence[str] = (),
    check: bool = True,
    params: Mapping[str, tuple[object, ...]] | None = None,
) -> Contest:
    """What a user asks for, ready to be measured; the last candidate, or else the last interpreter, is the baseline.

    Args:
        candidates: statements, `module:function`, or callables without arguments.
        setup: statements that run once per worker, outside the clock.
        python: versions or paths of interpreters; several compare one candidate with itself.
        check: hold results against each other.
        params: axis to its values.

    Raises:
        SelectionError: there is nothing to compare, or no such interpreter.
        DeclarationError: a function cannot be called or taken to a worker.
    """
    snippets = [asked(each) if isinstance(each, str) else snippet_for(each) for each in candidates]
    pythons = (python,) if isinstance(python, str) else tuple(python)
    _check_counts(snippets, pythons)
    interpreters = [found(each) for each in pythons]
    texts = [each.text for each in snippets]
    prepared = "\n".join(textwrap.dedent(each) for each in ([setup] if isinstance(setup, str) else setup))
    # Workers of another Python have libraries of their own; those of this one see what the caller sees.
    path = () if interpreters else tuple(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100 - "" is the working directory
    terms = Contest("", {}, "", setup=prepared, check=check, path=path, params=params or {})
    if len(interpreters) > 1:
        names = labels(pythons, interpreters)
        return replace(
            terms,
            question=f"Which Python runs it fastest: {' '.join(texts[0].split())}",
            snippets=dict.fromkeys(names, snippets[0]),
            baseline=names[-1],
            interpreters=dict(zip(names, interpreters, strict=True)),
        )
    names = variant_names(texts)
    return replace(
        terms,
        question="Which is fastest?",
        snippets=dict(zip(names, snippets, strict=True)),
        baseline=names[-1],
        interpreters=dict.fromkeys(names, interpreters[0]) if interpreters else {},
        summaries=legend(texts, names),
    )


def _check_counts(snippets: Sequence[Snippet], pythons: Sequence[str]) -> None:
    if not snippets:
        raise SelectionError(
            "there is nothing to measure", remedy="""name two, such as: versus "len(x)" "x.__len__()\""""
        )
    if len(snippets) == 1 and len(pythons) < 2:
        raise SelectionError(
            "one snippet alone compares nothing",
            remedy="give a second one, or two interpreters: --python 3.11 --python 3.13",
        )
    if len(snippets) > 1 and len(pythons) > 1:
        raise SelectionError(
            "several snippets on several interpreters are several questions",
            remedy="give one snippet, or one interpreter",
        )
    if max(len(snippets), len(pythons)) > MOST:
        raise SelectionError(f"more than {MOST} are no table that anyone reads", remedy="ask about fewer at a time")


def measured(
    asked_for: Contest,
    budget: Budget,
    *,
    seed: int | None = None,
    observer: Observer | None = None,
    strict: bool = False,
) -> Session:
    """Measure a contest; an interrupt ends it with what there is, and the session's code says so.

    Raises:
        DeclarationError: a snippet is not Python, or names no function that can be called.
        WorkerError: a process could not be started.
    """
    if INSIDE in os.environ:
        raise SelectionError(
            "versus was called while a worker imported the file that calls it",
            remedy='call it in a function, or under if __name__ == "__main__"',
        )
    began, started, load = monotonic(), timestamp(), load_average()
    seed = drawn_seed() if seed is None else seed
    interrupted = False
    with snippet_suite(asked_for) as chosen:
        overhead = None if asked_for.interpreters else measured_overhead(seed)
        where, builds = _environment(chosen)
        first, *rest = asked_for.snippets.values()
        if any(each != first for each in rest):
            builds = {}  # the variants are snippets, not interpreters
        run = ComparisonRun(chosen, budget, seed=seed, observer=observer)
        try:
            run.measure()
        except KeyboardInterrupt:
            interrupted = True
        result = run.result()
    variants = tuple(replace(each, summary=each.summary or builds.get(each.name, "")) for each in result.variants)
    result = replace(result, variants=variants)
    result = replace(result, answer=answer(result))
    code = Code.INTERRUPTED if interrupted else exit_code([result], strict=strict)
    info = SessionInfo(
        id=session_id(),
        started=started,
        finished=timestamp(),
        seed=seed,
        budget=budget.name,
        verdict=code.word,
        code=int(code),
        version=__version__,
        selectors=tuple(without_paths(each.text) for each in asked_for.snippets.values()),
        self_check=self_check(result.cases),
        overhead=overhead,
        load_before=load,
        seconds=round(monotonic() - began, 3),
    )
    return Session(info, where, (result,))


def _environment(chosen: Chosen) -> tuple[Environment, dict[str, str]]:
    """What the figures depend on; and of each variant with an interpreter of its own, how that was built."""
    every = {each: environment_in(each) for each in dict.fromkeys(chosen.interpreters.values())}
    if not every:
        return environment(), {}
    builds = {name: every[each].build for name, each in chosen.interpreters.items()}
    if len(every) == 1:
        return next(iter(every.values())), builds
    # Versions of libraries may differ from one interpreter to the next, and a record has room for one of each.
    shared = set.intersection(*({*each.packages.items()} for each in every.values()))
    combined = assembled(
        python=", ".join(each.python for each in every.values()),
        implementation="cpython",
        build="; ".join(dict.fromkeys(builds.values())),
        packages=dict(shared),
        machine=next(iter(every.values())).machine,
    )
    return combined, builds


def legend_lines(comparison: ComparisonResult) -> list[str]:
    """A line for each variant whose name does not say all: letters for long statements, builds of interpreters."""
    return [f"{each.name}  {visible(each.summary)}" for each in comparison.variants if each.summary]


def fault_lines(comparison: ComparisonResult) -> list[str]:
    """A sentence for each way in which snippets broke or could not be measured, said once where several share it."""
    names: dict[str, dict[str, None]] = {}
    for case in comparison.cases:
        for each in case.variants:
            if reason := wording.why(each):
                names.setdefault(reason, {})[visible(each.name)] = None
    return [
        f"{listed(list(who))} {'are' if len(who) > 1 else 'is'} {reason}{_hint(reason)}"
        for reason, who in names.items()
    ]


def _hint(reason: str) -> str:
    """What a user of snippets can do about a proof that failed, where the reason does not say."""
    if "does nothing" in reason:
        return "; take its inputs from names that the set-up binds, which the compiler cannot fold"
    return ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a measurement says to a question with yes or no; true only for a clear yes.

    Attributes:
        holds: None where the run could not tell.
        reason: one sentence with the figures that it follows from.
    """

    holds: bool | None
    reason: str

    def __bool__(self) -> bool:
        return self.holds is True

    def __repr__(self) -> str:
        word = {True: "yes", False: "no", None: "undecided"}[self.holds]
        return f"{word}: {self.reason}"


@dataclass(frozen=True, slots=True, repr=False)
class Versus:
    """What was measured of two or more candidates; the last is the baseline, and the first is the one asked about.

    Attributes:
        session: the whole of it, as `patternbench run` would store it.
    """

    session: Session

    @property
    def comparison(self) -> ComparisonResult:
        """The one comparison of the session."""
        return self.session.comparisons[0]

    @property
    def ratio(self) -> Ratio:
        """Time of the first candidate over that of the last, with its 95 % interval; below 1 the first is faster."""
        assert self._first.ratio is not None, "`versus` gives no record without it"
        return self._first.ratio

    @property
    def ratios(self) -> dict[str, Ratio]:
        """The same for every candidate that was measured, by its name, the baseline left out."""
        return {
            each.name: each.ratio
            for each in self._case.variants
            if each.ratio is not None and each.verdict is not Verdict.BASELINE
        }

    @property
    def verdict(self) -> Verdict:
        """Of the first candidate against the last."""
        return self._first.verdict

    def not_slower(self, by: float = 0.0) -> Answer:
        """Whether the first takes at most `by` more time than the last: 0.03 allows 3 %.

        Yes where the whole 95 % interval is below `1 + by`; no where the interval that verdicts are made from is
        above. With `by` left at 0 two equal candidates are undecided for ever: no interval can be narrow enough.
        """
        limit = 1 + _share(by)
        holds = True if self.ratio.high < limit else False if self._surely.low > limit else None
        return self._answer(holds, f"at most {quantity.times(limit)}")

    def faster(self, by: float = 0.0) -> Answer:
        """Whether the first takes less time than the last, by at least the share `by`: 0.1 is a tenth less.

        Yes where the interval that verdicts are made from is below `1 - by` and the difference is one that matters
        (as for the verdict `faster`); no where the whole 95 % interval is above, or the two are the same.
        """
        limit = 1 - _share(by)
        if limit <= 0:
            raise ValueError(f"nothing is faster by {by:g}: give a share below 1, 0.1 for a tenth")
        if by == 0:
            holds = {Verdict.FASTER: True, Verdict.SLOWER: False, Verdict.SAME: False}.get(self.verdict)
        else:
            holds = True if self._surely.high < limit else False if self.ratio.low > limit else None
        return self._answer(holds, f"below {quantity.times(limit)}")

    def same(self, within: float | None = None) -> Answer:
        """Whether the two differ by less than a factor of `1 + within`, either way.

        Args:
            within: a share; None takes the band of the verdict `same`, 2 % for code that computes, 5 % for code that
                waits.
        """
        band = _share(within) if within is not None else self._case.band or COMPUTING.band
        apart = self._surely.low > 1 + band or self._surely.high < 1 / (1 + band)
        holds = True if self.ratio.inside(band) else False if apart else None
        return self._answer(holds, f"within {quantity.percent(band)} of ×1")

    def __repr__(self) -> str:
        others = [each for each in self._case.variants if each.verdict is not Verdict.BASELINE]
        told = "; ".join(f"{visible(each.name)} {_figures(each)}" for each in others)
        return f"<versus {visible(self.comparison.baseline)}: {told}>"

    def __str__(self) -> str:
        stream = io.StringIO()
        for line in legend_lines(self.comparison):
            stream.write(f"{line}\n")
        print_session(self.session, Console(file=stream, width=_COLUMNS, highlight=False))
        return stream.getvalue().rstrip("\n")

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr>{''.join(f'<td>{_html(cell)}</td>' for cell in row)}</tr>" for row in self._rows())
        heads = "".join(f"<th>{each}</th>" for each in ("#", "variant", "median", "ratio (95 % CI)", ""))
        notes = [*legend_lines(self.comparison), self.comparison.answer, wording.precision(self._case)]
        below = "".join(f"<p>{_html(each)}</p>" for each in notes if each)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{below}"

    @property
    def _case(self) -> CaseResult:
        return self.comparison.cases[0]

    @property
    def _first(self) -> VariantResult:
        return self._case.variants[0]

    @property
    def _surely(self) -> Ratio:
        """The ratio with the interval that verdicts are made from; boundless where there were too few sets for one."""
        adjusted = self._first.adjusted
        return adjusted or replace(self.ratio, low=sys.float_info.min, high=sys.float_info.max)

    def _answer(self, holds: bool | None, wanted: str) -> Answer:  # noqa: FBT001 - the answer itself
        first, baseline = visible(self._first.name), visible(self.comparison.baseline)
        reason = f"{first} takes {quantity.times_with_interval(self.ratio)} of the time of {baseline} (95 % CI)"
        reason += f"; asked for {wanted}"
        if holds is None:
            reach = wording.out_of_reach(self._case)
            reason += f", which this run could not tell{f': {reach}' if reach else ''}; give it more seconds"
        return Answer(holds, reason)

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                each.rank or each.verdict.symbol,
                visible(each.name),
                quantity.duration(each.time.median_s) if each.time else "",
                "baseline" if each.verdict is Verdict.BASELINE else _ratio(each),
                "" if each.verdict is Verdict.BASELINE else wording.why(each) or wording.verdict_words(each),
            )
            for each in in_order(self._case)
        ]


def checked(session: Session) -> Versus:
    """The record of a session, where it has the ratio that the record is asked for.

    Raises:
        BrokenError: the first or the last candidate broke.
        HarnessError: neither did, but one of them could not be measured.
    """
    comparison = session.comparisons[0]
    case = comparison.cases[0]
    first, baseline = case.variants[0], variant_of(case, comparison.baseline)
    if first.ratio is not None:
        return Versus(session)
    at_fault = [each.verdict for each in (first, baseline) if each is not None]
    kind = BrokenError if Verdict.BROKEN in at_fault else HarnessError
    raise kind(
        "; ".join(fault_lines(comparison)) or "too few rounds were finished to compare anything",
        remedy="nothing was compared; mend what is named, or give it more seconds",
    )


def _figures(variant: VariantResult) -> str:
    if variant.ratio is None:
        return wording.why(variant) or str(variant.verdict)
    return f"{quantity.times_with_interval(variant.ratio)}, {wording.verdict_words(variant)}"


def _ratio(variant: VariantResult) -> str:
    symbol = variant.verdict.symbol
    return symbol if variant.ratio is None else f"{symbol} {quantity.times_with_interval(variant.ratio)}"


def _share(by: float) -> float:
    if not 0 <= by < math.inf:
        raise ValueError(f"{by!r} is no share: 0.03 stands for 3 %")
    return by


def _html(text: str) -> str:
    return html.escape(visible(text))
