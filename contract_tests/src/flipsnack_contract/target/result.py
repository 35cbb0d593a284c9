"""The result of one check, and how the results of two runs differ."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import msgspec

from flipsnack_contract.contract.ledger import Rule, rule, spec
from flipsnack_contract.target.outcome import SHOWN, Exit, Outcome


@dataclass(frozen=True)
class Result:
    """One check's outcome: what was expected and found, on which values, after which steps; `seconds` of real time.

    Of a client: `group` is the group of scenarios that it is about and `scenario` the one, as JSON, that broke the
    rule. `listed` names the lines of the list of known failures that were met.
    """

    check: str
    rule: str
    outcome: Outcome
    message: str = ""
    broke: str = ""
    counterexample: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    examples: int = 0
    seconds: float = 0.0
    group: str = ""
    scenario: str = ""
    listed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "outcome": str(self.outcome)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The result that `as_json` made. Raises `ValueError` for anything else."""
        return msgspec.convert(data, cls)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that decides for all of them; skipped when there is none."""
    order = list(Outcome)
    return min(outcomes, key=order.index, default=Outcome.SKIPPED)


def summed_up(results: Iterable[Result]) -> tuple[Result, ...]:
    """One result for each check: the worst, and of these the first, with the examples and seconds of all."""
    by_check: dict[str, list[Result]] = {}
    for one in results:
        by_check.setdefault(one.check, []).append(one)
    return tuple(map(_merged, by_check.values()))


def _merged(results: Sequence[Result]) -> Result:
    decides = worst(one.outcome for one in results)
    return replace(
        next(one for one in results if one.outcome is decides),
        examples=sum(one.examples for one in results),
        seconds=sum(one.seconds for one in results),
        listed=tuple(dict.fromkeys(line for one in results for line in one.listed)),
    )


def exit_code(outcomes: Iterable[Outcome]) -> Exit:
    """The exit code of a run: that of its worst outcome."""
    return SHOWN[worst(outcomes)].code


# Keys, URLs and instants are new in every run.
_CHANGING = re.compile(r"https?://\S+|kit-[\w-]*\d+|\d{10,}")
_JUDGED = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.WARNED, Outcome.KNOWN})
_CHANGES = {
    "assumed": 'if the API is the side that differs, correct `statement` and set `class` to "observed"',
    "observed": "if the API is the side that differs now, correct `statement` and `source`",
    "documented": "the vendor's page says this: if the API differs, keep `statement` and add a rule of its own with "
    'class "observed"',
}


@dataclass(frozen=True)
class Drift:
    """One check with its result in both runs."""

    first: Result
    second: Result

    @property
    def judged(self) -> bool:
        return {self.first.outcome, self.second.outcome} <= _JUDGED

    @property
    def differs(self) -> bool:
        """Whether one run found the rule kept and the other broken, or both found it broken in different ways."""
        kept = [one.outcome is Outcome.PASSED for one in (self.first, self.second)]
        return self.judged and (kept[0] != kept[1] or _lasting(self.first) != _lasting(self.second))

    @property
    def rule(self) -> Rule:
        """The rule that was broken, or that of the check."""
        return rule(self.first.broke or self.second.broke or self.first.rule)


def compare(first: Iterable[Result], second: Iterable[Result]) -> tuple[Drift, ...]:
    """Every check that both runs have, in the order of the first."""
    others = {one.check: one for one in second}
    return tuple(Drift(one, others[one.check]) for one in first if one.check in others)


def ledger_advice(cited: Rule) -> Iterator[str]:
    """Where the ledger has the rule, and what to change there or in the settings of our fake."""
    text = spec("rules.toml")
    line = text[: text.index(f'id = "{cited.id}"')].count("\n") + 1
    yield f'spec/rules.toml:{line}: id = "{cited.id}", class = "{cited.kind}", source = {list(cited.source)}'
    yield _CHANGES[cited.kind]
    if cited.setting:
        yield f"our fake has the setting {cited.setting} for the other reading"


def _lasting(result: Result) -> str:
    return _CHANGING.sub("…", result.message)
