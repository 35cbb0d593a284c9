import pytest

from flipsnack_client import ResourceUrl


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://resource.url.example.com/my-collection.zip", "https://resource.url.example.com/my-collection.zip"),
        ("http://127.0.0.1:3547/p.zip?Signature=a", "http://127.0.0.1:3547/p.zip?Signature=a"),
        ("resource.url.example", "https://resource.url.example"),
        ("resource.url.example/p.zip?next=https://x/", "https://resource.url.example/p.zip?next=https://x/"),
        ("localhost:8080/p.zip", "https://localhost:8080/p.zip"),
        ("//cdn.example/p.zip", "https://cdn.example/p.zip"),
        (" https://a.example/p.zip\n", "https://a.example/p.zip"),
    ],
)
def test_a_link_without_a_scheme_is_read_as_https(given: str, expected: str) -> None:
    """The vendor's two examples, and what lies between them, become complete URLs."""
    assert expected == ResourceUrl.read(given)


@pytest.mark.parametrize(
    "given",
    [
        None, "", "  ", 7, [], "ftp://a.example/p.zip", "file:///etc/passwd", "/packages/p.zip", "javascript:alert(1)",
        "https://", "https://a.example:port/", "https://a.example/a b", "https://[::1/",
        "http://.example/x", "https://a..b/", f"https://{'a' * 64}.example/p.zip", "https://*.example/", "https://\udc80/",
        ".example/x", "https://a.example:99999/", "https://\ufffd.example/", "https://-\x00-/", "https://xn--\u00e9/",
    ],
)  # fmt: skip
def test_what_is_no_web_link_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="resourceUrl"):
        ResourceUrl.read(given)


def test_the_repr_shows_the_host_only() -> None:
    """A link can be used as text, but a repr of it does not let anybody fetch the package."""
    url = ResourceUrl.read("https://cdn.example/p.zip?Signature=abc")
    assert "<resource URL at cdn.example>" == repr(url)
    assert "https://cdn.example/p.zip?Signature=abc" == str(url)
