"""The whole life of collections: any sequence of uploads, changes and reads; each answer is compared with the model."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.uploaded import EMBED, GET, PACKAGE, STATS
from flipsnack_contract.checks.request_cases import FORMATS, MISTAKES, REFUSED_UPLOADS, RequestCase
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.contract.library import Day
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.target.session import Session

MONTH = 4
TEXTS = st.sampled_from(["A", "a10", "a9", "b & c", "Ä", "", " x ", "<i>'\"", "public", "A long title " * 30])
NUMBERS = st.sampled_from(["1", "650", "385", "1000", "4294967296", "007"])
BOOLEANS = st.sampled_from(["true", "false", "1", "0", "TRUE", "False"])
STATUSES = st.sampled_from(["public", "editable", "unlisted"])
INDEXES = st.integers(0, 5).map(str)
PAUSES = st.sampled_from([1, SECOND, 2 * SECOND, 5 * SECOND, MINUTE, DAY, 20 * DAY, 32 * DAY])
FORMS = st.sampled_from(FORMATS)
FINAL = st.sampled_from(["complete", "failed"])
DATES = ("2023-12-31", "2024-02-29", "2024-03-01", "2025-01-01")


def _some(**options: st.SearchStrategy[str]) -> st.SearchStrategy[Mapping[str, str]]:
    return st.fixed_dictionaries({}, optional=options)


CHANGES = _some(
    title=TEXTS, description=TEXTS, collectionStatus=STATUSES, collectionWidth=NUMBERS, collectionHeight=NUMBERS
)
ASKED: Mapping[str, st.SearchStrategy[Mapping[str, str]]] = {
    GET: st.just({}),
    PACKAGE: st.just({}),
    EMBED: _some(
        **dict.fromkeys(("https", "responsive"), BOOLEANS),
        **dict.fromkeys(("startPage", "startBook", "width", "height"), st.sampled_from(["1", "2", "12", "400"])),
    ),
    STATS: _some(startDate=st.sampled_from(DATES[:3]), endDate=st.sampled_from(DATES[2:]), includePageStats=BOOLEANS),
}
LISTS = st.builds(
    lambda span, rest: {**dict(zip(("from", "to"), sorted(span), strict=True)), **rest} if len(span) == 2 else rest,
    st.one_of(st.just([]), st.lists(INDEXES, min_size=2, max_size=2)),
    _some(
        collectionStatus=STATUSES,
        query=st.sampled_from(["a", "A", "10", "", "&", "long", "lo  ng", "public", "%", "ä"]),
        orderBy=st.sampled_from(["name", "date"]),
        orderMode=st.sampled_from(["asc", "desc"]),
    ),
)
DAYS = st.lists(
    st.tuples(st.sampled_from(DATES), st.sampled_from(["impressions", "views", "time_spent", "downloads"])),
    max_size=3,
    unique_by=lambda pair: pair[0],
).map(lambda pairs: tuple({"date": date, name: 7, "pages": [{"page": 1, "clicks": 3}]} for date, name in pairs))
Options = Mapping[str, str]
CONVERSIONS = st.sampled_from(["immediate", "immediate", "never", "after-2s", "failed-after-2s", "failed"])
# Now and then it is another key.
WHO = st.sampled_from([0, 0, 0, 1])
# What is found wrong before the collection is looked for, so that its code is the same for each.
REFUSALS = [
    one
    for one in (*MISTAKES, *REFUSED_UPLOADS)
    if "calls" not in one.parts and "alone" not in one.needs
    if one.step < 12 or "file" in one.parts
]


class Library(RuleBasedStateMachine):
    """Two keys: documents are uploaded, converted, changed, published, listed, packaged and deleted."""

    hashes = Bundle("hashes")

    def __init__(self, open_session: Callable[[], AbstractContextManager[Session]]) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.session = self._stack.enter_context(open_session())

    @initialize(packages=st.sampled_from(["immediate", "after-5s", "after-2-polls", "failed-after-5s"]))
    def begin(self, packages: str) -> None:
        sessions = self.session, self.session.another()
        self.keys = [ComparedAccount(one, per_month=MONTH, packages=packages) for one in sessions]

    @rule(
        target=hashes, what=st.sampled_from(sorted(DOCUMENTS)), schedule=CONVERSIONS, form=FORMS, given=CHANGES, who=WHO
    )
    def upload(self, what: str, schedule: str, form: str, given: Options, who: int) -> str:
        """An upload, which is 33 when the month is used up."""
        return self._looked_at(who, self.keys[who].upload(what, schedule, form, given), form)

    @rule(target=hashes, collection=hashes, form=FORMS, given=CHANGES, who=WHO)
    def update(self, collection: str, form: str, given: Options, who: int) -> str:
        """A change, which publishes an editable collection under a new hash."""
        return self._looked_at(who, self.keys[who].update(collection, form, given), form)

    @rule(collection=hashes, name=st.sampled_from(LOOKS), form=FORMS, who=WHO, asked=st.data())
    def look(self, collection: str, name: str, form: str, who: int, asked: st.DataObject) -> None:
        self.keys[who].look(name, collection, form, asked.draw(ASKED[name]))

    @rule(form=FORMS, asked=LISTS, who=WHO)
    def list(self, form: str, asked: Options, who: int) -> None:
        self.keys[who].listed(form, asked)

    @rule(collection=hashes, form=FORMS, who=WHO)
    def delete(self, collection: str, form: str, who: int) -> None:
        self.keys[who].delete(collection, form)
        self._looked_at(who, collection, form)

    @rule(name=st.sampled_from(methods()), collection=hashes, mistake=st.sampled_from(REFUSALS), given=CHANGES)
    def refuse(self, name: Method, collection: str, mistake: RequestCase, given: Options) -> None:
        """A call that is refused changes nothing."""
        if mistake.suits(name):
            self.keys[0].refused(name.name, collection, mistake, given)
            self._looked_at(0, collection, "json")

    @rule(collection=hashes, state=FINAL)
    def convert(self, collection: str, state: str) -> None:
        for one in self.keys:
            one.convert(collection, state)

    @rule(collection=hashes, days=DAYS)
    def happen(self, collection: str, days: tuple[Day, ...]) -> None:
        for one in self.keys:
            one.happened(collection, days)

    @rule(pause=PAUSES)
    def pass_by(self, pause: int) -> None:
        for one in self.keys:
            one.session.wait(pause)

    def teardown(self) -> None:
        self._stack.__exit__(*sys.exc_info())

    def _looked_at(self, who: int, collection: str, form: str) -> str:
        self.keys[who].everything([collection], form)
        return collection
