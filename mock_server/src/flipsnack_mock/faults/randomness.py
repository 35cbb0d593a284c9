"""Repeatable randomness: a number is a pure function of a seed, a request's number and a purpose."""

import hashlib
import math

import msgspec

# One bit less than a float holds, so that half a step is kept and neither 0 nor 1 is reached.
_STEPS = 2**52


def fraction(seed: int, number: int, purpose: str) -> float:
    """A pseudo-random number above 0 and below 1; the same for the same three arguments on every machine."""
    digest = hashlib.sha256(f"{seed}:{number}:{purpose}".encode()).digest()
    return ((int.from_bytes(digest[:8], "big") >> 12) + 0.5) / _STEPS


def lognormal(chance: float, median: float, sigma: float) -> float:
    """Where `chance` (above 0, below 1) falls in the lognormal distribution with this median and sigma."""
    # Imported on use: it takes long, and few ask for it.
    from statistics import NormalDist

    return median * math.exp(sigma * NormalDist().inv_cdf(chance))


def noise(seed: int, number: int, length: int) -> bytes:
    """`length` pseudo-random bytes that cannot start an HTTP answer; the same for the same arguments."""
    blocks = range(length // 32 + 1)
    text = b"".join(hashlib.sha256(f"{seed}:{number}:noise:{block}".encode()).digest() for block in blocks)
    # A status line cannot start with a byte above 127.
    return bytes([text[0] | 0x80]) + text[1:length]


class Draw(msgspec.Struct, frozen=True):
    """The randomness of one hit, the same for the same `seed` and `number` (of the request among those counted)."""

    seed: int
    number: int

    def fraction(self, purpose: str) -> float:
        """A number above 0 and below 1, different for each `purpose`."""
        return fraction(self.seed, self.number, purpose)
