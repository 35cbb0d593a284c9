"""The table of known signing mistakes: name, what went wrong, and how to fix it."""

from typing import NamedTuple


class Mistake(NamedTuple):
    """A named mistake: what went wrong, and how to fix it."""

    name: str
    what: str
    fix: str


_BY_FIX = {
    "Sort the parameters by name before you join them; their order in the URL does not matter.": {
        "unsorted": "The parameters were not signed in the order of their names.",
    },
    "Sort by the bytes of the name: upper-case letters come before lower-case ones.": {
        "sorted-case-blind": "The parameters were sorted case-insensitively.",
    },
    "Sort by name alone, in ascending order.": {
        "sorted-otherwise": "The parameters were sorted, but not by name in ascending order.",
    },
    "Add all parameters first and sign last, `format` and `callback` too; only `signature` and `file` are left out.": {
        "format-not-signed": "`format` or `callback` was sent but not signed.",
        "sent-not-signed": "A parameter was sent that was not signed.",
    },
    "Sign such a parameter too, or do not send it.": {
        "empty-dropped": "A parameter whose value is empty, 0 or false was sent but not signed.",
    },
    "Sign what you send: build the query and the signed text from the same parameters.": {
        "signed-not-sent": "A parameter was signed that was not sent.",
    },
    "Leave `signature` and `file` out of the signed text.": {
        "signature-included": "`signature` was among the signed parameters.",
        "file-included": "`file` was among the signed parameters.",
    },
    "Sign each request after its last change, with all its values filled in.": {
        "other-request": "The signature belongs to another request: a parameter had another value when signed.",
        "placeholder-signed": "The signature was computed before the variables of a template were filled in.",
    },
    "Sign the plain names and values; encode them afterwards, when the URL is built.": {
        "percent-encoded": "The values were percent-encoded before signing.",
        "html-escaped": "The values were escaped for HTML before signing.",
        "query-string": "The query string was signed.",
    },
    "In a query `+` means a space: send a plus as %2B and a space as %20, and sign the unencoded value.": {
        "plus-for-space": "A plus sign and a space were confused between signing and sending.",
    },
    "Encode each value when the query or the form is built (curl: --data-urlencode): & is %26, # is %23, % is %25.": {
        "sent-unencoded": "A value was sent without percent-encoding, and arrived in pieces.",
    },
    "Give the plain value to what builds the query, which encodes it: what is stored has the escapes in it now.": {
        "encoded-twice": "A value was sent encoded twice: its text in the request still has escapes.",
    },
    "Turn each value into the text that is sent first, and sign name and value exactly as they are sent.": {
        "value-changed": "A value was changed between signing and sending.",
        "value-trimmed": "White space around a value was sent but not signed.",
        "value-letter-case": "A value was signed in a different letter case than it was sent.",
        "value-spelt": "A value was signed in another spelling of the language: a boolean, a number, or nothing.",
        "name-letter-case": "The names were signed in another spelling than they were sent.",
    },
    "Normalise the value once, before signing and sending.": {
        "normal-form": "The signed text and the sent text have different Unicode normal forms.",
    },
    "Sign `fileUrl` as the server reads it: the plain address, which is encoded once when the form is built.": {
        "file-url-changed": "`fileUrl` was encoded or decoded before signing.",
    },
    "Write name and value of each parameter yourself, one after the other, with nothing in between.": {
        "separators": "Separators were put between names, values or parameters.",
        "map-text": "The parameters were joined as the text of a map, a list or JSON.",
        "object-text": "An object was signed instead of its parameters: it has no readable text.",
        "names-left-out": "Only the values were signed.",
        "values-left-out": "Only the names were signed.",
    },
    "Put the secret in front of the joined parameters: once, without a name, nothing around it.": {
        "secret-missing": "The secret is not in the signed text.",
        "secret-last": "The secret was put after the parameters.",
        "secret-doubled": "The secret is in the signed text twice.",
        "secret-as-parameter": "The secret was signed as if it were a parameter.",
        "secret-separated": "A separator was put between the secret and the parameters.",
        "secret-elsewhere": "The secret was put in another place.",
    },
    "Use the secret of the account whose key is sent as the parameter `apiKey`.": {
        "secret-of-another": "The request was signed with the secret of another account.",
        "key-for-secret": "The API key was used as the secret.",
    },
    "Use the whole secret as it is, without line ends, blanks, quotes or byte order marks; no shell may expand it.": {
        "secret-altered": "The secret was altered, or had extra characters around it.",
    },
    "Fill in the secret: check the name of the variable, and its quotes (a shell expands it in double quotes).": {
        "secret-placeholder": "The secret was not filled in: a placeholder was signed in its place.",
    },
    "Write the names of variables in braces, as ${secret}action, and let an unset variable be an error (set -u).": {
        "variable-unset": "A variable was empty: its name was read with the letters after it.",
    },
    "Give secret and parameters to the hash, then take its digest (in Go: md5.Sum, or Write before Sum).": {
        "undigested": "The text, or a part of it, was never digested.",
    },
    "Digest the secret and the joined parameters alone (in a shell: printf %s, because echo adds a newline).": {
        "text-altered": "The signed text had extra characters, or lacked some.",
    },
    "Digest the plain text: secret, names and values as they are.": {
        "text-encoded": "The text was encoded or decoded before it was digested.",
        "letter-case": "The signed text was in another letter case.",
    },
    "Encode the text in UTF-8, once, before the digest (in .NET: Encoding.UTF8, not Encoding.Unicode).": {
        "latin-1": "The text was encoded in an older charset instead of UTF-8.",
        "utf-16": "The text was encoded in UTF-16 before the digest.",
        "utf-8-twice": "The text was encoded in UTF-8 twice.",
    },
    "Use the plain MD5 of the text, once; the vendor accepts no other digest.": {
        "hmac": "The digest is an HMAC.",
        "other-digest": "The digest is not an MD5.",
        "digest-twice": "A digest was digested once more, or signed in place of a text.",
    },
    "Send lower-case digits (the setting uppercase_signatures of the fake accepts both).": {
        "upper-case": "The hexadecimal digits are in upper case.",
    },
    "Send all 32 digits. The text of the vendor's older page lacks the last three; the URL next to it has them.": {
        "truncated": "Only a part of the digest was sent.",
    },
    "Send the 32 lower-case hexadecimal digits alone; they need no encoding.": {
        "base64": "The digest was sent in base64.",
        "integer": "The digest was sent as a number.",
        "written-twice": "The signature was encoded once more.",
        "padded": "The signature was sent with extra characters around it.",
    },
    "Send 32 hexadecimal digits (in PHP: md5 without its second argument).": {
        "raw-bytes": "The bytes of the digest were sent, not its digits.",
    },
    "Remove the dashes (in .NET: BitConverter.ToString adds them, Convert.ToHexString does not).": {
        "dashes": "The digits were sent with dashes between them.",
    },
    "Pad with zeros to 32 digits (printing a big integer in base 16 loses them).": {
        "leading-zeros": "The leading zeros of the digest were not sent.",
    },
    "Write each byte with two digits, from 00 to ff (in Java: `%02x` of `b & 0xff`, or HexFormat).": {
        "signed-bytes": "The bytes of the digest were written as signed numbers.",
    },
    "Send the bytes of the digest in their order (in .NET: Convert.ToHexString, not Guid).": {
        "reordered": "The digits of the digest were sent in another order.",
    },
    "Compute the signature of each request from its own parameters and your secret.": {
        "copied-example": "The signature is one that the vendor prints as an example.",
    },
    "Send the digest as 32 lower-case hexadecimal digits, after it was computed.": {
        "object-sent": "The signature is the text of an object or a placeholder, not the digits of a digest.",
    },
}

MISTAKES = tuple(Mistake(name, what, fix) for fix, mistakes in _BY_FIX.items() for name, what in mistakes.items())
"""Every mistake. The last two are recognised, and not searched for: nothing was signed."""
