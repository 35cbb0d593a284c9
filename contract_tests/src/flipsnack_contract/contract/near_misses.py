"""Texts that are nearly another one, as people and programs write them by mistake."""

import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

LOOK_ALIKES = str.maketrans(
    "aceiopxyACEIOPXY0",
    "\u0430\u0441\u0435\u0456\u043e\u0440\u0445\u0443\u0410\u0421\u0415\u0406\u041e\u0420\u0425\u0423\u041e",
)
"""Latin letters, and Cyrillic ones that look the same."""

LONGER: Mapping[str, Callable[[str], str]] = {
    "with a blank before it": lambda text: " " + text,
    "with a blank after it": lambda text: text + " ",
    "with a tab after it": lambda text: text + "\t",
    "with a line feed after it": lambda text: text + "\n",
    "with a no-break space after it": lambda text: text + "\xa0",
    "with a zero-width space before it": lambda text: "\u200b" + text,
    "with a letter before it": lambda text: "x" + text,
    "with a letter after it": lambda text: text + "x",
    "in quotes": lambda text: f'"{text}"',
    "twice": lambda text: text + text,
    "twice with a comma": lambda text: f"{text},{text}",
    "with a wildcard after it": lambda text: text + "%",
}
SHORTER: Mapping[str, Callable[[str], str]] = {
    "without its first letter": lambda text: text[1:],
    "without its last letter": lambda text: text[:-1],
    "its first half": lambda text: text[: len(text) // 2],
}
OTHERWISE: Mapping[str, Callable[[str], str]] = {
    "in lower case": str.lower,
    "in upper case": str.upper,
    "with a capital": lambda text: text[:1].upper() + text[1:],
    "in the other case": str.swapcase,
    "in letters that look alike": lambda text: text.translate(LOOK_ALIKES),
    "in full-width letters": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "percent-encoded once more": lambda text: f"%{ord(text[0]):02X}{text[1:]}",
}
NEAR: Mapping[str, Callable[[str], str]] = {**LONGER, **SHORTER, **OTHERWISE}
"""How each is made of a text that is not empty; some leave a text as it is."""
NEAR_KEYS: Mapping[str, Callable[[str], str]] = {
    "otherwise": lambda _key: "",
    "in capitals": str.upper,
    "with a capital": str.title,
    "with a letter after it": lambda key: key + "x",
    "with a zero after it": lambda key: key + "0",
    "with a letter before it": lambda key: "x" + key,
    "with another end": lambda key: key[:-1] + "x",
    "with another mark": lambda key: key.replace("-", "_"),
    "with marks after it": lambda key: f"{key}+&=;",
}
"""How a key is named that is another one beside it; "" leaves the name open."""
NEAR_NAMES: Mapping[str, Callable[[str], str]] = {
    "in upper case": str.upper,
    "with a capital": str.capitalize,
    "in the other case": str.swapcase,
    "with brackets": lambda name: f"{name}[]",
    "with a blank after it": lambda name: f"{name} ",
    "with a number": lambda name: f"{name}2",
    "with a line before it": lambda name: f"_{name}",
}
"""How the name of a parameter is written that is another one."""


HARD_TEXTS = (
    *("é", "日本", "😀", " a b ", "+", "%20", "a&b=c", "\t\n", "e\u0301", "", "/?:@", "100%", "a\r\nb", "a\rb", "\n"),
    # A mark of byte order, blanks of other kinds, ligatures, letters whose other case is longer, quotes, numbers.
    *(
        "\ufeffa",
        "\xa0a\u3000",
        "\ufb01",
        "\u0130\u00df",
        "\u212b",
        "a\u200b",
        '"a"',
        "\\n",
        "<b>&amp;",
        "007",
        "1.50",
        "1e3",
    ),
)
"""Texts that are easily written or read as another one."""
TAKEN_FOR_NOTHING = (
    "0",
    "false",
    "null",
    "undefined",
    "[]",
    " ",
    "-",
    "0.0",
    "NULL",
    "None",
    "nil",
    "NaN",
    "{}",
    "\\",
    "0x0",
    "true",
)
"""Texts that languages take for nothing, or for something else than a text."""


ALTERED: Mapping[str, Callable[[str], str]] = {
    "percent-encoded": lambda text: quote(text, safe=""),
    "form-encoded": lambda text: quote_plus(text, safe=""),
    "trimmed": str.strip,
    "lower case": str.lower,
    "cut at the first line": lambda text: text.split("\n")[0],
    "with one kind of line end": lambda text: text.replace("\r\n", "\n"),
    "with single blanks": lambda text: " ".join(text.split()),
    "in one form of letters": lambda text: unicodedata.normalize("NFKC", text),
}
"""How programs change a text that should stay as it is."""


def near_misses(text: str, *, ways: Mapping[str, Callable[[str], str]] = NEAR) -> tuple[str, ...]:
    """Each other text that `ways` make of `text`, once; none is empty."""
    made = dict.fromkeys(make(text) for make in ways.values())
    return tuple(one for one in made if one and one != text)
