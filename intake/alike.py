"""Which sentences say nearly the same with the same characters."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

NEARLY = 0.6
"""Share of common pairs of characters from which two sentences count as one told twice."""
SHORTEST = 4
COMMON = 200
"""A pair that stands in more sentences than this tells nobody apart and would only cost time."""


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters and digits of a text; marks and blanks do not count."""
    bare = re.sub(r"[\W_]+", "", text).casefold()
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """The share of pairs that two texts have in common, 0 to 1."""
    return len(left & right) / len(left | right) if left and right else 0.0


def near_duplicates(texts: Sequence[str], nearly: float = NEARLY) -> Iterator[tuple[int, int]]:
    """The places of texts that resemble an earlier one, with that one. Short texts may repeat: 你好 is 你好."""
    known: list[frozenset[str]] = []
    places: dict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        mine = pairs(text)
        # In one order every time: of equally alike texts the first counts, and a set has no order of its own.
        shared = Counter(place for pair in sorted(mine) if len(places[pair]) < COMMON for place in places[pair])
        for place, _ in shared.most_common(5) if len(mine) >= SHORTEST else ():
            if likeness(mine, known[place]) > nearly:
                yield at, place
                break
        known.append(mine)
        for pair in mine:
            places[pair].append(at)


def groups(texts: Sequence[str]) -> list[int]:
    """For each text the number of its group; texts that resemble each other share one."""
    found = list(range(len(texts)))
    for at, place in near_duplicates(texts, 0.4):
        found[at] = found[place]
    return found
