"""A client that signs carelessly on purpose, spelt out apart from the doctor: no code of the doctor judges itself."""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

KEY = "test-bad-signer"
SECRET = "secret-test-bad-signer"
OTHER_SECRET = "123ABCDE-456-7890-FGH"
"""The secret of the documented accounts, which every fake has."""

Pairs = list[tuple[str, str]]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Signer:
    """Every step of signing as a function; the defaults are right."""

    unsigned: tuple[str, ...] = ("signature", "file")
    choose: Callable[[Pairs], Pairs] = _same
    change: Callable[[str], str] = _same
    normal: Callable[[str], str] = _same
    encode: Callable[[str], str] = _same
    drop: Callable[[Pairs], Pairs] = _same
    order: Callable[[Pairs], Pairs] = sorted
    write: Callable[[Pairs], str] = lambda pairs: "".join(name + value for name, value in pairs)
    secret: Callable[[str], str] = _same
    salt: Callable[[str, str], str] = lambda secret, text: secret + text
    charset: str = "utf-8"
    algorithm: str = "md5"
    keyed: bool = False
    show: Callable[[bytes], str] = bytes.hex
    finish: Callable[[str], str] = _same

    def sign(self, params: Mapping[str, str]) -> str:
        """The signature of `params`; raises `UnicodeEncodeError` when the charset lacks a character."""
        pairs = self.choose([pair for pair in params.items() if pair[0] not in self.unsigned])
        pairs = [(self.normal(name), self.normal(self.change(value))) for name, value in pairs]
        pairs = [(self.encode(name), self.encode(value)) for name, value in pairs]
        text, secret = self.write(self.order(self.drop(pairs))), self.secret(SECRET)
        if self.keyed:
            digest = hmac.new(secret.encode(), text.encode(self.charset), self.algorithm).digest()
        else:
            digest = hashlib.new(self.algorithm, self.salt(secret, text).encode(self.charset)).digest()
        return self.finish(self.show(digest))


MISTAKEN_STEPS: dict[str, dict[str, Any]] = {
    "sent-not-signed": {"choose": lambda pairs: [pair for pair in pairs if pair[0] != "collectionHash"]},
    "format-not-signed": {"choose": lambda pairs: [pair for pair in pairs if pair[0] not in ("format", "callback")]},
    "signed-not-sent": {"choose": lambda pairs: [*pairs, ("callback", "callback")]},
    "signature-included": {"choose": lambda pairs: [*pairs, ("signature", "")]},
    "other-request": {
        "choose": lambda pairs: [(name, "collection.getStats" if name == "action" else value) for name, value in pairs]
    },
    "file-included": {"unsigned": ("signature",)},
    "file-url-changed": {
        "choose": lambda pairs: [(name, quote(value, safe="") if name == "fileUrl" else value) for name, value in pairs]
    },
    "value-trimmed": {"change": str.strip},
    "value-letter-case": {"change": str.lower},
    "plus-for-space": {"change": lambda value: value.replace(" ", "+")},
    "normal-form": {"normal": lambda text: unicodedata.normalize("NFD", text)},
    "percent-encoded": {"encode": lambda text: quote(text, safe="")},
    "empty-dropped": {"drop": lambda pairs: [pair for pair in pairs if pair[1]]},
    "unsorted": {"order": list},
    "sorted-case-blind": {"order": lambda pairs: sorted(pairs, key=lambda pair: pair[0].lower())},
    "sorted-otherwise": {"order": lambda pairs: sorted(pairs, reverse=True)},
    "separators": {"write": lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)},
    "names-left-out": {"write": lambda pairs: "".join(value for _, value in pairs)},
    "secret-missing": {"salt": lambda _secret, text: text},
    "secret-last": {"salt": lambda secret, text: text + secret},
    "secret-doubled": {"salt": lambda secret, text: secret + text + secret},
    "secret-of-another": {"secret": lambda _secret: OTHER_SECRET},
    "key-for-secret": {"secret": lambda _secret: KEY},
    "secret-altered": {"secret": lambda secret: secret + "\n"},
    "latin-1": {"charset": "latin-1"},
    "utf-16": {"charset": "utf-16-le"},
    "hmac": {"keyed": True},
    "other-digest": {"algorithm": "sha1"},
    "base64": {"show": lambda digest: base64.b64encode(digest).decode()},
    "dashes": {"show": lambda digest: digest.hex("-")},
    "leading-zeros": {"show": lambda digest: digest.hex().lstrip("0")},
    "upper-case": {"finish": str.upper},
    "truncated": {"finish": lambda text: text[:-3]},
    "secret-separated": {"salt": lambda secret, text: f"{secret}&{text}"},
    "secret-elsewhere": {"salt": lambda secret, text: KEY + secret + text},
    "letter-case": {"salt": lambda secret, text: (secret + text).lower()},
    "text-encoded": {"salt": lambda secret, text: base64.b64encode((secret + text).encode()).decode()},
    "utf-8-twice": {
        "salt": lambda secret, text: (secret + text).encode().decode("latin-1"),
        "charset": "utf-8",
    },
    "values-left-out": {"write": lambda pairs: "".join(name for name, _ in pairs)},
    "value-changed": {"change": lambda value: f"'{value}'"},
    "reordered": {"show": bytes.hex, "finish": lambda text: text[::-1]},
    "raw-bytes": {"show": lambda digest: digest.decode("latin-1"), "finish": str, "algorithm": "md5"},
    "padded": {"finish": lambda text: f" {text}"},
}
"""For each mistake the steps that are done otherwise."""


def signer_with(*names: str) -> Signer:
    steps: dict[str, Any] = {}
    for name in names:
        assert not steps.keys() & MISTAKEN_STEPS[name].keys(), f"{names} are done in the same step"
        steps |= MISTAKEN_STEPS[name]
    return Signer(**steps)


UNLIKELY = {"other-request", "text-encoded", "value-changed", "file-included", "secret-altered", "secret-separated"}


def together(one: str, two: str) -> bool:
    """Whether a client can make both mistakes, and the doctor has time to find both."""
    return not {one, two} <= UNLIKELY and not MISTAKEN_STEPS[one].keys() & MISTAKEN_STEPS[two].keys()


def url_of(params: Mapping[str, str], signature: str) -> str:
    return "http://fake.test/v1/?" + urlencode({**params, "signature": signature}, quote_via=quote)
