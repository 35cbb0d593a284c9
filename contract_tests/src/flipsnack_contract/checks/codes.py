"""Each code of the vendor's table that any method can answer, with its message letter by letter; and their order."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, GENERIC, KEYED, check
from flipsnack_contract.checks.methods.uploaded import DELETE, GET, PACKAGE, UPDATE, USER
from flipsnack_contract.checks.request_cases import MISTAKES, RequestCase, pairs, texts
from flipsnack_contract.contract.assertions import Unsuitable, expect, expect_code, expect_message, require
from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.contract.methods import every_method, options_of, takes_collection
from flipsnack_contract.contract.near_misses import LONGER, NEAR, SHORTER
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.session import Session, encoded


def _mistaken(session: Session, name: str) -> None:
    """Make the mistake of that name, and require its code."""
    (mistake,) = (one for one in MISTAKES if one.name == name)
    draft = mistake.make(session, session.draft())
    expect_message(mistake.code, session.ask(draft, paced=mistake.paced), f"a call with {name}")


@check("code.20", **GENERIC, needs={"collection"})
def right_call_is_ok(session: Session) -> None:
    """A right call, for a collection of the key, is 20, OK."""
    expect_message(20, session.ask(session.draft()), "a right call")


@check("code.20", needs=CONTROL, methods=lambda method: any(not one.required for one in method.parameters))
def all_parameters_together_are_ok(session: Session) -> None:
    """A call with every parameter that the method has, each right, is 20."""
    expect_message(20, session.ask(session.draft(**options_of(session.method))), "a call with every parameter")


DOES: Mapping[str, str] = {
    PACKAGE: "job.started-by-first-call",
    UPDATE: "update.sets",
    DELETE: "delete.gone",
}
"""Methods of a collection that do something, and the rule of what they do."""


@check(
    "code.20",
    needs=CONTROL,
    methods=lambda method: method.name in DOES,
    rows={"case": [one for one in MISTAKES if "alone" not in one.needs and one.step < 12]},
)
def what_is_refused_is_not_carried_out(session: Session, case: RequestCase) -> None:
    """A call that is refused, whatever is wrong with it, changes, deletes and starts nothing."""
    collection, rule = session.collection(title="Kept"), DOES[session.method.name]
    before = session.data(GET, collection)
    draft = session.draft(collection, **({"title": "Changed"} if session.method.takes("title") else {}))
    session.send(case.make(session, draft), paced=case.paced)
    session.steer.maintenance(on=False)
    state = session.steer.job_state(collection)
    require("NEW", state, f"the job after {session.method} with {case}", "job.started-by-first-call")
    require(before, session.call(GET, collection).data, f"getCollection after {session.method} with {case}", rule)


@check("code.22", needs=CONTROL, methods=every_method)
def maintenance_is_22(session: Session) -> None:
    """During maintenance a right call of any method is 22; afterwards all is as before."""
    _mistaken(session, "maintenance")
    for pause in (3600 * SECOND, 8 * DAY):
        session.wait(pause)
        expect_message(22, session.ask(session.draft()), "a call in a long maintenance")
    session.trace.add("maintenance off")
    session.steer.maintenance(on=False)
    expect_code(20, session.ask(session.draft()), "a call after maintenance")


@check("code.22", needs=CONTROL | {"alone"}, methods=every_method)
def maintenance_for_everybody_is_22(session: Session) -> None:
    """During maintenance for all keys a right call of any method is 22, also with a key that is made meanwhile."""
    _mistaken(session, "maintenance for everybody")
    expect_code(22, session.another().call(USER), "a call with a key that was made during maintenance")
    session.steer.reset()
    expect_code(22, session.call(USER), "a call with a key that was reset during maintenance")


@check("code.30", needs={"credentials"}, methods=every_method, calls=4)
def missing_parameter_is_30(session: Session) -> None:
    """Without any one of its required parameters a call is 30."""
    for name in session.method.required:
        expect_message(30, session.ask(session.draft().without(name)), f"a call without {name}")


@check("code.30", **GENERIC, rows={"count": (2, 3, None)})
def several_missing_parameters_are_30(session: Session, count: int | None) -> None:
    """Without several of them, or without any parameter, it is 30 as well."""
    draft = session.draft()
    names = ("action", "signature", *session.method.own_required, "apiKey")[:count]
    for name in names:
        draft = draft.without(name)
    expect_message(30, session.ask(draft), f"a call without {', '.join(names)}")


NAMED_OTHERWISE: Mapping[str, Callable[[str], str]] = {
    "in lower case": str.lower,
    "with a capital": str.title,
    "with a blank before it": lambda name: " " + name,
    "with a blank after it": lambda name: name + " ",
    "in brackets": lambda name: name + "[]",
    "with a mark": lambda name: "".join("_" + one.lower() if one.isupper() else one for one in name),
}


@check("code.30", needs={"credentials"}, methods=every_method, rows={"written": NAMED_OTHERWISE}, calls=4)
def a_parameter_of_nearly_its_name_is_missing(session: Session, written: str) -> None:
    """The names of required parameters are compared exactly, too."""
    for name in session.method.required:
        draft = session.draft()
        value = sign(draft.secret, draft.parameters) if name == "signature" else str(draft.get(name))
        if (near := NAMED_OTHERWISE[written](name)) != name:
            expect_message(30, session.ask(draft.without(name).also((near, value))), f"a call with {near!r} for {name}")


@check("code.31", needs=CONTROL)
def sixth_call_in_a_second_is_31(session: Session) -> None:
    """The call after the fifth in one instant is 31."""
    _mistaken(session, "too many in a second")


@check("code.32", needs=CONTROL)
def sixty_first_call_in_a_minute_is_32(session: Session) -> None:
    """The call after the sixtieth in one minute is 32."""
    _mistaken(session, "too many in a minute")


@check("code.40", **GENERIC, rows={"piece": ("%", "a=%", "a=%4", "a=%zz", "%g0=1", "a=b%")})
def broken_escape_is_40(session: Session, piece: str) -> None:
    """A percent sign that is not followed by two hexadecimal digits makes the request incorrectly formatted."""
    draft = session.draft()
    answer = session.ask(replace(draft, text=f"{encoded(draft.signed())}&{piece}"))
    expect_message(40, answer, f"a query that ends in {piece!r}")


@check(
    "code.41",
    **GENERIC,
    rows={"key": ("not-a-key", "0", " ", "é", "null", "../", "%00", "a" * 300, "' or 1=1 --")},
    varies={"key": texts.filter(lambda text: bool(text) and not text.startswith("test-"))},
)
def unknown_key_is_41(session: Session, key: str) -> None:
    """An unknown key is 41."""
    expect_message(41, session.ask(session.draft(apiKey=key)), f"a call with the key {key!r}")


@check("code.41", **KEYED, rows={"written": NEAR})
def nearly_a_key_is_41(session: Session, written: str) -> None:
    """A key is compared exactly: letter case, blanks and length count."""
    near = NEAR[written](session.key)
    # Some fakes accept every key with a certain beginning.
    if near == session.key or (session.account is None and near.startswith(session.key[:4])):
        raise Unsuitable(f"the key {written} may be a key")
    expect_message(41, session.ask(session.draft(apiKey=near)), f"a call with the key {near!r}")


NEARLY_A_METHOD: Mapping[str, Callable[[str], str]] = {
    **NEAR,
    "without its first part": lambda name: name.partition(".")[2],
    "without its last part": lambda name: name.partition(".")[0] + ".",
    "cut at the dot": lambda name: name.partition(".")[0],
    "with another mark for the dot": lambda name: name.replace(".", "_"),
    "with a further part": lambda name: name + ".x",
}


@check("code.42", needs={"credentials"}, methods=every_method, rows={"written": NEARLY_A_METHOD}, product=True)
def nearly_a_method_is_42(session: Session, written: str) -> None:
    """The name of a method is compared exactly: letter case, blanks and every part count."""
    near = NEARLY_A_METHOD[written](session.method.name)
    if near == session.method.name:
        raise Unsuitable(f"{session.method} {written} is the same name")
    expect_message(42, session.ask(session.draft(action=near)), f"a call of {near!r}")


@check(
    "code.42",
    needs={"credentials"},
    methods=every_method,
    rows=[{"action": action, "appended": False} for action in ("__class__", "constructor", "é", " ")],
    varies={"action": texts.filter(bool), "appended": st.booleans()},
)
def unknown_action_is_42(session: Session, action: str, *, appended: bool) -> None:
    """A method that does not exist is 42."""
    name = session.method.name + action if appended else action
    expect_message(42, session.ask(session.draft(action=name)), f"a call of {name!r}")


@check(
    "code.43",
    needs=CONTROL,
    methods=takes_collection,
    rows={"name": ("a deleted collection", "a collection of another key")},
)
def deleted_or_foreign_collection_is_43(session: Session, name: str) -> None:
    """A collection that is deleted or belongs to another key is 43."""
    _mistaken(session, name)


@check(
    "code.43-unknown",
    needs={"credentials"},
    rows={"collection": ("nobody-has-this", "0", " ", "é", "../..", "a" * 300, "null")},
    varies={"collection": texts.filter(lambda text: bool(text) and not text.startswith("mock-"))},
    methods=takes_collection,
    calls=1,
)
def unknown_collection_is_43(session: Session, collection: str) -> None:
    """A hash that never existed is answered as one of another key: 43."""
    expect_message(43, session.ask(session.draft(collection)), f"a call for the collection {collection!r}")


@check("code.43-unknown", needs={"collection"}, methods=takes_collection, rows={"written": NEAR}, product=True, calls=1)
def nearly_a_collection_is_43(session: Session, written: str) -> None:
    """A hash is compared exactly: letter case, blanks and length count."""
    mine = session.own_collection()
    near = NEAR[written](mine)
    if near == mine:
        raise Unsuitable(f"the hash {written} is the same hash")
    expect_message(43, session.ask(session.draft(near)), f"a call for the collection {near!r}, which is not {mine!r}")


@check("code.46", needs=CONTROL, methods=takes_collection, rows={"value": ("not a hash", "UPPER12", "é", "a" * 65)})
def no_hash_at_all_is_46(session: Session, value: str) -> None:
    """With the setting `invalid_hash` a value that cannot be a hash is 46; an unknown hash stays 43."""
    session.trace.add("settings: invalid_hash 46")
    session.steer.settings(invalid_hash=46)
    answer = session.ask(session.draft(value))
    expect_code(46, answer, f"a call for {value!r}")
    # The end of the message is cut in every copy of the vendor's page.
    expect(True, answer.status.startswith("Invalid collection ha"), f"the message of code 46 is {answer.status!r}")
    expect_code(43, session.ask(session.draft("unknown123")), "a call for an unknown hash")


@check("code.44", **KEYED, rows={"signature": ("0" * 32, "x", " ", "0" * 31, "é" * 32, "a" * 5000)})
def wrong_signature_is_44(session: Session, signature: str) -> None:
    """Any signature but that of the request is 44, however it is written."""
    expect_message(44, session.ask(replace(session.draft(), signature=signature)), "a wrong signature")


# That capitals are wrong is a rule of its own.
NEARLY_SIGNED: Mapping[str, Callable[[str], str]] = {
    **LONGER,
    **SHORTER,
    "with another last digit": lambda text: text[:-1] + ("0" if text[-1:] != "0" else "1"),
}


@check("code.44", **KEYED, rows={"written": NEARLY_SIGNED}, product=True)
def nearly_the_signature_is_44(session: Session, written: str) -> None:
    """A signature is compared whole: nothing before it, after it, or left out."""
    draft = session.draft()
    near = NEARLY_SIGNED[written](sign(draft.secret, draft.parameters))
    expect_message(44, session.ask(replace(draft, signature=near)), f"a call with its signature {written}")


STEP_OF_METHODS = 8
PAIRS = [{"first": first, "second": second} for first, second in pairs()]
# What is found wrong when the method is known may depend on the method.
OF_METHODS = [row for row in PAIRS if row["second"].step >= STEP_OF_METHODS and row["first"].paced]


@check("order.checks", methods=every_method, rows=OF_METHODS, product=True)
def the_earlier_check_wins(session: Session, first: RequestCase, second: RequestCase) -> None:
    """Of two mistakes in one call, the answer names the one that is checked first, whichever method is called."""
    _require_first(session, first, second)


@check("order.checks", methods=every_method, rows=[row for row in PAIRS if row not in OF_METHODS])
def the_earlier_of_the_general_checks_wins(session: Session, first: RequestCase, second: RequestCase) -> None:
    """The same of what is checked before the method is known, or takes many calls: each pair with some methods."""
    _require_first(session, first, second)


def _require_first(session: Session, first: RequestCase, second: RequestCase) -> None:
    # The later one is made first, so that its changes of the account come before an earlier one's maintenance.
    draft = first.make(session, second.make(session, session.draft()))
    # A call with a wrong format is answered as JSON.
    answer = session.read(session.send(draft, paced=first.paced and second.paced), "json")
    expect_code(first.code, answer, f"{first} together with {second}")
