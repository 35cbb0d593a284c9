"""Magic hashes begin with `mock-` and name what happens; every account has them, without set-up.

The documentation and `/__admin/magic` show the tables below. The `error` of a hash is answered while the job is
PROCESSING: an error that passes has a schedule that ends.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import msgspec

from flipsnack_mock.faults.content import UrlLifetime
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.identifiers import HASH_PATTERN
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.schedules import parse_schedule
from flipsnack_mock.state.seeds import MAX_PACKAGE_BYTES

PREFIX = "mock-"
ERROR_PREFIX = "mock-error-"
MEGABYTE = 1_000_000
_HASH = re.compile(HASH_PATTERN)


class Magic(msgspec.Struct, frozen=True, kw_only=True):
    """What a magic hash stands for.

    `schedule` is that of the job, `package_bytes` the size of the package (0: as small as it can be), `error` the code
    that is answered instead of PROCESSING, `url_lifetime` the seconds that a resource URL lives (None: the account's
    setting), and `fault` the name of the preset that disturbs the download (empty: none).
    """

    does: str
    schedule: str = "immediate"
    package_bytes: int = 0
    error: int | None = None
    url_lifetime: float | None = None
    fault: str = ""


NAMED: dict[str, Magic] = {
    "mock-complete": Magic(does="COMPLETE at the first call"),
    "mock-processing": Magic(does="PROCESSING for ever", schedule="never"),
    "mock-failed": Magic(does="FAILED at the first call", schedule="failed"),
    "mock-expired-link": Magic(does="COMPLETE; each resource URL has expired already", url_lifetime=0),
    "mock-slow-download": Magic(does="COMPLETE; the package is sent slowly", fault="slow-download"),
    "mock-corrupt-zip": Magic(does="COMPLETE; the package has a wrong byte", fault="corrupt-zip"),
    "mock-truncated": Magic(does="COMPLETE; the download is cut off", fault="truncated"),
}


Build = Callable[[re.Match[str]], Magic]
"""What a hash that fits stands for; raises `KeyError` or `ValueError` when it stands for nothing."""


class Family(NamedTuple):
    """Magic hashes with a part to choose: `pattern` is for documents, `regex` parses, `examples` are hashes to try."""

    pattern: str
    regex: re.Pattern[str]
    examples: tuple[str, ...]
    build: Build


def _scheduled(match: re.Match[str]) -> Magic:
    parse_schedule(match["words"])
    return Magic(does=f"the job runs by the schedule {match['words']}", schedule=match["words"])


def _sized(match: re.Match[str]) -> Magic:
    size = int(match["megabytes"]) * MEGABYTE
    if not 1 <= size <= MAX_PACKAGE_BYTES:
        raise ValueError(f"a package has 1 to {MAX_PACKAGE_BYTES // MEGABYTE} megabytes")
    return Magic(does=f"COMPLETE; the package has {size:,} bytes", package_bytes=size)


def _short_link(match: re.Match[str]) -> Magic:
    seconds = float(match["seconds"])
    return Magic(does=f"COMPLETE; each resource URL lives {seconds:g} s", url_lifetime=seconds)


def _error(does: str, schedule: str) -> Build:
    """A code of the vendor's table while the job is PROCESSING; both texts are filled in from the match."""

    def build(match: re.Match[str]) -> Magic:
        code = int(match["code"])
        parts = match.groupdict() | {"message": CATALOGUE[code].message}
        return Magic(does=does.format_map(parts), schedule=schedule.format_map(parts), error=code)

    return build


_CODE = r"mock-error-(?P<code>[0-9]{2})"
_SECONDS = r"(?P<seconds>[0-9]{1,5}(?:\.[0-9]{1,6})?)s"
FAMILIES = (
    Family("mock-<n>mb", re.compile(r"mock-(?P<megabytes>[0-9]{1,3})mb"), ("mock-50mb", "mock-500mb"), _sized),
    Family("mock-short-link-<n>s", re.compile(f"mock-short-link-{_SECONDS}"), ("mock-short-link-5s",), _short_link),
    Family(
        "mock-error-<code>",
        re.compile(_CODE),
        tuple(f"mock-error-{code}" for code in sorted(CATALOGUE)),
        _error("code {code}, {message}", "never"),
    ),
    Family(
        "mock-error-<code>-<n>-times",
        re.compile(rf"{_CODE}-(?P<times>[0-9]{{1,4}})-times"),
        ("mock-error-31-2-times",),
        _error("code {code} {times} times, then COMPLETE", "after-{times}-polls"),
    ),
    Family(
        "mock-error-<code>-for-<n>s",
        re.compile(f"{_CODE}-for-{_SECONDS}"),
        ("mock-error-22-for-30s",),
        _error("code {code} for {seconds} s from the first call on, then COMPLETE", "after-{seconds}s"),
    ),
    Family(
        "mock-<schedule>",
        re.compile(r"mock-(?P<words>.+)"),
        ("mock-after-30s", "mock-after-3-polls", "mock-half-way", "mock-manual", "mock-failed-after-5s"),
        _scheduled,
    ),
)
"""The first family whose `regex` fits decides."""


class Listed(msgspec.Struct, frozen=True):
    """A magic hash as it is listed: what it is an example of, and what it stands for."""

    hash: str
    pattern: str
    magic: Magic


def listed() -> list[Listed]:
    """Every magic hash without a part to choose, and examples of all the others."""
    patterns = {name: name for name in NAMED} | {
        example: family.pattern for family in FAMILIES for example in family.examples
    }
    return [Listed(name, pattern, meant) for name, pattern in patterns.items() if (meant := magic(name))]


def magic(collection_hash: str) -> Magic | None:
    """What `collection_hash` stands for, or None when it is not magic."""
    # A client chooses the text: only one that can be a hash is worth being remembered.
    if not collection_hash.startswith(PREFIX) or _HASH.fullmatch(collection_hash) is None:
        return None
    return _meaning(collection_hash)


@lru_cache(maxsize=1024)
def _meaning(collection_hash: str) -> Magic | None:
    if collection_hash in NAMED:
        return NAMED[collection_hash]
    for family in FAMILIES:
        if match := family.regex.fullmatch(collection_hash):
            try:
                return family.build(match)
            except (KeyError, ValueError):
                return None
    return None


def magic_collection(collection_hash: str) -> Collection | None:
    """The collection that a magic hash stands for, with its job not begun, or None when it is not magic."""
    meant = magic(collection_hash)
    if meant is None:
        return None
    return Collection(
        hash=collection_hash, title=collection_hash, schedule=meant.schedule, package_bytes=meant.package_bytes
    )


def upload_magic(title: str, name: str) -> Magic | None:
    """What the `title` of an upload, or the `name` of its file without its ending, stands for; None for no magic.

    Its schedule is that of the conversion, its error that of the upload. Faults of a download, and errors that pass,
    are no upload's.
    """
    for text in (title, name):
        meant = magic(text)
        if meant is not None and not meant.fault and meant.url_lifetime is None:
            return meant if meant.error is None or meant.schedule == "never" else None
    return None


def listed_uploads() -> list[tuple[str, str]]:
    """Names of files that make an upload magic, each with what becomes of it."""
    outcomes = {row.hash: upload_outcome(row.hash) for row in listed()}
    return [(f"{name}.pdf", does) for name, does in outcomes.items() if does]


def upload_outcome(name: str) -> str:
    """What becomes of an upload with this title, or of a file with this name without its ending; empty for no magic."""
    meant = upload_magic(name, "")
    if meant is None:
        return ""
    if meant.error is not None:
        return f"refused with code {meant.error}, {CATALOGUE[meant.error].message}"
    size = f"; the package has {meant.package_bytes:,} bytes" if meant.package_bytes else ""
    return f"the conversion runs by the schedule {meant.schedule}{size}"


def magic_fault(collection_hash: str) -> FaultRule | None:
    """The fault that a magic hash brings along, as a rule that never ends, or None when it brings none."""
    return None if magic(collection_hash) is None else _fault(collection_hash)


@lru_cache(maxsize=1024)
def _fault(collection_hash: str) -> FaultRule | None:
    meant = _meaning(collection_hash)
    assert meant is not None  # the caller has asked
    if meant.url_lifetime is not None:
        return FaultRule(id=collection_hash, made_at=0, fault=UrlLifetime(seconds=meant.url_lifetime))
    preset = PRESETS.get(meant.fault)
    return None if preset is None else FaultRule(id=collection_hash, made_at=0, fault=preset.fault, when=preset.when)
