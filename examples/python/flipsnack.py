"""The Flipsnack API v1 in one module, with requests: sign, upload, poll, download.

It shows how code of your own is tested. `flipsnack_client` of this repository does the same and much more: use that if
you are free to choose.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

# Seconds to wait before a refused call is repeated: maintenance, limit per second, limit per minute.
WAIT_BY_CODE = {22: 30, 31: 1, 32: 60}
WAIT_AFTER_SERVER_ERROR = 5
ATTEMPTS = 5
POLL_EVERY = 2
POLLS = 150
TIMEOUT = 60


class ApiError(Exception):
    """The API refused the call; `code` is its code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"code {code}: {message}")
        self.code = code


class JobFailed(Exception):
    """A conversion or a package has failed."""


def sign(params: Mapping[str, str], secret: str) -> str:
    """MD5 of the secret, followed by name and value of each parameter in the order of the names.

    A file is not signed.
    """
    text = secret + "".join(name + params[name] for name in sorted(params))
    return hashlib.md5(text.encode()).hexdigest()


class Flipsnack:
    """The calls of one API key.

    Uploads go to `upload_url`, all other calls to `api_url`; `sleep` waits that many seconds.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        api_url: str,
        *,
        upload_url: str = "",
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._key, self._secret = key, secret
        self._api_url, self._upload_url = api_url, upload_url or api_url
        self._sleep = sleep

    def create(self, document: Path, **fields: str) -> dict[str, Any]:
        """Upload a document. It is sent once: repeated blindly, it could make a second collection."""
        signed = self._signed("collection.create", fields)
        with document.open("rb") as file:
            return _data(requests.post(self._upload_url, data=signed, files={"file": file}, timeout=TIMEOUT))

    def wait_converted(self, collection_hash: str) -> dict[str, Any]:
        """Poll until the document is converted; raise `JobFailed` when it cannot be.

        The name `flipbookStatus` is the fake's: no page of the vendor says in which field the conversion is reported.
        """
        return self._poll("collection.getCollection", collection_hash, lambda it: it["flipbooks"][0]["flipbookStatus"])

    def package_url(self, collection_hash: str) -> str:
        """Poll until the package is built; the URL serves it for one minute."""
        job = self._poll("collection.downloadHTML", collection_hash, lambda it: it["status"])
        return str(job["resourceUrl"])

    def download(self, url: str, path: Path) -> None:
        """Save a package. The file appears when it is complete."""
        part = path.with_name(path.name + ".part")
        try:
            with requests.get(url, stream=True, timeout=TIMEOUT) as answer, part.open("wb") as file:
                answer.raise_for_status()
                for piece in answer.iter_content(65536):  # raises at a body that is cut off
                    file.write(piece)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)

    def call(self, action: str, **params: str) -> dict[str, Any]:
        """Make a call that can be repeated without harm: each but `collection.create`."""
        signed = self._signed(action, params)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _data(requests.get(self._api_url, params=signed, timeout=TIMEOUT))
            except (ApiError, requests.HTTPError) as error:
                seconds = _seconds_to_wait(error)
                if seconds is None or attempt == ATTEMPTS:
                    raise
            self._sleep(seconds)
        raise AssertionError("the last attempt returns or raises")

    def _poll(self, action: str, collection_hash: str, state: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
        for _ in range(POLLS):
            found = self.call(action, collectionHash=collection_hash)
            if state(found).upper() == "COMPLETE":
                return found
            if state(found).upper() == "FAILED":
                raise JobFailed(f"{action} of {collection_hash} has failed")
            self._sleep(POLL_EVERY)
        raise TimeoutError(f"{action} of {collection_hash} was not COMPLETE after {POLLS} polls")

    def _signed(self, action: str, params: Mapping[str, str]) -> dict[str, str]:
        signed = {**params, "action": action, "apiKey": self._key}
        return {**signed, "signature": sign(signed, self._secret)}


def _seconds_to_wait(error: ApiError | requests.HTTPError) -> int | None:
    if isinstance(error, ApiError):
        return WAIT_BY_CODE.get(error.code)
    return WAIT_AFTER_SERVER_ERROR if error.response.status_code >= 500 else None


def _data(answer: requests.Response) -> dict[str, Any]:
    answer.raise_for_status()
    envelope: dict[str, Any] = answer.json()
    if envelope["code"] != 20:
        raise ApiError(envelope["code"], envelope["status"])
    return envelope.get("data") or {}
