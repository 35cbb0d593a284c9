"""How far a client's run is, on a terminal: scenarios played, of how many, time left."""

import pytest
from _pytest.terminal import TerminalReporter

from flipsnack_contract.contract.clock import stopwatch


class Progress:
    """One line that is written over and over. Without a terminal nothing is shown: pytest's own lines must do."""

    def __init__(self, config: pytest.Config) -> None:
        self.total = 0  # how many scenarios are played, at most
        self._terminal: TerminalReporter | None = config.pluginmanager.getplugin("terminalreporter")
        self._capture = config.pluginmanager.getplugin("capturemanager")
        self._played = 0
        self._began = stopwatch()

    @property
    def is_shown(self) -> bool:
        """Whether there is a terminal, and room on it."""
        terminal = self._terminal
        return self.total > 0 and terminal is not None and bool(terminal.isatty) and terminal.verbosity == 0

    def add(self, played: int) -> None:
        """Count scenarios that were played, and show where the run is."""
        self._played += played
        left = max(0, self.total - self._played)
        seconds = (stopwatch() - self._began) / max(1, self._played) * left
        self.show(f"{self._played} of {self.total} scenarios played, about {seconds:.0f} s left")

    def show(self, text: str) -> None:
        if self._terminal is not None and self.is_shown:
            with self._capture.global_and_fixture_disabled():
                self._terminal.rewrite(text, erase=True)
