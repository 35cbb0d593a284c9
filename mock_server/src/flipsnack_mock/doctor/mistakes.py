"""The mistakes people make with this signature, as a table: name, what went wrong, how to mend it, which recipes."""

from __future__ import annotations

from typing import NamedTuple

from flipsnack_mock.doctor import variants
from flipsnack_mock.doctor.variants import Variant, Variants

__all__ = ["MISTAKES", "Mistake"]


class Mistake(NamedTuple):
    """A mistake with a name; `variants` lists the ways in which it can have been made with a request.

    `visible` says that the signature itself looks otherwise for it, whatever was signed.
    """

    name: str
    what: str
    fix: str
    variants: Variants
    visible: bool = False


MISTAKES = (
    Mistake(
        "unsorted",
        "The parameters were signed in another order than that of their names.",
        "Sort the parameters by name before you join them; the order in the URL is free.",
        variants.some_order,
    ),
    Mistake(
        "format-not-signed",
        "`format` or `callback` was sent but not signed.",
        "Sign every parameter that is sent but `signature` and `file`; `format` and `callback` are no exceptions.",
        variants.optional_left_out,
    ),
    Mistake(
        "empty-dropped",
        "A parameter with an empty value was sent but skipped while signing.",
        "Sign the name of a parameter that is sent empty, or do not send it.",
        variants.always(Variant("empty values skipped", {"keep_empty": False})),
    ),
    Mistake(
        "sent-not-signed",
        "A parameter was sent that was not signed.",
        "Add all parameters first and sign last; only `signature` and `file` stay out.",
        variants.left_out,
    ),
    Mistake(
        "signed-not-sent",
        "A parameter was signed that was not sent.",
        "Sign what you send: build the query and the signed text from the same parameters.",
        variants.added,
    ),
    Mistake(
        "percent-encoded",
        "The values were percent-encoded before they were signed.",
        "Sign the plain values and encode them afterwards, when the URL is built.",
        variants.escaped,
    ),
    Mistake(
        "plus-for-space",
        "A plus sign and a space were mixed up between signing and sending.",
        "In a query `+` means a space: send a plus as %2B and a space as %20, and sign the plain value.",
        variants.always(
            Variant("a plus was signed, and arrived as a space", {"plus_sign": "for space"}),
            Variant("a space was signed, and arrived as a plus", {"plus_sign": "is space"}),
        ),
    ),
    Mistake(
        "separators",
        "Something was put between names, values or parameters.",
        "Join name and value of each parameter, and all of them, with nothing in between.",
        variants.separators,
    ),
    Mistake(
        "signature-included",
        "`signature` itself was among the signed parameters.",
        "Leave `signature` out of what is signed; add it when the digest is there.",
        variants.always(Variant("signature signed while empty", {"with_signature": True})),
    ),
    Mistake(
        "file-included", "`file` was among the signed parameters.", "Leave `file` out of what is signed.", variants.file
    ),
    Mistake(
        "secret-missing",
        "The secret is not in the signed text.",
        "Put the secret in front of the joined parameters.",
        variants.always(Variant("no secret", {"secret_places": ()})),
    ),
    Mistake(
        "secret-last",
        "The secret was put behind the parameters.",
        "Put the secret in front of the joined parameters.",
        variants.always(Variant("the secret at the end", {"secret_places": ("last",)})),
    ),
    Mistake(
        "secret-doubled",
        "The secret is in the signed text twice.",
        "Put the secret in front of the joined parameters, once.",
        variants.always(
            Variant("the secret at both ends", {"secret_places": ("first", "last")}),
            Variant("the secret twice in front", {"secret_places": ("first", "first")}),
        ),
    ),
    Mistake(
        "secret-of-another",
        "The request was signed with the secret of another account.",
        "Take key and secret of the same account.",
        variants.another_secret,
    ),
    Mistake(
        "key-for-secret",
        "The API key was used as the secret.",
        "Sign with the secret; the key is sent as the parameter `apiKey`.",
        variants.key_for_secret,
    ),
    Mistake(
        "secret-altered",
        "The secret was read with something around it.",
        "Strip what a file or a variable adds to the secret: line ends, blanks, quotes, a byte order mark.",
        variants.always(
            *(Variant(detail, {"secret_template": template}) for detail, template in variants.SECRET_TEMPLATES.items())
        ),
    ),
    Mistake(
        "sorted-case-blind",
        "The parameters were sorted without regard to letter case.",
        "Sort by the bytes of the name: capital letters come before small ones.",
        variants.always(Variant("sorted case-blind", {"order": "name without letter case"})),
    ),
    Mistake(
        "sorted-otherwise",
        "The parameters were sorted, but not by name in ascending order.",
        "Sort by the name alone, ascending.",
        variants.always(
            Variant("sorted by value", {"order": "value"}),
            Variant("sorted by name and value in one", {"order": "name and value as one text"}),
            Variant("sorted backwards", {"order": "name, backwards"}),
        ),
    ),
    Mistake(
        "names-left-out",
        "Only the values were signed.",
        "Sign the name and the value of each parameter.",
        variants.always(Variant("values without their names", {"names": False})),
    ),
    Mistake(
        "latin-1",
        "The text was not encoded in UTF-8 but in an older charset.",
        "Encode the text in UTF-8 before the digest.",
        variants.always(
            *(Variant(f"encoded in {charset}", {"charset": charset}) for charset in ("latin-1", "cp1252", "ascii"))
        ),
    ),
    Mistake(
        "utf-16",
        "The text was encoded in UTF-16 before the digest.",
        "Encode the text in UTF-8 before the digest (in .NET: Encoding.UTF8, not Encoding.Unicode).",
        variants.always(
            *(
                Variant(f"encoded in {charset}", {"charset": charset})
                for charset in ("utf-16-le", "utf-16-be", "utf-16")
            )
        ),
    ),
    Mistake(
        "normal-form",
        "The text that was signed has another Unicode normal form than the one that was sent.",
        "Normalise the value once, before it is signed and sent.",
        variants.always(*(Variant(f"signed as {name}", {"normal_form": name}) for name in ("NFC", "NFD"))),
    ),
    Mistake(
        "value-trimmed",
        "White space around a value was sent but not signed.",
        "Trim a value before it is signed and sent, or not at all.",
        variants.always(Variant("values trimmed", {"trimmed": True})),
    ),
    Mistake(
        "value-letter-case",
        "A value was signed in other letters than it was sent in.",
        "Sign the value as it is sent.",
        variants.always(*(Variant(f"values in {case} case", {"letter_case": case}) for case in ("lower", "upper"))),
    ),
    Mistake(
        "other-request",
        "The signature belongs to another request: a parameter had another value when it was made.",
        "Sign each request anew, after its last change.",
        variants.other_request,
    ),
    Mistake(
        "hmac",
        "The digest is an HMAC.",
        "Take the plain MD5 of the text that begins with the secret.",
        variants.keyed,
    ),
    Mistake(
        "other-digest",
        "The digest is not an MD5.",
        "Take the MD5; the vendor knows no other.",
        variants.always(*(Variant(name.upper(), {"algorithm": name}) for name in ("sha1", "sha256", "sha512"))),
    ),
    Mistake(
        "upper-case",
        "The hexadecimal digits are in upper case.",
        "Send them in lower case (the fake's setting uppercase_signatures takes both).",
        variants.always(Variant("upper-case digits", {"upper": True})),
        visible=True,
    ),
    Mistake(
        "truncated",
        "Only a part of the digest was sent.",
        "Send all 32 digits. The prose of the vendor's older page lacks the last three; the URL beside it has them.",
        variants.cut,
        visible=True,
    ),
    Mistake(
        "base64", "The digest was sent in base64.", "Send it in hexadecimal: 32 digits.", variants.base64, visible=True
    ),
    Mistake(
        "dashes",
        "The digits were sent with dashes between them.",
        "Take the dashes out (in .NET: BitConverter.ToString adds them, Convert.ToHexString does not).",
        variants.always(Variant("dashes between the bytes", {"digest_encoding": "hex with dashes"})),
        visible=True,
    ),
    Mistake(
        "leading-zeros",
        "The zeros that the digest begins with were not sent.",
        "Fill up with zeros to 32 digits (a big integer printed in base 16 loses them).",
        variants.always(Variant("leading zeros lost", {"digest_encoding": "hex without leading zeros"})),
        visible=True,
    ),
    Mistake(
        "padded",
        "The signature was sent with something around it.",
        "Send the 32 digits and nothing else.",
        variants.padded,
        visible=True,
    ),
)
