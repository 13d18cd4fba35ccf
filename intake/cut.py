"""Cuts text into words as jieba does, by its dictionary and ours, so that what decided has a name that people use.

All words of a text are found in one pass (Aho-Corasick), however many the dictionary has; to ask for every stretch of
characters, as jieba itself does, costs several times as much.
"""

import marshal
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from math import log
from pathlib import Path

import jieba
from ahocorasick_rs import AhoCorasick, Implementation

from store.facts import FactError, locate

FILE = "words.txt"
SEEN = 4
"""So often at least jieba's corpus has a word: below are mostly names and idioms, and they are half of it."""

_RUN = re.compile(r"[\u4e00-\u9fd5]+|[a-zA-Z]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fd5]+")


class Cutter:
    """A jieba of our own: other words in the process do not reach it, and nothing is left in a shared folder."""

    def __init__(self, words: Iterable[str], cache: Path | None = None) -> None:
        """`cache` keeps the read dictionary for the next start. What lies there is believed, so a folder that
        somebody else could write is not used; nor is there any harm in none."""
        times, total = _kept(cache) if cache is not None and _private(cache) else _frequent()
        for word in words:
            times[word] = often = _suggested(word, times, total)
            total += often
        known, whole = [word for word in times if len(word) > 1 and _CHINESE.fullmatch(word)], log(total)
        chances = {often: log(often) - whole for often in set(times.values())}
        self._chances = [chances[times[word]] for word in known]
        self._single = {word: chances[often] for word, often in times.items() if len(word) == 1}
        self._unknown = -whole
        self._find = AhoCorasick(known, implementation=Implementation.ContiguousNFA).find_matches_as_indexes

    def words(self, text: str) -> list[str]:
        """Words of two characters and more, in order. Guessing (HMM) glues wrong words, so it is off."""
        found: list[str] = []
        for run in _RUN.findall(text):
            found += self._chinese(run) if run[0] > "z" else [run]
        return found

    def _chinese(self, run: str) -> list[str]:
        """What `jieba.cut(run, HMM=False)` gives: the likeliest way through the dictionary."""
        found = self._find(run, overlapping=True)
        if not found:
            return []
        chances, single, unknown = self._chances, self._single.get, self._unknown
        steps: list[list[tuple[float, int]]] = [[] for _ in run]
        for index, start, end in found:
            steps[start].append((chances[index], end))
        words = _likeliest([single(char, unknown) for char in run], steps)
        return [run[start:end] for start, end in words if end - start > 1]


def _likeliest(single: Sequence[float], steps: Sequence[Sequence[tuple[float, int]]]) -> list[tuple[int, int]]:
    """Where the words of the likeliest way stand. From each place a `single` character leads on, and the `steps` of
    longer words, each with how likely it is and where it ends, the shortest first."""
    size = len(steps)
    likely, ends, reached = [0.0] * (size + 1), [0] * size, 0.0
    for start in range(size - 1, -1, -1):
        reached, end = single[start] + reached, start + 1
        for chance, stop in steps[start]:
            told = chance + likely[stop]
            if told >= reached:
                reached, end = told, stop
        likely[start], ends[start] = reached, end
    found, start = [], 0
    while start < size:
        end = ends[start]
        found.append((start, end))
        start = end
    return found


def _suggested(word: str, times: Mapping[str, int], total: int) -> int:
    """How often a word of ours is taken to have been seen, so that it stays whole: as jieba's `suggest_freq` says."""
    whole = log(total)
    single = [log(times.get(char, 1)) - whole for char in word]
    steps = [
        [
            (log(often) - whole, end)
            for end in range(start + 2, len(word) + 1)
            if (often := times.get(word[start:end]))
        ]
        for start in range(len(word))
    ]
    chance = 1.0
    for start, end in _likeliest(single, steps):
        chance *= times.get(word[start:end], 1) / total
    return max(int(chance * total) + 1, times.get(word, 0))


def _frequent() -> tuple[dict[str, int], int]:
    """How often each word of jieba's dictionary was seen, and all together, without those that it has hardly ever
    seen: half of it, and nothing that is missed."""
    with jieba.Tokenizer().get_dict_file() as dictionary:
        rows = (line.split(b" ", 2) for line in dictionary)
        times = {word.decode("utf-8"): often for word, told, _ in rows if (often := int(told)) >= SEEN}
    return times, sum(times.values())


def _kept(cache: Path) -> tuple[dict[str, int], int]:
    """The same as a file in the cache, written whole or not at all."""
    path = cache / f"jieba-{jieba.__version__}-seen-{SEEN}.cache"
    if not path.is_file():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(marshal.dumps(_frequent()))
        fresh.replace(path)
    times, total = marshal.loads(path.read_bytes())
    return times, total


def _private(folder: Path) -> bool:
    """Whether the folder exists, or could be made, and only this user can write in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return False
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid == os.getuid() and not found.st_mode & others and os.access(folder, os.W_OK)


def load(override: Path | None = None, cache: Path | None = None) -> Cutter:
    """The cutter with the words of words.txt, one a line. Raises FactError."""
    try:
        lines = locate(__file__, FILE, override).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FactError(f"{FILE}: {error}") from error
    for number, line in enumerate(lines, 1):
        if any(char.isspace() for char in line.strip()):
            raise FactError(f"{FILE}: line {number}: one word a line, without frequency")
    return Cutter((line.strip() for line in lines if line.strip()), cache)
