"""Section 10.2, security best practices, as the guide prints them: the validated user input.

Nothing was added, and nothing is mocked. Importing it needs the package `email-validator`.

Defects kept: a name may hold line breaks and tabs or be a lone space, but not an apostrophe or a full stop; an age may
be `True` or "42".
"""

from __future__ import annotations

from pydantic import BaseModel, EmailStr, Field


class UserInput(BaseModel):
    """Validated user input."""

    email: EmailStr
    name: str = Field(..., min_length=1, max_length=100, pattern=r"^[\w\s-]+$")
    age: int = Field(..., ge=0, le=150)
