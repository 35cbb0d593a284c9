"""What the second correct server does with uploads: what it accepts, the month's quota, and the new collection."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from contract_tests.zoo.alt_server.accounts import SECOND, Account, Accounts, Collection
from contract_tests.zoo.alt_server.request import Call, Upload, require

PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
BEGINNINGS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}


class Uploads(Accounts):
    """Makes collections of documents."""

    upload_checks: Sequence[str] = ("several", "size", "document", "kind", "pages", "month")

    def documents(self, call: Call) -> list[Upload]:
        """The files of a call; an empty one counts as none."""
        return [one for one in call.files if one.content]

    def document(self, call: Call) -> Upload | None:
        """The file that is the document."""
        return next((one for one in self.documents(call) if one.part == "file"), None)

    def has_document(self, call: Call) -> bool:
        """Whether there is anything to make a collection of; of several files none is chosen."""
        return bool(self.document(call) or call.get("fileUrl") or len(self.documents(call)) > 1)

    def make_collection(self, call: Call) -> Collection:
        """The collection of an upload, which counts toward the month; raises `Refusal`."""
        account, file = call.account, self.document(call)
        self.check_upload(call)
        pages = 1 if file is None else self.pages_in(file.content)
        fields = {"title": self.title_of(call), "description": call.get("description"), "pages": pages}
        fields |= {name: int(call.get(sent)) for name, sent in SIZES.items() if call.get(sent)}
        fields |= {"schedule": account.settings["default_schedule"]}
        fields |= {"document": hashlib.sha256(file.content).hexdigest()} if file else {}
        schedule = account.settings["conversion_schedule"] if pages else "failed"
        made = self.add_collection(account, fields | self.status_of(call), schedule)
        self.count_upload(account)
        return made

    def status_of(self, call: Call) -> dict[str, str]:
        """The status that was asked for, if any."""
        return {"status": call.get("collectionStatus")} if call.get("collectionStatus") else {}

    def check_upload(self, call: Call) -> None:
        """Refuse what is no upload that this account may make now."""
        for name in self.upload_checks:
            getattr(self, f"check_{name}")(call, self.document(call))

    def check_several(self, call: Call, _file: Upload | None) -> None:
        require(len(self.documents(call)) <= 1, 36)

    def check_size(self, call: Call, file: Upload | None) -> None:
        require(file is None or self.size_of(file) <= call.account.settings["upload_bytes"], 34)

    def check_document(self, call: Call, _file: Upload | None) -> None:
        require(self.has_document(call), 30)

    def check_kind(self, _call: Call, file: Upload | None) -> None:
        require(file is None or bool(self.kind_of(file)), 45)

    def check_pages(self, call: Call, file: Upload | None) -> None:
        require(file is None or self.pages_in(file.content) <= call.account.settings["upload_pages"], 35)

    def check_month(self, call: Call, _file: Upload | None) -> None:
        require(self.uploads_left(call.account) > 0, 33)

    def size_of(self, file: Upload) -> int:
        """Bytes of a document."""
        return len(file.content)

    def kind_of(self, file: Upload) -> str:
        """The kind of a document by its content; "" for none that is accepted."""
        return next((kind for kind, begins in BEGINNINGS.items() if file.content.startswith(begins)), "")

    def pages_in(self, content: bytes) -> int:
        """The number of pages: those that a PDF spells out, and one of a picture that is whole."""
        if content.startswith(BEGINNINGS["pdf"]):
            return len(PAGE.findall(content))
        return int(content.rstrip(b"\0").endswith((b"\xff\xd9", b"IEND\xaeB`\x82")))

    def title_of(self, call: Call) -> str:
        """The title that was given, else the file's name without its ending, or the last part of the URL's path."""
        if "title" in call.params:
            return call.get("title")
        if file := self.document(call):
            return PurePosixPath(file.name).stem
        return unquote(urlsplit(call.get("fileUrl")).path.rpartition("/")[2])

    # --- the month

    def count_upload(self, account: Account) -> None:
        """Count an upload toward the month."""
        account.uploads.append(account.now)

    def uploads_left(self, account: Account) -> int:
        """The number of uploads that the month still allows."""
        used = sum(self.month_of(instant) == self.month_of(account.now) for instant in account.uploads)
        return max(0, int(account.settings["uploads_per_month"]) - used)

    def month_of(self, instant: int) -> tuple[int, int]:
        """Year and month, UTC."""
        moment = datetime.fromtimestamp(instant // SECOND, UTC)
        return moment.year, moment.month


SIZES = {"width": "collectionWidth", "height": "collectionHeight"}
