"""Section 3.5, properties and descriptors, mended.

What was wrong: the constructor of `Temperature` checked nothing, a NaN passed everywhere, and kelvin could be read
only. `Validated` let its check fail with a TypeError for a value of the wrong kind, gave `None` for what was never set,
and could not be deleted; a list with an at sign in it was an e-mail, and `True` an age.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_ZERO_C = -273.15


class Temperature:
    """A temperature, in three scales that are checked alike.

    Raises:
        ValueError: it is below absolute zero, or no number.
    """

    def __init__(self, celsius: float = 0.0) -> None:
        self.celsius = celsius

    @property
    def celsius(self) -> float:
        """Degrees Celsius."""
        return self._celsius

    @celsius.setter
    def celsius(self, value: float) -> None:
        if not value >= _ZERO_C:
            raise ValueError("Temperature below absolute zero" if value < _ZERO_C else "Temperature is no number")
        self._celsius = value

    @property
    def fahrenheit(self) -> float:
        """Degrees Fahrenheit."""
        return self._celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value: float) -> None:
        self.celsius = (value - 32) * 5 / 9

    @property
    def kelvin(self) -> float:
        """Kelvin."""
        return self._celsius - _ZERO_C

    @kelvin.setter
    def kelvin(self, value: float) -> None:
        self.celsius = value + _ZERO_C


class Validated:
    """An attribute that is checked whenever it is set.

    Args:
        validator: whether a value will do; one that it cannot judge will not.
        error_msg: what to say then.
    """

    def __init__(self, validator: Callable[[Any], bool], error_msg: str = "Validation failed") -> None:
        self.validator = validator
        self.error_msg = error_msg

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.private_name = f"_{name}"

    def __get__(self, obj: object | None, objtype: type | None = None) -> Any:
        if obj is None:
            return self
        try:
            return getattr(obj, self.private_name)
        except AttributeError:
            raise AttributeError(f"{self.name} was not set") from None

    def __set__(self, obj: object, value: Any) -> None:
        try:
            valid = self.validator(value)
        except (TypeError, AttributeError):
            valid = False
        if not valid:
            raise ValueError(f"{self.name}: {self.error_msg}")
        setattr(obj, self.private_name, value)

    def __delete__(self, obj: object) -> None:
        delattr(obj, self.private_name)


class User:
    """Two checked attributes."""

    email = Validated(lambda value: all(value.partition("@")), "Invalid email format")
    age = Validated(lambda value: type(value) is int and 0 <= value <= 150, "Age must be between 0 and 150")

    def __init__(self, email: str, age: int) -> None:
        self.email = email
        self.age = age
