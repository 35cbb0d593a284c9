import pytest

from flipsnack_contract.adapter.sent import Sent, requests_in

CHUNKED = b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
MANY = 10_000
LARGE = bytes(range(256)) * 3


@pytest.mark.parametrize(
    ("raw", "bodies"),
    [
        (b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", [b""]),
        (b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n", [b"", b""]),
        (b"POST /a HTTP/1.1\r\ncontent-LENGTH: 768\r\n\r\n" + LARGE + b"GET /b HTTP/1.1\r\n\r\n", [LARGE, b""]),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n1\r\nc\r\n0\r\n\r\n", [b"abc"]),
        (b"POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nbroke", [b"broke"]),
        (b"POST /a HTTP/1.1\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\nGET /b HTTP/1.1\r\n\r\n", [b"", b""]),
        (b"POST /a HTTP/1.1\r\nContent-Length: \xb2\r\n\r\nGET /b HTTP/1.1\r\n\r\n", [b"", b""]),
        (CHUNKED + b"f" * 5_000 + b"\r\nabc", [b"abc"]),
        (CHUNKED + b"1\r\na\r\n" * MANY + b"0\r\n\r\n", [b"a" * MANY]),
        (b"GET / HTTP/1.1\r\n\r\n" * MANY, [b""] * MANY),
        (b"GET /a HTTP/1.1\r\nHost: x", []),
        (b"\x16\x03\x01 what is encrypted \r\n\r\n", []),
        (b"nonsense\r\n\r\nGET /a HTTP/1.1\r\n\r\n", []),
    ],
)
def test_requests_are_read_from_what_a_connection_carried(raw: bytes, bodies: list[bytes]) -> None:
    assert bodies == [one.body for one in requests_in(raw, "here") if one.method in ("GET", "POST")]


def test_a_request_is_a_text_with_a_character_for_each_byte() -> None:
    (one,) = requests_in(b"POST /\xc3\xa9?a=b HTTP/1.1\r\nX: \xff\r\nContent-Length: 4\r\n\r\nabcd", "here")
    assert Sent("here", "POST", "/\xc3\xa9?a=b", (("X", "\xff"), ("Content-Length", "4")), b"abcd") == one
    assert "POST /\xc3\xa9?a=b\nX: \xff\nContent-Length: 4\n\nad" == one.text(without=b"bc")
    assert ("/\xc3\xa9", "\xff") == (one.path, one.by_name["x"])


@pytest.mark.parametrize(
    ("body", "left"), [(b"head", "head"), (b"head" + LARGE[:100], "head"), (b"head" + LARGE + b"end", "headend")]
)
def test_a_document_is_left_out_whole_and_broken_off(body: bytes, left: str) -> None:
    assert f"POST /\n\n{left}" == Sent("here", "POST", "/", body=body).text(without=LARGE)
