"""Section 10.2, security best practices, mended: the validated user input.

What was wrong: a name could hold line breaks and tabs or be a lone space, but no apostrophe and no full stop; an age
could be `True` or "42".
"""

from __future__ import annotations

from pydantic import BaseModel, EmailStr, Field


class UserInput(BaseModel):
    """What a user says of themselves; a name is letters and digits with single spaces, apostrophes, dots or hyphens."""

    email: EmailStr
    name: str = Field(..., min_length=1, max_length=100, pattern=r"^\w+(?:(?:[ '\u2019-]|\. ?)\w+)*\.?\z")
    age: int = Field(..., ge=0, le=150, strict=True)
