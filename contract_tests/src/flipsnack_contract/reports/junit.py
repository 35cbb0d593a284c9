"""JUnit XML, as CI servers read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.reports.words import story
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["junit"]

# JUnit knows three ways not to pass; a broken SHOULD is none of them and is told in system-out.
_ELEMENTS = {Outcome.FAILED: "failure", Outcome.BROKEN: "error", Outcome.SKIPPED: "skipped"}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[Result]) -> str:
    """One test suite with a test case for each check, the rule as its class."""
    suite = ElementTree.Element("testsuite", name="flipsnack-contract", tests=str(len(results)))
    for attribute, outcome in (("failures", Outcome.FAILED), ("errors", Outcome.BROKEN), ("skipped", Outcome.SKIPPED)):
        suite.set(attribute, str(sum(result.outcome is outcome for result in results)))
    suite.set("time", f"{sum(result.seconds for result in results):.3f}")
    for result in results:
        _add_case(suite, result)
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def _add_case(suite: ElementTree.Element, result: Result) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=result.rule, name=result.check, time=f"{result.seconds:.3f}"
    )
    if result.outcome is Outcome.PASSED:
        return
    element = ElementTree.SubElement(case, _ELEMENTS.get(result.outcome, "system-out"))
    if element.tag != "system-out":
        element.set("message", _clean(result.message))
    element.text = _clean("\n".join([f"{result.outcome}: {rule(result.rule).statement}", *story(result)]))


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
