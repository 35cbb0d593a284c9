"""The methods of the API as the second server knows them: host, verb, and the types of their parameters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

STATUSES = ("public", "editable", "unlisted")
TRUE, FALSE = ("true", "1"), ("false", "0")


@dataclass(frozen=True)
class Method:
    """One method: `run` names what carries it out; `types` are those of its parameters but the collection's hash."""

    run: str
    host: str = "api"
    verb: str = "GET"
    for_collection: bool = True
    types: Mapping[str, str] = field(default_factory=dict)


_TITLES = {"title": "text", "description": "text"}
_SHOWN = {"collectionWidth": "size", "collectionHeight": "size", "collectionStatus": "status"}
_EMBED = {"https": "boolean", "responsive": "boolean"} | dict.fromkeys(("startPage", "startBook"), "size")
_EMBED |= {"width": "size", "height": "size"}
_STATS = {"startDate": "date", "endDate": "date", "includePageStats": "boolean"}
_LIST = {"collectionStatus": "status", "query": "text", "from": "index", "to": "index"}
_LIST |= {"orderBy": "order", "orderMode": "direction"}

METHODS: Mapping[str, Method] = {
    "collection.create": Method("create", "upload", "POST", False, {"fileUrl": "url", **_TITLES, **_SHOWN}),
    "collection.getCollection": Method("get_collection"),
    "collection.update": Method("update", types={**_TITLES, **_SHOWN}),
    "collection.deleteCollection": Method("delete_collection"),
    "collection.getEmbed": Method("get_embed", types=_EMBED),
    "collection.getStats": Method("get_stats", types=_STATS),
    "collection.getList": Method("get_list", for_collection=False, types=_LIST),
    "user.getStats": Method("user_stats", for_collection=False),
    "collection.downloadHTML": Method("download_html"),
}

UNKNOWN = Method("")


def _is_index(text: str) -> bool:
    return bool(re.fullmatch("[0-9]{1,15}", text))


def _is_date(text: str) -> bool:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_url(text: str) -> bool:
    return bool(re.fullmatch(r"https?://[^\s/?#]+([/?#]\S*)?", text, re.IGNORECASE))


TYPES: Mapping[str, Callable[[str], bool]] = {
    "text": lambda _text: True,
    "index": _is_index,
    "size": lambda text: _is_index(text) and int(text) > 0,
    "boolean": lambda text: text.lower() in TRUE + FALSE,
    "date": _is_date,
    "url": _is_url,
    "status": lambda text: text in STATUSES,
    "order": lambda text: text in ("name", "date"),
    "direction": lambda text: text in ("asc", "desc"),
}
"""Whether a text is a value of each type."""
