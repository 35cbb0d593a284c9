"""Servers that take uploads wrongly."""

import hashlib
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import SECOND, Collection
from contract_tests.zoo.alt_server.request import Call, Upload, require

DAY = 24 * 3600 * SECOND


class UploadsByGet(AltServer, breaks="request.post-for-uploads"):
    """Takes an upload by GET."""

    def check_verb(self, call: Call) -> None:
        if call.method.host != "upload":
            super().check_verb(call)


# --- the document


class EmptyIsADocument(AltServer, breaks="upload.document-required"):
    """Takes an empty file for a document of an unknown kind."""

    def documents(self, call: Call) -> list[Upload]:
        return call.files


class NoDocumentIs40(AltServer, breaks="upload.document-required"):
    """Answers 40 to an upload without a document."""

    def check_parameters(self, call: Call) -> None:
        require(self.has_document(call) or call.method.host != "upload", 40)
        super().check_parameters(call)


class UrlWins(AltServer, breaks="upload.file-wins"):
    """Uses the URL of two documents."""

    def document(self, call: Call) -> Upload | None:
        return None if call.get("fileUrl") else super().document(call)


class EitherFileOrUrl(AltServer, breaks="upload.file-wins"):
    """Refuses a file with a URL."""

    def check_upload(self, call: Call) -> None:
        require(not (call.get("fileUrl") and self.document(call)), 40)
        super().check_upload(call)


# --- what is refused


class OnlyFilePartsCount(AltServer, breaks="code.36"):
    """Looks only at parts that are named file."""

    def documents(self, call: Call) -> list[Upload]:
        return [one for one in super().documents(call) if one.part == "file"]


class TakesTheFirstFile(AltServer, breaks="code.36"):
    """Takes the first of two files."""

    def documents(self, call: Call) -> list[Upload]:
        return super().documents(call)[:1]


class LargestIsTooLarge(AltServer, breaks="code.34"):
    """Refuses a file of exactly the largest size."""

    def size_of(self, file: Upload) -> int:
        return super().size_of(file) + 1


class MeasuresTheBody(AltServer, breaks="code.34"):
    """Measures the body of the request for the file."""

    def check_upload(self, call: Call) -> None:
        require(not call.files or len(call.body) <= call.account.settings["upload_bytes"], 34)
        super().check_upload(call)


class RoundsSizes(AltServer, breaks="code.34"):
    """Measures files in whole kilobytes."""

    def size_of(self, file: Upload) -> int:
        return super().size_of(file) // 1000 * 1000


class MostPagesAreTooMany(AltServer, breaks="code.35"):
    """Refuses a document of exactly the most pages."""

    def check_upload(self, call: Call) -> None:
        super().check_upload(call)
        if file := self.document(call):
            require(self.pages_in(file.content) < call.account.settings["upload_pages"], 35)


class ManyPagesFailLater(AltServer, breaks="code.35"):
    """Accepts a document with too many pages, and fails to convert it."""

    def make_collection(self, call: Call) -> Collection:
        settings = dict(call.account.settings)
        call.account.settings["upload_pages"] = 10**9
        try:
            made = super().make_collection(call)
        finally:
            call.account.settings = settings
        if made.pages > settings["upload_pages"]:
            made.conversion.forced = "FAILED"
        return made


class KindByName(AltServer, breaks="code.45"):
    """Goes by the ending of the file's name."""

    def kind_of(self, file: Upload) -> str:
        ending = file.name.lower().rpartition(".")[2]
        return ending if ending in ("pdf", "jpg", "jpeg", "png") else ""


class OnlyPdf(AltServer, breaks="code.45"):
    """Refuses pictures."""

    def kind_of(self, file: Upload) -> str:
        return super().kind_of(file).replace("jpg", "").replace("png", "")


class AnyPicture(AltServer, breaks="code.45"):
    """Takes GIF too."""

    def kind_of(self, file: Upload) -> str:
        return "gif" if file.content.startswith(b"GIF8") else super().kind_of(file)


# --- the new collection


class HeightOfEmbedCodes(AltServer, breaks="upload.answer"):
    """Makes collections 480 pixels high by default, as embed codes of today are."""

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        made.height = made.height if "collectionHeight" in call.params else 480
        return made


class IgnoresTheDescription(AltServer, breaks="upload.answer"):
    """Takes no description with an upload."""

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        made.description = ""
        return made


class AlwaysPublic(AltServer, breaks="upload.answer"):
    """Publishes every upload."""

    def status_of(self, call: Call) -> dict[str, str]:
        return {"status": "public"}


class EditableAtFirst(AltServer, breaks="upload.answer"):
    """Makes uploads editable by default."""

    def status_of(self, call: Call) -> dict[str, str]:
        return super().status_of(call) or {"status": "editable"}


class TitleToTheFirstDot(AltServer, breaks="upload.title-default"):
    """Cuts the file's name at the first dot."""

    def title_of(self, call: Call) -> str:
        file = self.document(call)
        return file.name.partition(".")[0] if file and "title" not in call.params else super().title_of(call)


class TitleWithEnding(AltServer, breaks="upload.title-default"):
    """Keeps the ending of the file's name in the title."""

    def title_of(self, call: Call) -> str:
        file = self.document(call)
        return file.name if file and "title" not in call.params else super().title_of(call)


class TitleIsTheUrl(AltServer, breaks="upload.title-default"):
    """Takes the whole URL for the title."""

    def title_of(self, call: Call) -> str:
        return super().title_of(call) if "title" in call.params or self.document(call) else call.get("fileUrl")


class ReusesHashes(AltServer, breaks="upload.new-hash"):
    """Gives the hash of a deleted collection to the next upload."""

    def make_collection(self, call: Call) -> Collection:
        made, collections = super().make_collection(call), call.account.collections
        if free := next((one for one in collections.values() if one.is_deleted), None):
            collections[free.hash] = collections.pop(made.hash)
            made.hash = free.hash
        return made


# --- old rules, for uploads alone


class SameDocumentSameCollection(AltServer, breaks="upload.new-hash"):
    """Answers a second upload of a document with the collection of the first."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[int, str], Collection] = {}

    def make_collection(self, call: Call) -> Collection:
        made, file = super().make_collection(call), self.document(call)
        digest = hashlib.sha256(file.content).hexdigest() if file else call.get("fileUrl")
        first = self.known.setdefault((id(call.account), digest), made)
        if first is not made:
            del call.account.collections[made.hash]
        return first


class UploadsAreFree(AltServer, breaks="limit.per-second"):
    """Does not count uploads as calls."""

    def check_limits(self, call: Call) -> None:
        super().check_limits(call)
        if call.method.host == "upload":
            call.account.counted.pop()


class DocumentBeforeSignature(AltServer, breaks="order.checks"):
    """Looks for the document before it checks the signature."""

    def check_signature(self, call: Call) -> None:
        require(call.method.host != "upload" or self.has_document(call), 30)
        super().check_signature(call)


class FileUrlByGet(AltServer, breaks="request.post-for-uploads"):
    """Takes a fileUrl by GET."""

    def check_verb(self, call: Call) -> None:
        if not call.get("fileUrl"):
            super().check_verb(call)


class EncodedTitles(AltServer, breaks="upload.title-default"):
    """Keeps the title of a URL as it is written there."""

    def title_of(self, call: Call) -> str:
        is_url = "title" not in call.params and self.document(call) is None
        return call.get("fileUrl").partition("?")[0].rpartition("/")[2] if is_url else super().title_of(call)


class TitlesWithoutEnding(AltServer, breaks="upload.title-default"):
    """Leaves out the ending of a URL."""

    def title_of(self, call: Call) -> str:
        title, is_url = super().title_of(call), "title" not in call.params and self.document(call) is None
        return title.removesuffix(".pdf") if is_url else title


class ShortDescriptions(AltServer, breaks="upload.answer"):
    """Cuts a description after 1,000 letters."""

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        made.description = made.description[:1000]
        return made


class MissingCovers(AltServer, breaks="collection.thumbnail"):
    """Names a thumbnail that is not there."""

    def described(self, call: Call, collection: Collection) -> dict[str, Any]:
        return {**super().described(call, collection), "collectionThumbnail": f"{call.origin}/nothing.png"}


class CoversOfTheConverted(AltServer, breaks="collection.thumbnail"):
    """Has a thumbnail for what was uploaded alone."""

    def described(self, call: Call, collection: Collection) -> dict[str, Any]:
        shown = super().described(call, collection)
        return shown if collection.document else {**shown, "collectionThumbnail": f"{call.origin}/v1/"}


class CountsEmptyFiles(AltServer, breaks="upload.document-required"):
    """Counts the empty files too, which browsers send for fields that were left free."""

    def check_several(self, call: Call, _file: Upload | None) -> None:
        require(len(call.files) <= 1, 36)
