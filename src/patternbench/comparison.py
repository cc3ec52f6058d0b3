"""The declaration: one question, its variants, and the cases over which they are compared.

A suite file declares a subclass of `Comparison` for each question that it asks; `declaration` reads such a class
once, checks all of it, and gives the frozen record that every other layer works from. Nothing here measures.
"""

from __future__ import annotations

import inspect
import itertools
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar, overload

from patternbench.errors import DeclarationError

Method = TypeVar("Method", bound=Callable[..., Any])
LoopFactory = Callable[[], Any]
Expectation = int | float | str | Callable[[Any], int | float | str]

_MARK = "__patternbench_variant__"
_PRIMITIVES = (bool, int, float, str, type(None))


class NotMeasured(Exception):
    """Raised by `setup`, `backends` or a variant when a case cannot be measured here; its text says why."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One implementation under comparison.

    Attributes:
        name: the method's name.
        is_async: whether the body is awaited inside a running loop.
        summary: first line of the method's docstring, or an empty string.
        source: the method's source text, dedented; empty where it cannot be read.
        holds: counters that must have these values after one call, by name.
        loop_factory: makes the event loop for this variant; None takes the comparison's.
    """

    name: str
    is_async: bool
    summary: str = ""
    source: str = ""
    holds: Mapping[str, Expectation] = field(default_factory=dict)
    loop_factory: LoopFactory | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One cell of the product of all axes.

    Attributes:
        index: position in the product, the last axis running fastest; stable for one declaration.
        params: value of each axis.
        headline: whether the quick run measures it when nothing was selected.
    """

    index: int
    params: Mapping[str, object]
    headline: bool

    @property
    def labels(self) -> dict[str, bool | int | float | str | None]:
        """The parameters as values that JSON can hold."""
        return {axis: label(value) for axis, value in self.params.items()}

    @property
    def key(self) -> str:
        """The parameters as one string, `fields=3,kind=plain`; empty for a comparison without axes."""
        return ",".join(f"{axis}={value}" for axis, value in self.labels.items())


@dataclass(frozen=True, slots=True)
class Declaration:
    """A checked comparison.

    Attributes:
        suite: stem of the file that declares it.
        name: name of the class.
        question: first line of its docstring.
        detail: the rest of the docstring, for the page; may be empty.
        guide: subsection of the guide, such as "3.1"; empty for a user's own question.
        baseline: name of the variant that ratios are relative to.
        axes: the parameters and their values.
        variants: in order of declaration.
        meters: names of what is measured; that each is the name of a meter is checked by `experiment.catalogue`.
        timeout_s: how long one answer of a worker may take, seconds.
        caveat: what was mocked and what that leaves out; shown beside every result.
        file: where the class stands.
        has_backends: whether the comparison shares backends, so that a process must hold them.
        backends_share_core: whether they run on the clock's core.
    """

    suite: str
    name: str
    question: str
    detail: str
    guide: str
    baseline: str
    axes: Mapping[str, tuple[object, ...]]
    variants: tuple[Variant, ...]
    meters: tuple[str, ...]
    timeout_s: float
    caveat: str
    file: Path
    cases: tuple[Case, ...]
    has_backends: bool = False
    backends_share_core: bool = False

    @property
    def id(self) -> str:
        """`suite/Comparison`, unique within a run."""
        return f"{self.suite}/{self.name}"

    def variant(self, name: str) -> Variant:
        """The variant of that name; KeyError where there is none."""
        for candidate in self.variants:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


class _Namespace(dict[str, Any]):
    """The body of a comparison while it is being executed; notices a variant that is defined twice."""

    def __init__(self) -> None:
        super().__init__()
        self.duplicates: list[str] = []

    def __setitem__(self, key: str, value: Any) -> None:
        if hasattr(self.get(key), _MARK):
            self.duplicates.append(key)
        super().__setitem__(key, value)


class _ComparisonType(type):
    """Refuses names that Python would silently let a later definition overwrite."""

    @classmethod
    def __prepare__(cls, name: str, bases: tuple[type, ...], /, **_: Any) -> _Namespace:
        return _Namespace()

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> _ComparisonType:
        made = super().__new__(mcs, name, bases, dict(namespace))
        duplicates = getattr(namespace, "duplicates", ())  # a class made by calling type() has a plain dict
        if duplicates:
            raise DeclarationError(
                f"{_place(made)} defines the variant {duplicates[0]!r} twice",
                remedy="give each variant a name of its own",
            )
        module = sys.modules.get(made.__module__)
        earlier = getattr(module, name, None) if made.__module__ != "__main__" else None
        if isinstance(earlier, _ComparisonType) and earlier.__module__ == made.__module__:
            raise DeclarationError(
                f"{_place(made)} has the name of an earlier comparison in the same file",
                remedy="give each comparison a name of its own",
            )
        return made


class Comparison(metaclass=_ComparisonType):
    """Which of these implementations, under which conditions? Subclass it, and mark the variants.

    The docstring's first line is the question. A worker process makes one instance per variant and case, calls
    `setup` outside the clock, then times the variant's body over and over.

    Attributes:
        baseline: name of the variant that every ratio is relative to.
        params: axis to its values; the cases are their product.
        headline: axis to the value, or tuple of values, that stand for the question in a quick run; an axis that
            is left out stands for its first value.
        meters: what to measure: "time", and names of `patternbench.meters`.
        guide: subsection of the guide that the question belongs to.
        units: operations that one call of a variant stands for; times are shown per operation. `setup` may set it
            on the instance where it depends on the case.
        loop_factory: makes the event loop for async variants; None is asyncio's default.
        timeout_s: seconds that one answer of a worker (set-up, one block of calls) may take.
        caveat: what a mocked backend leaves out, in a sentence; shown beside every result.
        backends_share_core: whether `backends` run on the clock's core. Share it where the variants wait for each
            answer, one at a time: handing a core over costs the same every time, waking another does not, and where
            other programs run on one of the two hardly anything can be told. Where many requests are under way at
            once, the server should work beside its callers.
        load_rate_per_s: calls per second that the meter "load" sends, to all variants alike; None offers half of what
            the baseline does one after another. `setup` may set it on the instance; the baseline's counts.
        load_threads: threads through which that meter sends the calls of plain variants. With one, they stay in the
            thread of `setup`.
        load_seed: None lets the calls of that meter's steady load arrive in equal steps, a number at random by this
            seed.
        addresses: in an instance, what `backends` yielded.
        case_params: in an instance, the parameters of its case.
    """

    baseline: ClassVar[str] = ""
    params: ClassVar[Mapping[str, Sequence[Any]]] = {}
    headline: ClassVar[Mapping[str, Any]] = {}
    meters: ClassVar[Sequence[str]] = ("time",)
    guide: ClassVar[str] = ""
    units: int = 1
    loop_factory: ClassVar[LoopFactory | None] = None
    timeout_s: ClassVar[float] = 60.0
    caveat: ClassVar[str] = ""
    backends_share_core: ClassVar[bool] = False
    load_rate_per_s: float | None = None
    load_threads: ClassVar[int] = 8
    load_seed: ClassVar[int | None] = None

    addresses: Mapping[str, str]
    case_params: Mapping[str, Any]

    @classmethod
    def backends(cls) -> AbstractContextManager[Mapping[str, str]]:
        """Start what all workers of the comparison share, such as a database server.

        Entered once, in a process of its own, on another core than the clock's unless `backends_share_core`. What it
        yields (names to addresses) is found in `self.addresses` by every worker. Raise `NotMeasured` where it cannot
        be had.
        """
        return nullcontext({})

    def setup(self, *_: Any, **params: Any) -> Any:
        """Build what the variants need; called with the case's parameters by keyword, outside the clock.

        May be `async def`: it is then awaited inside the loop in which the async variants run.
        """

    def teardown(self) -> Any:
        """Release what `setup` acquired; may be `async def`."""

    def agree(self, expected: Any, actual: Any) -> bool:
        """Whether a variant's result is as good as the baseline's; `==` unless a suite says otherwise."""
        return bool(expected == actual)

    def counters(self) -> Mapping[str, int | float | str]:
        """Facts about what the calls so far did: connections opened, backend calls, statements."""
        return {}


@overload
def variant(function: Method, /) -> Method: ...


@overload
def variant(
    *,
    loop_factory: LoopFactory | None = ...,
    holds: Mapping[str, Expectation] | None = ...,
) -> Callable[[Method], Method]: ...


def variant(
    function: Method | None = None,
    /,
    *,
    loop_factory: LoopFactory | None = None,
    holds: Mapping[str, Expectation] | None = None,
) -> Method | Callable[[Method], Method]:
    """Mark a method without arguments, plain or `async def`, as one variant; its body is what is timed.

    Args:
        loop_factory: makes the loop for this variant alone (eager tasks, uvloop); may raise `NotMeasured`.
        holds: counters that must have the given value after one call in a fresh instance, or a function of the
            instance that gives it; a variant for which one does not hold is broken, never fast.
    """

    def mark(method: Method) -> Method:
        setattr(method, _MARK, {"loop_factory": loop_factory, "holds": dict(holds or {})})
        return method

    return mark if function is None else mark(function)


def label(value: object) -> bool | int | float | str | None:
    """A parameter's value as JSON can hold it: itself where it is a primitive, else its name or its text."""
    if isinstance(value, _PRIMITIVES):
        return value
    named = getattr(value, "__name__", None)
    return named if isinstance(named, str) else str(value)


def declaration(cls: type[Comparison], *, sources: bool = True) -> Declaration:
    """Check a comparison and give its record.

    Args:
        sources: look up the text of the variants, which takes some milliseconds; without, it is left empty.

    Raises:
        DeclarationError: naming file, class and remedy, for the first thing that cannot be measured.
    """
    place = _place(cls)
    question, detail = _question(cls, place)
    variants = _variants(cls, place, sources=sources)
    axes = _axes(cls, place)
    names = [each.name for each in variants]
    if cls.baseline not in names:
        what = f"names the unknown baseline {cls.baseline!r}" if cls.baseline else "names no baseline"
        raise DeclarationError(f"{place} {what}", remedy=f"set baseline to one of {', '.join(names)}")
    if isinstance(cls.meters, str):
        raise DeclarationError(f"{place} gives meters the text {cls.meters!r}", remedy=f'write ("{cls.meters}",)')
    timeout: object = cls.timeout_s
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout > 0:
        raise DeclarationError(f"{place} gives timeout_s {timeout!r}", remedy="give it a number of seconds above zero")
    if not isinstance(cls.backends_share_core, bool):
        raise DeclarationError(
            f"{place} gives backends_share_core {cls.backends_share_core!r}", remedy="write True or False"
        )
    _check_load(cls, place)
    _check_setup(cls, axes, place)
    return Declaration(
        suite=Path(inspect.getfile(cls)).stem if cls.__module__ != "__main__" else "main",
        name=cls.__name__,
        question=question,
        detail=detail,
        guide=cls.guide,
        baseline=cls.baseline,
        axes=axes,
        variants=variants,
        meters=tuple(cls.meters),
        timeout_s=float(cls.timeout_s),
        caveat=cls.caveat,
        file=_file(cls),
        cases=tuple(_cases(cls, axes, place)),
        has_backends=cls.backends.__func__ is not Comparison.backends.__func__,  # type: ignore[attr-defined]
        backends_share_core=cls.backends_share_core,
    )


def declared_in(module: Any) -> list[type[Comparison]]:
    """The comparisons that a module itself declares, in order; imported and abstract ones are left out.

    A class without a single variant of its own or inherited is a base for others when another comparison of the
    module derives from it; otherwise it is a mistake, which `declaration` then names.
    """
    found: list[type[Comparison]] = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Comparison)
        and value is not Comparison
        and value.__module__ == module.__name__
    ]
    return [cls for cls in found if not any(cls in other.__mro__[1:] for other in found)]


def _variants(cls: type[Comparison], place: str, *, sources: bool) -> tuple[Variant, ...]:
    marked: dict[str, Any] = {}
    for owner in reversed(cls.__mro__):
        for name, value in vars(owner).items():
            if hasattr(value, _MARK):
                marked[name] = value
            elif name in marked:
                del marked[name]
    if not marked:
        raise DeclarationError(f"{place} has no variant", remedy="mark at least one method with @variant")
    return tuple(_variant(name, function, place, sources=sources) for name, function in marked.items())


def _variant(name: str, function: Any, place: str, *, sources: bool) -> Variant:
    if isinstance(function, staticmethod | classmethod | property) or not callable(function):
        raise DeclarationError(f"{place}.{name} is not a plain method", remedy="mark a plain or an async def method")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise DeclarationError(
            f"{place}.{name} is a generator, so a call would run none of its body",
            remedy="consume the generator inside the variant",
        )
    required = [
        parameter
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if required:
        raise DeclarationError(
            f"{place}.{name} takes the argument {required[0].name!r}",
            remedy="a variant takes none but self; put what it needs on self in setup",
        )
    mark = getattr(function, _MARK)
    return Variant(
        name=name,
        is_async=inspect.iscoroutinefunction(function),
        summary=_first_line(inspect.getdoc(function)),
        source=_source(function) if sources else "",
        holds=mark["holds"],
        loop_factory=mark["loop_factory"],
    )


def _axes(cls: type[Comparison], place: str) -> dict[str, tuple[object, ...]]:
    if not isinstance(cls.params, Mapping):
        raise DeclarationError(
            f"{place} gives params {cls.params!r}", remedy='write a mapping of axis to values, such as {"n": (1, 10)}'
        )
    axes: dict[str, tuple[object, ...]] = {}
    for axis, values in cls.params.items():
        if isinstance(values, str) or not isinstance(values, Sequence | range):
            raise DeclarationError(
                f"{place} gives the axis {axis!r} {values!r}", remedy="give every axis of params a tuple of values"
            )
        if not values:
            raise DeclarationError(f"{place} has the empty axis {axis!r}", remedy="give it a value, or remove it")
        labels = [label(value) for value in values]
        twice = next((each for each in labels if labels.count(each) > 1), None)
        if twice is not None and len({(type(each), each) for each in labels}) < len(labels):
            raise DeclarationError(
                f"{place} has the value {twice!r} twice on the axis {axis!r}", remedy="give each value once"
            )
        axes[axis] = tuple(values)
    return axes


def _check_load(cls: type[Comparison], place: str) -> None:
    """The load's settings must make sense; a rate that `setup` sets is looked at when it is used."""
    rate: object = cls.load_rate_per_s
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < math.inf):
        raise DeclarationError(
            f"{place} gives load_rate_per_s {rate!r}", remedy="give it calls per second, a number above zero"
        )
    threads: object = cls.load_threads
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise DeclarationError(f"{place} gives load_threads {threads!r}", remedy="give it a whole number, at least one")
    seed: object = cls.load_seed
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise DeclarationError(f"{place} gives load_seed {seed!r}", remedy="give it a whole number, or None")


def _check_setup(cls: type[Comparison], axes: Mapping[str, object], place: str) -> None:
    parameters = list(inspect.signature(cls.setup).parameters.values())[1:]
    takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    named = {
        parameter.name: parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    missing = [axis for axis in axes if axis not in named and not takes_all]
    unknown = [name for name, each in named.items() if name not in axes and each.default is each.empty]
    if missing:
        raise DeclarationError(
            f"{place}.setup does not take the axis {missing[0]!r}", remedy=f"add the argument {missing[0]} to setup"
        )
    if unknown:
        raise DeclarationError(
            f"{place}.setup wants {unknown[0]!r}, which is no axis of params",
            remedy=f"add {unknown[0]} to params, or give the argument a default",
        )


def _cases(cls: type[Comparison], axes: Mapping[str, tuple[object, ...]], place: str) -> Iterator[Case]:
    headline: dict[str, tuple[object, ...]] = {}
    for axis, values in axes.items():
        chosen = cls.headline.get(axis, values[0])
        # A tuple holds several values, unless it is itself one of the axis's values.
        headline[axis] = chosen if isinstance(chosen, tuple) and chosen not in values else (chosen,)
    for axis in cls.headline:
        if axis not in axes or any(value not in axes[axis] for value in headline[axis]):
            raise DeclarationError(
                f"{place} has a headline on {axis!r} that params does not hold",
                remedy="take the headline's values from params",
            )
    for index, values in enumerate(itertools.product(*axes.values())):
        params = dict(zip(axes, values, strict=True))
        yield Case(index, params, all(params[axis] in headline[axis] for axis in axes))


def _question(cls: type[Comparison], place: str) -> tuple[str, str]:
    text = inspect.cleandoc(cls.__doc__ or "").strip()
    if not text or cls.__doc__ == Comparison.__doc__:
        raise DeclarationError(
            f"{place} asks no question", remedy="write the question as the first line of its docstring"
        )
    question, _, detail = text.partition("\n")
    return question.strip(), detail.strip()


def _place(cls: type) -> str:
    """`file.py: Class`, as an error names it; only the file's name, so that no path of a machine leaks."""
    return f"{_file(cls).name}: {cls.__name__}"


def _file(cls: type) -> Path:
    module = sys.modules.get(cls.__module__)
    return Path(getattr(module, "__file__", None) or "<input>")


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0].strip()


def _source(function: Any) -> str:
    try:
        return inspect.cleandoc("\n" + inspect.getsource(function))
    except (OSError, TypeError):
        return ""


__all__ = [
    "Case",
    "Comparison",
    "Declaration",
    "NotMeasured",
    "Variant",
    "declaration",
    "declared_in",
    "label",
    "variant",
]
