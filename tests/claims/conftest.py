"""What a claim waits for passes in a time of its own."""

from __future__ import annotations

from tests.fake_time import clock, in_fake_time

__all__ = ["clock", "in_fake_time"]
