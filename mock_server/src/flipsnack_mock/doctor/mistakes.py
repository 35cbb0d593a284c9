"""The table of known signing mistakes: name, what went wrong, how to fix it, and its variants."""

from typing import NamedTuple

from flipsnack_mock.doctor import variants
from flipsnack_mock.doctor.variants import Variant, Variants


class Mistake(NamedTuple):
    """A named mistake; `variants` lists the ways to make it with a given request.

    `visible` is true when the mistake shows in the signature's format, whatever was signed.
    """

    name: str
    what: str
    fix: str
    variants: Variants
    visible: bool = False


MISTAKES = (
    Mistake(
        "unsorted",
        "The parameters were not signed in the order of their names.",
        "Sort the parameters by name before you join them; their order in the URL does not matter.",
        variants.some_order,
    ),
    Mistake(
        "format-not-signed",
        "`format` or `callback` was sent but not signed.",
        "Sign every sent parameter, `format` and `callback` included; only `signature` and `file` are left out.",
        variants.optional_left_out,
    ),
    Mistake(
        "empty-dropped",
        "A parameter with an empty value was sent but not signed.",
        "Sign the name of an empty parameter, or do not send it.",
        variants.always(Variant("empty values skipped", {"keep_empty": False})),
    ),
    Mistake(
        "sent-not-signed",
        "A parameter was sent that was not signed.",
        "Add all parameters first and sign last; only `signature` and `file` are left out.",
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
        "The values were percent-encoded before signing.",
        "Sign the plain values and encode them afterwards, when the URL is built.",
        variants.escaped,
    ),
    Mistake(
        "plus-for-space",
        "A plus sign and a space were confused between signing and sending.",
        "In a query `+` means a space: send a plus as %2B and a space as %20, and sign the unencoded value.",
        variants.always(
            Variant("a plus was signed, and arrived as a space", {"plus_sign": "for space"}),
            Variant("a space was signed, and arrived as a plus", {"plus_sign": "is space"}),
        ),
    ),
    Mistake(
        "separators",
        "Separators were put between names, values or parameters.",
        "Join names and values with nothing in between.",
        variants.separators,
    ),
    Mistake(
        "signature-included",
        "`signature` was among the signed parameters.",
        "Leave `signature` out of the signed text; add it after computing the digest.",
        variants.always(Variant("signature signed while empty", {"with_signature": True})),
    ),
    Mistake(
        "file-included",
        "`file` was among the signed parameters.",
        "Leave `file` out of the signed text.",
        variants.file,
    ),
    Mistake(
        "file-url-changed",
        "`fileUrl` was encoded or decoded before signing.",
        "Sign `fileUrl` as the server reads it: the plain address, which is encoded once when the form is built.",
        variants.file_url,
    ),
    Mistake(
        "secret-missing",
        "The secret is not in the signed text.",
        "Put the secret in front of the joined parameters.",
        variants.always(Variant("no secret", {"secret_places": ()})),
    ),
    Mistake(
        "secret-last",
        "The secret was put after the parameters.",
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
        "Use the key and the secret of the same account.",
        variants.another_secret,
    ),
    Mistake(
        "key-for-secret",
        "The API key was used as the secret.",
        "Sign with the secret; send the key as the parameter `apiKey`.",
        variants.key_for_secret,
    ),
    Mistake(
        "secret-altered",
        "The secret had extra characters around it.",
        "Strip line ends, blanks, quotes and byte order marks from the secret.",
        variants.always(
            *(Variant(detail, {"secret_template": template}) for detail, template in variants.SECRET_TEMPLATES.items())
        ),
    ),
    Mistake(
        "sorted-case-blind",
        "The parameters were sorted case-insensitively.",
        "Sort by the bytes of the name: upper-case letters come before lower-case ones.",
        variants.always(Variant("sorted case-blind", {"order": "name without letter case"})),
    ),
    Mistake(
        "sorted-otherwise",
        "The parameters were sorted, but not by name in ascending order.",
        "Sort by name alone, in ascending order.",
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
        "The text was encoded in an older charset instead of UTF-8.",
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
        "The signed text and the sent text have different Unicode normal forms.",
        "Normalise the value once, before signing and sending.",
        variants.always(*(Variant(f"signed as {name}", {"normal_form": name}) for name in ("NFC", "NFD"))),
    ),
    Mistake(
        "value-trimmed",
        "White space around a value was sent but not signed.",
        "Trim a value before both signing and sending, or not at all.",
        variants.always(Variant("values trimmed", {"trimmed": True})),
    ),
    Mistake(
        "value-letter-case",
        "A value was signed in a different letter case than it was sent.",
        "Sign the value as it is sent.",
        variants.always(*(Variant(f"values in {case} case", {"letter_case": case}) for case in ("lower", "upper"))),
    ),
    Mistake(
        "other-request",
        "The signature belongs to another request: a parameter had a different value when it was signed.",
        "Sign each request after its last change.",
        variants.other_request,
    ),
    Mistake(
        "hmac",
        "The digest is an HMAC.",
        "Use the plain MD5 of the text, which begins with the secret.",
        variants.keyed,
    ),
    Mistake(
        "other-digest",
        "The digest is not an MD5.",
        "Use MD5; the vendor accepts no other digest.",
        variants.always(*(Variant(name.upper(), {"algorithm": name}) for name in ("sha1", "sha256", "sha512"))),
    ),
    Mistake(
        "upper-case",
        "The hexadecimal digits are in upper case.",
        "Send lower-case digits (the fake's setting uppercase_signatures accepts both).",
        variants.always(Variant("upper-case digits", {"upper": True})),
        visible=True,
    ),
    Mistake(
        "truncated",
        "Only a part of the digest was sent.",
        "Send all 32 digits. The text of the vendor's older page lacks the last three; the URL next to it has them.",
        variants.cut,
        visible=True,
    ),
    Mistake("base64", "The digest was sent in base64.", "Send 32 hexadecimal digits.", variants.base64, visible=True),
    Mistake(
        "dashes",
        "The digits were sent with dashes between them.",
        "Remove the dashes (in .NET: BitConverter.ToString adds them, Convert.ToHexString does not).",
        variants.always(Variant("dashes between the bytes", {"digest_encoding": "hex with dashes"})),
        visible=True,
    ),
    Mistake(
        "leading-zeros",
        "The leading zeros of the digest were not sent.",
        "Pad with zeros to 32 digits (printing a big integer in base 16 loses them).",
        variants.always(Variant("leading zeros lost", {"digest_encoding": "hex without leading zeros"})),
        visible=True,
    ),
    Mistake(
        "padded",
        "The signature was sent with extra characters around it.",
        "Send only the 32 digits.",
        variants.padded,
        visible=True,
    ),
)
