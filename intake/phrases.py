"""Lists of phrases, all found in one pass over a text, however many there are (Aho-Corasick).

A phrase is written as people say it; "…" stands for up to eight characters of the same clause: 贷…款 finds 贷点款.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

GAP = "…"
REACH = 8
CLAUSE_END = "，"

Key = TypeVar("Key", bound=Hashable)


class Match(NamedTuple, Generic[Key]):
    """A phrase that stands in a text, from `start` to `end`; `words` as they stand there."""

    key: Key
    phrase: str
    start: int
    end: int
    words: str


class Phrases(Generic[Key]):
    """Phrases under keys: a key is whatever its owner wants to know of what was found."""

    def __init__(self, lists: Mapping[Key, Iterable[str]]) -> None:
        owners: dict[str, list[tuple[Key, str]]] = defaultdict(list)
        for key, phrases in lists.items():
            for phrase in phrases:
                owners[phrase].append((key, phrase))
        self._parts = sorted({part for phrase in owners for part in phrase.split(GAP)})
        self._search = AhoCorasick(self._parts)
        # For each part, who owns it whole, and which phrases end with it: their beginning and who owns them.
        self._whole = [owners.get(part, ()) for part in self._parts]
        ending: dict[str, list[tuple[str, list[tuple[Key, str]]]]] = defaultdict(list)
        begins = set[str]()
        for phrase, theirs in owners.items():
            if GAP in phrase:
                first, last = phrase.split(GAP)
                ending[last].append((first, theirs))
                begins.add(first)
        self._ending = [ending.get(part, ()) for part in self._parts]
        self._begins = [part in begins for part in self._parts]

    def find(self, text: str) -> list[Match[Key]]:
        """All phrases in clean text, in the order in which they end."""
        found: list[Match[Key]] = []
        seen: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, start, end in self._search.find_matches_as_indexes(text, overlapping=True):
            for key, phrase in self._whole[index]:
                found.append(Match(key, phrase, start, end, phrase))
            for first, owners in self._ending[index]:
                begins = _before(seen.get(first, ()), start, text)
                if begins is not None:
                    found += [Match(key, phrase, begins, end, text[begins:end]) for key, phrase in owners]
            if self._begins[index]:
                seen[self._parts[index]].append((start, end))
        return found


def _before(spans: Sequence[tuple[int, int]], start: int, text: str) -> int | None:
    """Where the nearest of the spans begins that ends within reach of `start`, in the same clause."""
    for begins, ends in reversed(spans):
        if ends < start - REACH:
            return None
        if ends <= start and CLAUSE_END not in text[ends:start]:
            return begins
    return None
