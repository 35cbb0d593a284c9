"""Named faults for the most common failures. Each one is the body that creates a fault rule."""

import msgspec

from flipsnack_mock.faults import content, replacements, transport
from flipsnack_mock.faults.rules import PACKAGE_ACTION, FaultKind, When

_HTML = "text/html; charset=utf-8"
_LOGIN = "<!doctype html><title>Welcome to the guest network</title><form><button>Accept and connect</button></form>\n"
_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"


class Preset(msgspec.Struct, frozen=True):
    """A fault with its conditions and its number of hits."""

    does: str
    fault: FaultKind
    when: When = When()
    count: int | None = None


_PACKAGE = When(action=PACKAGE_ACTION)

PRESETS: dict[str, Preset] = {
    "per-second-limit": Preset("the next call gets code 31", replacements.VendorCode(code=31), count=1),
    "per-minute-limit": Preset("the next call gets code 32", replacements.VendorCode(code=32), count=1),
    "maintenance": Preset("the next three calls get code 22", replacements.VendorCode(code=22), count=3),
    "unknown-code": Preset(
        "a code outside the vendor's table", replacements.VendorCode(code=99, message="Something new")
    ),
    "bad-gateway": Preset(
        "HTTP 502 with an HTML page", replacements.Verbatim(status=502, body=_GATEWAY, content_type=_HTML)
    ),
    "too-many-requests": Preset(
        "HTTP 429 with Retry-After",
        replacements.Verbatim(status=429, body="slow down\n", headers={"Retry-After": "2"}),
        count=1,
    ),
    "login-page": Preset(
        "HTTP 200 with another site's page, like a captive portal",
        replacements.Verbatim(status=200, body=_LOGIN, content_type=_HTML),
    ),
    "outage-30s": Preset("HTTP 503 for 30 s of the account's clock", replacements.Outage(), When(seconds=30)),
    "network-down-30s": Preset(
        "every connection is reset for 30 s of the account's clock",
        replacements.Outage(answer="reset"),
        When(seconds=30),
    ),
    "flaky": Preset(
        "one in ten requests gets HTTP 503",
        replacements.Verbatim(status=503, body="try again\n"),
        When(share=0.1, seed=1),
    ),
    "redirect": Preset("the next request is redirected to itself", replacements.Redirect(), count=1),
    "redirect-loop": Preset("every request is redirected to itself", replacements.Redirect()),
    "slow": Preset("2 s before the headers", transport.Delay(seconds=2)),
    "slow-body": Preset("immediate headers, 2 s before the body", transport.Delay(seconds=2, before="body")),
    "jitter": Preset("0 to 0.5 s before the headers", transport.UniformDelay(low=0, high=0.5)),
    "long-tail": Preset("mostly about 0.1 s, rarely much longer", transport.LognormalDelay(median=0.1, sigma=1)),
    "hang": Preset("no byte for 5 minutes", transport.Delay(seconds=300)),
    "slow-download": Preset("packages at 64 kB a second", transport.DripFeed(bytes=6_400, seconds=0.1), _PACKAGE),
    "truncated": Preset("half a package, although Content-Length promises all of it", transport.Truncate(), _PACKAGE),
    "truncated-chunked": Preset(
        "half a package in chunks, without the last chunk", transport.Truncate(framing="chunked"), _PACKAGE
    ),
    "truncated-unnoticed": Preset(
        "half a package without a length: only the zip reveals it", transport.Truncate(framing="close"), _PACKAGE
    ),
    "reset-mid-download": Preset(
        "the connection is reset after 1,000 bytes", transport.ConnectionReset(after=1_000), _PACKAGE
    ),
    "wrong-content-type": Preset("the right body as text/html", content.WrongContentType(content_type=_HTML)),
    "empty-body": Preset("HTTP 200 with an empty body", content.EmptyBody()),
    "invalid-json": Preset("JSON without its last brace", content.InvalidJson()),
    "invalid-xml": Preset("XML without its last tag", content.InvalidXml()),
    "corrupt-zip": Preset("a package with one flipped bit, which only a checksum detects", content.WrongByte()),
    "invalid-zip": Preset("a package that cannot be opened", content.InvalidZip()),
    "connection-reset": Preset("TCP reset instead of an answer", transport.ConnectionReset()),
    "empty-reply": Preset("the connection is closed without an answer", transport.EmptyReply()),
    "garbage": Preset("64 bytes that are not HTTP", transport.Garbage()),
    "short-link-5s": Preset("resource URLs that expire after 5 s", content.UrlLifetime(seconds=5)),
    "expired-link": Preset("resource URLs that have expired from the start", content.UrlLifetime(seconds=0)),
    "link-to-closed-port": Preset("resource URLs to a closed port", content.UrlOrigin()),
    "link-to-nowhere": Preset(
        "resource URLs to a host that does not resolve", content.UrlOrigin(origin="http://nowhere.invalid")
    ),
}
