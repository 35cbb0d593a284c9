"""The secrets of all accounts of a world, in the form in which texts are searched for them."""

import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"""[^\s/'"?&=:;<>(){},\[\]@|`]+(?<![.!])""")
_MOST_WORDS = 4
words_of = WORD.findall


class Secrets:
    """Secrets, each by its first words in small letters; several accounts may have the same one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.counted = Counter(map(_phrase, secrets))
        self._of_words = sum(count for phrase, count in self.counted.items() if " " in phrase)

    def __contains__(self, phrase: str) -> bool:
        return phrase in self.counted

    def add(self, secret: str) -> None:
        """Have `secret` once more."""
        self._change(_phrase(secret), 1)

    def remove(self, secret: str) -> None:
        """Have `secret` once less."""
        self._change(_phrase(secret), -1)

    def _change(self, phrase: str, by: int) -> None:
        self.counted[phrase] += by
        self._of_words += by * (" " in phrase)
        if not self.counted[phrase]:
            del self.counted[phrase]

    @property
    def have_words(self) -> bool:
        """Whether there is one that is several words."""
        return self._of_words > 0

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in `text` as whole words, whatever separates them there."""
        words, most = words_of(text.lower()), _MOST_WORDS if self.have_words else 1
        return any(
            " ".join(words[first : first + length]) in self
            for length in range(1, most + 1)
            for first in range(len(words) - length + 1)
        )


def _phrase(secret: str) -> str:
    low = secret.lower()
    return " ".join(words_of(low)[:_MOST_WORDS]) or low
