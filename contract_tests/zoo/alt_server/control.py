"""The control plane of the second correct server: just what the checks use of the one documented for the fake."""

from typing import Any
from urllib.parse import unquote

from contract_tests.zoo.alt_server.accounts import SECOND, Account, Accounts, Collection

Said = tuple[int, Any]
OF_A_COLLECTION = ("hash", "title", "schedule", "pages", "description", "status", "width", "height")


class Control(Accounts):
    """Answers admin requests by changing the accounts."""

    def control(self, method: str, path: str, sent: Any) -> Said:
        """Carry out one admin request; its HTTP status and answer."""
        try:
            return self.control_server(method, [unquote(part) for part in path.split("/")[2:]], sent)
        except LookupError as missing:
            return 404, {"error": {"message": f"there is no {missing}"}}

    def control_server(self, method: str, path: list[str], sent: Any) -> Said:
        """Carry out an admin request; raises `LookupError` for an unknown key or collection."""
        match path:
            case []:
                return 200, {"routes": []}
            case ["maintenance"]:
                self.in_maintenance = sent["on"]
            case ["accounts"] if sent["key"] in self.accounts:
                return 409, {"error": {"message": "this key exists already"}}
            case ["accounts"]:
                self.accounts[sent["key"]] = self.new_account(sent["secret"])
            case ["accounts", key] if method == "DELETE":
                del self.accounts[key]
            case ["accounts", key, "reset"]:
                self.reset(key)
            case ["accounts", key, *rest]:
                return self.control_account(self.accounts[key], rest, sent)
        return 200, {}

    def reset(self, key: str) -> None:
        """Begin again with nothing but key and secret."""
        self.accounts[key] = self.new_account(self.accounts[key].secret)

    def control_account(self, account: Account, path: list[str], sent: Any) -> Said:
        """Carry out an admin request for one account."""
        match path:
            case ["clock", "freeze"]:
                return 200, {"now_us": account.now}
            case ["clock", "advance"]:
                account.now += round(sent["seconds"] * SECOND)
            case ["maintenance"]:
                self.set_maintenance(account, on=sent["on"])
            case ["settings"]:
                account.settings |= sent
            case ["collections"]:
                return 201, {"hash": self.create_collection(account, sent)}
            case ["collections", wanted, *rest]:
                self.control_collection(account.collections[wanted], rest, sent)
            case ["jobs", wanted]:
                return self.control_job(account.collections[wanted], account.now, **sent)
        return 200, {}

    def set_maintenance(self, account: Account, *, on: bool) -> None:
        """Switch maintenance for one account."""
        account.in_maintenance = on

    def create_collection(self, account: Account, sent: dict[str, Any]) -> str:
        """Add a collection, which is converted at once unless `conversion` is another schedule; its hash."""
        fields = {name: sent[name] for name in OF_A_COLLECTION if name in sent}
        made = self.add_collection(account, fields, sent.get("conversion", "immediate"))
        made.days = sent.get("statistics", [])
        return made.hash

    def control_collection(self, collection: Collection, path: list[str], sent: Any) -> None:
        """Delete a collection, set its statistics, or force its conversion into a state."""
        match path:
            case ["statistics"]:
                collection.days = sent
            case ["conversion"]:
                collection.conversion.forced = sent["state"].upper()
            case []:
                collection.is_deleted = True

    def control_job(self, collection: Collection, now: int, *, state: str = "") -> Said:
        """Look at a job, which does not change it, or end it in `state`."""
        found = self.package_state(collection, now)
        if not state:
            return 200, {"state": found}
        if found in ("COMPLETE", "FAILED"):
            return 409, {"error": {"message": f"the job is {found} already"}}
        collection.package.forced = state
        return 200, {}
