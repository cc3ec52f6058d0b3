from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator

import pytest

from patternbench.patterns.printed.records import AdminUser, Config, HighVolumeData, Point, User


@pytest.fixture(autouse=True)
def an_empty_registry() -> Iterator[None]:
    User._registry.clear()
    yield
    User._registry.clear()


def test_the_registry_keeps_users_that_nobody_else_holds() -> None:
    for number in range(100):
        User(number, "a@example.com", "A")
    gc.collect()
    assert len(User._registry) == 100


def test_a_second_user_takes_the_place_of_the_first_under_the_same_id() -> None:
    User(1, "first@example.com", "First")
    User(1, "second@example.com", "Second")
    found = User.get_by_id(1)
    assert found is not None
    assert found.name == "Second"


def test_replacing_a_field_takes_the_place_of_the_original() -> None:
    original = User(1, "a@example.com", "A")
    dataclasses.replace(original, name="B")
    assert User.get_by_id(1) is not original


def test_an_admin_finds_plain_users() -> None:
    plain = User(1, "a@example.com", "A")
    assert AdminUser.get_by_id(1) is plain


def test_a_bare_at_sign_passes_as_an_address_and_none_does_not() -> None:
    assert User(1, "@", "A").email == "@"
    with pytest.raises(ValueError, match="Invalid email: nobody"):
        User(1, "nobody", "A")


def test_the_time_of_creation_is_naive() -> None:
    assert User(1, "a@example.com", "A").created_at.tzinfo is None


def test_a_distance_overflows_and_underflows() -> None:
    origin = Point(0.0, 0.0)
    assert Point(3.0, 4.0).distance_to(origin) == 5.0
    assert Point(1e-200, 0.0).distance_to(origin) == 0.0
    with pytest.raises(OverflowError):
        Point(1e200, 0.0).distance_to(origin)


def test_a_point_refuses_assignment() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Point(1.0, 2.0).x = 3.0  # type: ignore[misc]


def test_high_volume_data_has_slots_and_no_dict() -> None:
    record = HighVolumeData(1, 2.0, 3.0)
    assert HighVolumeData.__slots__ == ("id", "value", "timestamp")
    assert not hasattr(record, "__dict__")


def test_a_config_takes_keywords_only() -> None:
    assert Config(host="localhost") == Config(host="localhost", port=8080, debug=False)
    with pytest.raises(TypeError):
        Config("localhost")  # type: ignore[call-arg]
