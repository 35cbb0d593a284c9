"""How far a client's run is, on a terminal: scenarios played, of how many, time left."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter

from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Progress"]

PAUSE = 0.1


class Progress:
    """One line that is written over and over. Without a terminal nothing is shown: pytest's own lines must do."""

    def __init__(self, config: pytest.Config, total: int) -> None:
        """`total` is how many scenarios are played, at most."""
        self._terminal: TerminalReporter | None = config.pluginmanager.getplugin("terminalreporter")
        self._capture = config.pluginmanager.getplugin("capturemanager")
        self._total = total
        self._began = self._shown = stopwatch()
        self.played = 0

    @property
    def is_shown(self) -> bool:
        """Whether there is a terminal, and room on it."""
        terminal = self._terminal
        return terminal is not None and bool(terminal.isatty) and terminal.verbosity == 0 and self._total > 0

    def add(self, played: int = 1) -> None:
        """Count scenarios that were played, and show where the run is."""
        self.played += played
        if self.is_shown and stopwatch() - self._shown > PAUSE:
            self._shown = stopwatch()
            self._show(self.line)

    def clear(self) -> None:
        """Leave an empty line behind."""
        if self.is_shown:
            self._show("")

    @property
    def line(self) -> str:
        """What is shown."""
        left = max(0, self._total - self.played)
        seconds = (stopwatch() - self._began) / max(1, self.played) * left
        return f"{self.played} of {self._total} scenarios played, about {seconds:.0f} s left"

    def _show(self, text: str) -> None:
        if self._terminal is not None:
            with self._capture.global_and_fixture_disabled():
                self._terminal.rewrite(text, erase=True)
