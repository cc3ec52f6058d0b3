"""Section 2.6, type aliases and NewType, mended.

What was wrong: at run time there was no distinct type. Any value passed for an id, ids of different kinds were equal,
and `isinstance` was refused. `JsonValue` was an alias without a name of its own, so that run-time checkers (pydantic's
`TypeAdapter`) followed it without end.

An id that is a class costs a small object; where a type checker reads every call, the `NewType` is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from typing_extensions import TypeAliasType

JsonValue = TypeAliasType("JsonValue", "str | int | float | bool | dict[str, JsonValue] | list[JsonValue] | None")


@dataclass(frozen=True, slots=True)
class _Id:
    """A number that is an id of one kind."""

    number: int

    def __post_init__(self) -> None:
        if type(self.number) is not int:
            raise TypeError(f"an id is an integer, not {self.number!r}")


class UserId(_Id):
    """Which user."""

    __slots__ = ()


class OrderId(_Id):
    """Which order."""

    __slots__ = ()


def get_user(user_id: UserId) -> dict[str, Any]:
    """The user of that id; TypeError for any other kind of id."""
    if not isinstance(user_id, UserId):
        raise TypeError(f"give a UserId, not {user_id!r}")
    return {"user": user_id.number}


def get_order(order_id: OrderId) -> dict[str, Any]:
    """The order of that id; TypeError for any other kind of id."""
    if not isinstance(order_id, OrderId):
        raise TypeError(f"give an OrderId, not {order_id!r}")
    return {"order": order_id.number}
