"""One key whose answers are compared, whole, with those of the model: HTTP, envelope, message and every known field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flipsnack_contract.checks.fields import require_fields
from flipsnack_contract.checks.methods.embedding import frame_of, named_in, size_and_page
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
from flipsnack_contract.checks.request_cases import RequestCase, with_format
from flipsnack_contract.checks.situations.attribution import agrees, rule_of_list, rule_of_state, rule_of_update
from flipsnack_contract.checks.situations.manners import PLAIN, Manner, rule_of
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.contract.assertions import Unsuitable, Violation, expect_code, require
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.contract.ledger import OK, messages
from flipsnack_contract.contract.library import TOTALS, CollectionModel, Day, LibraryModel, Parameters, is_true
from flipsnack_contract.contract.oracle import JobModel
from flipsnack_contract.target.session import ABSENT, CallDraft, Session

MONTH_USED_UP = 33
WRONG_WAYS = (30, 40, 41, 42, 44)
"""The codes of calls that are written wrongly."""
LOOKS = (GET, EMBED, STATS, PACKAGE)
"""The methods that show a collection."""
_TYPES = {"json": "application/json", "jsonp": "application/javascript", "xml": "application/xml"}


class ComparedAccount:
    """A key. Each method makes a call, and requires the answer that the model gives; `packages` is their schedule.

    `manners` are those of sending them, in turn.
    """

    def __init__(self, session: Session, *, per_month: int, packages: str, manners: Iterator[Manner]) -> None:
        self.session, self.packages = session, packages
        self.model = LibraryModel(per_month, session.clock.now)
        self.manners = manners
        self._objects: dict[tuple[str, str], Any] = {}
        session.trace.add(f"settings: {per_month} uploads a month, packages {packages}")
        session.steer.settings(uploads_per_month=per_month, default_schedule=packages)

    def upload(self, what: str, schedule: str, form: str, given: Parameters) -> str:
        """An upload whose conversion has that schedule; its hash, or none where the month is used up."""
        document, packages = DOCUMENTS[what], self.packages
        # When the conversion of a damaged document fails is open.
        schedule = "immediate" if document.is_damaged else schedule
        self.session.steer.settings(conversion_schedule=schedule, default_schedule=packages)
        draft = replace(self._draft(CREATE, "", form, {**document.parameters, **given}), files=document.files)
        answer, left = self._answer(CREATE, draft), self.model.uploads_left
        code, shown = (
            OK if left else MONTH_USED_UP,
            f"the code of an upload of {what}, with {left} left in the month",
        )
        require(code, answer.code, shown, document.rule or "history.agrees")
        if not left:
            return ABSENT
        conversion = JobModel("failed" if document.is_damaged else schedule, self.model.now)
        made = CollectionModel(
            "", document.title, pages=document.pages, conversion=conversion, package=JobModel(packages)
        )
        made.change(given)
        self._name(made, answer, "upload.new-hash")
        self.model.collections.append(made)
        self.model.uploads.append(self.model.now)
        what = f"the answer to an upload of {what} with {given}"
        rule = "upload.answer" if "title" in given else "upload.title-default"
        self._compare({"collectionTitle": made.title}, answer, what, rule)
        self._compare(made.described(), answer, what, "upload.answer")
        self._compare_object(made, answer, what)
        return made.hash

    def seed(self, given: Parameters, pages: int) -> str:
        """A collection that the control plane makes, which is converted at once; its hash."""
        made = CollectionModel("", "", pages=pages, conversion=JobModel("immediate", self.session.clock.now))
        made.package = JobModel(self.packages)
        made.change(given)
        fields = {"title": made.title, "description": made.description, "status": made.status, "pages": pages}
        made.hash = self.session.collection(self.packages, **fields, width=made.width, height=made.height)
        self.model.collections.append(made)
        return made.hash

    def update(self, collection: str, form: str, given: Parameters) -> str:
        """A change; the hash that the collection has afterwards."""
        answer = self._answer(UPDATE, self._draft(UPDATE, collection, form, given))
        found = self._expected(UPDATE, collection, answer)
        if found is None:
            return collection
        was = found.status
        found.change(given)
        self._objects.clear()
        if was == "editable" != found.status:
            self.model.gone.append(found.hash)
            self._name(found, answer, "update.publishing-renames")
        what = f"the answer to an update with {given}"
        for name, value in found.described().items():
            self._compare({name: value}, answer, what, rule_of_update(name, given))
        self._compare_collection(found, answer, what)
        return found.hash

    def delete(self, collection: str, form: str) -> None:
        answer = self._answer(DELETE, self._draft(DELETE, collection, form, {}))
        found = self._expected(DELETE, collection, answer)
        if found is not None:
            require(None, answer.data, "the data of a deletion", "delete.no-data")
            found.is_deleted = True

    def look(self, name: str, collection: str, form: str, asked: Parameters) -> Answer:
        """A call of a method that shows a collection."""
        answer = self._answer(name, self._draft(name, collection, form, asked))
        found = self._expected(name, collection, answer)
        if found is not None:
            try:
                self._require(name, found, answer, asked)
            except Violation as wrong:
                if form != "json":
                    self.look(name, collection, "json", asked)
                    wrong.rule = "answer.same-in-every-format"
                raise
        return answer

    def listed(self, form: str, asked: Parameters) -> None:
        answer = self._answer(LIST, self._draft(LIST, "", form, asked))
        expect_code(OK, answer, f"getList with {asked}")
        wanted = self.model.listing(asked)
        if not agrees(wanted, answer.data or {}):
            self._compare(
                wanted, answer, f"getList with {asked}", rule_of_list(self.model, asked, answer, self._plain_list)
            )

    def _plain_list(self, asked: Parameters) -> Answer:
        return self._answer(LIST, self._draft(LIST, "", "json", asked))

    def summed(self, form: str) -> None:
        answer = self._answer(USER, self._draft(USER, "", form, {}))
        expect_code(OK, answer, "user.getStats")
        self._compare({"api_uploads_left": self.model.uploads_left}, answer, "user.getStats", "user.uploads-left")
        self._compare(self.model.of_user(), answer, "user.getStats", "user.sums")

    def refused(self, name: str, collection: str, mistake: RequestCase, given: Parameters) -> None:
        """A call that is refused, for what is wrong with it; afterwards all is as before."""
        calling = self.session.calling(name)
        draft = mistake.make(calling, calling.draft(collection, **given))
        answer = calling.read(calling.send(draft))
        what, of_value = f"{name} with {mistake}", mistake.name == "a wrong value"
        require(mistake.code, answer.code, what, "parameter.value" if of_value else f"code.{mistake.code}")

    def wrong(self, code: int, name: str, collection: str, form: str, given: Parameters, rule: str) -> None:
        """A call that has this code whatever happened before."""
        draft = self._draft(name, collection, form, {})
        answer = self._read(self.session.calling(name), draft.with_(**given), next(self.manners))
        require(code, answer.code, f"{name} of {collection} with {given}", rule)

    def convert(self, collection: str, state: str) -> None:
        """End a conversion that runs."""
        found = self.model.find(collection)
        if found is not None and found.conversion.look(self.session.clock.now) == "PROCESSING":
            self.session.steer.convert(collection, state)
            found.conversion.final = state.upper()

    def happened(self, collection: str, days: tuple[Day, ...]) -> None:
        """Set the statistics of a collection."""
        found = self.model.find(collection)
        if found is not None:
            self.session.steer.statistics(collection, days)
            found.days = days

    def everything(self, collections: Iterable[str], form: str) -> None:
        """Look at all that a caller can see of these collections."""
        for one in collections:
            for name in LOOKS:
                self.look(name, one, form, {"includePageStats": "true"} if name == STATS else {})
        self.listed(form, {})
        self.summed(form)

    # --- one call

    def _draft(self, name: str, collection: str, form: str, parameters: Parameters) -> CallDraft:
        return with_format(self.session.calling(name).draft(collection, **parameters), form)

    def _answer(self, name: str, draft: CallDraft) -> Answer:
        """The answer of the API, which keeps what the rules say of every one."""
        calling, manner = self.session.calling(name), next(self.manners)
        answer = self._read(calling, draft, manner)
        if manner is not PLAIN and answer.code in WRONG_WAYS:
            self._blame(calling, draft, manner)
        return answer

    def _blame(self, calling: Session, draft: CallDraft, manner: Manner) -> None:
        """Raise `Violation` of the rule of that part of a manner for which a call is refused that is right without."""
        if self._read(calling, draft, PLAIN).code in WRONG_WAYS:
            return
        for rule, part in manner.parts():
            code = self._read(calling, draft, part).code
            require(False, code in WRONG_WAYS, f"code {code} because of {part}", rule_of(code, rule))

    def _read(self, calling: Session, draft: CallDraft, manner: Manner) -> Answer:
        draft = manner.draft(draft)
        reply = calling.send(manner.request(draft, calling.target.base_url))
        # A call waits for the limits before it is sent.
        self.model.now = self.session.clock.now
        answer = calling.read(reply, draft.format, callback=draft.get("callback"))
        require(200, reply.status, "the HTTP status", "answer.http-200")
        content_type = f"{_TYPES[draft.format]};charset=utf-8"
        require(content_type, reply.content_type, "the content type", f"answer.{draft.format}")
        require((), answer.complaints, "the shape of the envelope", "answer.envelope")
        if answer.code in messages():
            require(messages()[answer.code], answer.status, "the message", f"code.{answer.code}")
        return answer

    def _expected(self, name: str, collection: str, answer: Answer) -> CollectionModel | None:
        """Require the code of the model; the collection, where that is 20."""
        code = self.model.code_of(name, collection)
        try:
            expect_code(code, answer, f"{name} of {collection}")
        except Violation as found:
            found.rule = self.model.rule_of_code(code, collection)
            raise
        if code != OK:
            return None
        if name != DELETE:
            require_fields(self.session.calling(name).method.fields, answer.data or {}, f"the data of {name}")
        return self.model.find(collection)

    def _name(self, made: CollectionModel, answer: Answer, rule: str) -> None:
        """Require a hash that the account never had, and give it to the collection."""
        new = hash_of(answer.data or {})
        if new in self.model.hashes:
            raise Violation("a new hash", "one that the account never had", new, rule=rule)
        made.hash = new

    def _compare(self, wanted: Mapping[str, Any], answer: Answer, what: str, rule: str | None = None) -> None:
        data = answer.data or {}
        for name, value in wanted.items():
            require(value, data.get(name), f"{name} in {what}", rule)

    def _require(self, name: str, found: CollectionModel, answer: Answer, asked: Parameters) -> None:
        what = f"{name} of {found.hash} with {asked}"
        if name == GET:
            self._compare_collection(found, answer, what)
        elif name == STATS:
            of_dates = "stats.dates" if "startDate" in asked or "endDate" in asked else None
            wanted, flag = found.statistics(asked), is_true(asked.get("includePageStats", ""))
            require(flag, "pages" in (answer.data or {}), f"pages in {what}", "stats.pages")
            self._compare({name: wanted[name] for name in TOTALS}, answer, what, of_dates or "stats.fields")
            self._compare(wanted, answer, what, of_dates or "stats.pages")
        elif name == EMBED:
            frame = frame_of(str((answer.data or {}).get("embedCode")))
            wanted, shown_size = found.frame(asked), size_and_page(frame)
            require(wanted.pop("page"), shown_size.pop("page"), f"the first page in {what}", "embed.start-page")
            require(wanted, shown_size, f"the size in {what}", "embed.size")
            require(True, found.hash in named_in(frame["src"]), f"{frame['src']!r} names {found.hash}", "embed.code")
        else:
            before, state = found.package.final, self.model.package_state(found)
            rule = "history.agrees" if found.package.is_forced else rule_of_state(before, state, answer.state)
            require(state, answer.state, f"the state, {what}", rule)
            found.package.is_forced = False  # It was reported.
            has_url = "resourceUrl" in (answer.data or {})
            require(state == "COMPLETE", has_url, f"a resource URL, {what}", "job.resource-url-with-complete")

    def _compare_object(self, found: CollectionModel, answer: Answer, what: str) -> None:
        """Require the whole object that was shown of the collection since its last change, in the same state."""
        known = self._objects.setdefault((found.hash, found.conversion.look(self.model.now)), answer.data)
        require(known, answer.data, f"the object, compared with that of before, {what}", "collection.object")

    def _compare_collection(self, found: CollectionModel, answer: Answer, what: str) -> None:
        has_failed = found.conversion.look(self.model.now) == "FAILED"
        rule = "conversion.failure-is-reported" if has_failed else "collection.object"
        self._compare(found.described(), answer, what, rule)
        self._compare_object(found, answer, what)
        try:
            state = conversion_of(answer.data or {})
        except Unsuitable:
            return  # The names are invented: another server may have others.
        require(found.conversion.look(self.model.now).lower(), state, f"the conversion, {what}", "conversion.states")
