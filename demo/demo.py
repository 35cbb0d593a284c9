"""What the fake and the client do for a test author, shown in a few seconds: `make demo`.

Minutes pass in here, but on virtual clocks: wherever the client would sleep, the fake's clock is moved on instead.
"""

from __future__ import annotations

import io
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import requests
from rich.console import Console
from rich.panel import Panel

from flipsnack_client import Flipsnack, InvalidSignature, JobFailed, Update, sign
from flipsnack_mock.testing import AccountAdmin, MockServer, make_pdf

OUT = Console(highlight=False)


class FakeTime:
    """The client's clock, kept by the fake: sleeping moves the account's clock on, so no time is lost."""

    def __init__(self, account: AccountAdmin) -> None:
        account.clock.freeze()
        self._account = account
        self._begin = account.clock.now()

    def now(self) -> float:
        """Seconds since the demo of this account began."""
        return self._account.clock.now() - self._begin

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        """Let `seconds` pass at the fake."""
        del cancel
        self._account.clock.advance(seconds)

    def random(self) -> float:
        """No jitter, so that each run of the demo looks the same."""
        return 0.0


class Tenant:
    """One API key of the fake, its frozen clock, and a client that lives by that clock."""

    def __init__(self, fake: MockServer, key: str) -> None:
        self.account = fake.admin.account(key)
        self.clock = FakeTime(self.account)
        self.secret = f"secret-{key}"
        self.base_url = fake.base_url
        self.client = Flipsnack(key, self.secret, base_url=fake.base_url, clock=self.clock)

    def ask(self, collection_hash: str) -> dict[str, object]:
        """One bare request, without the client: what the vendor's API would answer."""
        params = {"action": "collection.downloadHTML", "apiKey": self.account.key, "collectionHash": collection_hash}
        params["signature"] = sign(params, self.secret)
        answer: dict[str, object] = requests.get(self.base_url, params, timeout=10).json()
        return answer


def _say(text: str) -> None:
    OUT.print(f"  {text}", soft_wrap=True)


def document_becomes_a_flipbook(fake: MockServer) -> None:
    """A PDF is uploaded, converted, listed, packaged, and opened: its whole life"""
    tenant = Tenant(fake, "test-life")
    client = tenant.client
    made = client.create(io.BytesIO(make_pdf(4, "A word of spring.")), title="Spring catalogue", file_name="spring.pdf")
    _say(f"uploaded              [bold]{made.hash}[/], the document is {made.conversion}")
    done = client.wait_converted(made)
    _say(f"after {tenant.clock.now():6.2f} s        the document is [bold]{done.conversion}[/]")
    _say(f"in the list           {', '.join(str(one.title) for one in client.collections())}")
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_html(done).save(Path(folder) / "spring.zip")
        with zipfile.ZipFile(path) as package:
            pictures = [name for name in package.namelist() if name.endswith((".png", ".jpg", ".jpeg"))]
            page = package.read("index.html").decode()
        found = "A word of spring." in page
        _say(f"packaged              {len(pictures)} pictures of pages; the text can be searched: {found}")


def package_is_built_and_saved(fake: MockServer) -> None:
    """A package takes half a minute to build; the client waits for it and saves it"""
    tenant = Tenant(fake, "test-download")
    made = tenant.account.collections.create(title="Spring catalogue", pages=12, schedule="after-30s")

    def on_poll(update: Update) -> None:
        _say(f"after {tenant.clock.now():6.2f} s   [bold]{update.status}[/]")

    with tempfile.TemporaryDirectory() as folder:
        path = tenant.client.download_html(made["hash"]).save(Path(folder) / "catalogue.zip", on_poll=on_poll)
        names = zipfile.ZipFile(path).namelist()
        _say(f"saved and checked: {path.name}, {path.stat().st_size:,} bytes, {len(names)} files ({names[0]}, …)")


def resource_url_expires(fake: MockServer) -> None:
    """A resource URL serves the package for one minute, to the second"""
    tenant = Tenant(fake, "test-expired")
    url = tenant.client.download_html("mock-immediate").wait().resource_url
    for seconds, age in ((0, "at once"), (59, "after 59 s"), (1, "after 60 s")):
        tenant.account.clock.advance(seconds)
        answer = requests.get(str(url), timeout=10)
        what = "the package" if answer.ok else answer.text[answer.text.find("<Error>") :].rstrip()
        _say(f"{age:<12} HTTP [bold]{answer.status_code}[/]   {what}")


def wrong_secret_is_refused(fake: MockServer) -> None:
    """A wrong secret makes a wrong signature: the vendor's code 44"""
    client = Flipsnack("test-signature", "not the secret", base_url=fake.base_url)
    try:
        client.download_html("mock-immediate").poll_once()
    except InvalidSignature as refusal:
        _say(f"[bold]{refusal.code}[/] {refusal.message}   (the client raises {type(refusal).__name__})")


def limit_is_kept(fake: MockServer) -> None:
    """Five requests a second and no more: the sixth is code 31"""
    tenant = Tenant(fake, "test-limits")
    codes = [str(tenant.ask("mock-processing")["code"]) for _ in range(6)]
    _say(f"six at one instant:     [bold]{' '.join(codes)}[/]")
    tenant.account.clock.advance(1)
    _say(f"a second later:         [bold]{tenant.ask('mock-processing')['code']}[/]")
    tenant.account.reset()
    begin = tenant.clock.now()
    for _ in range(20):
        tenant.client.call("collection.downloadHTML", {"collectionHash": "mock-processing"})
    _say(f"the client, 20 calls:   never refused, since it takes {tenant.clock.now() - begin:.2f} s for them")


def failed_job_is_no_package(fake: MockServer) -> None:
    """A job that FAILED is an error with a name, not an endless wait"""
    tenant = Tenant(fake, "test-failed")
    try:
        tenant.client.download_html("mock-failed-after-20s").wait()
    except JobFailed as failure:
        _say(f"after {tenant.clock.now():.2f} s the client raises [bold]{type(failure).__name__}[/]: {failure}")


PARTS: tuple[Callable[[MockServer], None], ...] = (
    document_becomes_a_flipbook,
    package_is_built_and_saved,
    resource_url_expires,
    wrong_secret_is_refused,
    limit_is_kept,
    failed_job_is_no_package,
)


def main() -> None:
    """Show each part; Ctrl-C ends the demo."""
    try:
        with MockServer() as fake:
            OUT.print(Panel(f"The fake answers at {fake.base_url}", expand=False))
            for number, part in enumerate(PARTS, 1):
                OUT.print(f"\n[bold cyan]{number}. {part.__doc__}[/]")
                part(fake)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
