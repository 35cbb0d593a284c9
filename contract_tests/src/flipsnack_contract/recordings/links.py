"""Which answer gave the link of which download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flipsnack_contract.scenarios.event import Event

__all__ = ["linked"]


def linked(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events, with downloads and the links that were tried marked as such.

    A request is a download when its path is that of a link in an answer; where several answers gave that path, the
    last one whose link is the whole URL gave it, or else the last one.
    """
    givers = {event.link: event for event in events if event.link}
    paths = {str(link).partition("?")[0]: giver for link, giver in givers.items()}
    tried = {givers[event.url].name for event in events if event.kind == "other" and event.url in givers}
    return tuple(_marked(event, givers.get(event.url) or paths.get(_path(event)), tried) for event in events)


def _marked(event: Event, giver: Event | None, tried: set[str]) -> Event:
    if event.kind == "call":
        return replace(event, link_tried=event.name in tried)
    return replace(event, kind="download", giver=giver) if giver else event


def _path(event: Event) -> str:
    return event.url.partition("?")[0]
