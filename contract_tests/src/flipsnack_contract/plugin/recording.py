"""A recording as pytest judges it: an item is a check."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from flipsnack_contract.plugin.judged import Judged, Part
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.recordings.judging import judge_history, recording_checks
from flipsnack_contract.recordings.reading import BadHistory, read_history

__all__ = ["open_recording"]


def open_recording(options: Options) -> Judged:
    """The recording that the options name. Raises `pytest.UsageError`."""
    file = Path(options["recording"])
    try:
        events = read_history(file.read_text(encoding="utf-8-sig"), file.name)
    except (BadHistory, OSError, UnicodeDecodeError) as wrong:
        raise pytest.UsageError(f"cannot judge {file}: {wrong}") from None
    checks = (one for one in recording_checks() if options.selects(one.rule.id))
    return Judged(
        side="recording",
        name=f"{file.name} ({len(events)} requests)",
        notes=(),
        parts=tuple(Part(one.name, (one,), partial(judge_history, (one,), events)) for one in checks),
        replay=lambda result: options.command_line(str(file), f"-k '{result.check}'"),
    )
