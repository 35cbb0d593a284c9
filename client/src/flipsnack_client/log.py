"""The client's logger, `flipsnack_client`: retries at INFO, calls at DEBUG, no URL and no secret."""

import logging

log = logging.getLogger("flipsnack_client")
