"""Results of every kind, with texts that formats choke on."""

import pytest
from hypothesis import strategies as st

from flipsnack_contract.target.result import Outcome, Result

NASTY = 'expected <b>&amp; "44", got ]]> | --> \x00\x1b # é \U0001f600'

ONE_OF_EACH = (
    Result("code.20/fine", "code.20", Outcome.PASSED, examples=3, seconds=0.25),
    Result("code.41/no", "code.41", Outcome.FAILED, NASTY, "answer.json", {"key": "'</pre>'"}, ("GET <x>", "wait 1 s")),
    Result("url.ranges/less", "url.ranges", Outcome.WARNED, "no ETag\nsecond line"),
    Result("limit.per-key/two", "limit.per-key", Outcome.SKIPPED, "needs control", missing=("control",)),
    Result("code.22/gone", "code.22", Outcome.BROKEN, "Unreachable: # nobody"),
    Result("code.30/known", "code.30", Outcome.EXPECTED, "expected 30, got 40"),
    Result("code.31/now-and-then", "code.31", Outcome.FLAKY, ""),
)

texts = st.text(st.characters(), max_size=40)
anything = st.builds(
    Result,
    check=st.sampled_from(["code.20/a", "code.41/b", "job.states/c"]),
    rule=st.sampled_from(["code.20", "code.41", "url.ranges"]),
    outcome=st.sampled_from(Outcome),
    message=texts,
    broke=st.sampled_from(["", "code.43"]),
    counterexample=st.dictionaries(texts, texts, max_size=2),
    steps=st.lists(texts, max_size=3).map(tuple),
    examples=st.integers(0, 1000),
    seconds=st.integers(0, 1000).map(lambda milliseconds: milliseconds / 1000),
)


@pytest.fixture
def results() -> tuple[Result, ...]:
    """One result of each outcome."""
    return ONE_OF_EACH
