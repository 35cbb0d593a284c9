"""The URL of a package. It needs no further credentials, so its repr does not show it."""

from urllib.parse import urlsplit

import requests


class ResourceUrl(str):
    """An absolute http or https URL: a `str` that any HTTP library takes, with a masked repr."""

    __slots__ = ()

    @classmethod
    def read(cls, value: object) -> "ResourceUrl":
        """Return the URL in an answer's `resourceUrl`; without a scheme it is read as https.

        The vendor's JSON example has no scheme, the XML one has https. Raises ValueError, which does not
        quote the value, for anything else.
        """
        if not isinstance(value, str) or not value.strip():
            raise ValueError("COMPLETE without a resourceUrl")
        text = value.strip()
        url = text if "://" in text.split("?")[0] else "https://" + text.removeprefix("//")
        if not is_web_address(url):
            raise ValueError("resourceUrl is not an http or https URL")
        return cls(url)

    def __repr__(self) -> str:
        # A redirect's target is kept as one before it is known to be valid.
        return f"<resource URL at {urlsplit(self).hostname}>" if is_web_address(self) else "<invalid URL>"


def is_web_address(url: str) -> bool:
    """Return whether `url` is an http or https URL that can be requested, without looking its host up."""
    try:
        parts = urlsplit(url)
        port = parts.port
        requests.Request("GET", url).prepare()  # its own rules for a URL
        (parts.hostname or "").encode("idna")  # the rule for a name in the DNS: no label is empty or too long
    except (ValueError, requests.RequestException):
        return False
    blank = any(character.isspace() for character in url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and not blank
