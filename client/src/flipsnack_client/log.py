"""The client's one logger, `flipsnack_client`: retries at INFO, calls at DEBUG; never a URL or a secret."""

import logging

log = logging.getLogger("flipsnack_client")
