"""Keeps signatures, signed URLs and secrets out of what urllib3 logs during our calls.

requests and urllib3 write whole URLs into their exceptions and log records. `transport` replaces the
exceptions; this module masks the log records, but only while one of our calls runs.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HIDDEN = "[hidden]"
_TARGETS = ("connection", "connectionpool", "poolmanager", "response", "util.retry")
_QUERY = re.compile(r"\?[^\s\"'<>)]*")
_hidden: ContextVar[tuple[str, ...] | None] = ContextVar("flipsnack_hidden", default=None)


@contextmanager
def hiding(*texts: str) -> Iterator[None]:
    """Mask `texts`, and every URL's query, in urllib3's log records until the block ends."""
    token = _hidden.set(tuple(sorted(filter(None, texts), key=len, reverse=True)))
    try:
        yield
    finally:
        _hidden.reset(token)


def masked(text: str, texts: tuple[str, ...]) -> str:
    """Return `text` with each of `texts` and every query replaced."""
    for secret in texts:
        text = text.replace(secret, HIDDEN)
    return _QUERY.sub("?" + HIDDEN, text)


class _MaskingFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        texts = _hidden.get()
        if texts is not None:
            record.msg, record.args = masked(record.getMessage(), texts), ()
            record.exc_info = record.exc_text = None
        return True


_FILTER = _MaskingFilter()


def install_mask() -> None:
    """Add the mask to urllib3's loggers; a second call changes nothing."""
    for name in _TARGETS:
        logging.getLogger(f"urllib3.{name}").addFilter(_FILTER)
