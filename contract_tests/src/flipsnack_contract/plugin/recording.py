"""A recording as pytest judges it: an item is a check."""

from functools import partial
from pathlib import Path

from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.recordings.judging import judge_history, recording_checks
from flipsnack_contract.recordings.reading import BadHistory, read_history
from flipsnack_contract.target.result import Exit


def open_recording(options: Options) -> Judged:
    """The recording that the options name. Raises `NotJudgeable`, and `OSError`."""
    file = Path(options["recording"])
    try:
        events = read_history(file.read_text(encoding="utf-8-sig", errors="replace"), file.name)
    except BadHistory as wrong:
        raise NotJudgeable(Exit.USAGE, f"cannot judge {file}: {wrong}") from None
    checks = (one for one in recording_checks() if options.selects(one.rule.id))
    return Judged(
        name=f"{file.name} ({len(events)} requests)",
        notes=(),
        parts=tuple(Part(one.name, one.rule.id, partial(judge_history, (one,), events)) for one in checks),
        replay=lambda result: options.command_line(f"-k '{result.check}'"),
    )
