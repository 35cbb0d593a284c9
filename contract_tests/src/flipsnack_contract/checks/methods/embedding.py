"""collection.getEmbed: the HTML that embeds a collection's player."""

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from lxml import etree, html

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import EMBED, every_choice, method_named
from flipsnack_contract.contract.assertions import Violation, expect, expect_code
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.contract.library import is_true
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import is_address

OF_EMBED: Mapping[str, Any] = {"methods": method_named(EMBED)}


def _frame(session: Session, collection: str | None = None, **parameters: str) -> Mapping[str, str]:
    """The attributes of the one iframe in the code."""
    answer = session.ask(session.draft(collection, **parameters))
    expect_code(20, answer, "a call of getEmbed")
    return frame_of(str((answer.data or {}).get("embedCode")))


def frame_of(code: str) -> Mapping[str, str]:
    """The attributes of the one iframe in a code. Raises `Violation`."""
    frames = _elements(code)
    tags = [getattr(one, "tag", "text") for one in frames]
    if tags != ["iframe"]:
        raise Violation("the elements of the embed code", ["iframe"], tags, rule="embed.code")
    found = {str(name).lower(): str(value) for name, value in frames[0].attrib.items()}
    source = found.get("src", "")
    if not is_address(f"https:{source}" if source.startswith("//") else source):
        raise Violation("the address of the iframe", "a URL", cut(source), rule="embed.code")
    return found


def _elements(code: str) -> list[Any]:
    try:
        return list(html.fragments_fromstring(code))
    except (etree.ParserError, ValueError) as damage:
        raise Violation("the embed code", "HTML", damage, rule="embed.code") from None


def _page(frame: Mapping[str, str]) -> list[str]:
    return parse_qs(urlsplit(frame["src"]).query).get("p", [])


def size_and_page(frame: Mapping[str, str]) -> dict[str, Any]:
    """Width, height and the first page that an iframe has."""
    return {"width": frame.get("width"), "height": frame.get("height"), "page": _page(frame)}


@check("embed.code", **OF_EMBED, needs={"collection"}, calls=1)
def the_code_is_an_iframe(session: Session) -> None:
    """The code is one iframe whose address is a URL."""
    _frame(session)


def named_in(address: str) -> str:
    """The address, and what the values of its query are in Base64."""
    values = (value for _, value in parse_qsl(urlsplit(address).query))
    decoded = (
        b64decode(value + "=" * (-len(value) % 4)).decode("latin-1") for value in values if _BASE64.fullmatch(value)
    )
    return " ".join((address, *decoded))


_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2,3}={0,2})?")


SIZES = every_choice(
    responsive=(None, "true", "false", "1", "0", "TRUE", "FALSE"),
    width=(None, "200", "1", "99999"),
    height=(None, "300", "100000"),
    startPage=(None, "3"),
    startBook=(None, "2"),
)


@check("embed.size", **OF_EMBED, needs=CONTROL)
def the_frame_has_the_size(session: Session) -> None:
    """The frame has the size that was asked for, else the collection's; responsive makes it 100 % both ways."""
    collection = session.collection(width=640, height=480)
    for asked in SIZES:
        frame, is_wide = _frame(session, collection, **asked), is_true(asked.get("responsive", ""))
        size = ("100%", "100%") if is_wide else (asked.get("width", "640"), asked.get("height", "480"))
        expect(size, (frame.get("width"), frame.get("height")), f"width and height with {asked}")


IGNORED = ({"https": "false"}, {"https": "1"}, {"startBook": "1"}, {"startBook": "2"}, {"https": "0", "startBook": "3"})


@check("embed.ignored", **OF_EMBED, needs={"collection"}, calls=6)
def https_and_start_book_change_nothing(session: Session) -> None:
    """The code is the same with https and startBook as without."""
    for asked in _beside(session, {"startPage": "2"}, {"responsive": "true"}, {"width": "200", "startPage": "3"}):
        plain = _frame(session, **asked)
        for ignored in IGNORED:
            found = _frame(session, **asked, **ignored)
            expect(plain, found, f"the attributes of the frame with {ignored} beside {asked}")


def _beside(session: Session, *asked: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    """Nothing, and these parameters; nothing alone where each call takes a second."""
    return ({}, *asked) if session.account else ({},)


@check(
    "embed.start-page", **OF_EMBED, needs={"collection"}, rows={"page": ("2", "8", "12", "13", "100", "9999")}, calls=1
)
def the_address_names_the_first_page(session: Session, page: str) -> None:
    """startPage is in the address, whatever else is asked for."""
    sized = {"width": "200", "height": "300"}
    for asked in _beside(session, {"responsive": "true"}, sized, {"startBook": "2"}, {"https": "false"}):
        found = _page(_frame(session, startPage=page, **asked))
        expect([page], found, f"the page in the address with startPage={page} and {asked}")


@check("embed.start-page", **OF_EMBED, needs={"collection"}, calls=2)
def the_first_page_needs_no_name(session: Session) -> None:
    """Without startPage, and with startPage=1, the address names no page."""
    for parameters in ({}, {"startPage": "1"}):
        expect([], _page(_frame(session, **parameters)), f"the page in the address with {parameters}")
