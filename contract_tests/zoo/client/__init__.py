"""A second correct client of all nine methods, written from the rules alone: the broken clients are made of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.zoo.client.calls import BUSY, CALLBACK, FLOORS
from contract_tests.zoo.client.collections import Collections
from contract_tests.zoo.client.downloads import STATES, Downloads
from contract_tests.zoo.client.uploads import Uploads

__all__ = ["BUSY", "CALLBACK", "FLOORS", "STATES", "Client"]


class Client(Downloads, Collections, Uploads):
    """Does one task of a user. `breaks` is the rule that it breaks: none."""

    breaks = ""
    capabilities = "virtual_sleep json jsonp xml cancel deadline retries refresh checksums progress uploads"

    def __init_subclass__(cls, *, breaks: str = "") -> None:
        if breaks:
            cls.breaks = breaks

    def create_and_wait(self, params: Mapping[str, str], files: Mapping[str, Path]) -> tuple[str, str]:
        """The hash of an uploaded document's collection, and the end of its conversion; raises `ClientError`."""
        made = str(self.create(params, files)["collectionHash"])
        return made, self.conversion_in(self.wait_converted(made))

    def statistics_thrice(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The statistics of a collection, which are needed three times, 10 s apart; raises `ClientError`."""
        for _ in range(2):
            self.statistics(params)
            self.wait(10_000)
        return self.statistics(params)
