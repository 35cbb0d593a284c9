"""What to do about a refused request: by the rule that was broken, or by the code."""

from flipsnack_mock.inspect.records import Record
from flipsnack_mock.protocol.checks import METHOD
from flipsnack_mock.protocol.methods import UNBUILT, UnbuiltMethod

BY_RULE: dict[str, str] = {
    "request.path": "Send calls to /v1/, with the method's name in the parameter action.",
    "request.other-verbs": "Use GET; only uploads are sent by POST.",
    "request.host": "Send uploads to the upload host and all other calls to the api host; this fake is both.",
    "request.post-for-uploads": "Send the parameters and the file as multipart/form-data by POST (curl: -F).",
    "request.get-for-reads": "Send the parameters in the query of a GET (curl: -G -d, not -F).",
    "request.duplicate-parameter": "Send each parameter once.",
    "request.undecodable": "Percent-encode names and values as UTF-8.",
    "request.size": "Send less: no call of the API needs this size.",
    "request.empty-is-missing": "Give the parameter a value: an empty parameter counts as missing.",
    "format.unknown": "Use format=json or jsonp, or leave format out.",
    "callback.required": "Add callback=NAME, or use format=json.",
    "callback.identifier": "Use the name of a JavaScript function as callback.",
    "parameter.value": "Give the parameter a value of its type; the page of the method lists what is allowed.",
    "update.temporary-hash-dies": "Use the hash that collection.update answered when it published the collection.",
    "upload.document-required": "Send one part named file with a file name, or the parameter fileUrl.",
    "stats.date-order": "Put startDate before endDate.",
    "list.range": "Begin with index 0, or with the setting list_base.",
    "list.range-order": "Let the range end where it begins, or later.",
    "code.43-unknown": "Create the collection on this page, or use a magic hash such as mock-complete.",
    "url.expired-is-403": "Call collection.downloadHTML again and use the resource URL of that answer.",
    "url.tamper-proof": "Request the resource URL exactly as given.",
    "url.ranges": "Request a package with GET or HEAD.",
}

BY_CODE: dict[int, str] = {
    22: "Wait and repeat the call, or switch maintenance off on this page.",
    30: "Send apiKey, signature, action and the parameters that the method requires.",
    31: "Wait a second before the next call of this key, or advance the clock.",
    32: "Wait a minute before the next call of this key, or advance the clock.",
    33: "Wait for the next month, set the month's uploads, or raise the setting uploads_per_month.",
    34: "Upload a smaller file; the setting upload_bytes is the limit.",
    35: "Upload fewer pages; the setting upload_pages is the limit.",
    36: "Upload one file in each call.",
    37: "Use another way: the vendor calls this code deprecated.",
    38: "Call collection.getCollection until the conversion is complete, then try again.",
    40: "Fix the request: the reason above says what is wrong.",
    41: "Use a key listed on this page. Keys that begin with test- are created on first use.",
    42: "Use the exact name of a method; names are case-sensitive.",
    43: "Use a collection of this account that is not deleted.",
    44: "Sign the secret of this account followed by the decoded parameters, ordered by name.",
    45: "Upload a PDF, JPG or PNG: the content decides, not the name.",
    46: "Use a hash as the API issues it: 7 to 10 lower-case letters and digits.",
}

_FAULT = "A fault changed this answer: check that the client handles it, or remove the fault on this page."
_MAGIC = "The magic hash, title or file name asks for this answer: check that the client handles it."
_NO_SPOOL = "Let the fake write to its spool, or make room there (settings spool, spool_bytes and spool_files)."


def remediation(record: Record) -> str:
    """What to do about the refusal of `record`, as one sentence; empty if it was not refused."""
    status = record.answer.http_status if record.answer else 0
    if record.fault and record.failed in ("", "fault"):
        return _FAULT
    if status == 501 and record.action in UNBUILT:
        return _of_unbuilt(UNBUILT[record.action])
    if status == 503 and record.files:
        return _NO_SPOOL
    if record.code == 20 or not (record.failed or record.detail):
        return ""
    if record.failed in ("collection", METHOD) and not record.rule:
        return _MAGIC
    return BY_RULE.get(record.rule) or BY_CODE.get(record.code or 0, "")


def _of_unbuilt(method: UnbuiltMethod) -> str:
    """What to do about a call of a method that the fake does not imitate."""
    otherwise = " The setting retired_methods makes the fake answer code 42 instead." if method.retired else ""
    return f"Call another method: {method.why}.{otherwise}"
