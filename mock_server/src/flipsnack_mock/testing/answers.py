"""What the control plane answers, as types. Instants are text in ISO 8601, dates YYYY-MM-DD."""

from typing import Any, TypedDict

from flipsnack_mock.testing.fields import CommonSettings, ConversionState, JobState


class SettingsAnswer(CommonSettings):
    """All settings of an account; codes of the API are text in it, as the names in JSON are."""

    http_statuses: dict[str, int]
    code_messages: dict[str, str]


class AccountAnswer(TypedDict):
    """An account; `collections` is how many it has."""

    key: str
    secret: str
    now: str
    frozen: bool
    maintenance: bool
    collections: int
    settings: SettingsAnswer


class UploadsAnswer(TypedDict):
    """The uploads of the current `month` of the account's clock, those `left` in it, and those of all `months`."""

    month: str
    count: int
    left: int
    months: dict[str, int]


class ConversionAnswer(TypedDict):
    """A conversion; `legal` lists the states that it can be forced into."""

    state: ConversionState
    polls: int
    started_at: str | None
    schedule: str | None
    legal: list[ConversionState]


class JobAnswer(TypedDict):
    """The job that builds the package of a collection; `legal` lists the states that it can be forced into."""

    hash: str
    state: JobState
    polls: int
    started_at: str | None
    schedule: str
    legal: list[JobState]


class PageAnswer(TypedDict):
    """What happened on a page on one day; `time_spent` in seconds."""

    page: int
    time_spent: int
    clicks: int
    views: int


class DayAnswer(TypedDict):
    """What happened to a collection on one day, all together and by page."""

    date: str
    impressions: int
    views: int
    time_spent: int
    downloads: int
    pages: list[PageAnswer]


class DocumentAnswer(TypedDict):
    """An uploaded document: the `field` of the form, the SHA-256 of its bytes (`digest`), and what it is (`kind`)."""

    field: str
    file_name: str
    size: int
    digest: str
    kind: str
    pages: int
    damage: str
    not_kept: str


class CollectionAnswer(TypedDict):
    """A collection; `document` is what it was made of, if anything was uploaded for it."""

    hash: str
    title: str
    pages: int
    package_bytes: int
    schedule: str
    description: str
    status: str
    width: int
    height: int
    conversion_schedule: str | None
    statistics: list[DayAnswer]
    deleted: bool
    document: DocumentAnswer | None
    conversion: ConversionAnswer
    job: JobAnswer


class FaultAnswer(TypedDict):
    """A fault rule: `seen` requests matched, `hits` were hit; `hits_left` is None if there is no maximum.

    `fault` has its `kind` and the fields of that, `when` the conditions that were given.
    """

    id: str
    fault: dict[str, Any]
    when: dict[str, Any]
    count: int | None
    ttl: float | None
    made_at: str
    active: bool
    seen: int
    hits: int
    hits_left: int | None
    failures: int
    last_request: str | None


class KeyedFaultAnswer(FaultAnswer):
    """A fault rule, and the key of its account."""

    key: str


class PresetAnswer(TypedDict):
    """A fault preset: what it `does`, and the body of a rule of its own."""

    name: str
    does: str
    fault: dict[str, Any]
    when: dict[str, Any]
    count: int | None


class MagicAnswer(TypedDict):
    """A magic hash and what it stands for; `pattern` has its variable part in words."""

    hash: str
    pattern: str
    does: str
    schedule: str
    package_bytes: int
    error: int | None
    url_lifetime: float | None
    fault: str


class MagicUploadAnswer(TypedDict):
    """The name of a file that makes an upload magic."""

    name: str
    does: str


class SettingAnswer(TypedDict):
    """A setting of the server: its value, where that comes from, and what it does."""

    value: Any
    source: str
    does: str


class LedgerAnswer(TypedDict):
    """The rules ledger: each `rule` with id, statement, class and sources, and what each invented name is called."""

    version: int
    sources: dict[str, dict[str, str]]
    rule: list[dict[str, Any]]
    invented_names: dict[str, str]


class MethodsAnswer(TypedDict):
    """The method table: what is built, the objects in the answers, and the methods that are not built."""

    methods: list[dict[str, Any]]
    objects: list[dict[str, Any]]
    unbuilt: list[dict[str, Any]]


class MistakeAnswer(TypedDict):
    """One mistake of signing: its `name`, what was done, how that can be seen, and how to mend it."""

    name: str
    what: str
    how: str
    fix: str


class CauseAnswer(TypedDict):
    """Mistakes that together give the signature that came, and the text that was signed."""

    mistakes: list[MistakeAnswer]
    signed: str


class SignatureAnswer(TypedDict):
    """The diagnosis of a signature: the `verdict`, the `canonical` text to sign, and the causes that fit."""

    verdict: str
    summary: str
    canonical: str
    given: str
    expected: str | None
    causes: list[CauseAnswer]
    notes: list[str]
    tried: int
    complete: bool


class CheckAnswer(TypedDict):
    """A check of a request: passed, failed or not reached."""

    name: str
    outcome: str


class DiagnosisAnswer(TypedDict):
    """The diagnosis of a request: its record, its checks, the rule that decided, and why its signature is wrong."""

    request: dict[str, Any]
    checks: list[CheckAnswer]
    rule: dict[str, Any] | None
    signature: SignatureAnswer | None
