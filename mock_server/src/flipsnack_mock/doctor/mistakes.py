"""The table of known signing mistakes: name, what went wrong, and how to fix it."""

from typing import NamedTuple


class Mistake(NamedTuple):
    """A named mistake: what went wrong, and how to fix it."""

    name: str
    what: str
    fix: str


_TEXTS = {
    "unsorted": (
        "The parameters were not signed in the order of their names.",
        "Sort the parameters by name before you join them; their order in the URL does not matter.",
    ),
    "format-not-signed": (
        "`format` or `callback` was sent but not signed.",
        "Sign every sent parameter, `format` and `callback` included; only `signature` and `file` are left out.",
    ),
    "empty-dropped": (
        "A parameter whose value is empty, 0 or false was sent but not signed.",
        "Sign such a parameter too, or do not send it.",
    ),
    "sent-not-signed": (
        "A parameter was sent that was not signed.",
        "Add all parameters first and sign last; only `signature` and `file` are left out.",
    ),
    "signed-not-sent": (
        "A parameter was signed that was not sent.",
        "Sign what you send: build the query and the signed text from the same parameters.",
    ),
    "percent-encoded": (
        "The values were percent-encoded before signing.",
        "Sign the plain values and encode them afterwards, when the URL is built.",
    ),
    "query-string": (
        "The query string was signed.",
        "Sign the names and the plain values, joined with nothing in between; build the query string afterwards.",
    ),
    "plus-for-space": (
        "A plus sign and a space were confused between signing and sending.",
        "In a query `+` means a space: send a plus as %2B and a space as %20, and sign the unencoded value.",
    ),
    "value-changed": (
        "A value was changed between signing and sending.",
        "Sign the plain value exactly as it is sent: no escapes, quotes or other line ends.",
    ),
    "separators": (
        "Separators were put between names, values or parameters.",
        "Join names and values with nothing in between.",
    ),
    "map-text": (
        "The parameters were joined as the text of a map, a list or JSON.",
        "Write name and value of each parameter, one after the other, with nothing in between.",
    ),
    "object-text": (
        "An object was signed instead of its parameters: it has no readable text.",
        "Write name and value of each parameter yourself; do not turn the object into a text.",
    ),
    "signature-included": (
        "`signature` was among the signed parameters.",
        "Leave `signature` out of the signed text; add it after computing the digest.",
    ),
    "file-included": (
        "`file` was among the signed parameters.",
        "Leave `file` out of the signed text.",
    ),
    "file-url-changed": (
        "`fileUrl` was encoded or decoded before signing.",
        "Sign `fileUrl` as the server reads it: the plain address, which is encoded once when the form is built.",
    ),
    "secret-missing": (
        "The secret is not in the signed text.",
        "Put the secret in front of the joined parameters.",
    ),
    "secret-last": (
        "The secret was put after the parameters.",
        "Put the secret in front of the joined parameters.",
    ),
    "secret-doubled": (
        "The secret is in the signed text twice.",
        "Put the secret in front of the joined parameters, once.",
    ),
    "secret-of-another": (
        "The request was signed with the secret of another account.",
        "Use the key and the secret of the same account.",
    ),
    "key-for-secret": (
        "The API key was used as the secret.",
        "Sign with the secret; send the key as the parameter `apiKey`.",
    ),
    "secret-altered": (
        "The secret was altered, or had extra characters around it.",
        "Use the whole secret as it is, without line ends, blanks, quotes or byte order marks; no shell may expand it.",
    ),
    "secret-placeholder": (
        "The secret was not filled in: a placeholder was signed in its place.",
        "Fill in the secret: check the name of the variable, and its quotes (a shell expands it in double quotes).",
    ),
    "secret-as-parameter": (
        "The secret was signed as if it were a parameter.",
        "Put the secret alone, without a name, in front of the joined parameters.",
    ),
    "secret-separated": (
        "A separator was put between the secret and the parameters.",
        "Put the secret directly in front of the joined parameters.",
    ),
    "secret-elsewhere": (
        "The secret was put in another place.",
        "Put the secret in front of the joined parameters, once, and nothing else before it.",
    ),
    "text-altered": (
        "The signed text had extra characters, or lacked some.",
        "Digest the secret and the joined parameters alone (in a shell: printf %s, because echo adds a newline).",
    ),
    "text-encoded": (
        "The text was encoded or decoded before it was digested.",
        "Digest the plain text: secret, names and values as they are.",
    ),
    "letter-case": (
        "The signed text was in another letter case.",
        "Keep the letter case of secret, names and values.",
    ),
    "sorted-case-blind": (
        "The parameters were sorted case-insensitively.",
        "Sort by the bytes of the name: upper-case letters come before lower-case ones.",
    ),
    "sorted-otherwise": (
        "The parameters were sorted, but not by name in ascending order.",
        "Sort by name alone, in ascending order.",
    ),
    "names-left-out": (
        "Only the values were signed.",
        "Sign the name and the value of each parameter.",
    ),
    "values-left-out": (
        "Only the names were signed.",
        "Sign the name and the value of each parameter.",
    ),
    "latin-1": (
        "The text was encoded in an older charset instead of UTF-8.",
        "Encode the text in UTF-8 before the digest.",
    ),
    "utf-16": (
        "The text was encoded in UTF-16 before the digest.",
        "Encode the text in UTF-8 before the digest (in .NET: Encoding.UTF8, not Encoding.Unicode).",
    ),
    "utf-8-twice": (
        "The text was encoded in UTF-8 twice.",
        "Encode the text in UTF-8 once, just before the digest.",
    ),
    "normal-form": (
        "The signed text and the sent text have different Unicode normal forms.",
        "Normalise the value once, before signing and sending.",
    ),
    "value-trimmed": (
        "White space around a value was sent but not signed.",
        "Trim a value before both signing and sending, or not at all.",
    ),
    "value-letter-case": (
        "A value was signed in a different letter case than it was sent.",
        "Sign the value as it is sent.",
    ),
    "name-letter-case": (
        "The names were signed in another spelling than they were sent.",
        "Sign each name exactly as it is sent; upper and lower case matter.",
    ),
    "value-spelt": (
        "A value was signed in another spelling of the language: a boolean, a number, or nothing.",
        "Turn each value into the text that is sent first, and sign that text.",
    ),
    "other-request": (
        "The signature belongs to another request: a parameter had a different value when it was signed.",
        "Sign each request after its last change.",
    ),
    "placeholder-signed": (
        "The signature was computed before the variables of a template were filled in.",
        "Fill in all variables first, then sign what is sent.",
    ),
    "hmac": (
        "The digest is an HMAC.",
        "Use the plain MD5 of the text, which begins with the secret.",
    ),
    "other-digest": (
        "The digest is not an MD5.",
        "Use MD5; the vendor accepts no other digest.",
    ),
    "digest-twice": (
        "A digest was digested once more, or signed in place of a text.",
        "Digest the plain text once.",
    ),
    "upper-case": (
        "The hexadecimal digits are in upper case.",
        "Send lower-case digits (the setting uppercase_signatures of the fake accepts both).",
    ),
    "truncated": (
        "Only a part of the digest was sent.",
        "Send all 32 digits. The text of the vendor's older page lacks the last three; the URL next to it has them.",
    ),
    "base64": (
        "The digest was sent in base64.",
        "Send 32 hexadecimal digits.",
    ),
    "dashes": (
        "The digits were sent with dashes between them.",
        "Remove the dashes (in .NET: BitConverter.ToString adds them, Convert.ToHexString does not).",
    ),
    "leading-zeros": (
        "The leading zeros of the digest were not sent.",
        "Pad with zeros to 32 digits (printing a big integer in base 16 loses them).",
    ),
    "signed-bytes": (
        "The bytes of the digest were written as signed numbers.",
        "Write each byte with two digits, from 00 to ff (in Java: `%02x` of `b & 0xff`, or HexFormat).",
    ),
    "integer": (
        "The digest was sent as a number.",
        "Send 32 lower-case hexadecimal digits.",
    ),
    "reordered": (
        "The digits of the digest were sent in another order.",
        "Send the bytes of the digest in their order (in .NET: Convert.ToHexString, not Guid).",
    ),
    "written-twice": (
        "The signature was encoded once more.",
        "Send the 32 digits themselves; digits need no encoding.",
    ),
    "raw-bytes": (
        "The bytes of the digest were sent, not its digits.",
        "Send 32 hexadecimal digits (in PHP: md5 without its second argument).",
    ),
    "padded": (
        "The signature was sent with extra characters around it.",
        "Send only the 32 digits.",
    ),
}

MISTAKES = tuple(Mistake(name, what, fix) for name, (what, fix) in _TEXTS.items())
"""Every mistake; `copied-example` is not among them, nor is `object-sent`: both are recognised and not searched for."""
