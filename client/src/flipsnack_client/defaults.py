"""What a call uses when it is given nothing else: `--help` shows it before the client is imported."""

BASE_URL = "https://api.flipsnack.com/v1/"
UPLOAD_URL = "https://upload.flipsnack.com/v1/"

FORMATS = ("json", "jsonp", "xml")
"""The formats an answer can have; the first is the default."""

DEADLINE = 1800.0
"""Seconds that an operation may take."""

MAX_BYTES = 4 * 1024**3
"""Bytes that a package may have, packed and unpacked, unless the caller says otherwise."""
