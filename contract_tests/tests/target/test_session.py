import pytest

from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.target.target_under_test import TargetUnderTest


def test_a_draft_of_a_session_is_right_in_everything(subject: TargetUnderTest) -> None:
    """Sent as it is, it is carried out."""
    with subject.session() as session:
        assert 20 == session.accepted == session.ask(session.draft()).code


def test_calls_wait_for_the_limits_in_virtual_time(subject: TargetUnderTest) -> None:
    """Sixty-one calls take a minute of the key's clock and none of ours."""
    with subject.session() as session:
        began = session.clock.now
        codes = {session.ask(session.draft()).code for _ in range(61)}
        assert ({20}, 60 * SECOND) == (codes, session.clock.now - began)


def test_time_stands_still_unless_it_is_told_to_pass(subject: TargetUnderTest) -> None:
    """What happens in an example does not depend on the machine."""
    with subject.session() as session:
        session.align()
        assert 0 == session.clock.now % (60 * SECOND)
        before = session.clock.now
        session.wait(5 * SECOND)
        assert before + 5 * SECOND == session.clock.now


def test_an_answer_in_another_format_breaks_the_rule_of_that_format(subject: TargetUnderTest) -> None:
    """Unless the format is what is being looked at."""
    with subject.session() as session:
        reply = session.send(session.draft())
        with pytest.raises(Violation) as caught:
            session.read(reply, "xml")
        assert "answer.xml" == caught.value.rule
        with pytest.raises(Violation) as caught:
            session.read(reply, "xml", own=True)
        assert caught.value.rule is None


def test_a_session_remembers_its_steps_without_secrets(subject: TargetUnderTest) -> None:
    """A failure can be read and shown."""
    with subject.session() as session:
        session.ask(session.draft())
        session.wait(MINUTE - 1)
        made, called, waited = session.trace
        assert ("create collection", "wait 59.999999 s") == (made[:17], waited)
        assert "signature=…" in called
        assert session.secret not in called
