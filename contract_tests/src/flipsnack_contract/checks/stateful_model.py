"""Any sequence of calls, waits and changes; each answer is compared with the model of the oracle."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, invariant, multiple, precondition, rule

from flipsnack_contract.checks.request_cases import FINAL, schedules, waits, with_format
from flipsnack_contract.contract.assertions import Violation, expect, expect_code
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.contract.oracle import AccountModel, JobModel
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.session import Session

MOST_COLLECTIONS = 3
FORMS = st.sampled_from(["json", "jsonp", "xml"])


@dataclass(frozen=True)
class Link:
    """A resource URL, with the collection it is for and the instant of the answer that carried it."""

    url: str
    collection: str
    issued_at: int


class History(RuleBasedStateMachine):
    """One key: its collections are made, polled, forced, downloaded and deleted while time passes."""

    collections = Bundle("collections")
    links = Bundle("links")

    def __init__(self, open_session: Callable[[], AbstractContextManager[Session]]) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.session = self._stack.enter_context(open_session())
        self.session.align()  # so that the history can be repeated
        self.model = AccountModel(now=self.session.clock.now)

    @precondition(lambda self: len(self.model.jobs) < MOST_COLLECTIONS)
    @rule(target=collections, schedule=schedules)
    def create(self, schedule: str) -> str:
        made = self.session.collection(schedule)
        self.model.jobs[made] = JobModel(schedule)
        return made

    @rule(target=links, collection=collections, form=FORMS, pause=waits)
    def poll(self, collection: str, form: str, pause: int) -> Link | MultipleResults[Link]:
        """Time passes, then a call for one of them; the first one starts its package."""
        self._pass(pause)
        url = self._compare(collection, form)
        return Link(url, collection, self.model.now) if url else multiple()

    @rule(collection=collections, calls=st.integers(2, 7))
    def burst(self, collection: str, calls: int) -> None:
        for _ in range(calls):
            self._compare(collection)

    @rule(collection=collections, state=st.sampled_from(FINAL))
    def force(self, collection: str, state: str) -> None:
        if collection in self.model.deleted:
            return
        before = self.model.jobs[collection].look(self.model.now)
        self.session.trace.add(f"force {collection} from {before} to {state}")
        try:
            self.session.steer.force(collection, state)
        except Refused as refusal:
            if before not in FINAL:
                raise
            expect(409, refusal.status, "the control plane's answer to an illegal move")
        else:
            if before in FINAL:
                raise Violation("a final job is forced", "a refusal", "it was done")
            self.model.jobs[collection].final = state

    @rule(link=links, pause=waits)
    def download(self, link: Link, pause: int) -> None:
        self._pass(pause)
        if link.collection in self.model.deleted:
            return
        alive = self.model.serves(link.issued_at)
        age = (self.model.now - link.issued_at) / SECOND
        expect(alive, self.session.get(link.url).status == 200, f"a resource URL serves, {age:.6f} s after its answer")

    @precondition(lambda self: not self.model.deleted and len(self.model.jobs) > 1)
    @rule(collection=collections)
    def delete(self, collection: str) -> None:
        self.session.trace.add(f"delete {collection}")
        self.session.steer.delete_collection(collection)
        self.model.deleted.add(collection)

    @rule(collection=collections, pause=waits)
    def maintenance(self, collection: str, pause: int) -> None:
        """Maintenance for some time: jobs go on, and calls start nothing and are not counted by the limits."""
        self._maintain(on=True)
        self._compare(collection)
        self._pass(pause)
        self._maintain(on=False)

    @invariant()
    def jobs_are_where_the_model_has_them(self) -> None:
        for collection in self.model.jobs.keys() - self.model.deleted:
            state = self.session.steer.job_state(collection)
            expect(self.model.jobs[collection].look(self.model.now), state, "the state of the job in the control plane")

    def teardown(self) -> None:
        self._stack.__exit__(*sys.exc_info())

    def ask(self, collection: str, form: str) -> Answer:
        """The call itself. A subclass overrides it to compare a client with the model."""
        return self.session.ask(with_format(self.session.draft(collection), form), paced=False)

    def _pass(self, micros: int) -> None:
        self.session.wait(micros)
        self.model.now += micros

    def _maintain(self, *, on: bool) -> None:
        self.session.trace.add(f"maintenance {'on' if on else 'off'}")
        self.session.steer.maintenance(on=on)
        self.model.maintenance = on

    def _compare(self, collection: str, form: str = "json") -> str | None:
        """Call, compare the answer with the model's, and return its resource URL."""
        code, state = self.model.ask(collection)
        answer = self.ask(collection, form)
        expect_code(code, answer, "the code")
        expect(state, answer.state, "the state of the package")
        expect(state == "COMPLETE", bool(answer.resource_url), "a resource URL is there")
        return answer.resource_url
