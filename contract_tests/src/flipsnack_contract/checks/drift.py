"""Compares the results of two runs: the rules on which two servers, or two versions of one, differ."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flipsnack_contract.contract.ledger import Rule, rule, spec
from flipsnack_contract.target.result import Outcome, Result

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
