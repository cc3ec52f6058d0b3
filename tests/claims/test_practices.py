"""10.1 and 10.2: prices, passwords, comparisons and what users type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pydantic
import pytest

from patternbench.patterns.printed import code_style, security, user_input
from patternbench.patterns.repaired import code_style as mended_style
from patternbench.patterns.repaired import security as mended_security
from patternbench.patterns.repaired import user_input as mended_input

# 10.1 Code style


def test_a_discount_may_leave_less_than_nothing() -> None:
    assert code_style.calculate_discount(100.0, 150) == -50.0
    for percentage in (150, -1):
        with pytest.raises(ValueError, match="from 0 to 100 percent"):
            mended_style.calculate_discount(100, percentage)
    with pytest.raises(ValueError, match="not below zero"):
        mended_style.calculate_discount(-1, 10)


def test_cents_are_what_a_float_makes_of_them() -> None:
    """Of all prices below ten at 10 %, how many round to another cent than half-even arithmetic says?"""
    wrong = sum(
        round(code_style.calculate_discount(cents / 100, 10), 2)
        != float(mended_style.calculate_discount(Decimal(cents) / 100, 10))
        for cents in range(1000)
    )
    assert wrong > 0
    with pytest.raises(TypeError, match="a float does not hold"):
        mended_style.calculate_discount(0.1, 10)
    assert mended_style.calculate_discount("19.99", 10) == Decimal("17.99")


# 10.2 Security


def test_a_password_is_hashed_a_sixth_as_often_as_owasp_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(name: str, password: bytes, salt: bytes, iterations: int) -> bytes:
        asked.append(iterations)
        return b"digest"

    for module in (security, mended_security):
        monkeypatch.setattr(module.hashlib, "pbkdf2_hmac", counted)
        module.hash_password("secret", b"salt")
    assert asked == [100_000, 600_000]


def test_a_key_does_not_say_how_it_was_made() -> None:
    key, salt = security.hash_password("secret", b"salt")
    assert len(key) == 32
    assert security.verify_password("secret", key, salt)
    old, salt = mended_security.hash_password("secret", b"salt", iterations=1000)
    assert old.startswith(b"pbkdf2_sha256$1000$")
    assert mended_security.verify_password("secret", old, salt)
    assert not mended_security.verify_password("Secret", old, salt)
    assert mended_security.needs_rehash(old)
    assert not mended_security.needs_rehash(b"pbkdf2_sha256$600000$00")


def test_a_token_is_longer_than_its_length() -> None:
    for module in (security, mended_security):
        assert len(module.generate_token(32)) == 43
        assert module.generate_token() != module.generate_token()


def test_a_lone_surrogate_cannot_be_compared() -> None:
    with pytest.raises(UnicodeEncodeError):
        security.secure_compare("\ud800", "a")
    assert mended_security.secure_compare("\ud800", "a") is False
    for module in (security, mended_security):
        assert module.secure_compare("ä", "ä")
        assert not module.secure_compare("ä", "a")


NAMES = {"a\nb": False, "Bob\n": False, "a\tb": False, " ": False, "O'Brien": True, "Dr. Smith": True, "Ana-Luz": True}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_hold_a_line_break_and_no_apostrophe(name: str) -> None:
    def accepts(module: Any) -> bool:
        try:
            module.UserInput(email="a@example.com", name=name, age=7)
        except pydantic.ValidationError:
            return False
        return True

    assert accepts(mended_input) is NAMES[name]
    if name != "Ana-Luz":
        assert accepts(user_input) is not NAMES[name]


@pytest.mark.parametrize("age", [True, "42"])
def test_an_age_may_be_true_or_a_text(age: Any) -> None:
    assert user_input.UserInput(email="a@example.com", name="A", age=age).age in {1, 42}
    with pytest.raises(pydantic.ValidationError):
        mended_input.UserInput(email="a@example.com", name="A", age=age)
