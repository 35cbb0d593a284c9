from contract_tests.tests.reports.conftest import anything
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from flipsnack_contract.reports.junit import junit
from flipsnack_contract.target.result import Outcome, Result

# What the schema of Jenkins and of Maven's Surefire have in common, as RELAX NG.
SCHEMA = """
<element name="testsuite" xmlns="http://relaxng.org/ns/structure/1.0"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <attribute name="name"/>
  <attribute name="tests"><data type="nonNegativeInteger"/></attribute>
  <attribute name="failures"><data type="nonNegativeInteger"/></attribute>
  <attribute name="errors"><data type="nonNegativeInteger"/></attribute>
  <attribute name="skipped"><data type="nonNegativeInteger"/></attribute>
  <attribute name="time"><data type="decimal"/></attribute>
  <zeroOrMore>
    <element name="testcase">
      <attribute name="classname"/><attribute name="name"/>
      <attribute name="time"><data type="decimal"/></attribute>
      <optional><choice>
        <element name="failure"><attribute name="message"/><text/></element>
        <element name="error"><attribute name="message"/><text/></element>
        <element name="skipped"><attribute name="message"/><text/></element>
        <element name="system-out"><text/></element>
      </choice></optional>
    </element>
  </zeroOrMore>
</element>
"""


def _parsed(text: str) -> etree._Element:
    root = etree.fromstring(text.encode())
    etree.RelaxNG(etree.fromstring(SCHEMA)).assertValid(root)
    return root


def test_each_outcome_is_told_in_the_words_of_junit(results: tuple[Result, ...]) -> None:
    """What is known to fail does not fail the build; what could not be tried is an error."""
    suite = _parsed(junit(results))
    kinds = [case[0].tag if len(case) else "" for case in suite]
    assert ["", "failure", "system-out", "skipped", "error", "system-out", "system-out"] == kinds
    assert ("7", "1", "1", "1") == tuple(suite.get(name) for name in ("tests", "failures", "errors", "skipped"))


def test_a_failure_tells_its_story(results: tuple[Result, ...]) -> None:
    """Rule, what was found, values and steps; what XML cannot carry is replaced."""
    failure = _parsed(junit(results))[1][0]
    for part in ("An API key that is not valid", "]]> | -->", "with key = '</pre>'", "| GET <x>"):
        assert part in (failure.text or "")
    assert "\ufffd" in str(failure.get("message"))


@given(results=st.lists(anything, max_size=4))
def test_any_results_are_valid(results: list[Result]) -> None:
    """Whatever the texts, the file keeps the schema and counts right."""
    suite = _parsed(junit(results))
    assert len(results) == len(suite)
    failed = sum(result.outcome is Outcome.FAILED for result in results)
    assert (str(failed), failed) == (suite.get("failures"), len(suite.findall("testcase/failure")))
