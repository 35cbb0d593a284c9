"""What an adapter can do wrong. A fault says nothing of the client: it is neither a pass nor a broken rule."""

KINDS = {
    "no-start": "the command cannot be started",
    "crash": "the process ended while a message was expected",
    "closed": "the process closed its stdout and still runs",
    "hang": "no message came within the timeout",
    "garbage": "a line is not a message of the protocol",
    "too-long": "a line is longer than 1 MiB",
    "out-of-turn": "a message came at a wrong time",
    "unknown-id": "a message names a case that the kit never started",
    "duplicate": "a message names a case that is over",
    "protocol": "the adapter chose a protocol that the kit does not know",
}


class AdapterFault(Exception):
    """The adapter broke the protocol; `kind` is one of `KINDS`."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text
