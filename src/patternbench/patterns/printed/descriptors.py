"""Section 3.5, properties and descriptors, as the guide prints them.

Added: the import of `Callable`, which the block uses and does not import. Nothing is mocked.

Defects kept: the constructor of `Temperature` checks nothing, and a NaN passes everywhere; a value of the wrong type
is a TypeError, and whatever holds an at sign is an e-mail; an attribute that was never set reads as `None`.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D101, D102
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Temperature:
    """Temperature with Celsius and Fahrenheit views."""

    def __init__(self, celsius: float = 0.0) -> None:
        self._celsius = celsius

    @property
    def celsius(self) -> float:
        return self._celsius

    @celsius.setter
    def celsius(self, value: float) -> None:
        if value < -273.15:
            raise ValueError("Temperature below absolute zero")
        self._celsius = value

    @property
    def fahrenheit(self) -> float:
        return self._celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value: float) -> None:
        self.celsius = (value - 32) * 5 / 9

    @property
    def kelvin(self) -> float:
        return self._celsius + 273.15


# Custom descriptor
class Validated:
    """Descriptor for validated attributes."""

    def __init__(
        self,
        validator: Callable[[Any], bool],
        error_msg: str = "Validation failed",
    ) -> None:
        self.validator = validator
        self.error_msg = error_msg

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.private_name = f"_{name}"

    def __get__(self, obj: object | None, objtype: type | None = None) -> Any:
        if obj is None:
            return self
        return getattr(obj, self.private_name, None)

    def __set__(self, obj: object, value: Any) -> None:
        if not self.validator(value):
            raise ValueError(f"{self.name}: {self.error_msg}")
        setattr(obj, self.private_name, value)


class User:
    email = Validated(lambda x: "@" in x, "Invalid email format")
    age = Validated(lambda x: 0 <= x <= 150, "Age must be between 0 and 150")

    def __init__(self, email: str, age: int) -> None:
        self.email = email
        self.age = age
