"""What the model sees of a text: its words, its characters, and pairs of neighbours."""

import re
from typing import NamedTuple

from intake.cut import Cutter

WORD = "/"
"""Stands before a whole word, so that it is not taken for the same characters inside something longer."""

_GAP = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_BETWEEN = " \n "


class Look(NamedTuple):
    """A clean text as the model sees it: its runs of letters, each between two blanks and on a line of its own, and
    the words that jieba finds."""

    runs: str
    words: list[str]


def look(text: str, cutter: Cutter) -> Look:
    """A clean text made ready. All numbers are alike."""
    plain = _DIGITS.sub("0", text.casefold())
    return Look(f" {_GAP.sub(_BETWEEN, plain)} ", cutter.words(plain))


def grams(look: Look) -> list[str]:
    """The pieces of a text, each as often as it occurs: its words, its characters, and every two neighbours, where a
    blank stands for the beginning and the end of a run."""
    found = [WORD + word for word in look.words]
    for run in look.runs.split("\n"):
        if len(run) > 2:
            found += run[1:-1]
            found += _neighbours(run)
    return found


def grams_of_word(word: str) -> list[str]:
    """The pieces of a text that lie wholly in one of its words."""
    return [WORD + word, *word, *_neighbours(word)]


def _neighbours(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
