"""The sentences and tables of a study of tools, as text without layout."""

from __future__ import annotations

from patternbench.report import quantity
from patternbench.report.error_rates import cells
from patternbench.report.error_rates.tables import BOUNDS, Table, covered
from patternbench.selfcheck.neighbours import CONDITION_WORDS
from patternbench.selfcheck.peers import OURS
from patternbench.selfcheck.peers.outcome import PeerCheck, Row, Score
from patternbench.statistics.tuning import WANTED_RATE

SAME_FOR_ALL = (
    "Every tool is asked by its own commands, from outside, about two checkouts that differ in the number of "
    "repetitions alone, under an environment that stands ready: asv is spared building and installing, its virtual "
    "environment was made once. Async units run in a loop that is made once, since none of the others awaits. The "
    "server that HTTP and socket units talk to runs outside, its address in the environment. The clock runs from the "
    "start of the first command to the verdict, through the start of interpreters and calibration."
)
"""What a reader must know to judge whether the comparison is fair."""

COMMANDS = "peers-commands"
FITS_ITSELF = "fits itself to the budget"


def peer_answer(check: PeerCheck) -> str:
    """What a study found, in a sentence, in its first condition.

    A size stands beside the false alarms that it was found with: a tool that always says "slower" finds everything.
    """
    told = []
    for tool in check.scope.tools:
        # Ours is told as it comes only: that is what a user gets.
        ways = [_way(check, tool, row) for row in ((Row.DEFAULT,) if tool == OURS else (Row.DEFAULT, Row.TUNED))]
        if any(ways):
            told.append(f"{tool} {', '.join(each for each in ways if each)}")
    if not told:
        return "Nothing was answered."
    return (
        "The smallest slow-down found nine times in ten (identical code called different, of how often): "
        f"{'; '.join(told)}."
    )


def _way(check: PeerCheck, tool: str, row: Row) -> str:
    score = _shown(check, tool, row)
    if score is None or score.figures.detectable is None:
        return ""
    found = f"{cells.size(score.figures.detectable)} ({cells.counts(score.figures.false_alarms)})"
    return found if tool == OURS else f"{row} {found}"


def peer_facts(check: PeerCheck) -> tuple[tuple[str, str], ...]:
    """When, where and how much: terms and what stands for each."""
    scope = check.scope
    failed = sum(not each.readings for each in check.outcomes)
    return (
        ("Measured", f"{check.started} to {check.finished}, patternbench {check.version}"),
        (
            "Questions",
            f"{len(check.outcomes)} of {check.planned} planned"
            + (f", {failed} of them without an answer" if failed else ""),
        ),
        ("Budget", f"{scope.name}, {scope.decision_s:g} s a decision, seed {check.seed}, order fully shuffled"),
        *covered(scope, check.environment),
    )


def peer_tables(check: PeerCheck) -> tuple[Table, ...]:
    """All tables that hold anything, the most telling first."""
    return tuple(each for each in (_found(check), _errors(check), _entrants(check)) if each.rows)


def _found(check: PeerCheck) -> Table:
    percents = check.scope.percents
    return Table(
        kind="peers-power",
        title="Other tools on the same work: found, by planted size",
        caption="How many questions were answered with “slower”, of how many. Under 0 % both checkouts are the same, "
        "and whatever was called slower or faster is a false alarm. 9 in 10: the smallest size found nine times in "
        "ten, with its bounds. As it comes: the tool's own options and rule. In the budget: its own options set to "
        f"take {check.scope.decision_s:g} s, its own rule. Tuned: the same runs, and a threshold on the tool's own "
        f"estimate, set to {WANTED_RATE * 100:g} % false alarms on one half of the identical code (where that is too "
        "little to show such a rate, to the largest error in it) and judged on the other, halves swapped. To find 5 %: "
        f"median seconds to “slower”, where 5 % was planted and found. {BOUNDS}",
        names=_names(check),
        columns=(
            *_name_columns(check),
            *(f"{percent} %" for percent in percents),
            "9 in 10",
            "bounds",
            "seconds",
            "to find 5 %",
        ),
        rows=tuple((*_name(check, each), *_powers(each, percents)) for each in check.scores),
    )


def _powers(score: Score, percents: tuple[int, ...]) -> tuple[str, ...]:
    found = score.figures
    by_size = {round(each.planted * 100): each.found for each in found.power}
    counts = (cells.counts(found.false_alarms if percent == 0 else by_size.get(percent)) for percent in percents)
    seen = found.detectable
    return (
        *counts,
        cells.ABSENT if seen is None else cells.size(seen),
        "" if seen is None else cells.ends(seen.low, seen.high),
        cells.seconds(found.seconds_median),
        cells.seconds(score.five_s),
    )


def _errors(check: PeerCheck) -> Table:
    return Table(
        kind="peers-errors",
        title="Other tools on the same work: errors",
        caption="False alarms: identical code called slower and called faster; tools that gate look for slower alone. "
        "Bound: of the rate of false alarms. Threshold: of a tuned row, the difference that the estimate must pass, "
        "one from each half; resolution: the smallest rate above none that a half can show. Where that is above "
        f"{WANTED_RATE * 100:g} %, a threshold is the largest error of its half, and one or two false alarms in all "
        "are every tool's lot: the largest error of all is judged by the other half's. Bias: mean error of the "
        "estimated ratio; spread: its standard deviation, from the median deviation; both in percentage points. No "
        f"answer: left out of everything else. {BOUNDS}",
        names=_names(check),
        columns=(
            *_name_columns(check),
            "slower",
            "faster",
            "of",
            "bound",
            "threshold",
            "resolution",
            "bias",
            "spread",
            "no answer",
        ),
        rows=tuple((*_name(check, each), *_error(each)) for each in check.scores),
    )


def _error(score: Score) -> tuple[str, ...]:
    found = score.figures
    limits, resolution, spread = score.thresholds, score.resolution, score.spread_points
    return (
        f"{found.alarms_up.count}",
        f"{found.alarms_down.count}",
        f"{found.false_alarms.of}",
        quantity.percent(found.false_alarms.high) if found.false_alarms.of else cells.ABSENT,
        "" if limits is None else ", ".join(quantity.percent(each) for each in limits),
        "" if resolution is None else quantity.percent(resolution),
        cells.bias(found.bias),
        cells.ABSENT if spread is None else f"{spread:.2f}",
        f"{score.failed}",
    )


def _entrants(check: PeerCheck) -> Table:
    return Table(
        kind=COMMANDS,
        title="What the tools were asked with",
        caption=SAME_FOR_ALL,
        names=4,
        columns=("tool", "version", "commands", "options in the budget"),
        rows=tuple(
            (
                each.name,
                each.version,
                "; ".join(each.commands),
                " ".join(each.options) or FITS_ITSELF,
            )
            for each in check.entrants
        ),
    )


def _name_columns(check: PeerCheck) -> tuple[str, ...]:
    return ("tool", "how", "rule", *(("condition",) if len(check.scope.conditions) > 1 else ()))


def _name(check: PeerCheck, score: Score) -> tuple[str, ...]:
    several = len(check.scope.conditions) > 1
    return (
        score.tool,
        str(score.row),
        score.rule,
        *((CONDITION_WORDS[score.condition],) if several else ()),
    )


def _names(check: PeerCheck) -> int:
    return len(_name_columns(check))


def _shown(check: PeerCheck, tool: str, row: Row) -> Score | None:
    """As a tool comes, the rule that its users meet; tuned, the statistic that does best."""
    return next(iter(check.of(tool, row)), None) if row is Row.DEFAULT else check.best(tool, row)
