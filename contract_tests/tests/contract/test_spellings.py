import base64
import html
import json
import quopri
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.contract.spellings import spelling_of

SPELLINGS = {
    "as it is": str,
    "in capitals": str.upper,
    "for a URL": quote,
    "for a form": quote_plus,
    "for a URL, twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in JSON": json.dumps,
    "in HTML": html.escape,
    "in HTML, by numbers": lambda secret: "".join(f"&#{ord(letter)};" for letter in secret),
    "in Base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in Base64 for a URL": lambda secret: base64.urlsafe_b64encode(f"key:{secret}".encode()).decode(),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal, byte by byte": lambda secret: secret.encode().hex(" "),
    "in hexadecimal, for a program": lambda secret: ", ".join(f"0x{one:02X}" for one in secret.encode()),
    "in numbers": lambda secret: str(list(secret.encode())),
    "backwards": lambda secret: secret[::-1],
    "in quoted-printable": lambda secret: quopri.encodestring(secret.encode()).decode(),
    "as bytes": lambda secret: secret.encode().decode("latin-1"),
    "in Latin-1": lambda secret: quote(secret.encode("latin-1", "ignore") if secret.isascii() else secret),
}
letters = st.text("abzABZ019 +/%&=\"'<>é日😀", min_size=6, max_size=12)


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@given(secret=letters.filter(lambda text: len(text.strip()) > 5))
def test_a_secret_is_found_in_each_spelling(spell: object, secret: str) -> None:
    assert callable(spell)
    assert spelling_of(secret, f"GET /?a=1 {spell(secret)} HTTP/1.1")


@given(text=st.text(max_size=60))
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    assert not spelling_of("a secret of the kit", text)
    assert not spelling_of("  ", text)
