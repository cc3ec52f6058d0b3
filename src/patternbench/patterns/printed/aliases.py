"""Section 2.6, type aliases and NewType, as the guide prints them.

Left out: the first of the two definitions of `UserId`, an alias that the second replaces; the calls at the end; the
middleware's alias, whose `Request` and `Response` are defined nowhere. Added: bodies that give what they were asked
for, so that the calls can be watched.

Defects kept: at run time there is no distinct type: any value passes, two ids of different kinds are equal, and
`isinstance` is refused. `JsonValue` holds itself by a name that no run-time checker can resolve.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D103, RUF036
# mypy: disable-error-code="type-arg"

from __future__ import annotations

from typing import NewType, TypeAlias

# Type alias (simple substitution)
JsonDict: TypeAlias = dict[str, "JsonValue"]
JsonValue: TypeAlias = str | int | float | bool | None | JsonDict | list["JsonValue"]

# NewType (stricter - creates distinct type)
UserId = NewType("UserId", int)
OrderId = NewType("OrderId", int)


def get_user(user_id: UserId) -> dict:
    return {"user": user_id}


def get_order(order_id: OrderId) -> dict:
    return {"order": order_id}
