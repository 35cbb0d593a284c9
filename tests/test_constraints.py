import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[1]
LINES = (REPOSITORY / "constraints.txt").read_text().splitlines()


@cache
def _pinned() -> dict[str, str]:
    pins = (line.split("==") for line in LINES if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins}


def _needed(name: str, extras: frozenset[str] = frozenset()) -> Iterator[tuple[str, frozenset[str]]]:
    """What the distribution `name` asks for on this machine, with the extras it asks for it with."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""}):
            yield canonicalize_name(requirement.name), frozenset(requirement.extras)


@cache
def _closure() -> frozenset[str]:
    seen: set[tuple[str, frozenset[str]]] = set()
    left = [("flipsnack-kit", frozenset({"dev"}))]
    while left:
        if (found := left.pop()) not in seen:
            seen.add(found)
            left.extend(_needed(*found))
    return frozenset(name for name, _ in seen) - {"flipsnack-kit"}


def test_everything_that_is_needed_is_pinned() -> None:
    assert _closure() <= _pinned().keys(), "run `make constraints`"


def test_each_installed_version_is_the_pinned_one() -> None:
    pinned = {name: version for name, version in _pinned().items() if name in _closure()}
    assert pinned == {name: _installed(name) for name in pinned}


def _installed(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return "none: run `make test`, which sets up .venv"


def test_every_direct_dependency_has_a_reason() -> None:
    words = re.findall(r"[\w.-]+", (REPOSITORY / "CONTRIBUTING.md").read_text())
    direct = {canonicalize_name(Requirement(text).name) for text in distribution("flipsnack-kit").requires or ()}
    assert set() == direct - {"flipsnack-kit"} - set(map(canonicalize_name, words))


def test_a_pin_is_a_name_and_a_version_and_nothing_else() -> None:
    pins = [line for line in LINES if not line.startswith("#")]
    assert pins
    assert [] == [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]
