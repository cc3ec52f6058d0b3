"""Stands in for the module that section 1.2 calls heavy: its imports take several times as long as the package."""

from __future__ import annotations

import asyncio
import decimal
import email.message
import http.client
import sqlite3
import unittest.mock
import xml.dom.minidom

IMPORTED = (asyncio, decimal, email.message, http.client, sqlite3, unittest.mock, xml.dom.minidom)
"""What makes it heavy."""


class HeavyClass:
    """The class that users of the package want."""
