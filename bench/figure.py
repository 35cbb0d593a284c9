"""One measured number, with what it should be."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

MEETS: dict[str, Callable[[float, float], bool]] = {"<": operator.lt, "≥": operator.ge}


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`; `aim` is a comparison such as "≥ 70" in the same unit, or empty where there is none.

    Figures with one name `of` several things are shown as a table of these.
    """

    name: str
    value: float
    unit: str
    aim: str = ""
    of: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without one."""
        if not self.aim:
            return None
        comparison, bound = self.aim.split()
        return MEETS[comparison](self.value, float(bound))

    @property
    def shown(self) -> str:
        """Value and unit for people: three digits that count, and no false precision above."""
        digits = 0 if abs(self.value) >= 100 else 1 if abs(self.value) >= 10 else 2
        return f"{self.value:,.{digits}f} {self.unit}".rstrip()
