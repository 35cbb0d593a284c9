import re
from typing import Any, NamedTuple

from contract_tests.tests.reports.conftest import anything
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from flipsnack_contract.reports.tap import tap
from flipsnack_contract.reports.words import story
from flipsnack_contract.target.result import Outcome, Result

_POINT = re.compile(
    r"(?P<not>not )?ok (?P<number>\d+) - (?P<name>(?:[^#\\]|\\.)*?)(?: # (?P<word>SKIP|TODO)\b ?(?P<why>.*))?"
)


class Point(NamedTuple):
    """A test point, as a TAP harness understands it."""

    ok: bool
    name: str
    directive: str | None
    why: str
    more: dict[str, Any] | None


def _parsed(text: str) -> list[Point]:
    """A small TAP 14 parser, strict in what it takes: version, plan, points with their YAML blocks, nothing else."""
    version, plan, *lines = text.removesuffix("\n").split("\n")
    assert "TAP version 14" == version
    points: list[Point] = []
    while lines:
        match = _POINT.fullmatch(lines.pop(0))
        assert match is not None
        assert len(points) + 1 == int(match["number"])
        name = re.sub(r"\\(.)", r"\1", match["name"])
        points.append(Point(not match["not"], name, match["word"], match["why"] or "", _block(lines)))
    assert f"1..{len(points)}" == plan
    return points


def _block(lines: list[str]) -> dict[str, Any] | None:
    if not lines or lines[0] != "  ---":
        return None
    end = lines.index("  ...")
    block = "\n".join(line.removeprefix("  ") for line in lines[1:end])
    del lines[: end + 1]
    return dict(YAML(typ="safe", pure=True).load(block))


def test_each_outcome_is_told_in_the_words_of_the_protocol(results: tuple[Result, ...]) -> None:
    """What is known to fail is not ok and a TODO; a broken SHOULD is ok, with more to say."""
    assert [
        ("passed", True, None, False),
        ("failed", False, None, True),
        ("warned", True, None, True),
        ("skipped", True, "SKIP", False),
        ("broken", False, None, True),
        ("expected", False, "TODO", True),
        ("flaky", False, "TODO", True),
    ] == [
        (str(result.outcome), point.ok, point.directive, point.more is not None)
        for result, point in zip(results, _parsed(tap(results)), strict=True)
    ]


@given(results=st.lists(anything, max_size=4))
def test_a_harness_reads_what_was_written(results: list[Result]) -> None:
    """Whatever the texts: names, outcomes and stories come out as they went in."""
    points = _parsed(tap(results))
    assert [result.check for result in results] == [point.name for point in points]
    for result, point in zip(results, points, strict=True):
        if result.outcome not in (Outcome.PASSED, Outcome.SKIPPED):
            assert point.more is not None
            assert result.message == point.more["message"]
            assert list(story(result)) == point.more["story"]
