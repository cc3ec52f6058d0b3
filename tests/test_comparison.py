"""A declaration is read once, and what cannot be measured is refused with file, class and remedy."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

from patternbench import Comparison, NotMeasured, variant
from patternbench.comparison import Declaration, declaration, declared_in, label
from patternbench.errors import DeclarationError, HarnessError
from patternbench.experiment.suite_file import comparisons

FINE = '''
class Fine(Comparison):
    """Which is fine?"""
    baseline = "one"

    @variant
    def one(self):
        return str(self)
'''


@pytest.fixture(autouse=True)
def _imports_left_as_they_were(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    yield
    for name in set(sys.modules) - known:
        del sys.modules[name]


def refused(folder: Path, body: str) -> DeclarationError:
    suite = folder / "my_suite.py"
    suite.write_text("from patternbench import Comparison, variant\n" + body)
    with pytest.raises(DeclarationError) as caught:
        comparisons(suite)
    return caught.value


def with_lines(*lines: str) -> str:
    """The suite above with lines added to its class."""
    return FINE + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("body", "what", "remedy"),
    [
        pytest.param(
            FINE.replace('"one"', '"oen"'), "names the unknown baseline 'oen'", "set baseline to one of one", id="typo"
        ),
        pytest.param(FINE.replace('baseline = "one"', ""), "names no baseline", "one of one", id="no-baseline"),
        pytest.param(FINE.replace("@variant", ""), "has no variant", "at least one method with @variant", id="none"),
        pytest.param(
            with_lines("@variant", "def one(self): return 2"),
            "defines the variant 'one' twice",
            "a name of its own",
            id="variant-twice",
        ),
        pytest.param(
            with_lines("def one(self): return 2"), "defines the variant 'one' twice", "a name of its own", id="shadowed"
        ),
        pytest.param(FINE + FINE, "has the name of an earlier comparison", "a name of its own", id="class-twice"),
        pytest.param(with_lines("params = {'size': ()}"), "has the empty axis 'size'", "give it a value", id="empty"),
        pytest.param(
            with_lines("params = {'size': 'abc'}"), "gives the axis 'size' 'abc'", "a tuple of values", id="text-axis"
        ),
        pytest.param(with_lines("params = {'size': 3}"), "gives the axis 'size' 3", "a tuple of values", id="no-axis"),
        pytest.param(
            with_lines("params = {'size': (1, 2, 1)}"),
            "has the value 1 twice on the axis 'size'",
            "each value once",
            id="value-twice",
        ),
        pytest.param(
            with_lines("params = {'size': (1, 2)}", "def setup(self): pass"),
            ".setup does not take the axis 'size'",
            "add the argument size to setup",
            id="setup-lacks",
        ),
        pytest.param(
            with_lines("params = {'size': (1,)}", "def setup(self, size, depth): pass"),
            ".setup wants 'depth', which is no axis of params",
            "add depth to params",
            id="setup-wants",
        ),
        pytest.param(
            with_lines("params = {'size': (1,)}", "def setup(self, size, /): pass"),
            ".setup does not take the axis 'size'",
            "add the argument size",
            id="setup-positional",
        ),
        pytest.param(
            with_lines("@variant", "def two(self): yield 1"), ".two is a generator", "consume the generator", id="gen"
        ),
        pytest.param(
            with_lines("@variant", "async def two(self): yield 1"), ".two is a generator", "consume", id="async-gen"
        ),
        pytest.param(
            with_lines("@variant", "def two(self, size): return size"),
            ".two takes the argument 'size'",
            "put what it needs on self in setup",
            id="argument",
        ),
        pytest.param(
            with_lines("@variant", "def two(self, *, size): return size"),
            ".two takes the argument 'size'",
            "takes none but self",
            id="keyword",
        ),
        pytest.param(
            FINE.replace('"""Which is fine?"""', ""), "asks no question", "first line of its docstring", id="question"
        ),
        pytest.param(
            FINE.replace('"""Which is fine?"""', '"""  \n  """'), "asks no question", "write the question", id="blank"
        ),
        pytest.param(
            with_lines("params = {'size': (1, 2)}", "headline = {'size': 3}"),
            "has a headline on 'size' that params does not hold",
            "take the headline's values from params",
            id="headline-value",
        ),
        pytest.param(
            with_lines("params = {'size': (1, 2)}", "headline = {'size': (1, 3)}"),
            "has a headline on 'size'",
            "from params",
            id="headline-values",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused_with_file_class_and_remedy(
    tmp_path: Path, body: str, what: str, remedy: str
) -> None:
    error = refused(tmp_path, body)
    assert error.args[0].startswith("my_suite.py: Fine")
    assert what in error.args[0]
    assert remedy in error.remedy
    assert str(tmp_path) not in str(error)
    assert "\n" not in str(error)


def test_a_headline_on_an_axis_that_there_is_not_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, with_lines("headline = {'size': 3}"))
    assert error.args[0] == "my_suite.py: Fine has a headline on 'size' that params does not hold"


class _Marked(int):
    """A number that carries the mark of a variant."""

    __patternbench_variant__: dict[str, object] = {}


def test_what_is_marked_and_no_plain_method_is_refused() -> None:
    odd = staticmethod(len)
    vars(odd)["__patternbench_variant__"] = {}
    for value in (odd, _Marked(3)):
        made = type("Made", (Construction,), {"__doc__": "Which?", "two": value})
        with pytest.raises(DeclarationError, match=r"Made\.two is not a plain method"):
            declaration(made)


def test_an_error_says_both_sentences_and_survives_a_pickle(tmp_path: Path) -> None:
    error = refused(tmp_path, FINE.replace("@variant", ""))
    assert isinstance(error, HarnessError)
    assert str(error) == "my_suite.py: Fine has no variant: mark at least one method with @variant"
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is DeclarationError
    assert (again.args, again.remedy) == (error.args, error.remedy)


class Construction(Comparison):
    """Which is cheapest to construct?

    The rest is for the page.
    """

    guide = "3.1"
    baseline = "plain"
    params = {"fields": (3, 10), "kind": (int, "text", None)}
    headline = {"fields": (3, 10)}
    meters = ("time", "memory")
    timeout_s = 5
    caveat = "Nothing is mocked."

    def setup(self, fields: int, kind: object, extra: int = 0) -> None:
        self.fields = fields

    @variant
    def plain(self) -> list[int]:
        """One list.

        And more.
        """
        return [self.fields]

    @variant(holds={"opened": 1})
    async def awaited(self) -> list[int]:
        return [self.fields]

    def helper(self) -> None:
        raise NotMeasured("never called")


def test_a_declaration_holds_what_the_class_says() -> None:
    declared = declaration(Construction)
    assert declared.id == "test_comparison/Construction"
    assert declared.question == "Which is cheapest to construct?"
    assert declared.detail == "The rest is for the page."
    assert (declared.guide, declared.baseline, declared.caveat) == ("3.1", "plain", "Nothing is mocked.")
    assert declared.meters == ("time", "memory")
    assert declared.timeout_s == 5
    assert declared.file.name == "test_comparison.py"
    assert [each.name for each in declared.variants] == ["plain", "awaited"]
    assert [each.is_async for each in declared.variants] == [False, True]
    assert declared.variant("plain").summary == "One list."
    assert declared.variant("plain").source.startswith("@variant\ndef plain(self)")
    assert declared.variant("awaited").holds == {"opened": 1}
    assert not declared.has_backends
    with pytest.raises(KeyError):
        declared.variant("helper")
    with pytest.raises(FrozenInstanceError):
        declared.name = "other"  # type: ignore[misc]


def test_the_cases_are_the_product_with_the_last_axis_running_fastest() -> None:
    cases = declaration(Construction).cases
    assert [case.index for case in cases] == list(range(6))
    assert [case.key for case in cases[:3]] == ["fields=3,kind=int", "fields=3,kind=text", "fields=3,kind=None"]
    assert cases[0].params == {"fields": 3, "kind": int}
    assert cases[0].labels == {"fields": 3, "kind": "int"}
    assert [case.key for case in cases if case.headline] == ["fields=3,kind=int", "fields=10,kind=int"]


def test_a_comparison_without_axes_has_one_case() -> None:
    class Single(Comparison):
        """Which?"""

        baseline = "one"

        @variant
        def one(self) -> int:
            return 1

    assert [(case.key, case.headline) for case in declaration(Single).cases] == [("", True)]


def test_true_and_one_are_two_values_of_an_axis() -> None:
    class Alike(Comparison):
        """Which?"""

        baseline = "one"
        params = {"value": (1, True, 1.0)}

        @variant
        def one(self) -> int:
            return 1

    assert [case.key for case in declaration(Alike).cases] == ["value=1", "value=True", "value=1.0"]


def test_a_value_that_is_a_tuple_can_stand_for_the_question() -> None:
    class Shapes(Comparison):
        """Which shape?"""

        baseline = "one"
        params = {"shape": ((1, 2), (3, 4))}

        @variant
        def one(self) -> int:
            return 1

    class Chosen(Shapes):
        """Which shape, of the second?"""

        headline = {"shape": (3, 4)}

    assert [case.headline for case in declaration(Shapes).cases] == [True, False]
    assert [case.headline for case in declaration(Chosen).cases] == [False, True]


def test_variants_and_settings_are_inherited_and_can_be_replaced_or_removed() -> None:
    class Base(Comparison):
        """Which?"""

        baseline = "one"

        @variant
        def one(self) -> int:
            return 1

        @variant
        def two(self) -> int:
            return 2

    class Derived(Base):
        """Which, again?"""

        two = None  # type: ignore[assignment]

        @variant
        def three(self) -> int:
            return 3

    assert [each.name for each in declaration(Derived).variants] == ["one", "three"]
    assert [each.name for each in declaration(Base).variants] == ["one", "two"]


def test_a_class_that_inherits_its_docstring_asks_no_question_of_its_own() -> None:
    class Silent(Construction):
        pass

    with pytest.raises(DeclarationError, match="asks no question"):
        declaration(Silent)


def test_only_what_a_module_itself_declares_and_nobody_derives_from_counts() -> None:
    class Module:
        __name__ = __name__

    class Abstract(Comparison):
        """Base of others."""

    class Concrete(Abstract):
        """Which?"""

    module = Module()
    module.__dict__.update(Comparison=Comparison, Abstract=Abstract, Concrete=Concrete, number=3)
    assert declared_in(module) == [Concrete]


def test_backends_of_ones_own_are_noticed() -> None:
    class Shared(Construction):
        """Which?"""

        @classmethod
        def backends(cls):  # type: ignore[no-untyped-def] # noqa: ANN206
            raise NotMeasured("none here")

    assert declaration(Shared).has_backends


@dataclass
class _Thing:
    size: int


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (None, None),
        (True, True),
        (0.5, 0.5),
        ("x", "x"),
        (int, "int"),
        (len, "len"),
        (_Thing(2), "_Thing(size=2)"),
    ],
)
def test_a_label_is_what_json_can_hold(value: object, expected: object) -> None:
    assert label(value) == expected
    assert type(label(value)) is type(expected)


def test_a_method_that_is_marked_stays_the_method_it_was() -> None:
    def method(self: object) -> int:
        return 3

    assert variant(method) is method
    assert variant(holds={"opened": 1})(method) is method
    assert method(None) == 3


def test_declarations_are_equal_where_their_classes_say_the_same() -> None:
    assert declaration(Construction) == declaration(Construction)
    assert isinstance(declaration(Construction), Declaration)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"meters": "time"}, "meters the text 'time'"),
        ({"timeout_s": 0}, "timeout_s 0"),
        ({"backends_share_core": "yes"}, "backends_share_core 'yes'"),
        ({"timeout_s": "long"}, "timeout_s 'long'"),
        ({"params": ["fields"]}, "params ['fields']"),
        ({"load_rate_per_s": 0}, "load_rate_per_s 0"),
        ({"load_rate_per_s": "fast"}, "load_rate_per_s 'fast'"),
        ({"load_threads": 0}, "load_threads 0"),
        ({"load_threads": 2.5}, "load_threads 2.5"),
        ({"load_seed": "lucky"}, "load_seed 'lucky'"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(settings: dict[str, object], what: str) -> None:
    class Sized(Comparison):
        """Which is it?"""

        baseline = "one"

        @variant
        def one(self) -> object:
            return [self]

    for name, value in settings.items():
        setattr(Sized, name, value)
    with pytest.raises(DeclarationError) as refused:
        declaration(Sized)
    assert what in refused.value.args[0]
    assert refused.value.remedy
