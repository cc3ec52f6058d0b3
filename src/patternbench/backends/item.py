"""What every HTTP stand-in answers, so that their results can be compared: one small JSON object per item number."""

from __future__ import annotations

import json

CONTENT_TYPE = "application/json"


def item(number: int) -> dict[str, object]:
    """Item `number` as its readers see it."""
    return {"id": number, "name": f"item {number}", "tags": ["a", "b", "c"], "price": number * 1.25}


def item_body(number: int) -> bytes:
    """The same as bytes on the wire; about 70 of them."""
    return json.dumps(item(number)).encode()
