"""A second correct client of all nine methods, written from the rules alone: the broken clients are made of it."""

from contract_tests.zoo.client.calls import BUSY, CALLBACK, FLOORS
from contract_tests.zoo.client.collections import Collections
from contract_tests.zoo.client.downloads import STATES, Downloads
from contract_tests.zoo.client.uploads import Uploads

__all__ = ["BUSY", "CALLBACK", "FLOORS", "STATES", "Client"]


class Client(Downloads, Collections, Uploads):
    """Does one task of a user. `breaks` is the rule that it breaks: none."""

    breaks = ""
    capabilities = "virtual_sleep json jsonp xml cancel deadline retries refresh checksums progress"

    def __init_subclass__(cls, *, breaks: str = "") -> None:
        if breaks:
            cls.breaks = breaks
