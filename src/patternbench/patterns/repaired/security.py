"""Section 10.2, security best practices, mended: tokens, passwords and comparisons.

What was wrong: 100 000 iterations of PBKDF2, where OWASP's Password Storage Cheat Sheet asks for 600 000, and the key
did not say how it was made, so that the number could never be raised for those who had a password already. A string
that no UTF-8 can hold made the comparison fail.

Where a library may be added, argon2-cffi is OWASP's first choice.
"""

from __future__ import annotations

import hashlib
import os
from secrets import compare_digest, token_urlsafe

ITERATIONS = 600_000
"""Of PBKDF2 with SHA-256, for passwords that are hashed from now on."""

_ALGORITHM = "sha256"


def generate_token(length: int = 32) -> str:
    """A random token of that many bytes, a third more characters than that."""
    return token_urlsafe(length)


def hash_password(password: str, salt: bytes | None = None, *, iterations: int = ITERATIONS) -> tuple[bytes, bytes]:
    """A key that says how it was made, and its salt.

    Takes hundreds of milliseconds on purpose: in an event loop, run it in a thread.
    """
    if salt is None:
        salt = os.urandom(32)
    digest = hashlib.pbkdf2_hmac(_ALGORITHM, _bytes(password), salt, iterations)
    return f"pbkdf2_{_ALGORITHM}${iterations}${digest.hex()}".encode(), salt


def verify_password(password: str, key: bytes, salt: bytes) -> bool:
    """Whether the password is the one that the key was made from, by as many iterations as it says."""
    found, _ = hash_password(password, salt, iterations=_iterations(key))
    return compare_digest(key, found)


def needs_rehash(key: bytes) -> bool:
    """Whether the key was made with fewer iterations than new ones are; hash again when its user logs in."""
    return _iterations(key) < ITERATIONS


def secure_compare(a: str, b: str) -> bool:
    """Whether two strings are equal, in a time that does not tell where they differ."""
    return compare_digest(_bytes(a), _bytes(b))


def _iterations(key: bytes) -> int:
    return int(key.split(b"$")[1])


def _bytes(text: str) -> bytes:
    # A lone surrogate, which JSON can carry, has no UTF-8; it must be wrong, not an error.
    return text.encode("utf-8", "surrogatepass")
