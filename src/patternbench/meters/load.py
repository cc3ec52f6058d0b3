"""How a variant bears a load: calls that arrive by a schedule, timed from when each was due.

A clock that times one call after another says how long a call takes when nothing else is asked of the variant. Here
calls arrive whether the ones before have ended or not, evenly spaced (or at random) and in waves, so that the figures
hold what a call waits for others. All variants of a case are offered the same rate, since a share of each one's own
capacity would load the slow ones less; it follows the baseline unless the comparison names one.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from patternbench.meters.arrivals import Schedule, at_random, evenly, in_waves
from patternbench.meters.meter import Figure, Figures, NotMeasured, Start, Subject
from patternbench.meters.open_loop import Sent, through_loop, through_threads
from patternbench.places import without_folders
from patternbench.statistics.load import PERCENTS, response
from patternbench.statistics.tails import percentiles

WAVE = 10
"""Calls of a wave."""

SHARE = 0.5
"""Of the rate at which the baseline does one call after another: loaded, yet far from its limit."""

MOST_PER_S = 2000.0
"""Rate that is not exceeded unless a comparison asks for it: to send a call costs tens of microseconds itself, which
would be most of the load of calls that take no longer."""

_AIM = 2000
"""Arrivals that support a p99.9: sent where they fit into `_MOST_S`."""

_LEAST_AIM = 40
"""Arrivals that support a p95: waited for up to `_LONGEST_S`."""

_LEAST_S, _MOST_S = 1.0, 4.0
_LEAST_ARRIVALS, _MOST_ARRIVALS = 10, 20_000
_LONGEST_S = 10.0

_GRACE = 0.5
"""Time after the end of a schedule in which calls may still end, as a share of the schedule's."""

_LEAST_GRACE_S = 0.5
_EMPTY_S = 0.5
_PILOT_S = 0.5
_PILOT_CALLS = 200
_WARM_UP_S = 0.2
_WARM_UP_CALLS = 50
_PATIENCE = 2.0
_LONGEST_REASON = 200

_PATTERNS = {"steady": "one after another", "waves": f"{WAVE} at once"}


def _telling(pattern: str) -> tuple[Figure, ...]:
    """What tells most of a pattern, for those who have room for a few columns only."""
    words = _PATTERNS[pattern]
    return (
        Figure(f"{pattern}_p50_s", "s", "lower", f"half of the calls, arriving {words}, took no longer"),
        Figure(f"{pattern}_p99_s", "s", "lower", f"99 % of the calls, arriving {words}, took no longer"),
    )


def _further(pattern: str) -> tuple[Figure, ...]:
    words = _PATTERNS[pattern]
    return (
        Figure(f"{pattern}_p95_s", "s", "lower", f"95 % of the calls, arriving {words}, took no longer"),
        Figure(f"{pattern}_p999_s", "s", "lower", f"99.9 % of the calls, arriving {words}, took no longer"),
        Figure(f"{pattern}_max_s", "s", "lower", f"the longest call, arriving {words}"),
        Figure(f"{pattern}_throughput_per_s", "1/s", "higher", f"calls done in a second, arriving {words}"),
        Figure(f"{pattern}_most_in_flight", "", None, "calls under way at one moment, at most"),
        Figure(f"{pattern}_backlog", "", "lower", "calls due and not done when the schedule ended"),
        Figure(f"{pattern}_late_p99_s", "s", "lower", "99 % of the calls were sent no later after they were due"),
    )


class LoadMeter:
    """Response times under arrivals that do not wait for answers."""

    name = "load"
    summary = (
        "Calls that arrive at one rate for all variants, whether the ones before have ended or not; an arrival is one "
        "call, timed from when it was due. What sends them runs in the variant's process and on its core: times near "
        "those of an empty call are its own. It cannot see what many clients, a real network or hours of load would do."
    )
    figures = (
        Figure("offered_per_s", "1/s", None, "calls that arrive in a second, on average"),
        *_telling("steady"),
        *_telling("waves"),
        Figure(
            "saturated", "", "lower", "under which arrivals the backlog went on growing, so that times had no bound"
        ),
        Figure("errors", "", "lower", "calls that failed; their times are left out"),
        Figure("first_error", "", None, "what the first of them raised"),
        *_further("steady"),
        *_further("waves"),
        Figure("arrivals", "", None, "calls sent in each of the two ways"),
        Figure("empty_p50_s", "s", None, "half of the empty calls, arriving one after another, took no longer"),
        Figure("empty_p99_s", "s", None, "99 % of the empty calls, arriving one after another, took no longer"),
        Figure("threads", "", None, "threads through which the calls of a plain variant were sent"),
        Figure("seed", "", None, "of the random arrivals; none where they were evenly spaced"),
    )
    reads_clock = True

    def unavailable(self) -> str | None:
        """Always to be had."""
        return None

    def measure(self, start: Start) -> Figures:
        """The baseline says the rate; then both patterns, and a short one of empty calls."""
        pilot = start.reference({"read": "pilot"}).answer
        asked = pilot["rate_per_s"]
        rate = rate_for(float(pilot["service_s"])) if asked is None else float(asked)
        count = arrivals_for(rate)
        found: dict[str, Any] = {"offered_per_s": rate, "arrivals": count, "errors": 0, "first_error": None}
        saturated: list[str] = []
        for pattern in _PATTERNS:
            order = {"read": pattern, "rate_per_s": rate, "arrivals": count}
            answer = start(order, patience=_PATIENCE).answer
            found |= {f"{pattern}_{name}": value for name, value in answer["response"].items()}
            if answer["saturated"]:
                saturated.append(pattern)
            found["errors"] += answer["errors"]
            found["first_error"] = found["first_error"] or answer["first_error"]
            found |= {"threads": answer["threads"], "seed": answer["seed"]}
        found["saturated"] = ", ".join(saturated) or "no"
        few = min(count, max(200, int(rate * _EMPTY_S)), max(1, int(rate * _MOST_S * _EMPTY_S)))
        empty = start({"read": "steady", "rate_per_s": rate, "arrivals": few}, empty=True, patience=_PATIENCE).answer
        return found | {f"empty_{name}": empty["response"][name] for name in ("p50_s", "p99_s")}

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:
        """One pattern; or, as a pilot, what a call takes after another."""
        _warm_up(subject)
        if order["read"] == "pilot":
            return {"service_s": _service_s(subject), "rate_per_s": _asked_rate(subject)}
        instance = subject.instance
        schedule = _schedule(order, instance.load_seed)
        sent = _sent(subject, schedule, instance.load_threads)
        found = response(sent.operations, end_s=schedule.end_s, cut_off_s=sent.cut_off_s)
        late = percentiles(sent.late_s, {"late_p99_s": PERCENTS["p99"]})
        return {
            "response": {
                **{f"{name}_s": value for name, value in found.times.items()},
                "max_s": found.max_s,
                "throughput_per_s": round(found.throughput_per_s, 2),
                "most_in_flight": found.most_in_flight,
                "backlog": found.backlog,
                **late,
            },
            "saturated": found.saturated,
            "errors": found.errors,
            "first_error": None if sent.first_error is None else _told(sent.first_error),
            "threads": None if subject.is_async else instance.load_threads,
            "seed": instance.load_seed,
        }


METER = LoadMeter()


def rate_for(service_s: float) -> float:
    """Calls per second to offer where the baseline takes so many seconds for one: two digits, for a reader's sake."""
    return float(f"{min(MOST_PER_S, SHARE / max(service_s, 1e-9)):.1e}")


def arrivals_for(rate_per_s: float) -> int:
    """How many calls to send at a rate: enough for a p99.9 if four seconds hold them, for a p95 if ten do.

    A second's at least, and never more than 20 000.

    Raises:
        NotMeasured: even ten would take too long.
    """
    wanted = max(rate_per_s * _LEAST_S, min(_AIM, rate_per_s * _MOST_S), min(_LEAST_AIM, rate_per_s * _LONGEST_S))
    if wanted < _LEAST_ARRIVALS:
        raise NotMeasured(
            f"at {rate_per_s:g} calls a second {_LEAST_ARRIVALS} take longer than {_LONGEST_S:g} s; load_rate_per_s "
            f"sets the rate"
        )
    return min(_MOST_ARRIVALS, int(wanted))


def _schedule(order: Mapping[str, Any], seed: int | None) -> Schedule:
    rate, count = float(order["rate_per_s"]), int(order["arrivals"])
    if order["read"] == "waves":
        return in_waves(rate, count, WAVE)
    return evenly(rate, count) if seed is None else at_random(rate, count, seed)


def _sent(subject: Subject, schedule: Schedule, threads: int) -> Sent:
    """Send it; garbage is collected as in any program, but not that of the set-up."""
    grace_s = max(_LEAST_GRACE_S, _GRACE * schedule.end_s)
    gc.collect()
    if not subject.is_async:
        return through_threads(subject.call, schedule, threads=threads, grace_s=grace_s)
    sent: Sent = subject.in_loop(lambda: through_loop(subject.coroutine, schedule, grace_s=grace_s))
    return sent


def _warm_up(subject: Subject) -> None:
    """One call at least: the first opens what later ones use."""
    end = perf_counter() + _WARM_UP_S
    subject.call()
    for _ in range(_WARM_UP_CALLS):
        if perf_counter() >= end:
            break
        subject.call()


def _service_s(subject: Subject) -> float:
    """Seconds of a call, one after another; a mean, since what others take from the core the load will miss too."""
    wall_ns = calls = 0
    end = perf_counter() + _PILOT_S
    while not calls or (calls < _PILOT_CALLS and perf_counter() < end):
        wall_ns += subject.run(1)[0]
        calls += 1
    return wall_ns / calls / 1e9


def _asked_rate(subject: Subject) -> float | None:
    """The comparison's own rate, as its instance has it after `setup`.

    Raises:
        ValueError: it is no number above zero.
    """
    asked: object = subject.instance.load_rate_per_s
    if asked is None:
        return None
    if isinstance(asked, bool) or not isinstance(asked, int | float) or not 0 < asked < float("inf"):
        raise ValueError(f"load_rate_per_s is {asked!r}, but a rate is a number above zero")
    return float(asked)


def _told(error: BaseException) -> str:
    """One line, short, without the folders of this machine."""
    return without_folders(" ".join(f"{type(error).__name__}: {error}".split()))[:_LONGEST_REASON]


__all__ = ["METER", "MOST_PER_S", "SHARE", "WAVE", "arrivals_for", "rate_for"]
