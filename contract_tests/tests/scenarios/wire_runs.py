"""Right runs, and runs that are wrong in one thing: requests as HTTP, redirects, the folder, pace, progress."""

from contract_tests.tests.scenarios.builders import DOWNLOADED, HERE, KEY, call, download, of, scenario_run, sent

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.scenarios.delivery_catalogue import REDIRECTS
from flipsnack_contract.scenarios.fault_catalogue import LASTING, SPOILT_PACKAGES
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

ELSEWHERE = (REDIRECTS["packages redirected elsewhere"],)
LOOP = (REDIRECTS["packages redirected to themselves"],)
MOVED = download(http_status=302, fault="fault-0:redirect")
REFUSED = call(code=22, fault="fault-0:code", failed="fault")
FOR_EVER = (LASTING["22 for ever"],)
BYTES = b"x" * 100
PARTS = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n' * 2
DOCUMENT = "a document.png"
STATE = '{{"type":"event","id":"1","kind":"poll","status":"{}"}}'


def _told(*pairs: tuple[int, int]) -> tuple[str, ...]:
    return tuple(f'{{"type":"event","id":"1","kind":"upload","sent":{now},"total":{all_}}}' for now, all_ in pairs)


def _upload(*pairs: tuple[int, int], number: int = 1) -> ScenarioRun:
    """A run in which a document was uploaded, and this progress was told."""
    again = [of("create", code=31, failed="fault", fault="fault-0:code") for _ in range(number - 1)]
    return scenario_run(*again, of("create"), document=BYTES, said=_told(*pairs), op="call", action="collection.create")


KEPT: dict[str, ScenarioRun] = {
    "requests as they should be": scenario_run(
        *DOWNLOADED,
        sent=(sent(), sent("/packages/x?Signature=y", Range="bytes=7-", User_Agent="client 1.0")),
        left=("package.zip",),
    ),
    "a redirect that is followed": scenario_run(
        call(state="COMPLETE"), MOVED, sent=(sent(), sent(), sent("/package.zip", server="elsewhere")), faults=ELSEWHERE
    ),
    "a redirect that is refused": scenario_run(call(state="COMPLETE"), MOVED, error="transport", faults=LOOP),
    "a part that is left after an error": scenario_run(
        call(state="COMPLETE"),
        download(fault="fault-0:truncate"),
        error="transport",
        left={"package.zip.part": b"PK", "package.zip.part.json": b"{}"},
        faults=(SPOILT_PACKAGES["packages cut off"],),
    ),
    "a limit that is waited for": scenario_run(
        call(code=32, failed="limits"), call(70, state="COMPLETE"), download(70), elapsed_s=70, settings={"x": 1}
    ),
    "what is given up": scenario_run(
        call(code=22, fault="fault-0:code", failed="fault"),
        error="maintenance",
        code=22,
        faults=FOR_EVER,
        deadline_s=None,
    ),
}

LINKED = call(data={"resourceUrl": "http://127.0.0.1/packages/x?Expires=1&Signature=***y"})
GIVEN = ["/a%20package.zip?a=1&b=%2B", "/packages/x?Expires=1&Signature="]

BROKEN: dict[str, list[tuple[ScenarioRun, str]]] = {
    "requests-are-http": [
        (scenario_run(sent=(sent(Host="api.flipsnack.com"),)), "got 'api.flipsnack.com'"),
        (scenario_run(sent=(sent(body=b"{}"),)), "expected none, got one of 2 bytes"),
        (scenario_run(sent=(sent("/v1/?title=\xe9"),)), "ASCII without blanks and fragment"),
        (scenario_run(sent=(sent(method="POST", body=b"x", Transfer_Encoding="chunked"),)), "got both"),
        (scenario_run(sent=(sent(host="again"),)), "headers that GET /v1/ has twice"),
        (scenario_run(sent=(sent("/x", server="elsewhere", Host=HERE),)), "a request to another server"),
        (scenario_run(sent=(sent(X_Note="caf\xe9"),)), "headers of GET /v1/ that are no token"),
    ],
    "nothing-of-a-call-goes-elsewhere": [
        (scenario_run(MOVED, sent=(seen,), faults=ELSEWHERE), seen.headers[1][0].lower())
        for seen in (sent(server="elsewhere", Authorization="x"), sent(server="elsewhere", Cookie="x"))
    ]
    + [
        (scenario_run(MOVED, sent=(sent("/?apiKey=client", server="elsewhere"),), faults=ELSEWHERE), "'apiKey'"),
        (scenario_run(MOVED, sent=(sent(server="elsewhere", body=b"x"),), faults=ELSEWHERE), "a body"),
    ],
    "a-redirect-has-an-end": [
        (scenario_run(MOVED, sent=(sent(),) * 101, error="transport", faults=LOOP), "at most 100 requests, got 101"),
        (scenario_run(MOVED, outcome=CaseOutcome.STOPPED, faults=LOOP), "expected by itself, got stopped"),
        (scenario_run(MOVED, error="job_failed", faults=LOOP), "got job_failed"),
        (scenario_run(MOVED, faults=LOOP), "as no call was answered, got ok"),
    ],
    "the-key-stays-in-calls": [
        (scenario_run(sent=(sent("/packages/x?Signature=y", X_Api_Key=KEY),)), "['X-Api-Key']"),
        (scenario_run(sent=(sent("/x", server="elsewhere", Authorization="Bearer x"),)), "['authorization']"),
        (scenario_run(sent=(sent("/x", server="elsewhere", Referer="http://x/?signature=y"),)), "['Referer']"),
        (scenario_run(sent=(sent("/packages/x", Cookie=f"a=b; key={KEY}"),)), "['Cookie']"),
        (scenario_run(sent=(sent("/packages/x", X_Client=KEY.encode().hex()),)), "['X-Client']"),
    ],
    "links-are-fetched-as-they-were-given": [
        (scenario_run(LINKED, sent=(sent(target),)), f"without its signature: expected one of {GIVEN}, got")
        for target in ("/packages/x?Signature=y&Expires=1", "/packages/X?Expires=1&Signature=y", "/packages/x?")
    ],
    "nothing-is-left-beside-the-file": [
        (scenario_run(*DOWNLOADED, left=("package.zip", "package.zip.part")), "['package.zip.part']"),
        (scenario_run(call(code=43), error="forbidden", left=("package.zip.part",)), "['package.zip.part']"),
        (scenario_run(download(http_status=403), error="transport", left=("tmp1",)), "['tmp1']"),
        (scenario_run(of("create"), document=BYTES, op="create", left=(DOCUMENT, "copy")), "['copy']"),
        (scenario_run(*DOWNLOADED, error="transport", left={"package.zip.error": b"<Error>"}), "['package.zip.error']"),
        (scenario_run(*DOWNLOADED, error="damaged", left={"package.zip.report": b"damaged"}), "['package.zip.report']"),
    ],
    "what-was-beside-the-file-stays": [
        (scenario_run(*DOWNLOADED, left={"notes.txt": b"no"}), "expected as before, got changed"),
        (scenario_run(of("create"), document=BYTES, op="create", left={DOCUMENT: b"y"}), "a document.png, a file from"),
    ],
    "a-refused-call-is-not-made-later-either": [
        (scenario_run(of("getList", code=43), of("getEmbed"), of("getList", 2)), "expected no such call again")
    ],
    "a-client-goes-on-in-time": [
        (scenario_run(call(12)), "the pause before #1: expected at most 10 s, got 12.000 s"),
        (scenario_run(call(state="PROCESSING"), call(32)), "expected at most 30 s, got 32.000 s"),
        (scenario_run(call(code=31), call(40)), "expected at most 30 s, got 40.000 s"),
        (scenario_run(call(code=32), call(92)), "expected at most 90 s, got 92.000 s"),
        (scenario_run(call(state="COMPLETE"), download(12)), "expected at most 10 s, got 12.000 s"),
        (scenario_run(*DOWNLOADED, elapsed_s=12), "the pause between #2 and the end"),
        (scenario_run(call(code=43), error="forbidden", elapsed_s=12), "the pause between #1 and the end"),
    ],
    "a-settled-question-is-not-asked-again": [
        (scenario_run(*DOWNLOADED, call(2, state="COMPLETE")), "expected no such call again"),
        (scenario_run(call(state="PROCESSING"), call(2), op="poll"), "expected no such call again"),
        (scenario_run(of("getList"), of("getList", 2), op="list"), "expected no such call again"),
    ],
    "no-part-of-an-upload-is-there-twice": [
        (scenario_run(sent=(sent("/v1/", method="POST", body=PARTS),)), "parts that POST /v1/ has twice")
    ],
    "what-lasts-is-given-up": [
        (scenario_run(call(code=22), outcome=CaseOutcome.STOPPED, faults=FOR_EVER, deadline_s=None), "got stopped"),
        (scenario_run(call(code=22), faults=FOR_EVER, deadline_s=None), "expected an error, got ok"),
        (
            scenario_run(REFUSED, error="deadline", faults=FOR_EVER, deadline_s=None),
            "the error that it met, got deadline",
        ),
    ],
    "what-was-given-up-is-reported-as-what-it-is": [
        (scenario_run(REFUSED, error="transport", faults=FOR_EVER), "got ('transport', None)"),
        (scenario_run(REFUSED, error="maintenance", faults=FOR_EVER), "got ('maintenance', None)"),
    ],
    "a-code-that-is-reported-was-answered": [
        (scenario_run(call(state="PROCESSING"), error="transport", code=31), "the code in the client's error")
    ],
    "states-that-are-told-were-answered": [
        (scenario_run(call(state="PROCESSING"), said=(STATE.format("COMPLETE"),)), "got COMPLETE"),
    ],
    "progress-is-counted-up-to-the-end": [
        (_upload((0, 100), (99, 100)), "100 bytes in the end, got 99 of 100 bytes"),
        (_upload((0, 100), (101, 100)), "got 101 of 100 bytes"),
        (_upload((0, 50), (50, 50)), "up to 100 bytes or more, got 0 of 50 bytes"),
        (_upload((60, 100), (50, 100), (100, 100)), "it fell 1 times"),
        (_upload((60, 100), (0, 100), (60, 100), (10, 100), (100, 100), number=2), "it fell 2 times"),
    ],
}
