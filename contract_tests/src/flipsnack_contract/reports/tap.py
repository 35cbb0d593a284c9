"""The Test Anything Protocol, version 14."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from flipsnack_contract.reports.words import story
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["tap"]

_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_NOT_OK = frozenset({Outcome.FAILED, Outcome.BROKEN, Outcome.EXPECTED, Outcome.FLAKY})
# What is known to fail is a TODO in this protocol: not ok, and no failure.
_DIRECTIVES = {Outcome.SKIPPED: "SKIP", Outcome.EXPECTED: "TODO expected to fail", Outcome.FLAKY: "TODO flaky"}


def tap(results: Sequence[Result]) -> str:
    """A plan, a test point for each check, and a YAML block where there is more to say."""
    lines = ["TAP version 14", f"1..{len(results)}"]
    for number, result in enumerate(results, 1):
        lines += _point(number, result)
    return "\n".join(lines) + "\n"


def _point(number: int, result: Result) -> Iterator[str]:
    ok = "not ok" if result.outcome in _NOT_OK else "ok"
    directive = _DIRECTIVES.get(result.outcome)
    reason = f" {_plain(result.message)}" if result.outcome is Outcome.SKIPPED else ""
    yield f"{ok} {number} - {_plain(result.check)}" + (f" # {directive}{reason}" if directive else "")
    if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED):
        yield "  ---"
        yield f"  outcome: {result.outcome}"
        yield f"  rule: {result.rule}"
        yield f"  message: {_quoted(result.message)}"
        yield from _listed("story", story(result))
        yield "  ..."


def _plain(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("#", "\\#").split())


def _listed(name: str, lines: Iterable[str]) -> Iterator[str]:
    found = [f"    - {_quoted(line)}" for line in lines]
    yield from (f"  {name}:", *found) if found else (f"  {name}: []",)


def _quoted(text: str) -> str:
    # A string of JSON is one of YAML, but for what YAML takes for unprintable and for JSON's pairs of surrogates.
    return _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
