"""Records: dataclasses and what is offered in their place (guide 3.1 and 3.2).

All classes of a case are made in `setup`, with the same field names in the same order and the same values, one distinct
integer per field. The classes are not alike in what they promise: pydantic validates, frozen classes refuse assignment,
a tuple can be indexed; the docstring of each variant says what its price buys.
"""

from __future__ import annotations

import collections
import dataclasses
import operator
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from patternbench import Comparison, NotMeasured, optional_library, optional_value, variant
from patternbench.patterns.printed.records import HighVolumeData, Point

attrs = optional_library("attrs")
msgspec = optional_library("msgspec")
pydantic = optional_library("pydantic")
pydantic_dataclasses = optional_library("pydantic.dataclasses")

_FIRST_NAMES = ("id", "value", "timestamp")  # as the guide's record of three fields has them


def _names(fields: int) -> tuple[str, ...]:
    """Names as the compiler would have them: interned, without which every call by keyword compares them as text."""
    return (*_FIRST_NAMES, *(sys.intern(f"field_{index}") for index in range(3, fields)))[:fields]


def _values(fields: int) -> tuple[int, ...]:
    """Distinct integers that the interpreter does not keep ready-made, made anew by every call."""
    return tuple(int(f"{1000 + index}") for index in range(fields))


def _dataclass(fields: int, kind: Any = int, **options: bool) -> Any:
    typed: list[Any] = [(name, kind) for name in _names(fields)]
    make: Any = dataclasses.make_dataclass
    return make("Record", typed, **options)


def _attrs(fields: int, kind: Any = int, *, frozen: bool = False) -> Any:
    bare = types.new_class("Record")
    return attrs.define(bare, these={name: attrs.field(type=kind) for name in _names(fields)}, frozen=frozen)


def _named_tuple(fields: int) -> Any:
    return collections.namedtuple("Record", _names(fields))  # noqa: PYI024 - the names are known late


def _struct(fields: int, kind: Any = int, **options: bool) -> Any:
    return msgspec.defstruct("Record", [(name, kind) for name in _names(fields)], **options)


def _model(fields: int, kind: Any = int, *, frozen: bool = False) -> Any:
    return pydantic.create_model("Record", __config__={"frozen": frozen}, **dict.fromkeys(_names(fields), (kind, ...)))


def _pydantic_dataclass(fields: int, *, frozen: bool = False) -> Any:
    annotations = {"__annotations__": dict.fromkeys(_names(fields), int)}
    bare = types.new_class("Record", exec_body=lambda namespace: namespace.update(annotations))
    return pydantic_dataclasses.dataclass(bare, frozen=frozen)


def _content(record: Any, fields: int) -> tuple[object, ...]:
    """The values of a record of any kind."""
    return tuple(getattr(record, name) for name in _names(fields))


_UNPACKED = "A call also unpacks a prepared tuple or mapping; ThreeFields has calls as one writes them."


class Construction(Comparison):
    """Which record class is cheapest to construct?

    One record is made and dropped per call. From 30 fields on the instances of a class with a dict no longer share the
    table of their keys, and both time and memory per record jump; classes with slots know no such step. Bytes per
    record are the record's own: its values are made before and shared.
    """

    guide = "3.1"
    baseline = "dataclass"
    params = {"fields": (1, 3, 10, 29, 30, 31, 64)}
    headline = {"fields": 3}
    meters = ("time", "memory")
    caveat = _UNPACKED

    def setup(self, fields: int) -> None:
        self.values = _values(fields)
        self.by_name = dict(zip(_names(fields), self.values, strict=True))
        self.dataclass_type = _dataclass(fields)
        self.slots_type = _dataclass(fields, slots=True)
        self.frozen_type = _dataclass(fields, frozen=True)
        self.frozen_slots_type = _dataclass(fields, frozen=True, slots=True)
        self.kw_only_type = _dataclass(fields, kw_only=True)
        self.named_tuple_type = _named_tuple(fields)
        self.attrs_type = optional_value(lambda: _attrs(fields))
        self.attrs_frozen_type = optional_value(lambda: _attrs(fields, frozen=True))
        self.struct_type = optional_value(lambda: _struct(fields))
        self.model_type = optional_value(lambda: _model(fields))
        self.pydantic_dataclass_type = optional_value(lambda: _pydantic_dataclass(fields))

    def agree(self, expected: Any, actual: Any) -> bool:
        fields = len(self.values)
        return _content(expected, fields) == _content(actual, fields) == self.values

    @variant
    def dataclass(self) -> object:
        """`@dataclass` without options: a dict per instance, as long as there are fewer than 30 fields a shared one."""
        return self.dataclass_type(*self.values)

    @variant
    def slots(self) -> object:
        """`@dataclass(slots=True)`: no dict; no weak references, no `cached_property`."""
        return self.slots_type(*self.values)

    @variant
    def frozen(self) -> object:
        """`@dataclass(frozen=True)`: its `__init__` goes through `object.__setattr__` for every field."""
        return self.frozen_type(*self.values)

    @variant
    def frozen_slots(self) -> object:
        """`@dataclass(frozen=True, slots=True)`."""
        return self.frozen_slots_type(*self.values)

    @variant
    def kw_only(self) -> object:
        """`@dataclass(kw_only=True)`: the price is that of any call by keyword."""
        return self.kw_only_type(**self.by_name)

    @variant
    def named_tuple(self) -> object:
        """`namedtuple`: immutable, and equal to any tuple of the same values."""
        return self.named_tuple_type(*self.values)

    @variant
    def attrs_define(self) -> object:
        """`attrs.define`: slots, with room for weak references."""
        return self.attrs_type(*self.values)

    @variant
    def attrs_frozen(self) -> object:
        """`attrs.define(frozen=True)`."""
        return self.attrs_frozen_type(*self.values)

    @variant
    def msgspec_struct(self) -> object:
        """`msgspec.Struct`: its constructor is native code and checks no types."""
        return self.struct_type(*self.values)

    @variant
    def pydantic_model(self) -> object:
        """`pydantic.BaseModel`: validates every field, takes keywords only."""
        return self.model_type(**self.by_name)

    @variant
    def pydantic_dataclass(self) -> object:
        """`pydantic.dataclasses.dataclass`: validates every field."""
        return self.pydantic_dataclass_type(*self.values)


@dataclasses.dataclass
class _Dataclass:
    """The guide's `HighVolumeData` without its option."""

    id: int
    value: float
    timestamp: float


class _Plain:
    """What the decorator would write, without it."""

    def __init__(self, id: int, value: float, timestamp: float) -> None:  # noqa: A002 - the guide's name
        self.id = id
        self.value = value
        self.timestamp = timestamp


class _PlainSlots:
    """The same with slots."""

    __slots__ = ("id", "timestamp", "value")

    def __init__(self, id: int, value: float, timestamp: float) -> None:  # noqa: A002 - the guide's name
        self.id = id
        self.value = value
        self.timestamp = timestamp


class _Named(NamedTuple):
    """The same as a tuple with names."""

    id: int
    value: float
    timestamp: float


class ThreeFields(Comparison):
    """Does slots=True pay for the guide's record of three fields?

    Calls are written out, as in a program, so that the interpreter can specialise them. Records replace each other in
    a list: with one place each record is dropped as soon as the next is made, with many a whole list is built, kept
    and then dropped.
    """

    guide = "3.1"
    baseline = "dataclass"
    params = {"alive": (1, 1000, 100_000)}
    headline = {"alive": 1000}
    meters = ("time", "memory")
    caveat = "The loop over prepared rows and the store into the list, the same for all, are part of the time."

    def setup(self, alive: int) -> None:
        rows = max(alive, 1000)
        self.alive = alive
        self.units = rows
        self.rows = [(index % alive, index + 1000, index + 0.5, index + 0.25) for index in range(rows)]
        self.attrs_type = optional_value(lambda: _attrs(3))
        self.struct_type = optional_value(lambda: _struct(3))
        self.struct_without_gc_type = optional_value(lambda: _struct(3, gc=False))

    def agree(self, expected: Sequence[Any], actual: Sequence[Any]) -> bool:
        return len(expected) == len(actual) and all(
            _content(one, 3) == _three(other) for one, other in zip(expected, actual, strict=True)
        )

    @variant
    def dataclass(self) -> list[Any]:
        """The guide's class without `slots=True`."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = _Dataclass(id_, value, timestamp)
        return held

    @variant
    def guide_slots(self) -> list[Any]:
        """The guide's `HighVolumeData`, a dataclass with `slots=True`."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = HighVolumeData(id_, value, timestamp)
        return held

    @variant
    def plain_class(self) -> list[Any]:
        """A class written by hand."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = _Plain(id_, value, timestamp)
        return held

    @variant
    def plain_slots(self) -> list[Any]:
        """A class written by hand with `__slots__`."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = _PlainSlots(id_, value, timestamp)
        return held

    @variant
    def named_tuple(self) -> list[Any]:
        """`namedtuple`."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = _Named(id_, value, timestamp)
        return held

    @variant
    def attrs_define(self) -> list[Any]:
        """`attrs.define`."""
        record = self.attrs_type
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = record(id_, value, timestamp)
        return held

    @variant
    def msgspec_struct(self) -> list[Any]:
        """`msgspec.Struct`."""
        record = self.struct_type
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = record(id_, value, timestamp)
        return held

    @variant
    def msgspec_without_gc(self) -> list[Any]:
        """`msgspec.Struct` with `gc=False`: smaller, and a cycle through it is never collected."""
        record = self.struct_without_gc_type
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = record(id_, value, timestamp)
        return held

    @variant
    def tuple_(self) -> list[Any]:
        """A tuple without names: the floor."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = (id_, value, timestamp)
        return held

    @variant
    def dict_(self) -> list[Any]:
        """A dict without a class."""
        held: list[Any] = [None] * self.alive
        for place, id_, value, timestamp in self.rows:
            held[place] = {"id": id_, "value": value, "timestamp": timestamp}
        return held


def _three(record: Any) -> tuple[object, ...]:
    """The three values of a record, a dict or a tuple."""
    if isinstance(record, dict):
        return tuple(record[name] for name in _FIRST_NAMES)
    return tuple(record) if isinstance(record, tuple) else _content(record, 3)


_RECORDS_READ = 10


def _read(records: Sequence[Any]) -> tuple[object, object, object]:
    """Read three attributes four times of each record; written out, so that a loop stands between every 12 only."""
    first = second = third = None
    for record in records:
        first = record.id
        second = record.value
        third = record.timestamp
        first = record.id
        second = record.value
        third = record.timestamp
        first = record.id
        second = record.value
        third = record.timestamp
        first = record.id
        second = record.value
        third = record.timestamp
    return first, second, third


def _read_for_itself() -> Callable[[Sequence[Any]], object]:
    """A copy of `_read` with code of its own.

    The interpreter specialises the reads in a function's code for the class that it meets there. Where several variants
    run in one process, as under pytest, one code object for all would be specialised for none.
    """
    return types.FunctionType(_read.__code__.replace(), globals())


class Reading(Comparison):
    """Which record class is cheapest to read?

    Three of the fields are read by name, four times over, of ten records in turn.
    """

    guide = "3.1"
    baseline = "dataclass"
    params = {"fields": (3, 10, 29, 30, 64)}
    headline = {"fields": 3}
    units = 12 * _RECORDS_READ
    caveat = "Each read includes its store into a local name, and a twelfth of a loop's step."

    def setup(self, fields: int) -> None:
        values = _values(fields)
        by_name = dict(zip(_names(fields), values, strict=True))

        def ten(kind: Any) -> list[Any]:
            return [kind(**by_name) for _ in range(_RECORDS_READ)]

        self.read = _read_for_itself()
        self.dataclasses = ten(_dataclass(fields))
        self.slotted = ten(_dataclass(fields, slots=True))
        self.frozens = ten(_dataclass(fields, frozen=True))
        self.named_tuples = ten(_named_tuple(fields))
        self.attrs_records = optional_value(lambda: ten(_attrs(fields)))
        self.structs = optional_value(lambda: ten(_struct(fields)))
        self.models = optional_value(lambda: ten(_model(fields)))
        self.pydantic_dataclasses = optional_value(lambda: ten(_pydantic_dataclass(fields)))
        self.dicts = ten(dict)
        self.tuples = [tuple(values) for _ in range(_RECORDS_READ)]

    @variant
    def dataclass(self) -> object:
        return self.read(self.dataclasses)

    @variant
    def slots(self) -> object:
        return self.read(self.slotted)

    @variant
    def frozen(self) -> object:
        return self.read(self.frozens)

    @variant
    def named_tuple(self) -> object:
        return self.read(self.named_tuples)

    @variant
    def attrs_define(self) -> object:
        return self.read(_present(self.attrs_records))

    @variant
    def msgspec_struct(self) -> object:
        return self.read(_present(self.structs))

    @variant
    def pydantic_model(self) -> object:
        return self.read(_present(self.models))

    @variant
    def pydantic_dataclass(self) -> object:
        return self.read(_present(self.pydantic_dataclasses))

    @variant
    def dict_(self) -> object:
        """A dict, read by key."""
        first = second = third = None
        for record in self.dicts:
            first = record["id"]
            second = record["value"]
            third = record["timestamp"]
            first = record["id"]
            second = record["value"]
            third = record["timestamp"]
            first = record["id"]
            second = record["value"]
            third = record["timestamp"]
            first = record["id"]
            second = record["value"]
            third = record["timestamp"]
        return first, second, third

    @variant
    def tuple_(self) -> object:
        """A tuple, read by position: the floor."""
        first = second = third = None
        for record in self.tuples:
            first = record[0]
            second = record[1]
            third = record[2]
            first = record[0]
            second = record[1]
            third = record[2]
            first = record[0]
            second = record[1]
            third = record[2]
            first = record[0]
            second = record[1]
            third = record[2]
        return first, second, third


def _present(records: Any) -> Any:
    """The records, or `NotMeasured` where `optional_value` could not make them."""
    return records() if callable(records) else records


_PAIRS = 20


def _equal(pairs: Sequence[tuple[object, object]]) -> int:
    """How many of the pairs are equal, by `==`."""
    same = 0
    for one, other in pairs:
        if one == other:
            same += 1
    return same


def _hashed_alike(pairs: Sequence[tuple[object, object]]) -> int:
    """How many of the pairs have equal hashes."""
    same = 0
    for one, other in pairs:
        if hash(one) == hash(other):
            same += 1
    return same


class Identity(Comparison):
    """Which record class is cheapest to compare and to hash?

    Of twenty pairs half are equal, made of values that are equal without being the same objects, and half differ in
    the last field alone, so that all fields are looked at. With two fields the guide's own `Point` takes part.
    """

    guide = "3.1"
    baseline = "frozen"
    params = {"operation": ("equal", "hash"), "fields": (2, 3, 10, 30, 64)}
    headline = {"operation": "equal", "fields": 2}
    caveat = "Each operation includes its share of the loop over the pairs."

    def setup(self, operation: str, fields: int) -> None:
        names = _names(fields)
        equal = operation == "equal"
        self.operate = _equal if equal else _hashed_alike
        self.units = _PAIRS if equal else 2 * _PAIRS

        def pairs(make: Callable[..., Any]) -> list[tuple[Any, Any]]:
            def made(last: int) -> Any:
                return make(**dict(zip(names, (*_values(fields)[:-1], int(f"{last}")), strict=True)))

            return [(made(5000), made(5000 + pair % 2)) for pair in range(_PAIRS)]

        self.frozen_pairs = pairs(_dataclass(fields, frozen=True))
        self.frozen_slots_pairs = pairs(_dataclass(fields, frozen=True, slots=True))
        self.named_tuple_pairs = pairs(_named_tuple(fields))
        self.attrs_pairs = optional_value(lambda: pairs(_attrs(fields, frozen=True)))
        self.struct_pairs = optional_value(lambda: pairs(_struct(fields, frozen=True)))
        self.model_pairs = optional_value(lambda: pairs(_model(fields, frozen=True)))
        self.pydantic_dataclass_pairs = optional_value(lambda: pairs(_pydantic_dataclass(fields, frozen=True)))
        self.tuple_pairs = pairs(_tuple)
        self.point_pairs = optional_value(lambda: pairs(_point(fields)))
        self.mutable_pairs = optional_value(lambda: pairs(_mutable(fields, hashable=not equal)))

    @variant
    def frozen(self) -> int:
        """`@dataclass(frozen=True)`."""
        return self.operate(self.frozen_pairs)

    @variant
    def guide_point(self) -> int:
        """The guide's `Point`, a frozen dataclass of two fields."""
        return self.operate(_present(self.point_pairs))

    @variant
    def mutable(self) -> int:
        """`@dataclass` without options: can be compared, not hashed."""
        return self.operate(_present(self.mutable_pairs))

    @variant
    def frozen_slots(self) -> int:
        return self.operate(self.frozen_slots_pairs)

    @variant
    def named_tuple(self) -> int:
        """`namedtuple`: equal to any tuple of the same values, of whatever class."""
        return self.operate(self.named_tuple_pairs)

    @variant
    def attrs_frozen(self) -> int:
        return self.operate(_present(self.attrs_pairs))

    @variant
    def msgspec_frozen(self) -> int:
        return self.operate(_present(self.struct_pairs))

    @variant
    def pydantic_frozen(self) -> int:
        """A pydantic model with `frozen=True`."""
        return self.operate(_present(self.model_pairs))

    @variant
    def pydantic_dataclass(self) -> int:
        """A pydantic dataclass with `frozen=True`."""
        return self.operate(_present(self.pydantic_dataclass_pairs))

    @variant
    def tuple_(self) -> int:
        """A tuple without names: the floor."""
        return self.operate(self.tuple_pairs)


def _tuple(**by_name: object) -> tuple[object, ...]:
    return tuple(by_name.values())


def _point(fields: int) -> Callable[..., Any]:
    if fields != 2:
        raise NotMeasured("the guide's Point has two fields")

    def made(id: float, value: float) -> Point:  # noqa: A002 - the names that the other classes have
        return Point(id, value)

    return made


def _mutable(fields: int, *, hashable: bool) -> Any:
    if hashable:
        raise NotMeasured("a dataclass that compares and is not frozen has no hash")
    return _dataclass(fields)


class ToDict(Comparison):
    """Which way from a record to a dict is cheapest?

    `asdict`, `to_builtins` and `model_dump` go into the values and copy lists; the others give a dict that shares its
    lists with the record. The axis `content` shows what that costs.
    """

    guide = "3.1"
    baseline = "asdict"
    params = {"fields": (3, 10, 30), "content": ("int", "list of 5")}
    headline = {"fields": 10, "content": "int"}

    def setup(self, fields: int, content: str) -> None:
        names = _names(fields)
        numbers = content == "int"
        kind: Any = int if numbers else list[int]
        values: Sequence[object] = (
            _values(fields) if numbers else [[1000 + index + step for step in range(5)] for index in range(fields)]
        )
        by_name = dict(zip(names, values, strict=True))
        self.names = names
        self.read = operator.attrgetter(*names)
        self.record = _dataclass(fields, kind)(**by_name)
        self.slotted = _dataclass(fields, kind, slots=True)(**by_name)
        self.named = _named_tuple(fields)(**by_name)
        self.attrs_record = optional_value(lambda: _attrs(fields, kind)(**by_name))
        self.struct = optional_value(lambda: _struct(fields, kind)(**by_name))
        self.model = optional_value(lambda: _model(fields, kind)(**by_name))

    @variant
    def asdict(self) -> object:
        """`dataclasses.asdict`: goes into nested records and copies containers."""
        return dataclasses.asdict(self.record)

    @variant
    def asdict_slots(self) -> object:
        """`dataclasses.asdict` of a dataclass with slots, which has no `vars`."""
        return dataclasses.asdict(self.slotted)

    @variant
    def vars_copy(self) -> object:
        """`dict(vars(record))`: one level; gives the instance a dict of its own for good."""
        return dict(vars(self.record))

    @variant
    def attribute_by_attribute(self) -> object:
        """One `attrgetter` for all names: one level, works for any class."""
        return dict(zip(self.names, self.read(self.slotted), strict=True))

    @variant
    def named_tuple(self) -> object:
        """`_asdict`: one level."""
        return self.named._asdict()

    @variant
    def attrs_asdict(self) -> object:
        """`attrs.asdict`: goes into nested records and copies containers."""
        return attrs.asdict(self.attrs_record)

    @variant
    def msgspec_asdict(self) -> object:
        """`msgspec.structs.asdict`: one level."""
        return msgspec.structs.asdict(self.struct)

    @variant
    def msgspec_to_builtins(self) -> object:
        """`msgspec.to_builtins` of a struct: all levels."""
        return msgspec.to_builtins(self.struct)

    @variant
    def msgspec_of_dataclass(self) -> object:
        """`msgspec.to_builtins` of the plain dataclass: all levels, and the class stays as it is."""
        return msgspec.to_builtins(self.record)

    @variant
    def pydantic_model_dump(self) -> object:
        """`model_dump`: all levels, with whatever serialisers the model declares."""
        return self.model.model_dump()

    @variant
    def pydantic_dict(self) -> object:
        """`dict(model)`: one level."""
        return dict(self.model)
