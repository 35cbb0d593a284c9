"""Repeatable randomness: a number is a pure function of a seed, a request's number and a purpose."""

import hashlib
import math

import msgspec

# One bit less than a float holds, so that half a step is kept and neither 0 nor 1 is reached.
_STEPS = 2**52


def lognormal(chance: float, median: float, sigma: float) -> float:
    """Where `chance` (above 0, below 1) falls in the lognormal distribution with this median and sigma."""
    # Imported on use: it takes long, and few ask for it.
    from statistics import NormalDist

    return median * math.exp(sigma * NormalDist().inv_cdf(chance))


class Draw(msgspec.Struct, frozen=True):
    """The randomness of one hit: the same on every machine for the same `seed` and `number` (of the request among those
    counted)."""

    seed: int
    number: int

    def fraction(self, purpose: str) -> float:
        """A pseudo-random number above 0 and below 1, different for each `purpose`."""
        return ((int.from_bytes(self._digest(purpose)[:8], "big") >> 12) + 0.5) / _STEPS

    def noise(self, length: int) -> bytes:
        """So many pseudo-random bytes that cannot start an HTTP answer."""
        text = b"".join(self._digest(f"noise:{block}") for block in range(length // 32 + 1))
        # A status line cannot start with a byte above 127.
        return bytes([text[0] | 0x80]) + text[1:length]

    def _digest(self, purpose: str) -> bytes:
        return hashlib.sha256(f"{self.seed}:{self.number}:{purpose}".encode()).digest()
