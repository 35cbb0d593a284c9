"""Programs that sign wrongly, as people write them in six languages, translated to Python line by line.

Most were written from the vendor's page alone, without a look at what the doctor knows.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from html import escape
from operator import itemgetter
from urllib.parse import quote, quote_plus, urlencode

SECRET = "9F3KD02M-114-7785-QLT"
PLAIN = {
    "format": "json",
    "action": "collection.downloadHTML",
    "collectionHash": "d3m0h45h",
    "apiKey": "LK12NS-0-IOBW3S89VVJH12Z",
}
# One whose digest has bytes below 0x10 and above 0x7f.
SMALL = PLAIN | {"collectionHash": "d3m0h41"}
RICH = {
    "apiKey": "LK12NS-0-IOBW3S89VVJH12Z",
    "action": "collection.update",
    "title": "Été & Co: 50% *new*~(v1)",
    "collectionHash": "d3m0h45h",
    "description": 'it\'s a/b + <c> "d"',
    "visibility": "public",
}
LOOSE = {
    "apiKey": "LK12NS-0-IOBW3S89VVJH12Z",
    "action": "collection.getList",
    "query": "",
    "orderBy": "name ",
    "responsive": "true",
}

COUNTED = {
    "apiKey": "LK12NS-0-IOBW3S89VVJH12Z",
    "action": "collection.getEmbed",
    "collectionHash": "d3m0h45h",
    "https": "false",
    "responsive": "true",
    "from": "0",
    "to": "1200",
}
BARE = {"true": True, "false": False, "0": 0, "1200": 1200}

Params = Mapping[str, str]
Program = Callable[[str, Params], str]


def md5(text: str, encoding: str = "utf-8") -> str:
    return hashlib.md5(text.encode(encoding)).hexdigest()


def pairs(params: Params) -> list[tuple[str, str]]:
    return sorted(params.items())


def text(params: Params) -> str:
    return "".join(name + value for name, value in pairs(params))


def raw(content: str, encoding: str = "utf-8") -> bytes:
    return hashlib.md5(content.encode(encoding)).digest()


def form(params: Params) -> str:
    return urlencode(pairs(params))


def component(value: str) -> str:
    return quote(value, safe="!*'()~")


def equals(params: Params) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs(params))


def dumps(params: Mapping[str, object], *, ascii_only: bool = False) -> str:
    return json.dumps(dict(params), separators=(",", ":"), ensure_ascii=ascii_only)


def php_escape(value: str) -> str:
    return escape(value).replace("&#x27;", "&#039;")


def values(params: Params, change: Callable[[str], str]) -> Params:
    return {name: change(value) for name, value in params.items()}


def numbered(ordered: list[str]) -> str:
    return "".join(f"{place}{value}" for place, value in enumerate(ordered))


def filled(params: Params) -> Params:
    return {name: value for name, value in params.items() if value not in ("", "0")}


def serialized(params: Params) -> str:
    inner = "".join(f's:{len(one.encode())}:"{one}";' for pair in pairs(params) for one in pair)
    return f"a:{len(params)}:{{{inner}}}"


def signed(content: str) -> tuple[int, ...]:
    return struct.unpack("16b", raw(content))


def sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def base64_line(digits: str) -> str:
    return base64.b64encode(f"{digits}\n".encode()).decode()


PROGRAMS: tuple[tuple[str, str, Params, Program], ...] = (
    ("shell: echo | md5sum | cut", "text-altered", PLAIN, lambda s, p: md5(s + text(p) + "\n")),
    ("shell: echo -n | md5sum", "padded", PLAIN, lambda s, p: md5(s + text(p)) + "  -"),
    (
        "shell: echo of the request's order",
        "unsorted text-altered",
        PLAIN,
        lambda s, p: md5(s + "".join(n + v for n, v in p.items()) + "\n"),
    ),
    ("shell: openssl dgst -md5", "padded", PLAIN, lambda s, p: "MD5(stdin)= " + md5(s + text(p))),
    ("shell: '$SECRET' in single quotes", "secret-placeholder", PLAIN, lambda _, p: md5("$SECRET" + text(p))),
    (
        "shell: echo of a query string | sha1sum",
        "separators text-altered other-digest",
        PLAIN,
        lambda s, p: hashlib.sha1(f"{s}{equals(p)}\n".encode()).hexdigest(),
    ),
    ("php: md5(secret . http_build_query)", "query-string", RICH, lambda s, p: md5(s + form(p))),
    (
        "php: md5(secret . json_encode)",
        "unsorted map-text",
        RICH,
        lambda s, p: md5(s + dumps(p, ascii_only=True).replace("/", "\\/")),
    ),
    ("php: base64_encode(md5(text, true))", "base64", RICH, lambda s, p: base64.b64encode(raw(s + text(p))).decode()),
    ("php: bin2hex(md5(text))", "written-twice", PLAIN, lambda s, p: md5(s + text(p)).encode().hex()),
    ("php: krsort", "sorted-otherwise", PLAIN, lambda s, p: md5(s + "".join(n + v for n, v in reversed(pairs(p))))),
    (
        "php: asort",
        "sorted-otherwise",
        PLAIN,
        lambda s, p: md5(s + "".join(n + v for n, v in sorted(p.items(), key=lambda pair: pair[1]))),
    ),
    ("php: implode of the values", "names-left-out", RICH, lambda s, p: md5(s + "".join(v for _, v in pairs(p)))),
    (
        "php: hash_hmac md5 of http_build_query, RFC 3986",
        "query-string hmac",
        RICH,
        lambda s, p: hmac.new(s.encode(), urlencode(pairs(p), quote_via=quote, safe="").encode(), "md5").hexdigest(),
    ),
    (
        "php: hash_hmac sha256",
        "hmac other-digest",
        PLAIN,
        lambda s, p: hmac.new(s.encode(), text(p).encode(), "sha256").hexdigest(),
    ),
    ("php: utf8_decode", "latin-1", RICH, lambda s, p: md5(s + text(p), "latin-1")),
    ("php: htmlspecialchars", "html-escaped", RICH, lambda s, p: md5(s + text(values(p, php_escape)))),
    ("php: md5(md5(text))", "digest-twice", PLAIN, lambda s, p: md5(md5(s + text(p)))),
    (
        "php: key=value&…&key=secret, upper case",
        "separators secret-as-parameter upper-case",
        PLAIN,
        lambda s, p: md5(f"{equals(p)}&key={s}").upper(),
    ),
    (
        "java: Integer.toHexString without padding",
        "leading-zeros",
        SMALL,
        lambda s, p: "".join(f"{b:x}" for b in raw(s + text(p))),
    ),
    (
        "java: Integer.toHexString of signed bytes",
        "signed-bytes",
        PLAIN,
        lambda s, p: "".join(f"{(b - 256 if b > 127 else b) & 0xFFFFFFFF:02x}" for b in raw(s + text(p))),
    ),
    (
        "java: getBytes(UTF-16)",
        "utf-16",
        RICH,
        lambda s, p: hashlib.md5(b"\xfe\xff" + (s + text(p)).encode("utf-16-be")).hexdigest(),
    ),
    (
        "java: new BigInteger(digest).toString(16)",
        "secret-last integer",
        PLAIN,
        lambda s, p: f"{int.from_bytes(raw(text(p) + s), 'big', signed=True):x}",
    ),
    (
        "java: TreeMap.toString",
        "map-text",
        RICH,
        lambda s, p: md5(s + "{" + ", ".join(f"{n}={v}" for n, v in pairs(p)) + "}"),
    ),
    ("javascript: encodeURIComponent", "percent-encoded", RICH, lambda s, p: md5(s + text(values(p, component)))),
    (
        "javascript: URLSearchParams, secret last",
        "unsorted query-string secret-last",
        RICH,
        lambda s, p: md5(urlencode(list(p.items()), safe="*").replace("~", "%7E") + s),
    ),
    ("javascript: btoa(hex)", "base64", PLAIN, lambda s, p: base64.b64encode(md5(s + text(p)).encode()).decode()),
    (
        "javascript: process.env.SECRET is undefined",
        "secret-placeholder",
        PLAIN,
        lambda _, p: md5("undefined" + text(p)),
    ),
    ("javascript: secret + params", "object-text", PLAIN, lambda s, _: md5(s + "[object Object]")),
    ("javascript: JSON.stringify, not sorted", "unsorted map-text", RICH, lambda s, p: md5(s + dumps(p))),
    (
        "javascript: Object.entries().sort().join()",
        "separators",
        RICH,
        lambda s, p: md5(s + ",".join(f"{n},{v}" for n, v in pairs(p))),
    ),
    ("c#: BitConverter.ToString", "upper-case dashes", PLAIN, lambda s, p: raw(s + text(p)).hex("-").upper()),
    (
        "c#: Encoding.Unicode, BitConverter without dashes",
        "utf-16 upper-case",
        RICH,
        lambda s, p: raw(s + text(p), "utf-16-le").hex().upper(),
    ),
    (
        "c#: Encoding.ASCII",
        "latin-1",
        RICH,
        lambda s, p: hashlib.md5((s + text(p)).encode("ascii", "replace")).hexdigest(),
    ),
    (
        "go: fmt.Sprint(map)",
        "map-text",
        RICH,
        lambda s, p: md5(s + "map[" + " ".join(f"{n}:{v}" for n, v in pairs(p)) + "]"),
    ),
    (
        "go: %X of secret + values.Encode() + secret",
        "query-string secret-doubled upper-case",
        RICH,
        lambda s, p: md5(s + form(p) + s).upper(),
    ),
    ("python: str(dict)", "unsorted map-text", PLAIN, lambda s, p: md5(s + str(dict(p)))),
    (
        "python: secret among the sorted parameters",
        "secret-as-parameter",
        PLAIN,
        lambda s, p: md5(text({**p, "secret": s})),
    ),
    ("python: quote_plus of the whole text", "percent-encoded", RICH, lambda s, p: md5(quote_plus(s + text(p)))),
    (
        "python: empty values left out, values stripped",
        "value-trimmed empty-dropped",
        LOOSE,
        lambda s, p: md5(s + text({n: v.strip() for n, v in p.items() if v})),
    ),
    (
        "python: str(True)",
        "value-spelt",
        LOOSE,
        lambda s, p: md5(s + text({n: "True" if v == "true" else v for n, v in p.items()})),
    ),
    (
        "python: apiKey left out, lower-case names",
        "sent-not-signed name-letter-case",
        PLAIN,
        lambda s, p: md5(s + text({n.lower(): v for n, v in p.items() if n != "apiKey"})),
    ),
    ("python: str(bytes)", "text-encoded", RICH, lambda s, p: md5(str((s + text(p)).encode()))),
    ("shell: echo -n of a shell that prints -n", "text-altered", PLAIN, lambda s, p: md5("-n " + s + text(p) + "\n")),
    (
        "node: a callback that is undefined",
        "signed-not-sent",
        PLAIN,
        lambda s, p: md5(s + text({**p, "callback": "undefined"})),
    ),
    ("go: h.Sum of the secret", "secret-missing undigested", PLAIN, lambda s, p: s.encode().hex() + md5(text(p))),
    ("go: h.Sum of all", "undigested undigested", RICH, lambda s, p: (s + text(p)).encode().hex() + md5("")),
    (
        "c#: DateTime.ToString()",
        "value-changed",
        {**PLAIN, "action": "collection.getStats", "startDate": "2026-07-31"},
        lambda s, p: md5(s + text({**p, "startDate": "7/31/2026 12:00:00 AM"})),
    ),
    ("php: sort, not ksort", "sorted-otherwise", PLAIN, lambda s, p: md5(s + numbered(sorted(p.values())))),
    ("php: array_filter", "empty-dropped", COUNTED, lambda s, p: md5(s + text(filled(p)))),
    ("php: serialize of what ksort sorted", "map-text", RICH, lambda s, p: md5(s + serialized(p))),
    ("php: substr of a SHA-256", "other-digest truncated", PLAIN, lambda s, p: sha256(s + text(p))[:32]),
    (
        "python: both booleans",
        "value-spelt",
        COUNTED,
        lambda s, p: md5(s + text(values(p, lambda v: v.title() if v in ("true", "false") else v))),
    ),
    (
        "javascript: JSON of numbers and booleans",
        "map-text",
        COUNTED,
        lambda s, p: md5(s + dumps({n: BARE.get(v, v) for n, v in pairs(p)})),
    ),
    (
        "excel: 1.200 and the date as its number",
        "value-spelt value-changed",
        {**COUNTED, "startDate": "2024-03-01"},
        lambda s, p: md5(s + text({**p, "to": "1.200", "startDate": "45352"})),
    ),
    ("ruby: inspect of pairs", "map-text", PLAIN, lambda s, p: md5(s + json.dumps(pairs(p)))),
    ("swift: the text of an Optional", "secret-altered", PLAIN, lambda s, p: md5(f'Optional("{s}")' + text(p))),
    ("shell: echo of the digits | base64", "padded base64", PLAIN, lambda s, p: base64_line(md5(s + text(p)))),
    ("any: crc32", "other-digest", PLAIN, lambda s, p: f"{zlib.crc32((s + text(p)).encode()):08x}"),
    ("any: the middle 16 digits", "truncated", PLAIN, lambda s, p: md5(s + text(p))[8:24]),
    ("node: digest().toString()", "raw-bytes", PLAIN, lambda s, p: raw(s + text(p)).decode("utf-8", "replace")),
    ("c#: Append(b) of each byte", "integer", PLAIN, lambda s, p: "".join(map(str, raw(s + text(p))))),
    ("kotlin: it.toString(16)", "signed-bytes", SMALL, lambda s, p: "".join(f"{b:x}" for b in signed(s + text(p)))),
    ("javascript: words of CryptoJS", "integer", PLAIN, lambda s, p: str(list(struct.unpack(">4i", raw(s + text(p)))))),
    ("ruby: unpack1('h*')", "reordered", PLAIN, lambda s, p: "".join(f"{b:02x}"[::-1] for b in raw(s + text(p)))),
    ("python: str(digest())", "raw-bytes", PLAIN, lambda s, p: str(raw(s + text(p)))),
    ("node: util.inspect of a buffer", "dashes", PLAIN, lambda s, p: f"<Buffer {raw(s + text(p)).hex(' ')}>"),
    (
        "postman: variables not filled in",
        "placeholder-signed",
        PLAIN,
        lambda s, p: md5(s + text({**p, "format": "{{format}}", "collectionHash": "{{collectionHash}}"})),
    ),
    (
        "any: signed a second time",
        "signature-included",
        PLAIN,
        lambda s, p: md5(s + text({**p, "signature": md5(s + text(p))})),
    ),
    ("c#: a secret of Notepad", "secret-altered secret-altered", PLAIN, lambda s, p: md5(f"\ufeff{s}\r\n{text(p)}")),
    ("cmd: echo %TEXT%", "text-altered", PLAIN, lambda s, p: md5(f"{s}{text(p)} \r\n")),
    (
        "javascript: toISOString in Berlin",
        "value-changed",
        {**PLAIN, "startDate": "2024-03-01"},
        lambda s, p: md5(s + text({**p, "startDate": "2024-02-29"})),
    ),
    (
        "python: one value with its line end",
        "value-changed",
        PLAIN,
        lambda s, p: md5(s + text({**p, "collectionHash": "d3m0h45h\n"})),
    ),
    (
        "shell: curl -d with + unencoded",
        "plus-for-space text-altered",
        {**PLAIN, "title": "C   Kurs für Anfänger"},
        lambda s, p: md5(s + text({**p, "title": "C++ Kurs für Anfänger"}) + "\n"),
    ),
    (
        "shell: curl -d with two + unencoded",
        "plus-for-space",
        {**PLAIN, "title": "Herbst   Winter   alles andere"},
        lambda s, p: md5(s + text({**p, "title": "Herbst + Winter + alles andere"})),
    ),
    (
        "shell: curl -d with & and + unencoded, not sorted",
        "sent-unencoded plus-for-space unsorted",
        {"apiKey": PLAIN["apiKey"], "action": "collection.update", "title": "Tom   Jerry ", " Co": ""},
        lambda s, p: md5(f"{s}apiKey{p['apiKey']}actioncollection.updatetitleTom + Jerry & Co"),
    ),
    (
        "shell: a fileUrl with & unencoded",
        "sent-unencoded",
        {"apiKey": PLAIN["apiKey"], "action": "collection.create", "fileUrl": "https://a.test/?a=1", "format": "xml"},
        lambda s, p: md5(f"{s}actioncollection.createapiKey{p['apiKey']}fileUrl{p['fileUrl']}&format=xml"),
    ),
    (
        "javascript: # unencoded at the end of a URL",
        "sent-unencoded",
        {**PLAIN, "page": "2", "caption": "C"},
        lambda s, p: md5(s + text({**p, "caption": "C#"})),
    ),
    (
        "javascript: encodeURIComponent before URLSearchParams",
        "encoded-twice",
        {**RICH, "title": component(RICH["title"])},
        lambda s, _: md5(s + text(RICH)),
    ),
    (
        "shell: $secretaction without braces",
        "variable-unset text-altered",
        PLAIN,
        lambda _, p: md5(text(p).removeprefix("action") + "\n"),
    ),
    (
        "shell: $hashformat without braces",
        "variable-unset",
        PLAIN,
        lambda s, p: md5(s + text({**p, "collectionHash": ""}).replace("format", "")),
    ),
    ("shell: no braces at all", "variable-unset", PLAIN, lambda _, p: md5(p["format"])),
    (
        "shell: tr -d '=&'",
        "value-changed text-altered",
        {**PLAIN, "fileUrl": "https://a.test/?a=1&b=2"},
        lambda s, p: md5(s + text(values(p, lambda v: re.sub("[=&]", "", v))) + "\n"),
    ),
    (
        "shell: printf of the text",
        "text-altered",
        {**PLAIN, "title": r"20% auf 5%d \x41: 100%% \"neu\" %k weg"},
        lambda s, p: md5(s + text(p).partition("title")[0] + 'title20 0x0p+0uf 50 A: 100% "neu" '),
    ),
    (
        "go: Fprintf of the text",
        "text-altered",
        {**PLAIN, "title": "20% auf alles: 100%"},
        lambda s, p: md5(s + text(p).replace("% a", "%!a(MISSING)") + "!(NOVERB)"),
    ),
    (
        "shell: xargs",
        "text-altered",
        {**PLAIN, "title": "\"Neu\"  'alt'"},
        lambda s, p: md5(s + text({**p, "title": "Neu alt"})),
    ),
    (
        "go: range of a map of six, %X",
        "unsorted upper-case",
        RICH,
        lambda s, p: md5(s + "".join(n + v for n, v in [*p.items()][4:] + [*p.items()][:4])).upper(),
    ),
    (
        "perl: keys of a hash of six",
        "unsorted",
        RICH,
        lambda s, p: md5(s + "".join(n + p[n] for n in itemgetter(5, 2, 0, 3, 1, 4)([*p]))),
    ),
    (
        "go: url.PathEscape",
        "percent-encoded",
        RICH,
        lambda s, p: md5(s + text(values(p, lambda v: quote(v, "$&+=:@")))),
    ),
    (
        "c#: JsonSerializer",
        "map-text",
        {**PLAIN, "title": "Été & <b>"},
        lambda s, p: md5(
            s + dumps(dict(pairs({**p, "title": "@"}))).replace("@", r"\u00C9t\u00E9 \u0026 \u003Cb\u003E")
        ),
    ),
)
