"""Cuts text into words with a private jieba, so that a reason can be named in words people use."""

import logging
from collections.abc import Iterable
from pathlib import Path

import jieba

from store.facts import FactError

FILE = "words.txt"


class Cutter:
    """A jieba of our own: other words in the process do not reach it, and no cache file is left in /tmp."""

    def __init__(self, words: Iterable[str]) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        # What Tokenizer.initialize() does, without its cache: a marshal file of a known name in a shared folder.
        with self._jieba.get_dict_file() as dictionary:
            self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(dictionary)
        self._jieba.initialized = True
        for word in words:
            self._jieba.add_word(word)

    def words(self, text: str) -> list[str]:
        """Words of two characters and more, in order. Guessing (HMM) glues wrong words, so it is off."""
        return [word for word in self._jieba.cut(text, HMM=False) if len(word) > 1 and word.isalnum()]


def load(override: Path | None = None) -> Cutter:
    """The cutter with the words of words.txt, one a line. Raises FactError."""
    path = Path(__file__).with_name(FILE)
    if override is not None and (override / FILE).is_file():
        path = override / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FactError(f"{FILE}: {error}") from error
    for number, line in enumerate(lines, 1):
        if any(char.isspace() for char in line.strip()):
            raise FactError(f"{FILE}: line {number}: one word a line, without frequency")
    return Cutter(line.strip() for line in lines if line.strip())
