"""Take the picture of the page that the documentation shows: `python -m mock_server.take_picture [FILE]`.

Needs chromium. The picture is that of a fake which is filled here: a package that is being built, one that can be
downloaded, a signature with a common mistake, and a fault.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.testing import AccountAdmin, MockServer

PICTURE = Path(__file__).parents[1] / "docs/ui.png"
KEY = "test-shop"
SIZE = "1280,1000"
ACTION = "collection.downloadHTML"


def main() -> None:
    """Fill a fake, take the picture of its page, and say where it is."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("take_picture: chromium is not installed; install it (Debian's package: chromium) and try again")
    with MockServer(port=3547) as server:
        request = fill(server, server.admin.account(KEY))
        take(chromium, f"{server.url}/__admin/ui?account={KEY}&request={request}", target)
    print(f"take_picture: {target}")


def fill(server: MockServer, account: AccountAdmin) -> str:
    """What the picture shows; the id of the request that is open in it."""
    account.collections.create(hash="spring24", title="Spring catalogue", schedule="after-30s")
    account.collections.create(hash="summer24", title="Summer catalogue")
    for collection_hash in ("summer24", "spring24"):
        call(server, account, collectionHash=collection_hash)
        account.clock.advance(8)
    call(server, account, collectionHash="summer24")
    call(server, account, collectionHash="autumn24")
    account.faults.add(preset="bad-gateway", when={"hash": "spring24"})
    call(server, account, collectionHash="spring24")
    account.clock.advance(6)
    call(server, account, wrong=True, collectionHash="summer24")
    account.clock.freeze()
    return account.requests.list()[-1].id


def call(server: MockServer, account: AccountAdmin, *, wrong: bool = False, **params: str) -> None:
    """Call the method; `wrong` signs as many clients do at first, with `=` and `&` between the parameters."""
    given = {"action": ACTION, "apiKey": account.key} | params
    text = account.secret + "&".join(f"{name}={given[name]}" for name in sorted(given))
    signature = hashlib.md5(text.encode()).hexdigest() if wrong else sign(account.secret, given)
    requests.get(server.base_url, params=given | {"signature": signature}, timeout=30)


def take(chromium: str, address: str, target: Path) -> None:
    """Take the picture of the page at `address`."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=500"]
    with tempfile.TemporaryDirectory() as profile:
        own = [f"--user-data-dir={profile}", f"--window-size={SIZE}", f"--screenshot={target}"]
        subprocess.run([chromium, *flags, *own, address], check=True, capture_output=True, timeout=60)


if __name__ == "__main__":
    main()
