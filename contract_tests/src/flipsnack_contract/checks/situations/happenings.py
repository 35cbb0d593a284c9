"""What is looked at, and what happens, before a collection is changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flipsnack_contract.checks.methods.comparison import LOOKS
from flipsnack_contract.checks.methods.uploaded import CREATE, DELETE, EMBED, GET, PACKAGE, STATS, UPDATE
from flipsnack_contract.checks.request_cases import MISTAKES, REFUSED_UPLOADS, with_format
from flipsnack_contract.checks.situations.life import Life
from flipsnack_contract.contract.assertions import require
from flipsnack_contract.contract.clock import MINUTE, PER_SECOND, SECOND
from flipsnack_contract.contract.library import Day
from flipsnack_contract.contract.methods import methods, options_of
from flipsnack_contract.contract.oracle import STILL_PROCESSING
from flipsnack_contract.target.session import ABSENT

DAYS: tuple[Day, ...] = (
    # Not in the order of time, a day of long ago, and numbers of more than 32 bits.
    {"date": "2024-03-01", "impressions": 3, "views": 5, "time_spent": 7, "downloads": 11},
    {"date": "2023-12-31", "views": 2, "pages": [{"page": 1, "views": 2, "clicks": 1, "time_spent": 9}]},
    {"date": "1999-07-01", "views": 100, "time_spent": 2**33},
    {"date": "2024-02-29", "impressions": 40, "downloads": 1, "pages": [{"page": 3, "views": 1}]},
)


def _ask_often(life: Life) -> None:
    for _ in range(4):
        life.served.look(life.subject, life.form)


def _search(life: Life) -> None:
    for asked in (life.of_list, {"query": "a"}, {"collectionStatus": "public"}, {"orderBy": "name"}):
        life.mine.listed(life.form, asked)


def _embed(life: Life) -> None:
    for name, asked in ((EMBED, life.of_embed), (STATS, life.of_stats), (EMBED, {}), (STATS, {})):
        life.mine.look(name, life.subject, life.form, asked)


def _neighbour(life: Life) -> None:
    """Further collections without a title; one of them stays."""
    for description in ("all newer", None):
        way, shape = next(life.newer).values()
        given = {**shape, **({"description": description} if description else {})}
        made = life.mine.upload(way, "immediate", life.form, given)
    life.mine.everything([made], life.form)
    life.mine.delete(made, life.form)


BEFORE: Mapping[str, Callable[[Life], None]] = {
    "nothing": lambda _life: None,
    "everything": Life.look,
    "the package": _ask_often,
    "lists": _search,
    "code and statistics": _embed,
    "a newer one": _neighbour,
}


def _refuse(life: Life) -> None:
    chosen = (one for one in MISTAKES if one.name in ("an unknown key", "a wrong signature", "a wrong value"))
    for name, mistake in zip((UPDATE, DELETE, CREATE), chosen, strict=True):
        life.mine.refused(name, life.subject, mistake, {"title": "Refused"})
    for mistake in REFUSED_UPLOADS:
        life.mine.refused(CREATE, life.subject, mistake, {"title": "Refused"})
    life.mine.summed(life.form)


def _counted(life: Life, *, is_refused: bool = False) -> int:
    """The code of a call of the next method, right or wrong, which does not wait for the limits.

    Where it is not refused by a limit, it changes nothing: while a document is converted, two methods are 38.
    """
    at = next(life.places)
    calling = life.session.calling(methods()[at % len(methods())].name)
    busy = life.mine.model.code_at(calling.method.name, life.subject, life.session.clock.now) == STILL_PROCESSING
    changes = calling.method.name in (UPDATE, DELETE, PACKAGE) and not (busy or is_refused)
    draft = with_format(calling.draft(ABSENT if changes else life.subject), life.form)
    if not is_refused:
        draft = replace(draft, files=(), signature="0" * 32 if at % 4 == 3 else None)
    return calling.ask(draft, paced=False).code


def _use_up(life: Life) -> None:
    life.session.wait(MINUTE)
    codes = [_counted(life, is_refused=number >= PER_SECOND) for number in range(PER_SECOND + 9)]
    life.session.wait(SECOND - 1)
    codes.append(_counted(life, is_refused=True))
    require(False, 31 in codes[:PER_SECOND], f"a limit refuses one of five calls: {codes}", "limit.per-second")
    require(
        {31}, {*codes[PER_SECOND:]}, "the codes of the sixth call in a second, and of later ones", "limit.what-counts"
    )
    life.session.wait(1)
    require(False, _counted(life) == 31, "a call is refused when the second is over", "limit.refused-do-not-count")
    life.session.wait(MINUTE)


def _use_up_minute(life: Life) -> None:
    life.session.wait(MINUTE)
    for number in range(60):
        life.session.wait(0 if number % 5 else SECOND)
        code = _counted(life)
        require(True, code not in (31, 32), f"call {number + 1} in a minute is let through", "limit.per-minute")
    for wait in (SECOND, 48 * SECOND - 1):
        life.session.wait(wait)
        require(
            32, _counted(life, is_refused=True), "the code of the call after sixty in a minute", "limit.what-counts"
        )
    life.session.wait(1)
    require(False, _counted(life) == 32, "a call is refused when the minute is over", "limit.refused-do-not-count")
    life.session.wait(MINUTE)


def _maintain(life: Life) -> None:
    """Every call is 22, whatever it is for and however it is sent; links serve."""
    life.session.steer.maintenance(on=True)
    for method in methods():
        for given in ({}, options_of(method), {"action": "collection.fold"}):
            life.mine.wrong(22, method.name, life.subject, life.form, given, "code.22")
    life.served.again()
    life.theirs.listed(life.form, {})
    life.session.wait(2 * 60 * MINUTE)
    life.session.steer.maintenance(on=False)


def _by_theirs(life: Life) -> None:
    """Another key makes, changes and deletes the like of it."""
    theirs, found = life.theirs, life.mine.model.find(life.subject)
    title = found.title if found else "Gone"
    made = theirs.upload("a PDF", "immediate", life.form, {"title": title, "collectionStatus": "editable"})
    theirs.happened(made, DAYS)
    made = theirs.update(made, life.form, {"collectionStatus": "public", "collectionWidth": "5"})
    theirs.look(PACKAGE, made, life.form, {})
    for name in LOOKS:
        life.mine.look(name, made, life.form, {})
    theirs.delete(made, life.form)
    theirs.listed(life.form, {})
    for name in (*LOOKS, UPDATE, DELETE):
        life.mine.look(name, made, life.form, {})


def _reset_theirs(life: Life) -> None:
    another = life.session.another()
    another.collection()
    another.steer.maintenance(on=True)
    life.mine.look(GET, life.subject, life.form, {})
    another.steer.reset()
    another.steer.make_again()


def _another(life: Life) -> None:
    """Another collection of the key, which was uploaded before, comes, is published and deleted."""
    given = {"title": "Another", "collectionStatus": "editable"}
    life.mine.delete(life.mine.upload("a URL", "immediate", "json", given), life.form)
    made = life.mine.upload("a URL", "immediate", "json", given)
    life.mine.happened(made, DAYS[:1])
    life.mine.everything([made], life.form)
    made = life.mine.update(made, life.form, {"collectionStatus": "unlisted", "title": "Another spring"})
    life.mine.look(PACKAGE, made, life.form, {})
    life.mine.delete(made, life.form)
    life.old.append(made)


def _month(life: Life) -> None:
    """The uploads of the month are used up for a while."""
    left, most = life.mine.model.uploads_left, life.mine.model.per_month
    life.mine.model.per_month = most - left
    life.session.steer.settings(uploads_per_month=most - left)
    life.mine.upload("a PNG", "immediate", life.form, {})
    life.look()
    life.update({"title": "When the month is used up"})
    life.mine.model.per_month = most
    life.session.steer.settings(uploads_per_month=most)


def _download(life: Life) -> None:
    for url, _ in life.served.links[-2:]:
        life.session.get(url, Range="bytes=0-1")
        life.session.get(url, **{"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"})
        life.session.get(url + "x")


def _statistics(life: Life) -> None:
    """Something happened on days long ago and today, more than 32 bits hold, and on no page but the first."""
    today = datetime.fromtimestamp(life.session.clock.now / SECOND, UTC).date().isoformat()
    of_today: Day = {"date": today, "views": 3, "pages": [{"page": 1, "views": 3, "time_spent": 2**33}]}
    life.mine.happened(life.subject, (*DAYS[:3], of_today))
    for asked in ({"startDate": today}, {"endDate": today}, {"includePageStats": "1"}):
        life.mine.look(STATS, life.subject, life.form, asked)


HAPPENINGS: Mapping[str, Callable[[Life], None]] = {
    "nothing": lambda _life: None,
    "refusals": _refuse,
    "a limit": _use_up,
    "a minute's limit": _use_up_minute,
    "maintenance": _maintain,
    "another key": _by_theirs,
    "another key's end": _reset_theirs,
    "another collection": _another,
    "the end of the month's uploads": _month,
    "statistics": _statistics,
    "downloads": _download,
}
