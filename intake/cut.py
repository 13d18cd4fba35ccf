"""Cuts text into words with a private jieba, so that what decided can be named in words people use."""

import logging
import os
import re
import stat
from collections.abc import Iterable
from io import BytesIO
from math import log
from pathlib import Path

import jieba

from store.facts import FactError, locate

FILE = "words.txt"
SEEN = 4
"""So often at least jieba's corpus has a word: below are mostly names and idioms, at 35 MB and half a second."""

_RUN = re.compile(r"[\u4e00-\u9fd5]+|[a-zA-Z]{2,}")


class Cutter:
    """A jieba of our own: other words in the process do not reach it, and nothing is left in a shared folder."""

    def __init__(self, words: Iterable[str], cache: Path | None = None) -> None:
        """`cache` keeps the read dictionary for the next start. jieba believes whatever lies there, so a folder that
        somebody else could write is not used; nor is there any harm in none."""
        jieba.setLogLevel(logging.CRITICAL)
        self._jieba = jieba.Tokenizer()
        if cache is not None and _private(cache):
            self._jieba = jieba.Tokenizer(str(_kept(cache)))
            self._jieba.tmp_dir = str(cache)
            self._jieba.initialize()
        else:  # what initialize() does, without writing anything
            self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(BytesIO(_frequent()))
            self._jieba.initialized = True
        for word in words:
            self._jieba.add_word(word)
        self._whole = log(self._jieba.total)

    def words(self, text: str) -> list[str]:
        """Words of two characters and more, in order. Guessing (HMM) glues wrong words, so it is off."""
        found: list[str] = []
        for run in _RUN.findall(text):
            found += self._chinese(run) if run[0] > "z" else [run]
        return found

    def _chinese(self, run: str) -> list[str]:
        """What `jieba.cut(run, HMM=False)` gives, in half its time: the likeliest way through the dictionary."""
        frequency, size = self._jieba.FREQ.get, len(run)
        likely, ends = [0.0] * (size + 1), [0] * size
        for start in range(size - 1, -1, -1):
            best, end, stop = -self._whole + likely[start + 1], start + 1, start + 1
            times = frequency(run[start])
            if times:
                best += log(times)
            while times is not None and stop < size:
                stop += 1
                times = frequency(run[start:stop])
                if times:
                    chance = log(times) - self._whole + likely[stop]
                    if chance >= best:
                        best, end = chance, stop
            likely[start], ends[start] = best, end
        found, start = [], 0
        while start < size:
            if ends[start] - start > 1:
                found.append(run[start : ends[start]])
            start = ends[start]
        return found


def _frequent() -> bytes:
    """jieba's dictionary without the words that it has hardly ever seen: half of it, and nothing that is missed."""
    with jieba.Tokenizer().get_dict_file() as dictionary:
        return b"".join(line for line in dictionary if int(line.split(b" ")[1]) >= SEEN)


def _kept(cache: Path) -> Path:
    """The same as a file in the cache, written whole or not at all."""
    path = cache / f"jieba-{jieba.__version__}-seen-{SEEN}.txt"
    if not path.is_file():
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(_frequent())
        fresh.replace(path)
    return path


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
