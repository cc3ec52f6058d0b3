"""Meters wait in a time of their own."""

from __future__ import annotations

from tests.fake_time import clock, in_fake_time

__all__ = ["clock", "in_fake_time"]
