"""What a client does with collections: it follows a new hash, and lists all of them."""

import re
from collections.abc import Iterator
from itertools import pairwise

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_in
from flipsnack_contract.scenarios.event import LIST, SHOW, UPDATE, Event
from flipsnack_contract.scenarios.scenario_run import ScenarioRun


@check("client.follows-new-hash", needs={"op:publish"})
def the_new_hash_is_reported(run: ScenarioRun) -> None:
    """After publishing, the collection is asked for and reported by the hash that it has now."""
    published = [call.answered_hash for call in run.calls if call.action == UPDATE and call.answered_hash]
    if run.scenario.op != "publish" or not published:
        return
    for call in (one for one in run.calls if one.action == SHOW):
        expect_in((*published, run.case.args.get("collection")), call.collection, f"the collection of {call.name}")
    if run.outcome is CaseOutcome.OK:
        expect(published[-1], run.value.get("hash"), "the hash in the result")


@check("client.list-complete", needs={"op:list"})
def ranges_follow_each_other(run: ScenarioRun) -> None:
    """The list is asked for from its first index on, each range beginning where the one before it ended.

    Where the list changes meanwhile, ranges may overlap, so that nothing is missed.
    """
    if run.scenario.op != "list":
        return
    asked = [call for call in run.calls if call.action == LIST and call.code == 20 and not call.spoilt]
    for call in asked:
        expect(run.scenario.params, _filters(call), f"what {call.name} asks for, without its range")
    if asked:
        expect(0, _index(asked[0], "from", 0), f"the first index of the list, in {asked[0].name}")
    for before, after in pairwise(asked):
        if "to" not in before.params:
            raise Violation(f"what follows {before.name}, which asked for the whole list", "no other range", str(after))
        next_index, found = _index(before, "to", 0) + 1, _index(after, "from", 0)
        is_right = found <= next_index if run.scenario.eventful else found == next_index
        if not is_right:
            raise Violation(f"the range of {after.name}, after that of {before.name}", f"from {next_index}", str(found))


def _filters(call: Event) -> dict[str, str]:
    not_filters = {"action", "apiKey", "signature", "format", "callback", "from", "to", "orderBy", "orderMode"}
    return {name: value for name, value in call.params.items() if name not in not_filters}


def _index(call: Event, name: str, default: int) -> int:
    text = call.params.get(name, "")
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else default


@check("client.list-complete", needs={"op:list"})
def each_collection_is_given_once(run: ScenarioRun) -> None:
    """Every collection that fits is given, and none twice; one that is made or deleted meanwhile may be missing."""
    if run.scenario.op != "list" or run.outcome is not CaseOutcome.OK or run.scenario.format == "xml":
        return
    given = list(run.value.get("hashes") or ())
    expect(sorted(set(given)), sorted(given), "the hashes in the result, each once")
    fitting = set(_fitting(run))
    missing, foreign = fitting & set(run.there_before) - set(given), set(given) - fitting
    # Where one is deleted, the ones behind it move to ranges that were asked for already.
    moved = any(event.what == "delete" for event in run.scenario.timeline)
    if missing and not moved:
        raise Violation("the collections in the result", f"{len(fitting)} of them", f"without {sorted(missing)[0]}")
    if run.scenario.eventful:
        foreign -= {one["hash"] for one in run.account}
    if foreign:
        raise Violation("the collections in the result", f"{len(fitting)} of them", f"with {sorted(foreign)[0]}")


@check("client.xml", needs={"op:list", "xml"})
def a_list_in_xml_is_understood(run: ScenarioRun) -> None:
    """A list in XML has as many collections as in JSON, where it does not change meanwhile."""
    is_xml = run.scenario.op == "list" and run.scenario.format == "xml" and not run.scenario.eventful
    if is_xml and run.outcome is CaseOutcome.OK:
        expect(sorted(_fitting(run)), sorted(run.value.get("hashes") or ()), "the collections that it read in xml")


def _fitting(run: ScenarioRun) -> Iterator[str]:
    """The hashes of the collections that fit what was asked for."""
    status, words = run.scenario.params.get("collectionStatus"), run.scenario.params.get("query", "").casefold()
    for one in run.account:
        text = f"{one['title']}\n{one['description']}".casefold()
        if not one["deleted"] and status in (None, one["status"]) and words in text:
            yield one["hash"]
