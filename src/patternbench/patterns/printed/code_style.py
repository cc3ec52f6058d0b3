"""Section 10.1, code style, as the guide prints it: the one function of its example.

Left out: the imports and the service, which need an application. Nothing was added, and nothing is mocked.

Defects kept: a percentage above 100 gives a price below zero, and cents are what a float makes of them.
"""

from __future__ import annotations

# Constants - UPPER_SNAKE_CASE
MAX_RETRIES = 3
DEFAULT_TIMEOUT = 30.0


# Functions - snake_case with type hints
def calculate_discount(price: float, percentage: float) -> float:
    """Calculate discounted price.

    Args:
        price: Original price.
        percentage: Discount percentage (0-100).

    Returns:
        Discounted price.
    """
    return price * (1 - percentage / 100)
