"""The kit's client of the control plane at `/__admin`, in plain HTTP."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from flipsnack_contract.contract.assertions import Inconclusive
from flipsnack_contract.contract.decoding import cut, shown
from flipsnack_contract.target.target import Reply, Request, Target, Unreachable

T = TypeVar("T", int, str)
LATEST = 200_000_000_000_000_000
"""Microseconds since 1970 at which no clock is: the year 8307."""
JSON = {"Content-Type": "application/json"}


class Refused(Inconclusive):
    """The control plane refused a request; `status` is its HTTP status."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(f"the control plane answered {status}: {what}")
        self.status = status


class Control:
    """The control plane of one target."""

    def __init__(self, target: Target, root: str, *, token: str | None = None) -> None:
        """`root` is the URL above `__admin`; `token` is sent as a bearer token."""
        self._target = target
        self._url = root + "__admin"
        self._headers = {**JSON, **({"Authorization": f"Bearer {token}"} if token else {})}

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer to one admin request; raises `Refused`."""
        raw = b"" if body is None else json.dumps(body).encode()
        reply = self._target.send(Request(method, self._url + path, raw, self._headers))
        if not 200 <= reply.status < 300:
            raise Refused(reply.status, _message(reply))
        try:
            return json.loads(reply.body) if reply.body else None
        except (ValueError, RecursionError):
            raise Refused(reply.status, f"no JSON: {_message(reply)}") from None

    def _told(self, name: str, kind: type[T], method: str, path: str, body: object = None) -> T:
        """What the answer to an admin request says of `name`; raises `Refused` where it says nothing."""
        answer = self.call(method, path, body)
        told = answer.get(name) if isinstance(answer, dict) else None
        # It is sent again, and counted with.
        if type(told) is not kind or not _is_usable(told):
            raise Refused(HTTPStatus.OK, f"expected {name} in the answer to {method} {path}, got {shown(answer)}")
        return told

    def create_account(
        self, key: str, secret: str, *, collections: Iterable[Mapping[str, object]] = (), frozen_at: int | None = None
    ) -> "AccountControl":
        """A new account with these collections; its clock stands still at `frozen_at` microseconds, if given."""
        more: dict[str, object] = {"collections": list(collections)} if collections else {}
        more |= {} if frozen_at is None else {"frozen_at": frozen_at / 1_000_000}
        made = self.call("POST", "/accounts", {"key": key, "secret": secret, **more})
        account = AccountControl(self, key, secret)
        account.now = frozen_at or 0
        if frozen_at is not None and not (isinstance(made, dict) and made.get("frozen")):
            account.freeze()  # a control plane that does not know the field
        return account

    def maintenance(self, *, on: bool) -> None:
        """Maintenance for all keys, or for the one key that is controlled."""
        self.call("PUT", "/maintenance", {"on": on})


class AccountControl(Control):
    """The control plane of one key, and its virtual clock once it is frozen. All times are microseconds."""

    def __init__(self, control: Control, key: str, secret: str) -> None:
        self.now = 0
        self._key, self._secret, self._control = key, secret, control
        self._target, self._headers = control._target, control._headers
        self._url = f"{control._url}/accounts/{quote(key, safe='')}"

    def delete(self) -> None:
        self.call("DELETE", "")

    def reset(self) -> None:
        """Bring the key back to its beginning; its clock stands still then."""
        self.call("POST", "/reset")
        self.freeze()

    def make_again(self) -> None:
        """Delete the key and make one of the same name and secret; its clock stands still then."""
        self.delete()
        self._control.create_account(self._key, self._secret)
        self.freeze()

    def freeze(self) -> int:
        """Stop the clock and return its instant, which is `now` until the clock is moved on."""
        self.now = self._told("now_us", int, "POST", "/clock/freeze")
        return self.now

    def advance(self, micros: int) -> None:
        if micros:
            self.call("POST", "/clock/advance", {"seconds": micros / 1_000_000})
            self.now += micros

    pass_by = advance

    def create_collection(self, **fields: object) -> str:
        """A new collection (`hash`, `title`, `pages`, `package_bytes`, `schedule`); its hash."""
        return self._told("hash", str, "POST", "/collections", fields)

    def collections(self) -> list[dict[str, Any]]:
        """Every collection in the order of its creation, deleted ones included; each names its `document`, if any."""
        found: list[dict[str, Any]] = self.call("GET", "/collections")["collections"]
        return found

    def delete_collection(self, collection_hash: str) -> None:
        self.call("DELETE", f"/collections/{quote(collection_hash, safe='')}")

    def job_state(self, collection_hash: str) -> str:
        return self._told("state", str, "GET", f"/jobs/{quote(collection_hash, safe='')}")

    def force(self, collection_hash: str, state: str) -> None:
        """Put the job into `state`; raises `Refused` where that is not legal."""
        self.call("PUT", f"/jobs/{quote(collection_hash, safe='')}", {"state": state})

    def convert(self, collection_hash: str, state: str) -> None:
        """Put the conversion into `state`: processing, complete or failed."""
        self.call("PUT", f"/collections/{quote(collection_hash, safe='')}/conversion", {"state": state})

    def statistics(self, collection_hash: str, days: Iterable[Mapping[str, object]]) -> None:
        """Set the statistics of a collection, an object for each `date`, with its `pages`."""
        self.call("PUT", f"/collections/{quote(collection_hash, safe='')}/statistics", list(days))

    def settings(self, **changes: object) -> None:
        self.call("PATCH", "/settings", changes)


def find_control(target: Target, *, token: str | None = None) -> Control | None:
    """The control plane of `target`, or None where there is none: `__admin` beside the `v1` of its base URL."""
    root = target.base_url.removesuffix("v1/")
    if root == target.base_url:
        return None
    control = Control(target, root, token=token)
    try:
        listing = control.call("GET", "")
    except (Refused, Unreachable, ValueError):
        return None
    return control if isinstance(listing, dict) and "routes" in listing else None


def _is_usable(told: int | str) -> bool:
    return told.isprintable() if isinstance(told, str) else 0 <= told < LATEST


def _message(reply: Reply) -> str:
    try:
        return cut(str(json.loads(reply.body)["error"]["message"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        return cut(reply.body[:200].decode("utf-8", "replace"))
