"""The whole life of collections: any sequence of uploads, changes and reads; each answer is compared with the model."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from flipsnack_contract.checks.methods.uploaded import (
    CREATE,
    DELETE,
    EMBED,
    GET,
    LIST,
    PACKAGE,
    STATS,
    UPDATE,
    USER,
    conversion_of,
    hash_of,
)
from flipsnack_contract.contract.assertions import Unsuitable, expect, expect_code
from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.contract.oracle import CollectionModel, LibraryModel
from flipsnack_contract.target.session import Session

MONTH = 3
TITLES = st.sampled_from(["A", "b & c", "Ä", ""])
STATUSES = st.sampled_from(["public", "editable", "unlisted"])
PAUSES = st.sampled_from([SECOND, DAY, 20 * DAY, 32 * DAY])
FINAL = st.sampled_from(["complete", "failed"])


class Library(RuleBasedStateMachine):
    """One key: documents are uploaded, converted, changed, published, listed, packaged and deleted."""

    hashes = Bundle("hashes")

    def __init__(self, open_session: Callable[[], AbstractContextManager[Session]]) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.session = self._stack.enter_context(open_session())
        self.session.trace.add(f"settings: never converted by itself, {MONTH} uploads a month, packages at once")
        self.session.steer.settings(conversion_schedule="never", uploads_per_month=MONTH, default_schedule="immediate")
        self.model = LibraryModel(MONTH)

    @rule(target=hashes, title=TITLES, status=STATUSES)
    def upload(self, title: str, status: str) -> str:
        """An upload, which is 33 when the month is used up."""
        answer = self.session.call(CREATE, title=title, collectionStatus=status)
        self._look_at_the_clock()
        left = self.model.uploads_left
        expect_code(20 if left else 33, answer, f"an upload when {left} are left in the month")
        if not left:
            return "none"
        made = CollectionModel(hash_of(answer.data or {}), title, status)
        self.model.uploads.append(self.model.now)
        self.model.collections.append(made)
        return made.hash

    @rule(collection=hashes, state=FINAL)
    def end_conversion(self, collection: str, state: str) -> None:
        found = self.model.find(collection)
        if found is not None and found.conversion == "processing":
            self.session.steer.convert(collection, state)
            found.conversion = state

    @rule(collection=hashes, title=TITLES, status=STATUSES)
    def update(self, collection: str, title: str, status: str) -> None:
        """A change, which publishes an editable collection under a new hash."""
        answer = self._compare(UPDATE, collection, title=title, collectionStatus=status)
        found = self.model.find(collection)
        if answer is None or found is None:
            return
        publishes = found.status == "editable" != status
        expect(publishes, hash_of(answer) != collection, "the hash changes when an editable collection is published")
        found.hash, found.title, found.status = hash_of(answer), title, status

    @rule(collection=hashes)
    def show(self, collection: str) -> None:
        answer = self._compare(GET, collection)
        found = self.model.find(collection)
        if answer is not None and found is not None:
            shown = (answer.get("collectionTitle"), answer.get("collectionStatus"), answer.get("collectionWidth"))
            expect((found.title, found.status, found.width), shown, "title, status and width")
            self._compare_conversion(found, answer)

    @rule(collection=hashes, method=st.sampled_from([EMBED, STATS]))
    def read(self, collection: str, method: str) -> None:
        self._compare(method, collection)

    @rule(collection=hashes)
    def package(self, collection: str) -> None:
        """The package of a collection that was converted; it has none when its conversion failed."""
        answer = self._compare(PACKAGE, collection)
        found = self.model.find(collection)
        if answer is not None and found is not None:
            expect(found.conversion.upper(), answer.get("status"), "the state of the package")

    @rule(collection=hashes)
    def delete(self, collection: str) -> None:
        if self._compare(DELETE, collection) is not None:
            self.model.collections = [one for one in self.model.collections if one.hash != collection]

    @rule(pause=PAUSES)
    def pass_by(self, pause: int) -> None:
        self.session.wait(pause)

    @invariant()
    def the_list_is_that_of_the_model(self) -> None:
        """The newest is first."""
        data = self.session.data(LIST)
        wanted = [one.hash for one in reversed(self.model.collections)]
        expect(wanted, [hash_of(one) for one in data.get("collections", ())], "the hashes in the list")
        expect(len(wanted), data.get("collectionCount"), "collectionCount")

    @invariant()
    def the_uploads_left_are_those_of_the_model(self) -> None:
        left = self.session.data(USER).get("api_uploads_left")
        self._look_at_the_clock()
        expect(self.model.uploads_left, left, "api_uploads_left")

    def teardown(self) -> None:
        self._stack.__exit__(*sys.exc_info())

    def _look_at_the_clock(self) -> None:
        # A call waits for the limits before it is sent.
        self.model.now = self.session.clock.now

    def _compare(self, method: str, collection: str, **parameters: str) -> Mapping[str, Any] | None:
        """Call, compare the code with the model's, and return the data of a call that is 20."""
        answer = self.session.call(method, collection, **parameters)
        code = self.model.code_of(method, collection)
        expect_code(code, answer, f"{method} of {collection}")
        return (answer.data or {}) if code == 20 else None

    def _compare_conversion(self, found: CollectionModel, data: Mapping[str, Any]) -> None:
        try:
            expect(found.conversion, conversion_of(data), "the conversion")
        except Unsuitable:
            return  # The names are invented: another server may have others.
