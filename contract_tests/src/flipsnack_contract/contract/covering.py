"""Orthogonal arrays: few rows in which any two columns have every pair of their values."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any


def covering(columns: Mapping[str, Sequence[Any]], strength: int = 2) -> list[dict[str, Any]]:
    """Rows in which any `strength` of the columns have every combination of their values.

    They are the values of all polynomials of a degree below `strength` over a field of prime size (Bush's
    construction): two polynomials that agree in so many places are one. A column that has fewer values than the field
    has its first ones more often. There are as many rows as the prime to the power of `strength`.
    """
    size = _prime(max(len(columns) - 1, *map(len, columns.values())))
    return [
        {
            name: values[at % len(values)]
            for (name, values), at in zip(columns.items(), _values(factors, size), strict=False)
        }
        for factors in product(range(size), repeat=strength)
    ]


def _values(factors: Sequence[int], size: int) -> Iterator[int]:
    """The values of the polynomial with these factors, from 0 on, and its value at infinity."""
    for at in range(size):
        value = 0
        for factor in factors:
            value = (value * at + factor) % size
        yield value
    yield factors[0]


def _prime(least: int) -> int:
    """The smallest prime that is not below a number."""
    number = max(2, least)
    while any(number % one == 0 for one in range(2, number)):
        number += 1
    return number
