import pytest

from flipsnack_contract.target.target import MOST, Reply, Request, Trace, in_words, masked


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /v1/?a=1&signature=abc&b=2 -> 200", "GET /v1/?a=1&signature=…&b=2 -> 200"),
        ("GET /v1/?apiKey=LK12NS-0-IOBW&a=1", "GET /v1/?apiKey=LK12NS…&a=1"),
        ("GET /p.zip?Expires=1&Signature=xyz&Key-Pair-Id=K", "GET /p.zip?Expires=1&Signature=…&Key-Pair-Id=K"),
    ],
)
def test_signatures_are_left_out_and_keys_shortened(line: str, expected: str) -> None:
    """A report can be shown to anybody."""
    assert expected == masked(line)


def test_the_middle_of_a_long_trace_is_left_out() -> None:
    """The beginning and the end of a story are what tells it."""
    trace = Trace()
    for number in range(MOST + 50):
        trace.add(str(number))
    lines = list(trace)
    assert ("0", "… 50 steps …", str(MOST + 49)) == (lines[0], lines[MOST // 2], lines[-1])


CALL = "http://x.test/v1/?action=a&apiKey=LK12NS-0-IOBW&collectionHash=h%C3%A9&signature=abc"
JSON = {"content-type": "application/json; charset=utf-8"}
SHORT = "action=a, apiKey=LK12NS…, collectionHash=hé, signature=…"


@pytest.mark.parametrize(
    ("request_", "reply", "expected"),
    [
        (
            Request("GET", CALL),
            Reply(200, JSON, b'{"code":20,"status":"OK","data":{"status":"PROCESSING"}}'),
            f"GET /v1/ with {SHORT} -> code 20 (OK), status PROCESSING",
        ),
        (
            Request("GET", CALL),
            Reply(401, JSON, b'{"code":41,"status":"Invalid credentials"}'),
            f"GET /v1/ with {SHORT} -> HTTP 401, code 41 (Invalid credentials)",
        ),
        (
            Request("POST", "http://x.test/v1/", b"action=a", {"Content-Type": "application/x-www-form-urlencoded"}),
            Reply(200, {"content-type": "application/xml"}, b"<response><code>40</code><status/></response>"),
            "POST /v1/ with action=a -> code 40 (Bad request)",
        ),
        (
            Request("GET", CALL + "&callback=f"),
            Reply(200, {"content-type": "application/javascript"}, b'f({"code":43,"status":"Forbidden"});'),
            f"GET /v1/ with {SHORT}, callback=f -> code 43 (Forbidden)",
        ),
        (
            Request("GET", CALL),
            Reply(500, {"content-type": "text/html"}, b"<h1>no</h1>"),
            f"GET /v1/ with {SHORT} -> HTTP 500, text/html: <h1>no</h1>",
        ),
        (
            Request("GET", "http://x.test/p.zip", b"", {"Range": "bytes=0-3"}),
            Reply(206, {"content-type": "application/zip"}, b"PK.."),
            "GET http://x.test/p.zip, bytes=0-3 -> HTTP 206, application/zip, 4 bytes",
        ),
        (
            Request("POST", "http://x.test/v1/", b"%%"),
            Reply(200, JSON, b"{"),
            "POST http://x.test/v1/ with 2 bytes",
        ),
    ],
)
def test_a_step_is_told_in_words(request_: Request, reply: Reply, expected: str) -> None:
    """Parameters and code instead of a URL and JSON; what cannot be read is shown as it is. No key, no signature."""
    assert in_words(request_, reply).startswith(expected)


def test_long_values_are_cut() -> None:
    """A megabyte is no step."""
    assert len(in_words(Request("GET", CALL + "&note=" + "a" * 2**20), Reply(200, {}, b""))) < 500
