"""A namespace of the fake with one account in it, for one case."""

import json

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.timeline import RealTimeline, TimedAction, Timeline, VirtualTimeline
from flipsnack_contract.contract.decoding import Malformed, decode
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.target.control import AccountControl
from flipsnack_contract.target.request_builder import CallDraft
from flipsnack_contract.target.target import Request


class NoPackage(Exception):
    """The fake does not serve the package; the text is its answer."""


class Sandbox:
    """One namespace and one account. A context manager that deletes the namespace."""

    def __init__(self, fake: Fake, name: str, *, key: str, secret: str) -> None:
        """Make the account. Raises `Refused` when the fake refuses it."""
        self._fake = fake
        self.name = name
        self.base_url = fake.base_url(name)
        self.control = fake.control(name)
        self.key = key
        self.secret = secret
        self.account: AccountControl = self.control.create_account(key, secret)

    def timeline(self, *, virtual: bool, actions: tuple[TimedAction, ...] = ()) -> Timeline:
        """The time of the case: the account's clock, which is stopped, or real time."""
        return VirtualTimeline(self.account, actions) if virtual else RealTimeline()

    def calls(self) -> int:
        """How many requests the fake has seen of the case."""
        return int(self.control.call("GET", "/requests/count")["count"])

    def archive(self, *, before: int) -> bytes:
        """The first `before` requests of the case as an HTTP archive (HAR 1.2), secrets and signatures masked."""
        archive = self.control.call("GET", "/requests.har")
        archive["log"]["entries"] = archive["log"]["entries"][:before]
        return json.dumps(archive, indent=1, ensure_ascii=False).encode()

    def package(self, collection_hash: str) -> bytes:
        """The package of a finished collection, fetched by the kit itself. Raises `NoPackage`."""
        pairs = (("action", package_method().name), ("apiKey", self.key), ("collectionHash", collection_hash))
        reply = self._fake.target.send(CallDraft(pairs, self.secret).request(self.base_url))
        try:
            url = decode(reply.body).resource_url
        except Malformed as damage:
            raise NoPackage(str(damage)) from None
        if url is None:
            raise NoPackage(reply.body[:200].decode("utf-8", "replace"))
        package = self._fake.target.send(Request("GET", url))
        if package.status != 200:
            raise NoPackage(f"HTTP {package.status} from the resource URL")
        return package.body

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self._fake.forget(self.name)
