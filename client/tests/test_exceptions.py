import copy
import inspect
import pickle
from pathlib import Path

import pytest

import flipsnack_client.exceptions as module
from flipsnack_client import api_error
from flipsnack_client.api_error import ApiError
from flipsnack_client.exceptions import FlipsnackError

CODES = [22, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46]
CLASSES = [
    kind
    for _, kind in [*inspect.getmembers(module, inspect.isclass), *inspect.getmembers(api_error, inspect.isclass)]
    if issubclass(kind, FlipsnackError)
]
EXAMPLES: list[FlipsnackError] = [
    ApiError.of(43, "Forbidden", raw=b"{}"),
    module.JobFailed("h"),
    module.ConnectionFailed("cannot reach x"),
    module.ConversionFailed("h"),
    module.UploadUncertain(module.Cancelled(), title="Spring"),
    module.CannotRead("x.pdf", "No such file or directory"),
    module.HttpError(503, host="x", retry_after=2.0),
    module.MalformedAnswer("m", raw=b"x", maybe_cut=True),
    module.UnknownStatus("WAITING", raw=b"x"),
    module.CannotWrite(Path("x"), OSError(28, "No space left on device")),
    module.DeadlineExceeded("d", elapsed=1.5, attempts=2, last_status="PROCESSING", token="t"),
    module.Cancelled(token="t"),
]


def test_each_documented_code_has_a_class_of_its_own() -> None:
    errors = [ApiError.of(code, "message", raw=b"raw") for code in CODES]
    assert [(code, "message", b"raw") for code in CODES] == [(one.code, one.message, one.raw) for one in errors]
    assert len(CODES) == len({type(one) for one in errors} - {ApiError})


def test_an_undocumented_code_has_no_class_of_its_own_and_a_documented_one_has_one() -> None:
    assert {ApiError} == {type(ApiError.of(code, "?")) for code in range(1_000) if code not in CODES}
    with pytest.raises(TypeError, match="41 already belongs to InvalidCredentials"):
        type("Twice", (ApiError,), {}, code=41)


def test_the_drawn_tree_shows_every_class() -> None:
    assert set() == {kind.__name__ for kind in CLASSES if kind.__name__ not in (module.__doc__ or "")}


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_can_be_pickled_and_copied(error: FlipsnackError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(error), str(error), repr(vars(error))) == (type(twin), str(twin), repr(vars(twin)))
