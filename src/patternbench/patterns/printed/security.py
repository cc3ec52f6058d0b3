"""Section 10.2, security best practices, as the guide prints them: tokens, passwords and comparisons.

Added: the import of `os`, without which `hash_password` stops with a NameError. Left out: the imports that the code
does not use, the two queries, whose session and address are defined nowhere, and the settings, which section 10.4
prints in full. The model of user input is in `user_input`. Nothing is mocked.

Defects kept: 100 000 iterations, a sixth of what OWASP asks for, and neither their number nor the algorithm is stored
with the key, so that they can never be raised; a string that no UTF-8 can hold cannot be compared.
"""

from __future__ import annotations

import hashlib
import os
from secrets import compare_digest, token_urlsafe


# Generate secure tokens
def generate_token(length: int = 32) -> str:
    """Generate cryptographically secure token."""
    return token_urlsafe(length)


# Secure password hashing (use passlib or bcrypt in production)
def hash_password(password: str, salt: bytes | None = None) -> tuple[bytes, bytes]:
    """Hash password with salt."""
    if salt is None:
        salt = os.urandom(32)
    key = hashlib.pbkdf2_hmac(
        "sha256",
        password.encode(),
        salt,
        100000,  # Iterations
    )
    return key, salt


def verify_password(password: str, key: bytes, salt: bytes) -> bool:
    """Verify password against hash."""
    new_key, _ = hash_password(password, salt)
    return compare_digest(key, new_key)


# Secure comparison (constant time)
def secure_compare(a: str, b: str) -> bool:
    """Compare strings in constant time to prevent timing attacks."""
    return compare_digest(a.encode(), b.encode())
