"""The two limits of a key ("API limitations"): requests a second and a minute, exact on the account's clock."""

from bisect import bisect_left, bisect_right, insort

from flipsnack_mock.protocol.errors import ApiError, Code
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.state.behaviour import Behaviour

MINUTE = 60 * SECOND


def admit(counted: list[int], now: int, behaviour: Behaviour) -> None:
    """Count a request at `now` in `counted`, the instants of the last minute in order, or refuse it.

    Raises `ApiError` with code 31 or 32. A request counts for exactly the length of the window, without its end.
    """
    if not (behaviour.requests_per_second or behaviour.requests_per_minute):
        return
    del counted[: bisect_right(counted, now - MINUTE)]
    refusal = _refusal(counted, now, behaviour)
    if refusal is None or behaviour.limit_counts_refused:
        # Threads may serve requests a little out of order; the instants stay sorted.
        insort(counted, now)
        if behaviour.limit_counts_refused:
            # More instants than a limit change no decision, and refusals could go on without end.
            del counted[: -max(behaviour.requests_per_second, behaviour.requests_per_minute)]
    if refusal is not None:
        raise refusal


def _refusal(counted: list[int], now: int, behaviour: Behaviour) -> ApiError | None:
    limits = (
        (behaviour.requests_per_second, SECOND, Code.PER_SECOND_LIMIT),
        (behaviour.requests_per_minute, MINUTE, Code.PER_MINUTE_LIMIT),
    )
    for limit, window, code in limits:
        if not limit or len(counted) < limit:
            continue
        used = len(counted) - _window_start(counted, now, window, behaviour.limit_window)
        if used >= limit:
            return ApiError(code, f"{used} requests in {window // SECOND} s, the limit is {limit}")
    return None


def _window_start(counted: list[int], now: int, window: int, style: str) -> int:
    if style == "fixed":
        return bisect_left(counted, now - now % window)
    return bisect_right(counted, now - window)
