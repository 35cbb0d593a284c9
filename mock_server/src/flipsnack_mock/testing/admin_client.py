"""A client of the control plane: `AdminClient` for the server, `AccountAdmin` for one account."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any, Unpack, cast
from urllib.parse import quote

import requests

from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.testing.answers import (
    AccountAnswer,
    DiagnosisAnswer,
    KeyedFaultAnswer,
    LedgerAnswer,
    MagicAnswer,
    MagicUploadAnswer,
    MethodsAnswer,
    PresetAnswer,
    SettingAnswer,
    SettingsAnswer,
    SignatureAnswer,
    UploadsAnswer,
)
from flipsnack_mock.testing.collections import Collections, Jobs
from flipsnack_mock.testing.faults import Faults
from flipsnack_mock.testing.fields import Instant, SettingChanges
from flipsnack_mock.testing.requests import Requests
from flipsnack_mock.testing.session import session_for

__tracebackhide__ = True  # pytest shows the line of the test instead


class AdminError(Exception):
    """The control plane refused a request: HTTP `status`, and the fields of `error` (`type`, `message`, …).

    `expected` says what was expected instead, if the control plane knows: names, values, or the legal states.
    """

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        """Keep `status` and `error`."""
        self.status = status
        self.error = error
        self.expected = str(error.get("expected") or ", ".join(error.get("legal", ())))
        super().__init__(f"{_sentence(str(error.get('message', 'refused')), self.expected)} (HTTP {status})")


def _sentence(message: str, expected: str) -> str:
    if not expected or expected in message:
        return message
    return f"{message}{'' if message.endswith('?') else ';'} expected {expected}"


class AdminClient:
    """A client of the control plane of the fake at `url` (without a path), or of a `namespace` in it.

    Every method raises `AdminError` if the control plane refuses, and `requests.RequestException` if it cannot be
    reached.
    """

    def __init__(
        self, url: str, *, token: str = "", namespace: str = "", ca_file: str = "", trust_env: bool = True
    ) -> None:
        """Connect to `url`; for https, `ca_file` is the certificate authority to trust.

        With `trust_env`, `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE` or `SSL_CERT_FILE` names it where `ca_file` is empty,
        and the proxy of the environment is taken to other machines.
        """
        self._root = url.rstrip("/") + (f"/t/{quote(namespace, safe='')}" if namespace else "")
        self._session = session_for(url, ca_file=ca_file, trust_env=trust_env)
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Send a request to `path` (below the fake's root), and return the decoded answer."""
        answer = self._answer(method, path, body, query)
        return answer.json() if answer.content else None

    def text(self, path: str, **query: str) -> str:
        """Send GET to `path`, and return the answer as text."""
        return self._answer("GET", path, None, query).content.decode()

    def _answer(self, method: str, path: str, body: Any, query: dict[str, str]) -> requests.Response:
        # Routes that wait do so for `timeout` seconds.
        timeout = 30 + float(query.get("timeout", 0))
        answer = self._session.request(method, self._root + path, json=body, params=query, timeout=timeout)
        if answer.status_code >= 400:
            raise AdminError(answer.status_code, _error(answer))
        return answer

    def account(self, key: str) -> AccountAdmin:
        """The account of `key`; sends no request."""
        return AccountAdmin(self, key)

    def create_account(self, key: str, secret: str | None = None) -> AccountAdmin:
        """Create an account; refused if the key is taken."""
        self.call("POST", "/__admin/accounts", {"key": key} | ({} if secret is None else {"secret": secret}))
        return self.account(key)

    def accounts(self) -> list[AccountAnswer]:
        """List all accounts."""
        return cast(list[AccountAnswer], self.call("GET", "/__admin/accounts")["accounts"])

    def maintenance(self, *, on: bool) -> None:
        """Switch maintenance (code 22) for all accounts."""
        self.call("PUT", "/__admin/maintenance", {"on": on})

    def reset(self) -> None:
        """Reset everything to the state at start."""
        self.call("POST", "/__admin/reset")

    def settings(self) -> dict[str, SettingAnswer]:
        """Every setting with value, source and description."""
        return dict(self.call("GET", "/__admin/settings")["settings"])

    def rules(self) -> LedgerAnswer:
        """The rules ledger."""
        return cast(LedgerAnswer, self.call("GET", "/__admin/rules"))

    def methods(self) -> MethodsAnswer:
        """The method table: `methods`, `objects` and `unbuilt`."""
        return cast(MethodsAnswer, self.call("GET", "/__admin/methods"))

    def faults(self) -> list[KeyedFaultAnswer]:
        """The fault rules of all accounts, each with the `key` of its account."""
        return list(self.call("GET", "/__admin/faults")["faults"])

    def fault_presets(self) -> list[PresetAnswer]:
        """The fault presets: `name`, `does`, and the body of each."""
        return list(self.call("GET", "/__admin/faults/presets")["presets"])

    def magic(self) -> list[MagicAnswer]:
        """The magic collection hashes, each with what it does."""
        return list(self.call("GET", "/__admin/magic")["magic"])

    def magic_uploads(self) -> list[MagicUploadAnswer]:
        """The names of files that make an upload magic, each with what it does."""
        return list(self.call("GET", "/__admin/magic")["uploads"])

    def namespaces(self) -> list[str]:
        """The names of the namespaces (`/t/<name>/`) in use."""
        return list(self.call("GET", "/__admin/namespaces")["namespaces"])

    def forget_namespace(self, name: str) -> None:
        """Delete a namespace and everything in it."""
        self.call("DELETE", f"/__admin/namespaces/{quote(name, safe='')}")

    def snapshot(self, *, documents: bool = False) -> dict[str, Any]:
        """The complete state of all accounts, except journals, and whether maintenance is on.

        With `documents` it carries the uploaded ones, which have at most 7 MB together.
        """
        return dict(self.call("GET", "/__admin/snapshot", **_carrying(documents)))

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Restore all accounts from a snapshot, here or on another server; journals are cleared."""
        self.call("PUT", "/__admin/snapshot", snapshot)

    def export(self) -> str:
        """Key, secret and collections of all accounts, as a settings file for `flipsnack-mock serve --config`."""
        return self.text("/__admin/export")

    def diagnosis(self, request_id: str) -> DiagnosisAnswer:
        """The diagnosis of a request, by the id in the header X-Flipsnack-Mock-Request of its answer."""
        path = f"/__admin/requests/{quote(request_id, safe='')}/diagnosis"
        return cast(DiagnosisAnswer, self.call("GET", path))

    def explain(self, request: str | Mapping[str, str], *, secret: str | None = None) -> SignatureAnswer:
        """The diagnosis of the signature of a URL or of parameters, without sending the request."""
        body: dict[str, Any] = {"url" if isinstance(request, str) else "params": request}
        body |= {} if secret is None else {"secret": secret}
        return cast(SignatureAnswer, self.call("POST", "/__admin/explain", body))

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def _carrying(documents: bool) -> dict[str, str]:
    return {"documents": "true"} if documents else {}


def _error(answer: requests.Response) -> dict[str, Any]:
    try:
        return dict(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return {"type": "unreadable", "message": answer.text[:200]}


class AccountAdmin:
    """The control plane of one account."""

    def __init__(self, admin: AdminClient, key: str) -> None:
        self.key = key
        self._admin = admin
        self._path = f"/__admin/accounts/{quote(key, safe='')}"
        self.clock = Clock(self)
        self.collections = Collections(self.call)
        self.jobs = Jobs(self.call)
        self.faults = Faults(self.call)
        self.requests = Requests(admin.call, admin.text, key)

    def call(self, method: str, path: str = "", body: Any = None, **query: str) -> Any:
        """Send a request to `path` below this account, and return the decoded answer."""
        return self._admin.call(method, self._path + path, body, **query)

    def show(self) -> AccountAnswer:
        """Key, secret, clock and settings of the account."""
        return cast(AccountAnswer, self.call("GET"))

    @property
    def secret(self) -> str:
        """The secret that requests of this account are signed with."""
        return self.show()["secret"]

    def settings(self, **changes: Unpack[SettingChanges]) -> SettingsAnswer:
        """Change the given settings of this account, and return all settings."""
        return cast(SettingsAnswer, self.call("PATCH", "/settings", changes))

    def diagnosis(self, request_id: str) -> DiagnosisAnswer:
        """The diagnosis of one of the account's requests, as of `AdminClient`."""
        return self._admin.diagnosis(request_id)

    def maintenance(self, *, on: bool) -> None:
        """Switch maintenance (code 22) for this account."""
        self.call("PUT", "/maintenance", {"on": on})

    def uploads(self) -> UploadsAnswer:
        """The current `month` of the account's clock, its `count` of uploads and those `left`, and all `months`."""
        return cast(UploadsAnswer, self.call("GET", "/uploads"))

    def set_uploads(self, count: int, *, month: str | None = None) -> UploadsAnswer:
        """Set how many uploads count in a `month` (as in 2026-11; by default the current one)."""
        body = {"count": count} | ({} if month is None else {"month": month})
        return cast(UploadsAnswer, self.call("PUT", "/uploads", body))

    def reset(self) -> None:
        """Reset the account to its seed."""
        self.call("POST", "/reset")

    def snapshot(self, *, documents: bool = False) -> dict[str, Any]:
        """The complete state of the account, except its journal; with `documents` it carries the uploaded ones."""
        return dict(self.call("GET", "/snapshot", **_carrying(documents)))

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Restore the account from a snapshot of it; its journal is cleared."""
        self.call("PUT", "/snapshot", snapshot)

    def fork(self, key: str, secret: str | None = None) -> AccountAdmin:
        """Copy the account to another key; refused if the key is taken."""
        self.call("POST", "/fork", {"key": key} | ({} if secret is None else {"secret": secret}))
        return self._admin.account(key)

    def delete(self) -> None:
        """Delete the account."""
        self.call("DELETE")

    def lint(self, *, level: str = "SHOULD", ignore: Collection[str] = ()) -> list[Finding]:
        """The vendor's rules that the client of this account broke; `ignore` names rules to leave out."""
        return self.requests.lint(level=level, ignore=ignore)


class Clock:
    """The clock of one account; it never goes back."""

    def __init__(self, account: AccountAdmin) -> None:
        self._account = account

    def now(self) -> float:
        """Virtual time, in seconds since 1970."""
        return float(self._account.call("GET", "/clock")["now_us"]) / 1_000_000

    def advance(self, seconds: float) -> float:
        """Advance the clock, and return the new time."""
        return self._move("advance", {"seconds": seconds})

    def set(self, at: Instant) -> float:
        """Set the clock to a later instant: seconds since 1970, or an aware `datetime`."""
        return self._move("set", {"at": at.isoformat() if isinstance(at, datetime.datetime) else at})

    def freeze(self) -> float:
        """Stop the clock at its current time."""
        return self._move("freeze", {})

    def resume(self) -> float:
        """Let a frozen clock run again from its current time."""
        return self._move("resume", {})

    def _move(self, how: str, body: dict[str, Any]) -> float:
        return float(self._account.call("POST", f"/clock/{how}", body)["now_us"]) / 1_000_000
