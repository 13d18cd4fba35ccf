"""What the model sees of a text: its words, its characters, and pairs of neighbours."""

import re

from intake.cut import Cutter

WORD = "/"
"""Stands before a whole word, so that it is not taken for the same characters inside something longer."""

_RUN = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")


def grams(text: str, cutter: Cutter) -> list[str]:
    """The pieces of clean text, each as often as it occurs: its characters, every two neighbours, where a blank
    stands for the beginning and the end of a clause, and the words that jieba finds. All numbers are alike."""
    plain = _DIGITS.sub("0", text.casefold())
    found = [WORD + word for word in cutter.words(plain)]
    for run in _RUN.findall(plain):
        found += run
        found += _neighbours(f" {run} ")
    return found


def grams_of_word(word: str) -> list[str]:
    """The pieces of a text that lie wholly in one of its words."""
    return [WORD + word, *word, *_neighbours(word)]


def _neighbours(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
